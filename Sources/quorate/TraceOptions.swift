import ArgumentParser
import Messages
import Primitives
import Simulation
import TopologyFormat

/// What a simulation tells while it goes.
struct TraceOptions: ParsableArguments {
    @Flag(
        help: """
            Tell the run on standard output, line by line: who sent what to whom and when it arrives, what each node did. \
            The summary then goes to standard error.
            """)
    var trace = false

    @Flag(help: "Like --trace, with every event and effect of every machine.")
    var traceAll = false

    @Option(
        help: ArgumentHelp(
            "Of the trace, only what these do, send and are sent: op-3,coordinator-squares,ledger.", valueName: "names")
    )
    var only: String?

    @Option(
        help: ArgumentHelp(
            "Of the trace, only these tasks, and what is about none: 12, or 10..20.", valueName: "n"),
        transform: { try TraceOptions.tasks($0) })
    var task: ClosedRange<TaskSequence>?

    @Option(
        help: ArgumentHelp("Of the trace, nothing before this time of the run: 1.2s.", valueName: "duration"),
        transform: { try ScalarGrammar<Duration>.duration(example: "1.2s").parse($0) })
    var from: Duration?

    @Option(
        help: ArgumentHelp("Of the trace, nothing after this time of the run: 2s.", valueName: "duration"),
        transform: { try ScalarGrammar<Duration>.duration(example: "2s").parse($0) })
    var until: Duration?

    func validate() throws {
        let isNarrowed = only != nil || task != nil || from != nil || until != nil
        if isNarrowed, !isWanted {
            throw ValidationError("--only, --task, --from and --until choose from what --trace tells; add --trace")
        }
        if let from, let until, until < from {
            throw ValidationError("--until \(DurationText.of(until)) is before --from \(DurationText.of(from))")
        }
    }

    var isWanted: Bool { trace || traceAll }

    /// Writes to standard output through its buffer, which is to be flushed before anything else is written there.
    ///
    /// - Returns: nil when nothing is to be told.
    func printer(for plan: SimulationPlan) throws(CommandFailure) -> TracePrinter? {
        guard isWanted else { return nil }
        let filter = TraceFilter(
            parties: try parties(of: plan.topology), tasks: task, from: from, until: until, isEverything: traceAll)
        return TracePrinter(plan, filter) { print($0) }
    }

    private func parties(of topology: Topology) throws(CommandFailure) -> Set<Party>? {
        guard let only else { return nil }
        var known: [String: Party] = ["ledger": .ledger]
        for (index, service) in topology.services.enumerated() {
            known["coordinator-\(service.name)"] = .coordinator(ServiceID(UInt32(index)))
        }
        for (index, plan) in topology.operators.enumerated() {
            known[plan.name] = .signer(OperatorIndex(UInt32(index)))
        }
        var parties: Set<Party> = []
        for name in only.split(separator: ",").map({ $0.trimmingSpaces }) {
            guard let party = known[name] else {
                let nearest = NearestName.of(name, among: known.keys.sorted()).map { "; did you mean \($0)?" } ?? ""
                throw .badInput("--only: no node of this topology is named \(name)\(nearest)")
            }
            parties.insert(party)
        }
        guard !parties.isEmpty else { throw .badInput("--only: no name; write --only op-3,coordinator-squares") }
        return parties
    }

    private static func tasks(_ text: String) throws -> ClosedRange<TaskSequence> {
        let ends = text.split(separator: ".", omittingEmptySubsequences: false)
        let bounds = ends.count == 3 && ends[1].isEmpty ? [ends[0], ends[2]] : [text[...], text[...]]
        let numbers = bounds.compactMap { UInt64($0) }
        guard numbers.count == 2, numbers[0] <= numbers[1] else {
            throw ValidationError("\(text) is not a task; write 12, or 10..20")
        }
        return TaskSequence(numbers[0])...TaskSequence(numbers[1])
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
