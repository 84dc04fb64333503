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
    package let revocations: [RevocationAccount]
    package let evidence: [EvidenceFile]
    /// Certificates of one subject that say different things, where there are any.
    package let conflicts: [CertificateFile]
    /// The instructions in the ledger's log that it did not carry out, by its answer.
    package let refusals: [Refusal]
    package let judgement: Judgement
    /// Tasks of the loads that were never issued, in a run that came to its end.
    package let unissued: Int
    /// Scheduled faults that no party notes to have done, in a run that came to its end.
    package let absentFaults: [RunExpectations.ScheduledFault]
    /// Faults that somebody injected into a live cluster.
    package let injectedLive: [RunExpectations.ScheduledFault]
    package let security: [SecurityAccount]
    package let nativePool: NativePoolAccount?
    /// What restakers had and have, in the order of genesis; none where nobody restakes but operators for themselves.
    package let holdings: [HoldingAccount]
    package let timeline: [TimelineAccount]
    package let resources: ResourceUse
    package let executions: [ExecutionAccount]
    package let disagreements: [DisagreementAccount]

    package struct Refusal: Hashable, Sendable {
        package var outcome: Outcome
        package var count: Int

        /// Whether nobody expects it: several parties submit the same evidence, certificate or claim, and one is first.
        package var isRemarkable: Bool {
            switch outcome {
            case .alreadySlashed, .alreadyTombstoned, .alreadyCertified, .alreadyCounted: false
            default: true
            }
        }
    }

    package struct TaskCounts: Hashable, Sendable {
        package var issued: Int
        /// By their deadline.
        package var certified: Int
        /// Whose deadline lay ahead when the run ended, certified or not.
        package var open: Int
        package var expired: Int { issued - certified - open }

        init(_ tasks: some Collection<RunHistory.IssuedTask>) {
            issued = tasks.count
            certified = tasks.count { $0.certifiedInTime && !$0.isOpen }
            open = tasks.count(where: \.isOpen)
        }
    }

    package init(records: RunRecords, expectations: RunExpectations, context: RunContext) {
        let history = RunHistory(records)
        self.context = context
        self.history = history
        tasks = TaskCounts(history.tasks)
        latency = QuorumLatency(history.tasks)
        evidence = EvidenceFile.all(of: history, isModelled: context.isModelled)
        conflicts = CertificateFile.conflicts(of: history, isModelled: context.isModelled)
        slashes = SlashAccount.all(of: history, files: evidence)
        revocations = RevocationAccount.all(of: history, files: evidence)
        let outcomes = Dictionary(grouping: history.applied.map(\.outcome).filter { $0 != .applied }) { $0 }
        refusals = Outcome.allCases.compactMap { outcome in
            outcomes[outcome].map { Refusal(outcome: outcome, count: $0.count) }
        }
        let replay = RestakingReplay(history)
        security =
            SecurityAccount.needsParts(of: history) ? replay?.security ?? [] : SecurityAccount.all(of: history)
        nativePool = replay?.pool
        holdings = replay?.holdings ?? []
        timeline = TimelineAccount.all(of: history, context.timeline)
        executions = ExecutionAccount.all(of: history)
        disagreements = DisagreementAccount.all(of: history)
        resources = ResourceUse(of: context.usages, tasks: tasks.issued)
        injectedLive = history.injectedLive(beside: expectations)
        let isComplete = context.ending == .completed
        unissued =
            isComplete
            ? history.genesis.services.indices.reduce(0) {
                $0 + history.unissued(of: ServiceID(UInt32($1)), expectations)
            } : 0
        absentFaults =
            isComplete
            ? expectations.faults.filter { fault in
                !history.injections.contains {
                    $0.party == fault.party && $0.injection.behaviour == fault.behaviour
                }
            } : []
        judgement = Judgement(
            of: history, findings: Finding.all(of: history), expectations: expectations, readings: latency.readings,
            isComplete: isComplete)
    }

    package var exitStatus: Int32 { judgement.exitStatus }
}
