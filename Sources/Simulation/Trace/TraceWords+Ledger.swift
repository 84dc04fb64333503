import Messages
import Primitives
import Replaying
import Restaking

/// What the ledger does.
extension TraceWords {
    func clauses(of effects: [LedgerEffect]) -> [TraceClause] {
        effects.compactMap { effect in
            switch effect {
            case .note(let observation): clause(of: observation)
            case .stop(let fault): TraceClause("stops: \(fault)")
            case .disconnect(let party, let reason): TraceClause("disconnects \(names.name(of: party)): \(reason)")
            case .append, .reply, .answer, .send, .publish, .sign, .passOver: nil
            }
        }
    }

    private func clause(of observation: Observation) -> TraceClause? {
        switch observation {
        case .applied(let sequence, _, let signed, let outcome):
            return applied(sequence, signed, outcome)
        case .slashed(let record) where record.stage != .executed:
            return TraceClause(names.text(of: record) + " for \(text(of: record.voteKey))", about: record.voteKey)
        case .restaking(let event):
            return TraceClause(names.text(of: event))
        case .slashed(let record):
            return TraceClause(
                "slashes \(names.name(of: record.accused)) by \(record.slashed) for \(text(of: record.voteKey)), of which "
                    + "\(names.name(of: record.reporter)) earns \(record.reward)", about: record.voteKey)
        case .revoked(let revocation):
            return TraceClause(
                "revokes the key of \(names.name(of: revocation.accused)) for \(text(of: revocation.voteKey))",
                about: revocation.voteKey)
        case .ledgerOpened(let sequence) where sequence > 0:
            return TraceClause("goes on after instruction \(sequence)")
        case .operatorSetOpened(let set):
            return TraceClause("opens \(text(of: set))")
        default: return nil
        }
    }

    /// That the clock moves is told where it opens an epoch.
    private func applied(_ sequence: UInt64, _ signed: SignedInstruction, _ outcome: Outcome) -> TraceClause? {
        if case .advance = signed.instruction, outcome == .applied { return nil }
        let what = "\(names.text(of: signed.instruction)), from \(names.name(of: signed.authority))"
        return TraceClause(
            outcome == .applied ? "applies \(what)" : "does not apply \(what): \(outcome)",
            about: subjects(of: signed.instruction))
    }

    func text(of set: OperatorSet) -> String {
        let signers: [Party] = set.members.map { .signer($0.signer) }
        return "the operator set of \(names.name(of: set.service)), epoch \(set.epoch) revision \(set.revision): "
            + "\(list(signers)), \(set.total) in all"
    }

    func subjects(of instruction: Instruction) -> [Subject] {
        switch instruction {
        case .submitEvidence(let evidence): [evidence.voteKey.subject]
        case .submitCertificate(let certificate, _): [certificate.statement.voteKey.subject]
        case .claimParticipation(let vote): [vote.statement.voteKey.subject]
        case .dispute(_, let statement): [statement.voteKey.subject]
        case .post(let letter): [letter.certificate.statement.voteKey.subject]
        default: []
        }
    }
}
