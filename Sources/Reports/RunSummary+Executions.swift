import Messages
import Primitives
import Verdicts

/// Operators without results, and results that differ, for people and programs.
extension RunSummary {
    private static let shownNames = 3

    /// `op-1 had no result for 37 tasks of factors: the program gave no answer within 500ms (first: task 12)`, each reason
    /// once, what concerns most tasks first.
    var executionLines: [String] {
        struct Cause: Hashable {
            var service: ServiceID
            var reason: String
        }
        // What a program wrote itself stands quoted at the end, and differs from task to task.
        let byCause = Dictionary(grouping: executions) { account in
            let end = account.reason.firstRange(of: ": \"")?.lowerBound ?? account.reason.endIndex
            return Cause(service: account.service, reason: String(account.reason[..<end]))
        }
        return byCause.values.sorted { left, right in
            let (most, others) = (left.reduce(0) { $0 + $1.tasks }, right.reduce(0) { $0 + $1.tasks })
            return (others, left[0].service, left[0].reason) < (most, right[0].service, right[0].reason)
        }.map { accounts in
            let bySigner = Dictionary(grouping: accounts, by: \.signer)
            let tasks = bySigner.values.map { $0.reduce(0) { $0 + $1.tasks } }
            let (least, most) = (tasks.min() ?? 0, tasks.max() ?? 0)
            let count = least == most ? most.grouped : "\(least.grouped) to \(most.grouped)"
            let first =
                accounts.min { ($0.first, $0.signer, $0.reason) < ($1.first, $1.signer, $1.reason) } ?? accounts[0]
            return "\(names(of: bySigner.keys.sorted())) had no result for \(count) "
                + (most == 1 ? "task" : "tasks") + (bySigner.count > 1 ? " each" : "")
                + " of \(history.name(of: first.service)): \(first.reason) (first: task \(first.first))"
        }
    }

    /// `12 tasks of factors have no quorum, and honest operators' results differ (7 different ones at most): ...`
    var disagreementLines: [String] {
        disagreements.map { account in
            let said = account.example.results.prefix(Self.shownNames).map {
                "\($0.result.short) by \(names(of: $0.signers))"
            }
            let more = account.example.results.count - said.count
            return "\(RunHistory.count(account.tasks, "task")) of \(history.name(of: account.service)) "
                + "\(account.tasks == 1 ? "has" : "have") no quorum, and honest operators' results differ "
                + "(\(account.mostResults) different ones at most): for task \(account.example.task.sequence) "
                + said.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
                + "; does the program always answer the same?"
        }
    }

    private func names(of signers: [OperatorIndex]) -> String {
        let shown = signers.prefix(Self.shownNames).map(history.name(of:)).joined(separator: ", ")
        let more = signers.count - Self.shownNames
        return more > 0 ? "\(shown) and \(more) more" : shown
    }

    var executionsJSON: JSONValue {
        .array(
            executions.map { account in
                .object([
                    ("service", .string(history.name(of: account.service))),
                    ("operator", .string(history.name(of: account.signer))), ("reason", .string(account.reason)),
                    ("tasks", .integer(Int64(account.tasks))), ("first_sequence", .unsigned(account.first.number)),
                ])
            })
    }

    var disagreementsJSON: JSONValue {
        .array(
            disagreements.map { account in
                .object([
                    ("service", .string(history.name(of: account.service))), ("tasks", .integer(Int64(account.tasks))),
                    ("most_results", .integer(Int64(account.mostResults))),
                    ("example_sequence", .unsigned(account.example.task.sequence.number)),
                    (
                        "example_results",
                        .array(
                            account.example.results.map { shared in
                                .object([
                                    ("result", .string("\(shared.result)")),
                                    ("operators", .array(shared.signers.map { .string(history.name(of: $0)) })),
                                ])
                            })
                    ),
                ])
            })
    }
}
