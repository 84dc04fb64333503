import Messages
import Primitives

/// What nobody punished or submitted, though somebody could; and what of that may be because somebody was held up.
struct MissedPunishments {
    private let history: RunHistory
    private(set) var absences: [ViolationAccount] = []
    private(set) var stalled: [String] = []

    init(_ history: RunHistory) { self.history = history }

    mutating func add(_ one: InjectedEquivocation) {
        let results = one.votes.map { "result \($0.attestation.statement.result.short) to \($0.recipients.count)" }
        add(
            ViolationAccount(
                "\(history.name(of: one.signer)) signed two results for \(history.describe(one.voteKey)) "
                    + "(\(results.joined(separator: ", "))), but was not slashed",
                about: [one.voteKey], exhibits: history.exhibits(of: one)),
            from: one.at, to: history.lastWord(on: one.voteKey))
    }

    mutating func add(_ one: InjectedTaskEquivocation) {
        add(
            ViolationAccount(
                "the coordinator signed two tasks as \(history.describe(one.voteKey)) "
                    + "(to \(one.tasks.map { "\($0.recipients.count)" }.joined(separator: " and "))), but was not revoked",
                about: [one.voteKey], exhibits: history.exhibits(of: one)),
            from: one.at, to: history.lastWord(on: one.voteKey))
    }

    mutating func add(_ found: RunHistory.FoundEvidence) {
        add(
            ViolationAccount(
                "\(history.name(of: found.finder)) found evidence about \(history.describe(found.evidence.voteKey)), "
                    + "but nobody submitted it",
                about: [found.evidence.voteKey], exhibits: [history.exhibit(found)]),
            from: found.at, to: history.submissionDue(after: found.at))
    }

    private mutating func add(_ account: ViolationAccount, from first: Instant, to last: Instant?) {
        if let stall = history.stall(from: first, to: last ?? first, least: RunHistory.leastStall) {
            stalled.append("\(account.account); but \(stall) meanwhile")
        } else {
            absences.append(account)
        }
    }
}
