import Messages
import Primitives
import Records

/// A time in which an operator or coordinator could not be relied on for the tasks of one AVS, by what its adversary
/// says or by what was done to it or to its network.
package struct FaultInterval: Hashable, Sendable {
    package var party: Party
    package var service: ServiceID
    package var start: Instant
    /// Nil: to the end of the run.
    package var end: Instant?
    /// Whether it was paused or cut off in it. Its connections, or others than those that were cut, stay up then, and
    /// nobody does its part.
    package var hasPaused = false
    /// Whether it was silent in it. What it was shown meanwhile it may never vote on.
    var hasBeenSilent = false
    /// Since when it only had to catch up: it took what it was sent.
    package var back: Instant?

    /// Faults of which nothing is left once they are over: whoever had one does its part again.
    static let passingBehaviours: Set<String> = [
        "silent", "slow", "withhold", "selective", "just-below", "withhold-certificate", "wrong-result", "monoculture",
        "clock-step", "clock-drift",
    ]
    /// The same, but others break off its connections for them, so that it is back only when it is connected again; and
    /// of those whose votes its coordinator has ignored, the same.
    static let intrusiveBehaviours: Set<String> = [
        "bad-signature", "wrong-key", "not-a-member", "replay", "malformed", "oversized", "flood", "slow-loris",
        "forged-certificate", "false-accusation", "evidence-flood", "coordinator-censors",
    ]
    /// Of these the one after which others still wait for the end of a frame, for some seconds, and break off then.
    static let endlessBehaviour = "slow-loris"
    /// Those that leave behind what is still on its way, before whatever is signed next: for some seconds on narrow links.
    static let lingeringBehaviours: Set<String> = [endlessBehaviour, "flood", "oversized"]
    static let pauseBehaviour = "pause"
    /// Of whoever lives and answers nobody.
    static let muteBehaviours: Set<String> = [pauseBehaviour, endlessBehaviour]
    /// The death of which makes a cheat of it.
    static let relapsingBehaviour = "amnesia"
    /// After which a guard may lack votes: lost, or signed past it.
    static let forgetfulBehaviours: Set<String> = ["power-loss", "amnesia", "flood"]

    /// Both ends belong to it.
    func touches(from first: Instant, to last: Instant) -> Bool {
        start <= last && end.map { $0 >= first } ?? true
    }

    /// By party, AVS and time.
    static func all(in run: RunRecords, tasks: [ServiceTask]) -> [FaultInterval] {
        var issues: [VoteKey: Instant] = [:]
        for task in tasks { issues[task.header.voteKey] = task.issued }
        let tolerance = run.genesis.tolerableDelay
        let sides = PartitionSides(run.interventions, tolerating: tolerance)
        let outages = LedgerOutages(run)
        return run.genesis.parties.filter { $0 != .ledger }.flatMap { party -> [FaultInterval] in
            let processes = ProcessTrace.all(of: party, in: run)
            guard processes.contains(where: \.isEventful) || processes.count > 1 else { return [] }
            return run.genesis.services.indices.map { ServiceID(UInt32($0)) }.filter { service in
                party.isSigner || party == .coordinator(service)
            }.flatMap { service in
                let cuts = sides.partitions(between: party, and: [.coordinator(service), .ledger])
                var trace = FaultTrace(
                    party: party, service: service, issues: issues, cuts: cuts, tolerance: tolerance,
                    outages: outages)
                for process in processes { trace.follow(process) }
                return trace.finished
            }
        }
    }
}

/// Where everybody stands in each partition of a run.
private struct PartitionSides {
    private var sides: [Party: [UInt32: Intervention.Side]] = [:]

    init(_ interventions: [Intervention], tolerating tolerance: Duration) {
        for intervention in interventions {
            guard case .begins(let number, let side) = intervention.act.separation(tolerating: tolerance) else {
                continue
            }
            sides[intervention.party, default: [:]][number] = side
        }
    }

    /// Those that keep it apart from any of these.
    func partitions(between party: Party, and others: [Party]) -> Set<UInt32> {
        Set(
            sides[party, default: [:]].filter { partition, side in
                others.contains { sides[$0]?[partition].map(side.isApart) ?? false }
            }.keys)
    }
}

/// What one process of a party noted, and what somebody did to it.
struct ProcessTrace {
    enum Event {
        case noted(Observation)
        case done(Intervention.Act)
    }

    /// In the order of their times; what was done comes before what was noted then.
    let events: [(at: Instant, event: Event)]
    /// When it stopped in good order.
    let closed: Instant?
    /// Whether anything in it can be a fault.
    let isEventful: Bool

    static func all(of party: Party, in run: RunRecords) -> [ProcessTrace] {
        let records = run.nodes.filter { $0.party == party }
        let acts = run.interventions.filter { $0.party == party }
        // Whoever was killed at once may have left no record.
        return Set(records.map(\.incarnation) + acts.map(\.incarnation)).sorted().map { incarnation in
            ProcessTrace(
                records.first { $0.incarnation == incarnation }, acts.filter { $0.incarnation == incarnation })
        }
    }

    private init(_ record: NodeRecord?, _ acts: [Intervention]) {
        let notes = record?.notes ?? []
        isEventful = !acts.isEmpty || notes.contains { if case .injected = $0.observation { true } else { false } }
        let done = acts.map { (at: $0.at, event: Event.done($0.act)) }
        let noted = notes.map { (at: $0.at, event: Event.noted($0.observation)) }
        // Notes have their order already, and the sort keeps it.
        events = done.isEmpty ? noted : (done + noted).sorted { $0.at < $1.at }
        closed = if case .closed(let time)? = record?.ending { time } else { nil }
    }
}
