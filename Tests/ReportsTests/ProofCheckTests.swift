import Cryptography
import Messages
import Primitives
import Reports
import TestSupport
import Testing

@Suite struct ProofCheckTests {
    private let builder: HistoryBuilder
    private let evidence: Evidence
    private let certificate: Certificate

    init() throws {
        builder = try HistoryBuilder()
        evidence = builder.evidence(4, 2)
        certificate = builder.certificate(builder.statement(1), by: [1, 2, 4])
    }

    private func flaws(_ proof: Proof, pin: Digest? = nil) throws -> [String] {
        try ProofCheck(of: ProofFile(proof).borsh, pin: pin).flaws
    }

    private func set(
        epoch: Epoch = Epoch(0), _ edit: (inout [OperatorSet.Member]) -> Void
    ) throws -> OperatorSet {
        var members = builder.set.members
        edit(&members)
        return try OperatorSet(
            network: builder.set.network, service: builder.set.service, epoch: epoch, revision: Revision(0),
            threshold: .twoThirds, members: members)
    }

    @Test func whatIsProvenHasNoFlaw() throws {
        #expect(try flaws(.evidence(evidence)) == [])
        #expect(try flaws(.evidence(builder.taskEvidence(2))) == [])
        #expect(try flaws(.certificate(certificate, of: builder.set)) == [])
        #expect(try flaws(.certificate(certificate, of: builder.set), pin: builder.set.digest) == [])
    }

    /// Even where the signatures happen to be good: the file says that they are worth nothing.
    @Test func whatIsModelledProvesNothing() throws {
        for proof in [Proof.evidence(evidence), .certificate(certificate, of: builder.set)] {
            let check = try ProofCheck(of: ProofFile(proof, isModelled: true).borsh)
            #expect(check.flaws == ["its signatures are modelled: it proves nothing outside its simulation"])
            #expect(check.isModelled && !check.isValid && check.proof == proof)
            #expect(ProofReport(check).text.contains("verdict         invalid: its signatures are modelled"))
            #expect(ProofReport(check).json.document.contains("\"signatures\": \"modelled\""))
            #expect(try !ProofCheck(of: ProofFile(proof).borsh).isModelled)
        }
    }

    @Test func theSignatureAtFaultIsNamed() throws {
        let good = builder.vote(4, builder.statement(2))
        var forged = builder.vote(4, builder.statement(2, result: 2))
        forged.signature = builder.vote(3, forged.statement).signature
        let place = good.statement.digest < forged.statement.digest ? 2 : 1
        let one = Evidence.equivocation(try #require(Equivocation(good, forged)))
        #expect(try flaws(.evidence(one)) == ["signature \(place) of 2 is not the accused's"])
        var other = good
        other.signature = forged.signature
        let both = Evidence.equivocation(try #require(Equivocation(other, forged)))
        #expect(try flaws(.evidence(both)).count == 2)

        guard case .taskEquivocation(let pair) = builder.taskEvidence(2) else { return }
        let bytes = ProofFile(.evidence(.taskEquivocation(pair))).borsh
        for (place, offset) in [(1, pair.first.borsh.count), (2, 2 * pair.first.borsh.count + Signature.count)] {
            var changed = bytes
            changed[ProofFile.header().count + 2 + 32 + offset] ^= 1
            #expect(try ProofCheck(of: changed).flaws == ["signature \(place) of 2 is not the accused's"])
        }
    }

    @Test func theSignatureOfACertificateThatIsAtFaultIsNamed() throws {
        let signatures = [certificate.signatures[0], certificate.signatures[0], certificate.signatures[2]]
        let altered = try #require(
            Certificate(statement: certificate.statement, signers: certificate.signers, signatures: signatures))
        #expect(
            try flaws(.certificate(altered, of: builder.set)) == [
                "the signature of member 1, \(builder.keys[1].publicKey), is not valid"
            ])
    }

    @Test func tooLittleStakeIsCounted() throws {
        let few = builder.certificate(builder.statement(1), by: [2, 3])
        #expect(
            try flaws(.certificate(few, of: builder.set)) == ["50 SOL of 100 SOL signed, not more than 2/3 of it"])
    }

    @Test func anotherOperatorSetIsToldApart() throws {
        let heavier = try set { $0[0].weight = Lamports(1) }
        #expect(
            try flaws(.certificate(certificate, of: heavier)) == [
                "the operator set is another than the certificate is for: its digest is \(heavier.digest), "
                    + "the certificate's \(builder.set.digest)"
            ])
        let fewer = try flaws(.certificate(certificate, of: try set(epoch: Epoch(7)) { $0.removeLast() }))
        #expect(fewer.count == 1)
        #expect(fewer[0].contains("its epoch is 7, the certificate's 0"), "\(fewer)")
        #expect(fewer[0].contains("its number of members is 3, the certificate's 4"), "\(fewer)")
    }

    /// Anyone can make an operator set of their own and sign with it: only the digest tells.
    @Test func thePinTellsAForgersSetFromTheNetworks() throws {
        let forger = SigningKey(seed: FixedBytes32())
        let own = try set { members in
            members = [OperatorSet.Member(signer: OperatorIndex(0), key: forger.publicKey, weight: Lamports(1))]
        }
        var statement = builder.statement(1, result: 9)
        statement.operatorSet = own.digest
        let signers = try #require(SignerSet(size: 1, bits: [1]))
        let forged = try #require(
            Certificate(statement: statement, signers: signers, signatures: [forger.sign(statement.signedBytes)]))
        #expect(try flaws(.certificate(forged, of: own)) == [])
        #expect(
            try flaws(.certificate(forged, of: own), pin: builder.set.digest) == [
                "the operator set is not the pinned one, \(builder.set.digest)"
            ])
    }

    @Test func whatContradictsItselfIsInvalidAndWhatIsNoProofUnreadable() throws {
        let vote = builder.vote(4, builder.statement(2))
        let half = vote.statement.borsh + vote.signature.bytes
        let check = try ProofCheck(of: ProofFile.header() + [0, 0] + vote.signer.storage.bytes + half + half)
        #expect(check.proof == nil && !check.isValid)
        #expect(check.flaws == ["Equivocation: the two statements do not conflict"])

        let bytes = ProofFile(.evidence(evidence)).borsh
        for unreadable in [[], evidence.borsh, Array(bytes.dropLast()), bytes + [0], Array(#"{"kind": 1}"#.utf8)] {
            #expect(throws: BorshError.self) { try ProofCheck(of: unreadable) }
        }
    }
}
