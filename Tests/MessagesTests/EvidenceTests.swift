import Cryptography
import Messages
import Primitives
import Testing

@Suite struct EvidenceTests {
    private let voteA = Fixed.vote(Fixed.accused, Fixed.statement(result: 1))
    private let voteB = Fixed.vote(Fixed.accused, Fixed.statement(result: 2))
    private let voteC = Fixed.vote(Fixed.accused, Fixed.statement(result: 3))

    @Test func cannotBeBuiltWithoutAConflict() {
        #expect(Equivocation(voteA, voteA) == nil)
        #expect(Equivocation(voteA, Fixed.vote(Fixed.signers[0], voteB.statement)) == nil, "two signers")

        var resigned = voteA
        resigned.signature = voteB.signature
        #expect(Equivocation(voteA, resigned) == nil, "one statement with two signatures")
    }

    @Test("another vote key is no conflict", arguments: ["network", "service", "scope", "number"])
    func otherVoteKey(part: String) {
        var statement = voteB.statement
        switch part {
        case "network": statement.voteKey.network = Fixed.digest(0xab)
        case "service": statement.voteKey.service = ServiceID(4)
        case "scope": statement.voteKey.subject.scope = 1
        default: statement.voteKey.subject.number += 1
        }
        #expect(Equivocation(voteA, Fixed.vote(Fixed.accused, statement)) == nil)
    }

    @Test("whatever else differs is one", arguments: ["operatorSet", "epoch", "task", "result"])
    func conflictInAnyPart(part: String) throws {
        var statement = voteA.statement
        switch part {
        case "operatorSet": statement.operatorSet = Fixed.digest(0xab)
        case "epoch": statement.epoch = statement.epoch.next
        case "task": statement.task = Fixed.digest(0xab)
        default: statement.result = Fixed.digest(0xab)
        }
        let pair = try #require(Equivocation(voteA, Fixed.vote(Fixed.accused, statement)))
        #expect(Evidence.equivocation(pair).isValid)
        #expect(pair.first.digest < pair.second.digest)
    }

    @Test func onePairHasOneEncodingInWhateverOrderItWasFound() throws {
        let pair = try #require(Equivocation(voteA, voteB))
        let swapped = try #require(Equivocation(voteB, voteA))
        #expect(pair == swapped)
        #expect(pair.borsh == swapped.borsh)
    }

    @Test func allPairsOfOneVoteKeyAreOneOffence() throws {
        let pairs = [(voteA, voteB), (voteA, voteC), (voteB, voteC), (voteC, voteA)]
        let offences = try pairs.map { Evidence.equivocation(try #require(Equivocation($0, $1))).offence }
        #expect(Set(offences).count == 1)

        let other = try #require(
            Equivocation(Fixed.vote(Fixed.signers[0], voteA.statement), Fixed.vote(Fixed.signers[0], voteB.statement)))
        #expect(Evidence.equivocation(other).offence != offences[0], "another's offence is another")

        let elsewhere = [voteA, voteB].map { vote in
            var statement = vote.statement
            statement.voteKey.subject.number += 1
            return Fixed.vote(Fixed.accused, statement)
        }
        let next = try #require(Equivocation(elsewhere[0], elsewhere[1]))
        #expect(Evidence.equivocation(next).offence != offences[0], "so is one for another vote key")
    }

    @Test func isValidOnlyWithBothSignatures() throws {
        let pair = try #require(Equivocation(voteA, voteB))
        #expect(Evidence.equivocation(pair).isValid)
        #expect(Evidence.equivocation(pair).accused == Fixed.accused.publicKey)
        for index in 0..<2 {
            var votes = pair.attestations
            votes[index].signature = Fixed.signers[0].sign(votes[index].statement.signedBytes)
            let forged = try #require(Equivocation(votes[0], votes[1]))
            #expect(!Evidence.equivocation(forged).isValid, "signature \(index) is another's")
        }
    }

    /// Signatures made for anything else but votes are no votes.
    @Test func signaturesOfAnotherDomainProveNothing() throws {
        var vote = voteB
        vote.signature = Fixed.accused.sign(Domain.task.signedBytes(voteB.statement.borsh))
        #expect(!vote.isValid)
        #expect(!Evidence.equivocation(try #require(Equivocation(voteA, vote))).isValid)
    }
}
