import Attesting
import Links
import Messages
import Primitives
import Replaying
import Restaking
import Staging
import TopologyFormat

/// Tells a simulation as it goes, line by line: who sent what to whom and when it arrives, what each machine did, what
/// happened to processes and network.
///
/// Frames to many, and connections with one cause, are one line. Nothing is kept but what was seen lately.
package struct TracePrinter: SimulationObserver {
    private let filter: TraceFilter
    private let write: (String) -> Void
    private var words: TraceWords
    private var page = TracePage()
    private var beginning: Instant?
    /// What the ledger has opened before the beginning.
    private var firstSets: [OperatorSet] = []
    private var incarnations: [Party: UInt32] = [:]

    /// - Parameter write: is given each line, without its end.
    package init(_ plan: SimulationPlan, _ filter: TraceFilter = TraceFilter(), write: @escaping (String) -> Void) {
        words = TraceWords(plan.genesis)
        self.filter = filter
        self.write = write
    }

    package mutating func observe(_ event: SimulationEvent, at now: Instant) {
        // A turn is told when it begins, with the times at which it comes to what it does; so is the beginning. Of
        // everything else it is now, and nothing comes any more that would stand before it.
        if !event.isAhead { turnPage(before: now) }
        switch event {
        case .began: began(at: now)
        case .handled(let party, let event, let effects): handled(event, effects, by: party, at: now)
        case .ledgerHandled(let event, let effects): ledgerHandled(event, effects, at: now)
        case .sent(let frame, let sender, let receiver, let arrivals):
            sent(frame, from: sender, TracedSending.Way(receiver: receiver, arrivals: arrivals), at: now)
        case .started(let party, let incarnation): incarnations[party] = incarnation
        case .died(let party, let lostEntries): died(party, lostEntries, at: now)
        case .connected(let one, let other): linked(one, other, breakage: nil, at: now)
        case .disconnected(let one, let other, let reason): linked(one, other, breakage: reason, at: now)
        case .partitioned(let some, let others, let isOneWay):
            let sides = (words.list(some), words.list(others))
            tell(
                isOneWay
                    ? "nothing gets through any more from \(sides.0) to \(sides.1)"
                    : "the network parts: \(sides.0) | \(sides.1)", by: nil, at: now)
        case .healed(let some, let others):
            tell("the network is whole again: \(words.list(some)) | \(words.list(others))", by: nil, at: now)
        case .linksChanged(let some, let others, let isOneWay, let change):
            let terms = change.terms.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            tell("\(links(some, others, isOneWay)) have \(terms)", by: nil, at: now)
        case .linksRestored(let some, let others, let isOneWay):
            tell("\(links(some, others, isOneWay)) are as before", by: nil, at: now)
        case .ended(let ending): ended(ending, at: now)
        }
    }

    private func links(_ some: [Party], _ others: [Party], _ isOneWay: Bool) -> String {
        guard some != others else { return "all links but the ledger's" }
        return "the links \(words.list(some)) \(isOneWay ? "->" : "<->") \(words.list(others))"
    }

    // MARK: Nodes

    private mutating func handled(_ event: NodeEvent, _ effects: [NodeEffect], by party: Party, at now: Instant) {
        words.learn(from: event, effects)
        guard filter.wants(party) else { return }
        if filter.isEverything {
            tell("\(name(party)): \(words.names.text(of: event))", by: party, at: now)
            for effect in effects {
                tell("\(name(party))   \(words.names.text(of: effect, at: now))", by: party, at: now)
            }
        } else {
            if case .started(let recorded) = event { started(party, recorded.count, at: now) }
            tell(words.clauses(of: event, effects, at: now), by: party, at: now)
        }
    }

    /// The first process of each is no news.
    private mutating func started(_ party: Party, _ entries: Int, at now: Instant) {
        guard let incarnation = incarnations[party], incarnation > 1 else { return }
        let memory = entries == 1 ? "1 entry" : "\(entries) entries"
        tell(
            "\(name(party)) starts again, as its process \(incarnation), with \(memory) in its guard", by: party,
            at: now)
    }

    private mutating func died(_ party: Party, _ lostEntries: Int, at now: Instant) {
        page.died(party, at: now)
        guard filter.wants(party) else { return }
        let what = party == .ledger ? "what it had not committed" : "its guard"
        let loss =
            lostEntries == 0
            ? "" : ", and loses \(lostEntries == 1 ? "an entry" : "\(lostEntries) entries") of \(what)"
        tell("\(name(party)) dies\(loss)", by: party, at: now)
    }

    // MARK: The ledger

    private mutating func ledgerHandled(_ event: LedgerEvent, _ effects: [LedgerEffect], at now: Instant) {
        for case .note(.operatorSetOpened(let set)) in effects {
            words.learn(set)
            if beginning == nil { firstSets.append(set) }
        }
        guard filter.wants(.ledger) else { return }
        if filter.isEverything {
            tell("ledger: \(words.names.text(of: event))", by: .ledger, at: now)
            for effect in effects { tell("ledger   \(words.names.text(of: effect))", by: .ledger, at: now) }
        } else {
            tell(words.clauses(of: effects), by: .ledger, at: now)
        }
    }

    // MARK: Connections

    private mutating func sent(_ frame: Frame, from sender: Party, _ way: TracedSending.Way, at now: Instant) {
        guard isTold(at: now), filter.wants(sender) || filter.wants(way.receiver) else { return }
        page.add(way, of: frame, from: sender, at: now)
    }

    private mutating func linked(_ one: Party, _ other: Party, breakage: String?, at now: Instant) {
        guard isTold(at: now), filter.wants(one) || filter.wants(other) else { return }
        page.add(one, other, breakage: breakage, at: now)
    }

    private func text(of sending: TracedSending) -> String? {
        let frame = filter.wanted(of: sending.frame)
        guard
            let clause = filter.isEverything
                ? TraceClause(words.names.text(of: frame), about: words.subjects(of: frame))
                : words.clause(of: frame, from: sending.sender),
            filter.wants(about: clause.subjects)
        else { return nil }
        let fate = sending.fate(words) { time in
            beginning.map { Self.stamp(time - $0) } ?? "before the beginning"
        }
        return "\(name(sending.sender)) -> \(words.list(sending.ways.map(\.receiver))): \(clause.text)\(fate)"
    }

    // MARK: Beginning and end

    private mutating func began(at now: Instant) {
        beginning = now
        tell("the run begins", by: nil, at: now)
        for set in firstSets {
            tell(
                "\(words.names.name(of: set.service)): \(words.list(set.members.map { .signer($0.signer) })) have "
                    + "\(set.total) at stake, and more than \(set.threshold) of it certifies", by: nil, at: now)
        }
    }

    private mutating func ended(_ ending: SimulatedRun.Ending, at now: Instant) {
        switch ending {
        case .completed: tell("the run ends", by: nil, at: now)
        case .timedOut(let waiting):
            tell(
                "the run is broken off, without waiting longer for \(waiting.joined(separator: ", "))", by: nil,
                at: now)
        }
        turnPage(before: Instant(nanoseconds: UInt64(Int64.max)))
    }

    // MARK: Lines

    private func name(_ party: Party) -> String { words.names.name(of: party) }

    private mutating func tell(_ clauses: [TraceClause], by party: Party, at now: Instant) {
        let wanted = clauses.filter { filter.wants(about: $0.subjects) }
        guard !wanted.isEmpty else { return }
        tell("\(name(party)) \(wanted.map(\.text).joined(separator: "; "))", by: party, at: now)
    }

    private mutating func tell(_ text: String, by party: Party?, at time: Instant) {
        if isTold(at: time) { page.add(text, by: party, at: time) }
    }

    /// Before the beginning everybody greets everybody.
    private func isTold(at time: Instant) -> Bool { beginning.map { $0 <= time } ?? false || filter.isEverything }

    private mutating func turnPage(before now: Instant) {
        while let (time, entry) = page.next(before: now) {
            let stamp = beginning.map { time - $0 }
            guard stamp.map(filter.wants(at:)) ?? true else { continue }
            let text: String? =
                switch entry {
                case .text(let text): text
                case .sending(let sending): self.text(of: sending)
                case .links(let news): news.text(words)
                }
            if let text { write("\(stamp.map(Self.stamp) ?? "before     ")  \(text)") }
        }
    }

    /// To the microsecond: `+0.102345 s`.
    static func stamp(_ time: Duration) -> String {
        let microseconds = time.nanoseconds.magnitude / 1000
        let decimals = String(microseconds % 1_000_000)
        let zeros = String(repeating: "0", count: 6 - decimals.utf8.count)
        return "\(time < .zero ? "-" : "+")\(microseconds / 1_000_000).\(zeros)\(decimals) s"
    }
}

extension SimulationEvent {
    fileprivate var isAhead: Bool {
        switch self {
        case .began, .handled, .ledgerHandled: true
        default: false
        }
    }
}
