import Attesting
import Messages
import Primitives
import Replaying

/// What is on its way.
extension TraceWords {
    /// - Returns: nil for a greeting, and for what everybody knows of itself.
    func clause(of frame: Frame, from sender: Party) -> TraceClause? {
        switch frame {
        case .hello, .notice(.account), .notice(.clock), .notice(.directory): nil
        case .attestation(let vote): clause(of: vote, from: sender)
        case .certified(let notice):
            TraceClause(
                "word that \(text(of: notice.statement.voteKey)) is certified, result \(result(notice.statement.result))",
                about: notice.statement.voteKey)
        case .summary(let summary): clause(of: summary)
        case .voteRequest(let request):
            TraceClause(
                "a question for \(names.name(of: request.signer))'s vote for \(text(of: request.voteKey))"
                    + (result(ofStatement: request.statement).map { ", result \($0)" } ?? ""), about: request.voteKey)
        case .submit(let signed):
            TraceClause(names.text(of: signed.instruction), about: subjects(of: signed.instruction))
        case .receipt(let receipt): TraceClause("the receipt: \(receipt.outcome)")
        case .notice(.operatorSet(let set)): TraceClause(text(of: set))
        case .notice(.slashed(let record)):
            TraceClause(
                "word that \(names.name(of: record.accused)) is slashed by \(record.slashed)", about: record.voteKey)
        case .notice(.settled(let settlement)):
            TraceClause(
                "word that \(text(of: settlement.voteKey)) is settled, \(members(settlement.participation, of: settlement.operatorSet)) took part",
                about: settlement.voteKey)
        case .notice(.revoked(let revocation)):
            TraceClause(
                "word that the key of \(names.name(of: revocation.accused)) is revoked", about: revocation.voteKey)
        case .ownVotesRequest: TraceClause("a question for what is held of its own votes")
        case .ownVotes(let votes): clause(ofOwn: votes)
        case .task(let signed):
            TraceClause(
                "task \(text(of: signed.task.service, signed.task.sequence)), payload \(payload(of: signed.task))",
                about: signed.task.voteKey)
        case .certificateRequest, .certificate, .taskRequest:
            TraceClause(names.text(of: frame), about: subjects(of: frame))
        }
    }

    private func clause(of vote: Attestation, from sender: Party) -> TraceClause {
        let isOwn = genesis.key(of: sender) == vote.signer
        let statement = vote.statement
        return TraceClause(
            "\(isOwn ? "its" : "\(names.name(of: vote.signer))'s") vote for \(text(of: statement.voteKey)), "
                + "result \(result(statement.result))", about: statement.voteKey)
    }

    private func clause(of summary: VoteSummary) -> TraceClause {
        let entries = summary.entries.map { entry in
            text(of: entry.voteKey) + (result(ofStatement: entry.statement).map { ", result \($0)" } ?? "")
                + ", by \(members(entry.signers, of: entry.operatorSet))"
        }
        return TraceClause(
            "which votes it holds: \(entries.joined(separator: "; "))", about: summary.entries.map(\.voteKey.subject))
    }

    /// To whoever has cast them.
    private func clause(ofOwn votes: [Attestation]) -> TraceClause {
        let told = votes.map { "\(text(of: $0.statement.voteKey)), result \(result($0.statement.result))" }
        return TraceClause(
            "what it holds of the other's own votes: \(told.isEmpty ? "none" : told.joined(separator: "; "))",
            about: votes.map(\.statement.voteKey.subject))
    }

    func subjects(of frame: Frame) -> [Subject] {
        switch frame {
        case .task(let signed): [Subject(signed.task.sequence)]
        case .attestation(let vote): [vote.statement.voteKey.subject]
        case .certified(let notice): [notice.statement.voteKey.subject]
        case .certificateRequest(let voteKey, _), .taskRequest(let voteKey, _): [voteKey.subject]
        case .certificate(let certificate): [certificate.statement.voteKey.subject]
        case .summary(let summary): summary.entries.map(\.voteKey.subject)
        case .voteRequest(let request): [request.voteKey.subject]
        case .ownVotes(let votes): votes.map(\.statement.voteKey.subject)
        case .submit(let signed): subjects(of: signed.instruction)
        case .notice(.slashed(let record)): [record.voteKey.subject]
        case .notice(.settled(let settlement)): [settlement.voteKey.subject]
        case .notice(.revoked(let revocation)): [revocation.voteKey.subject]
        case .hello, .ownVotesRequest, .receipt, .notice: []
        }
    }
}
