import Messages
import Primitives
import Records
import Verdicts

/// Everything that was measured and judged of a run. The terminal's text and all files are made from this one value,
/// so that they cannot disagree.
package struct RunSummary: Sendable {
    package let context: RunContext
    package let history: RunHistory
    package let tasks: TaskCounts
    package let latency: QuorumLatency
    package let slashes: [SlashAccount]
    package let evidence: [EvidenceFile]
    package let judgement: Judgement

    package struct TaskCounts: Hashable, Sendable {
        package var issued: Int
        /// By their deadline.
        package var certified: Int
        package var expired: Int { issued - certified }

        init(_ tasks: some Collection<RunHistory.IssuedTask>) {
            issued = tasks.count
            certified = tasks.count(where: \.certifiedInTime)
        }
    }

    package init(records: RunRecords, expectations: RunExpectations, context: RunContext) {
        let history = RunHistory(records)
        self.context = context
        self.history = history
        tasks = TaskCounts(history.tasks)
        latency = QuorumLatency(history.tasks)
        evidence = EvidenceFile.all(of: history)
        slashes = SlashAccount.all(of: history, files: evidence)
        judgement = Judgement(
            of: history, findings: Finding.all(of: history), expectations: expectations, readings: latency.readings)
    }

    package var exitStatus: Int32 { judgement.exitStatus }
}
