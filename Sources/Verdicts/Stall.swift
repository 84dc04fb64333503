import Messages
import Primitives
import Records

/// A time in which a real process was held up, since it or the whole machine stood still or had too much to do: what was due
/// in it came later. What was done to it on purpose is none, for that is ground truth of its own.
package struct Stall: Hashable, Sendable {
    package var party: Party
    package var start: Instant
    package var end: Instant

    /// In the order in which they ended.
    static func all(in run: RunRecords) -> [Stall] {
        let pauses = Dictionary(
            grouping: run.interventions.filter { $0.act == .paused || $0.act == .resumed }, by: \.party)
        return run.nodes.flatMap { node in
            node.notes.compactMap { note -> Stall? in
                guard case .stalled(let lateness) = note.observation else { return nil }
                let stall = Stall(party: node.party, start: note.at + (.zero - lateness), end: note.at)
                return stall.wasOrdered(by: pauses[node.party] ?? []) ? nil : stall
            }
        }.sorted { $0.end < $1.end }
    }

    /// Whether somebody had paused it then.
    private func wasOrdered(by acts: [Intervention]) -> Bool {
        var paused: Instant?
        for intervention in acts.sorted(by: { $0.at < $1.at }) {
            if intervention.act == .paused {
                paused = paused ?? intervention.at
            } else if let since = paused {
                if since <= end, intervention.at >= start { return true }
                paused = nil
            }
        }
        return paused.map { $0 <= end } ?? false
    }

    func touches(from first: Instant, to last: Instant) -> Bool { start <= last && end >= first }
}

extension RunHistory {
    /// Who was held up in this time, and for how long; nil where nobody was for as long as matters.
    ///
    /// With several, the longest: a machine that stands still takes all its processes with it.
    func stall(from first: Instant, to last: Instant, least: Duration) -> String? {
        let touching = stalls.filter { $0.end - $0.start >= least && $0.touches(from: first, to: last) }
        guard let longest = touching.max(by: { $0.end - $0.start < $1.end - $1.start }) else { return nil }
        let others = Set(touching.map(\.party)).count - 1
        return "\(name(of: longest.party))\(others > 0 ? " and \(others) more were" : " was") held up for "
            + "\((longest.end - longest.start).milliseconds)"
    }
}
