import Messages
import Primitives
import Records

/// No process uses more memory, lets more events wait or keeps more on its disk than its limits allow, whatever it was sent.
///
/// Of real processes by what they have said themselves; whoever was killed had no last word. Of simulated ones by what is
/// modelled there: connections and guards.
func judgeBounds(of history: RunHistory) -> Finding {
    if let figures = history.figures { return judgeBounds(of: figures, history) }
    var violations: [ViolationAccount] = []
    var measured: [ProcessName: NodeUsage] = [:]
    var peak: (bytes: UInt64, name: String)?
    var deepest: UInt64?
    for usage in history.usages where !usage.readings.isEmpty {
        measured[ProcessName(party: usage.party, incarnation: usage.incarnation)] = usage
        let limits = ResourceLimits(of: usage.party, in: history)
        violations += limits.excesses(of: usage)
        let most = usage.readings.map(\.peakResidentBytes).max() ?? 0
        if most > peak?.bytes ?? 0 { peak = (most, usage.name) }
        deepest = usage.readings.compactMap(\.deepestQueue).reduce(deepest) { max($0 ?? 0, $1) }
    }
    // Whoever stopped in good order has said what it used before. Of whoever was killed on purpose there is no last word.
    let unmeasured = history.processes.filter {
        measured[ProcessName(party: $0.party, incarnation: $0.incarnation)] == nil
    }
    let parties = Set(measured.keys.map(\.party))
    // What may be on a disk is known by what was issued, of which coordinators tell.
    let gaps =
        history.gaps.filter { !parties.contains($0.party) || $0.party.isCoordinator }
        + unmeasured.filter(\.isClosed).map {
            RecordGap(party: $0.party, account: "nobody has measured \(history.name(of: $0.party))")
        }
    let killed = unmeasured.count { !$0.isClosed }
    var account = "\(RunHistory.count(measured.count, "process")) within their limits"
    if let peak { account += ": \(mebibytes(peak.bytes)) at most (\(peak.name))" }
    if let deepest { account += ", \(RunHistory.count(Int(clamping: deepest), "event")) waiting" }
    if killed > 0 { account += "; \(killed) that were killed had no last word" }
    return .conclude(
        .bounded, violations: violations, gaps: gaps, otherwise: measured.isEmpty ? .unknown : .holds,
        measured.isEmpty ? "nothing was measured" : account)
}

private func judgeBounds(of figures: SimulationFigures, _ history: RunHistory) -> Finding {
    var violations: [ViolationAccount] = []
    if figures.fullestLink > ResourceLimits.connectionBytes {
        violations.append(
            ViolationAccount(
                "\(figures.fullestLink) bytes waited on one connection; the limit is \(ResourceLimits.connectionBytes)")
        )
    }
    let needed = history.guardEntriesNeeded
    if figures.guardEntries > UInt64(needed) {
        violations.append(
            ViolationAccount(
                "guards were given \(figures.guardEntries) entries; what was signed, issued and found needs at most \(needed)"
            ))
    }
    return .conclude(
        .bounded, violations: violations, gaps: [], otherwise: .holds,
        "\(figures.guardEntries) entries in all guards, \(mebibytes(UInt64(figures.fullestLink))) on a connection at most; "
            + "memory is not modelled")
}

private struct ProcessName: Hashable {
    var party: Party
    var incarnation: UInt32
}

/// What one process may use. Above what an honest load asks for, and far below what a flood could bring about if nothing
/// stood against it.
struct ResourceLimits {
    var memory: UInt64
    var queue: UInt64
    var durable: UInt64

    /// What may wait for one receiver.
    static let connectionBytes = 8 << 20
    /// At this nothing more is read.
    private static let queueMark: UInt64 = 4_096
    /// What one read of a connection may still bring.
    private static let eventsPerRead: UInt64 = 2_048
    /// Of a vote, a task or a piece of evidence, with its checksum; rounded up.
    private static let voteEntry: UInt64 = 170
    private static let taskEntry: UInt64 = 256
    private static let evidenceEntry: UInt64 = 1_024

    init(of party: Party, in history: RunHistory) {
        let genesis = history.genesis
        queue = 2 * Self.queueMark + Self.eventsPerRead * UInt64(genesis.parties.count)
        let instructions = UInt64(history.applied.count)
        switch party {
        case .ledger:
            memory = 512 << 20 + 32 << 10 * instructions
            durable = 64 << 20 + 8 << 10 * instructions
        case .signer(let signer):
            let members = UInt64(genesis.signers.count)
            memory = 256 << 20 + UInt64(history.mostOpenTasks) * (16 << 10 + 2 << 10 * members)
            let votes = history.tasksByService.reduce(0) { sum, service in
                history.everMembers[service.key]?.contains(signer) ?? false ? sum + service.value : sum
            }
            durable = history.coordinatorGaps.isEmpty ? 8 << 10 + Self.voteEntry * UInt64(votes) : .max
        case .coordinator(let service):
            let members = UInt64(genesis.signers.count)
            memory = 256 << 20 + UInt64(history.mostOpenTasks) * (16 << 10 + 2 << 10 * members)
            let tasks = history.tasks.filter { $0.task.service == service }
            let payloads = tasks.reduce(UInt64(0)) { $0 + ($1.isSubmitted ? UInt64($1.task.payload.count) : 0) }
            let offences = Set(history.findings.map(\.evidence.offence)).count
            let entries = Self.taskEntry * UInt64(tasks.count) + Self.evidenceEntry * UInt64(offences)
            durable = history.coordinatorGaps.isEmpty ? 64 << 10 + entries + payloads : .max
        }
    }

    func excesses(of usage: NodeUsage) -> [ViolationAccount] {
        let process = usage.incarnation == 1 ? usage.name : "\(usage.name), process \(usage.incarnation),"
        func excess(_ what: String, _ most: UInt64?, _ limit: UInt64, _ unit: (UInt64) -> String) -> ViolationAccount? {
            guard let most, most > limit else { return nil }
            return ViolationAccount(
                "\(process) \(what) \(unit(most)); its limit is \(unit(limit))",
                exhibits: [
                    Exhibit(
                        .usage, "what \(usage.name) said that it uses",
                        at: RecordPlace(file: "outcome.json", byte: nil))
                ])
        }
        let readings = usage.readings
        return [
            excess("came to use", readings.map(\.peakResidentBytes).max(), memory, mebibytes),
            excess("let wait", readings.compactMap(\.deepestQueue).max(), queue) {
                RunHistory.count(Int(clamping: $0), "event")
            },
            excess("keeps on its disk", readings.compactMap(\.durableBytes).max(), durable) { "\($0) bytes" },
        ].compactMap(\.self)
    }
}

extension RunHistory {
    /// The most tasks that are remembered at once.
    fileprivate var mostOpenTasks: Int {
        let window = genesis.services.map { max($0.deadline, $0.evidenceWindow) }.max() ?? .zero
        let span = window + Self.retention
        let times = tasks.map(\.task.issued).sorted()
        var (most, oldest) = (0, 0)
        for (place, time) in times.enumerated() {
            while times[oldest] + span < time { oldest += 1 }
            most = max(most, place - oldest + 1)
        }
        return most
    }

    /// Beyond the window votes are kept to answer claims.
    private static let retention = Duration.seconds(10)

    fileprivate var tasksByService: [ServiceID: Int] {
        Dictionary(grouping: tasks, by: \.task.service).mapValues(\.count)
    }

    /// Who was a member of each AVS at any time.
    fileprivate var everMembers: [ServiceID: Set<OperatorIndex>] {
        Dictionary(grouping: openings, by: \.set.service).mapValues { openings in
            Set(openings.flatMap { $0.set.members.map(\.signer) })
        }
    }

    /// What guards must keep at most: a vote of each member on each task, each task, and each piece of evidence with its answer,
    /// once. A process that dies may not have come to note what it had recorded in its last turn.
    fileprivate var guardEntriesNeeded: Int {
        let members = everMembers.mapValues(\.count)
        let votes = tasksByService.reduce(0) { $0 + $1.value * members[$1.key, default: 0] }
        let offences = Set(findings.map { FoundOffence(finder: $0.finder, offence: $0.evidence.offence) }).count
        let dead = processes.count { !$0.isClosed }
        return votes + tasks.count + 2 * offences + Self.entriesOfOneTurn * (1 + dead)
    }

    private static let entriesOfOneTurn = 16

    private struct FoundOffence: Hashable {
        var finder: Party
        var offence: Digest
    }
}

private func mebibytes(_ bytes: UInt64) -> String {
    let tenths = (bytes * 10 + 524_288) / 1_048_576
    return "\(tenths / 10).\(tenths % 10) MiB"
}
