import Messages
import Primitives
import Verdicts

/// For how many tasks an operator had no result, and why.
package struct ExecutionAccount: Hashable, Sendable {
    package var service: ServiceID
    package var signer: OperatorIndex
    package var reason: String
    package var tasks: Int
    package var first: TaskSequence

    /// A program may give another reason for each task: beyond these, of one operator, they are put together.
    static let reasonLimit = 50
    static let otherReasons = "other reasons"

    /// By service and operator; what concerns most tasks first.
    package static func all(of history: RunHistory) -> [ExecutionAccount] {
        struct Name: Hashable {
            var service: ServiceID
            var signer: OperatorIndex
        }
        var accounts: [Name: [String: ExecutionAccount]] = [:]
        for task in history.tasks.map(\.task) {
            for (signer, reason) in history.reasonsForNoResult(of: task) {
                let name = Name(service: task.service, signer: signer)
                let known = accounts[name, default: [:]]
                let reason = known[reason] != nil || known.count < reasonLimit ? reason : otherReasons
                var account =
                    known[reason]
                    ?? ExecutionAccount(
                        service: task.service, signer: signer, reason: reason, tasks: 0, first: task.sequence)
                account.tasks += 1
                accounts[name, default: [:]][reason] = account
            }
        }
        return accounts.values.flatMap(\.values).sorted {
            ($0.service, $0.signer, $1.tasks, $0.first, $0.reason)
                < ($1.service, $1.signer, $0.tasks, $1.first, $1.reason)
        }
    }
}

/// The tasks of an AVS without a certificate for which honest operators had different results.
package struct DisagreementAccount: Hashable, Sendable {
    package var service: ServiceID
    package var tasks: Int
    /// The most different results for one task.
    package var mostResults: Int
    package var example: RunHistory.Disagreement

    package static func all(of history: RunHistory) -> [DisagreementAccount] {
        let all = history.tasks.compactMap(history.disagreement)
        return Dictionary(grouping: all, by: \.task.service).sorted { $0.key < $1.key }.map { service, some in
            DisagreementAccount(
                service: service, tasks: some.count, mostResults: some.map(\.results.count).max() ?? 0,
                example: some[0])
        }
    }
}
