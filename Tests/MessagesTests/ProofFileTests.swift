import Cryptography
import Messages
import Primitives
import Testing

@Suite struct ProofFileTests {
    /// The layout that other implementations rely on: eight bytes of name, two of version, one of the proof's kind.
    @Test func aFileSaysWhatItIs() {
        let header: [UInt8] = Array("quoproof".utf8) + [1, 0]
        #expect(ProofFile.header() == header)
        let evidence = Evidence.equivocation(Fixed.equivocation)
        let first: [UInt8] = header + [0] + evidence.borsh
        #expect(ProofFile(.evidence(evidence)).borsh == first)
        let second: [UInt8] = header + [1] + Fixed.operatorSet.borsh + Fixed.certificate.borsh
        #expect(ProofFile(.certificate(Fixed.certificate, of: Fixed.operatorSet)).borsh == second)
    }

    /// An old verifier must not take it for a proof.
    @Test func aModelledFileBeginsWithAnotherName() throws {
        let proof = Proof.evidence(.equivocation(Fixed.equivocation))
        let modelled = ProofFile(proof, isModelled: true)
        let real = ProofFile(proof)
        #expect(modelled.borsh == Array("quomodel".utf8) + real.borsh.dropFirst(8))
        #expect(try ProofFile(borsh: modelled.borsh) == modelled)
        #expect(try ProofFile(borsh: real.borsh) == real)
    }

    @Test func theLargestCertificateFits() {
        let member = 4 + 32 + 8
        let signed = 64
        #expect(OperatorSet.memberLimit * (member + signed + 1) < ProofFile.sizeLimit)
    }

    @Test(arguments: [
        Evidence.equivocation(Fixed.equivocation), .taskEquivocation(Fixed.taskEquivocation),
    ])
    func bothMessagesOfEvidenceAreAsSigned(evidence: Evidence) {
        let messages = evidence.signedMessages
        #expect(messages.count == 2 && messages[0].message != messages[1].message)
        for (message, signature) in messages { #expect(signature.isValid(for: message, by: evidence.accused)) }
    }
}
