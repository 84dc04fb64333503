import Attesting
import Links
import Messages
import Primitives
import Replaying
import Restaking
import Staging

/// Tells a simulation as it goes, line by line: who sent what to whom and when it arrives, what each machine did, what
/// happened to processes and network.
///
/// A turn's events are known before it is over, so lines are put in the order of their times first. Nothing else is kept
/// but what was seen lately.
package struct TracePrinter: SimulationObserver {
    private let filter: TraceFilter
    private let write: (String) -> Void
    private var words: TraceWords
    private var beginning: Instant?
    /// What the ledger has opened before the beginning.
    private var firstSets: [OperatorSet] = []
    private var incarnations: [Party: UInt32] = [:]
    /// Of one sender in one turn.
    private var sendings: [TracedSending] = []
    private var linkNews: TracedLinkNews?
    private var lines = Agenda<Line>()
    private var lineCount: UInt64 = 0
    /// What a process would have done after its death, it has not done.
    private var deaths: [Party: Death] = [:]

    private struct Line: Sendable {
        let number: UInt64
        let time: Instant
        let party: Party?
        let text: String
    }

    private struct Death { let time: Instant; let lineCount: UInt64 }

    /// - Parameter write: is given each line, without its end.
    package init(_ plan: SimulationPlan, _ filter: TraceFilter = TraceFilter(), write: @escaping (String) -> Void) {
        let keys = NetworkKeys.derived(from: plan.seed, for: plan.topology)
        words = TraceWords(
            GenesisBuilder.genesis(
                of: plan.topology, keys: keys, runID: GenesisBuilder.simulatedRunID(seed: plan.seed)))
        self.filter = filter
        self.write = write
    }

    package mutating func observe(_ event: SimulationEvent, at now: Instant) {
        if isInterrupted(by: event) { tellGathered() }
        switch event {
        case .began: began(at: now)
        case .handled(let party, let event, let effects): handled(event, effects, by: party, at: now)
        case .ledgerHandled(let event, let effects): ledgerHandled(event, effects, at: now)
        case .sent(let frame, let sender, let receiver, let arrivals):
            sent(frame, from: sender, to: receiver, arrivals, at: now)
        case .started(let party, let incarnation): incarnations[party] = incarnation
        case .died(let party, let lostEntries): died(party, lostEntries, at: now)
        case .connected(let one, let other):
            linkNews = linkNews?.adding(one, other) ?? TracedLinkNews(at: now, breakage: nil, one, other)
        case .disconnected(let one, let other, let reason):
            linkNews = linkNews?.adding(one, other) ?? TracedLinkNews(at: now, breakage: reason, one, other)
        case .partitioned(let some, let others, let isOneWay):
            tell(
                isOneWay
                    ? "nothing gets through any more from \(words.list(some)) to \(words.list(others))"
                    : "the network parts: \(words.list(some)) | \(words.list(others))", by: nil, at: now)
        case .healed(let some, let others):
            tell("the network is whole again: \(words.list(some)) | \(words.list(others))", by: nil, at: now)
        case .ended(let ending): ended(ending, at: now)
        }
        // Nothing that comes later lies before this moment; what machines do may lie after it.
        if !event.isAhead { writeLines(upTo: now) }
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
            return
        }
        if case .started(let recorded) = event { started(party, recorded.count, at: now) }
        tell(words.clauses(of: event, effects, at: now), by: party, at: now)
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
        deaths[party] = Death(time: now, lineCount: lineCount)
        guard filter.wants(party) else { return }
        let loss =
            lostEntries == 0
            ? "" : ", and loses \(lostEntries == 1 ? "an entry" : "\(lostEntries) entries") of its guard"
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

    private mutating func sent(
        _ frame: Frame, from sender: Party, to receiver: Party, _ arrivals: Link.Arrivals?, at now: Instant
    ) {
        guard filter.wants(sender) || filter.wants(receiver) else { return }
        let way = TracedSending.Way(receiver: receiver, arrivals: arrivals)
        if let place = sendings.firstIndex(where: { $0.frame == frame }) {
            sendings[place].ways.append(way)
        } else {
            sendings.append(TracedSending(frame: frame, sender: sender, time: now, ways: [way]))
        }
    }

    /// Frames of one turn, and news of connections with one cause, are told together.
    private func isInterrupted(by event: SimulationEvent) -> Bool {
        switch event {
        case .sent(_, let sender, _, _): linkNews != nil || sendings.first.map { $0.sender != sender } ?? false
        case .connected: !sendings.isEmpty || linkNews?.breakage != nil
        case .disconnected(_, _, let reason):
            !sendings.isEmpty || linkNews.map { $0.breakage != reason } ?? false
        default: true
        }
    }

    private mutating func tellGathered() {
        for sending in sendings { tell(sending) }
        sendings = []
        if let news = linkNews, beginning != nil || filter.isEverything, let text = news.text(words, filter) {
            tell(text, by: nil, at: news.time)
        }
        linkNews = nil
    }

    private mutating func tell(_ sending: TracedSending) {
        guard
            let clause = filter.isEverything
                ? TraceClause(words.names.text(of: sending.frame), about: words.subjects(of: sending.frame))
                : words.clause(of: sending.frame, from: sending.sender),
            filter.wants(about: clause.subjects)
        else { return }
        let fate = sending.fate(words) { [beginning] time in
            beginning.map { Self.stamp(time - $0) } ?? "before the beginning"
        }
        tell(
            "\(name(sending.sender)) -> \(words.list(sending.ways.map(\.receiver))): \(clause.text)\(fate)", by: nil,
            at: sending.time)
    }

    // MARK: Lines

    private func name(_ party: Party) -> String { words.names.name(of: party) }

    private mutating func tell(_ clauses: [TraceClause], by party: Party, at now: Instant) {
        let wanted = clauses.filter { filter.wants(about: $0.subjects) }
        guard !wanted.isEmpty else { return }
        tell("\(name(party)) \(wanted.map(\.text).joined(separator: "; "))", by: party, at: now)
    }

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
                "the run is broken off, without waiting longer for \(waiting.joined(separator: ", "))", by: nil, at: now
            )
        }
        writeLines(upTo: Instant(nanoseconds: UInt64(Int64.max)))
    }

    private mutating func tell(_ text: String, by party: Party?, at time: Instant) {
        guard beginning.map({ $0 <= time }) ?? false || filter.isEverything else { return }
        lineCount += 1
        lines.add(Line(number: lineCount, time: time, party: party, text: text), at: time)
    }

    private mutating func writeLines(upTo now: Instant) {
        while let line = lines.next(upTo: now) {
            if let party = line.party, let death = deaths[party], line.number <= death.lineCount, line.time > death.time
            {
                continue
            }
            let time = beginning.map { line.time - $0 }
            guard time.map(filter.wants(at:)) ?? true else { continue }
            write("\(time.map(Self.stamp) ?? "before      ")  \(line.text)")
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
    /// What a machine does is told when its turn begins, with the time at which it comes to it; the beginning is told ahead.
    fileprivate var isAhead: Bool {
        switch self {
        case .began, .handled, .ledgerHandled: true
        default: false
        }
    }
}
