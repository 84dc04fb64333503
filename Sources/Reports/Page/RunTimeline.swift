import Messages
import Primitives
import Verdicts

/// When things happened in a run: the axis that its plots share, what is marked on it, and who had a fault.
struct RunTimeline {
    /// When the first task was due.
    let begin: Instant
    let axis: Axis
    /// Slashes and revocations, by time.
    let marks: [Mark]
    /// Whoever had a fault, in the order of genesis.
    let lanes: [FaultLane]
    private let history: RunHistory
    private let slashed: [OperatorIndex: Instant]

    struct Mark: Hashable {
        enum Kind: Hashable {
            case slash(String)
            case revocation(String)
        }
        var number: Int
        var at: Instant
        var kind: Kind
        /// Of the AVSs, those whose tasks it concerned.
        var services: [String]
    }

    /// - Returns: nil without any task.
    init?(_ summary: RunSummary) {
        let history = summary.history
        guard let begin = history.tasks.map(\.task.issued).min() else { return nil }
        let slashes = zip(history.slashes, summary.slashes).map { slash, account in
            Mark(
                number: 0, at: slash.at, kind: .slash(account.signer),
                services: account.seats.isEmpty ? [account.service] : account.seats.map(\.service))
        }
        let revocations = zip(history.revocations, summary.revocations).map { revoked, account in
            Mark(number: 0, at: revoked.at, kind: .revocation(account.service), services: [account.service])
        }
        // Sorting keeps the order of those that came at one time.
        let marks = (revocations + slashes).sorted { $0.at < $1.at }.enumerated().map { place, mark in
            var mark = mark
            mark.number = place + 1
            return mark
        }
        let times =
            history.tasks.map(\.task.issued) + marks.map(\.at) + history.injections.map(\.at)
            + history.faultIntervals.flatMap { [$0.start, $0.end ?? $0.start] }
        let axis = Axis.time(to: max(1, ((times.max() ?? begin) - begin).nanoseconds))
        let slashed = Dictionary(
            history.slashes.map { ($0.record.signer, $0.at) }, uniquingKeysWith: { min($0, $1) })
        self.begin = begin
        self.axis = axis
        self.marks = marks
        self.history = history
        self.slashed = slashed
        lanes = history.genesis.parties.compactMap { party in
            FaultLane(
                of: party, in: history, slashed: Self.end(of: party, slashed),
                share: { axis.share(of: Double(($0 - begin).nanoseconds)) })
        }
    }

    func share(of time: Instant) -> Double { axis.share(of: Double((time - begin).nanoseconds)) }

    /// `2.417 s`, negative before the first task was due.
    func text(of time: Instant) -> String { "\(DecimalText(Double((time - begin).nanoseconds) / 1e9, 3)) s" }

    func text(ofShare share: Double) -> String { "\(DecimalText(axis.value(atShare: share) / 1e9, 3)) s" }

    /// When one of an AVS's operators, or its coordinator, had a fault. An operator that was slashed has no seat any
    /// more, and concerns nobody from then on.
    func faults(in service: ServiceID) -> [ClosedRange<Double>] {
        let intervals = history.faultIntervals.filter { $0.service == service }
        return Self.merged(
            intervals.compactMap { interval in
                let ends = [interval.end, Self.end(of: interval.party, slashed)].compactMap(\.self).min()
                if let ends, ends < interval.start { return nil }
                return share(of: interval.start)...(ends.map(share) ?? 1)
            })
    }

    private static func end(of party: Party, _ slashed: [OperatorIndex: Instant]) -> Instant? {
        if case .signer(let signer) = party { slashed[signer] } else { nil }
    }

    static func merged(_ ranges: [ClosedRange<Double>]) -> [ClosedRange<Double>] {
        var merged: [ClosedRange<Double>] = []
        for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}

/// When one party had a fault, in shares of a timeline.
struct FaultLane: Hashable {
    let name: String
    /// The names of its faults, each once, in the order in which they first came.
    let behaviours: [String]
    let faulty: [ClosedRange<Double>]
    /// From its slash on it has no seat any more.
    let slashed: Double?
    /// Each time that it did something wrong, as far as a plot can tell them apart; ascending.
    let injections: [Double]

    fileprivate init?(of party: Party, in history: RunHistory, slashed: Instant?, share: (Instant) -> Double) {
        let injected = history.injections.filter { $0.party == party }.sorted { $0.at < $1.at }
        let intervals = history.faultIntervals.filter { $0.party == party }
        guard !injected.isEmpty || !intervals.isEmpty else { return nil }
        name = history.name(of: party)
        var behaviours: [String] = []
        for injection in injected where !behaviours.contains(injection.injection.behaviour) {
            behaviours.append(injection.injection.behaviour)
        }
        self.behaviours = behaviours
        faulty = RunTimeline.merged(
            intervals.compactMap { interval in
                let ends = [interval.end, slashed].compactMap(\.self).min()
                if let ends, ends < interval.start { return nil }
                return share(interval.start)...(ends.map(share) ?? 1)
            })
        self.slashed = slashed.map(share)
        var injections: [Double] = []
        for place in injected.map({ share($0.at) }) where place - (injections.last ?? -1) > 0.002 {
            injections.append(place)
        }
        self.injections = injections
    }
}
