import Cryptography
import Primitives
import Testing

@Suite struct DomainTests {
    @Test func noTagIsTheBeginningOfAnother() {
        for one in Domain.allCases {
            for other in Domain.allCases where one != other {
                #expect(!other.tag.starts(with: one.tag), "\(one) begins \(other)")
            }
        }
    }

    /// Computed by another implementation of BLAKE2b with a 32-byte output.
    @Test func digestIsBlake2bOfTagAndContent() {
        #expect(
            Domain.stateRoot.digest(Array("abc".utf8)).description
                == "3a68fa2ab769866bde9840dfeb803e1133378a3ec8305db7c179fcdc4f41d1bb")
        #expect(
            Domain.stateRoot.digest([]).description
                == "ac18147b7362c3908df08e52de1db1bf0d5e3a06ecc22ed093bd6a25cc0e4ad0")
    }

    @Test func oneContentHasADigestForEachDomain() {
        #expect(Set(Domain.allCases.map { $0.digest([1, 2, 3]) }).count == Domain.allCases.count)
    }

    @Test func signedForOneDomainIsWorthNothingInAnother() {
        let key = SigningKey(seed: FixedBytes32())
        let vote = key.sign(Domain.vote.signedBytes([1, 2, 3]))
        for domain in Domain.allCases {
            #expect(vote.isValid(for: domain.signedBytes([1, 2, 3]), by: key.publicKey) == (domain == .vote))
        }
        #expect(!vote.isValid(for: [1, 2, 3], by: key.publicKey))
    }
}
