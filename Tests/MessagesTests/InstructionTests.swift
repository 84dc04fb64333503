import Cryptography
import Messages
import Primitives
import Testing

@Suite struct InstructionTests {
    private let signed = Fixed.signed(.deposit(.native, Units(5)))

    @Test func signatureCoversEverythingElse() {
        #expect(signed.isSignatureValid)
        #expect(!changed { $0.network = Fixed.digest(1) }.isSignatureValid)
        #expect(!changed { $0.authority = Fixed.signers[1].publicKey }.isSignatureValid)
        #expect(!changed { $0.nonce += 1 }.isSignatureValid)
        #expect(!changed { $0.instruction = .deposit(.native, Units(6)) }.isSignatureValid)
        #expect(!changed { $0.instruction = .withdraw(.native, Units(5)) }.isSignatureValid)
    }

    @Test func digestCoversTheSignatureToo() {
        let resigned = changed { $0.signature = Fixed.signers[1].sign([]) }
        #expect(resigned.digest != signed.digest)
    }

    @Test func endpointsPrintAsDotted() {
        #expect(Endpoint(signer: OperatorIndex(0), address: Endpoint.loopback, port: 1).dottedAddress == "127.0.0.1")
        #expect(Endpoint(signer: OperatorIndex(0), address: 0xfffe_0102, port: 1).dottedAddress == "255.254.1.2")
    }

    @Test func networkIsTheDigestOfAllOfGenesis() {
        var other = Fixed.genesis
        other.runID = Fixed.digest(0xcd)
        #expect(other.network != Fixed.genesis.network, "two runs with the same keys are two networks")
        var renamed = Fixed.genesis
        renamed.services[0].dissemination = .mesh
        #expect(renamed.network != Fixed.genesis.network)
    }

    @Test func votesOfOneTaskHaveOneKeyWhateverTheResult() {
        let (one, other) = (Fixed.statement(result: 1), Fixed.statement(result: 2))
        #expect(one.voteKey == other.voteKey)
        #expect(one.voteKey.subject == Subject(Fixed.task.sequence))
        #expect(one.result != other.result)
        #expect(one.signedBytes == Domain.vote.tag + one.borsh)
    }

    private func changed(_ change: (inout SignedInstruction) -> Void) -> SignedInstruction {
        var copy = signed
        change(&copy)
        return copy
    }
}
