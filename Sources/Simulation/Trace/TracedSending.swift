import Links
import Messages
import Primitives

/// One frame to one or more, and what becomes of it on each way.
struct TracedSending {
    struct Way {
        let receiver: Party
        /// Nil: it is held up.
        let arrivals: Link.Arrivals?
    }

    /// More different times of arrival than these are told by the first and the last.
    private static let timesTold = 3

    let frame: Frame
    let sender: Party
    let time: Instant
    var ways: [Way]

    /// `; arrives +0.004000 s`, and whatever is not as it should be; nothing where all arrives at once.
    ///
    /// - Parameter text: of a time of the run.
    func fate(_ words: TraceWords, text: (Instant) -> String) -> String {
        let parts = [firstArrivals(words, text), laterArrivals(words, text), heldUp(words)].compactMap(\.self)
        return parts.isEmpty ? "" : "; " + parts.joined(separator: "; ")
    }

    private struct Arrival: Hashable { let time: Instant; let losses: Int }

    private func firstArrivals(_ words: TraceWords, _ text: (Instant) -> String) -> String? {
        var receivers: [Arrival: [Party]] = [:]
        for way in ways {
            guard let arrivals = way.arrivals else { continue }
            receivers[Arrival(time: arrivals.first, losses: arrivals.losses), default: []].append(way.receiver)
        }
        let arrivals = receivers.sorted { ($0.key.time, $0.key.losses) < ($1.key.time, $1.key.losses) }
        guard let first = arrivals.first, let last = arrivals.last else { return nil }
        func told(_ arrival: Arrival) -> String {
            switch arrival.losses {
            case 0: text(arrival.time)
            case 1: "\(text(arrival.time)), after it was lost once"
            default: "\(text(arrival.time)), after it was lost \(arrival.losses) times"
            }
        }
        if arrivals.count == 1 { return first.key.time == time ? nil : "arrives \(told(first.key))" }
        guard arrivals.count > Self.timesTold else {
            return "arrives " + arrivals.map { "at \(words.list($0.value)) \(told($0.key))" }.joined(separator: "; ")
        }
        let lost = arrivals.filter { $0.key.losses > 0 }.flatMap(\.value)
        return "arrives \(text(first.key.time)) to \(text(last.key.time))"
            + (lost.isEmpty ? "" : ", after it was lost on its way to \(words.list(lost))")
    }

    private func laterArrivals(_ words: TraceWords, _ text: (Instant) -> String) -> String? {
        let told = ways.compactMap { way in
            way.arrivals?.again.map { "at \(words.list([way.receiver])) \(text($0))" }
        }
        return told.isEmpty ? nil : "and once more \(told.joined(separator: ", "))"
    }

    private func heldUp(_ words: TraceWords) -> String? {
        let held = ways.filter { $0.arrivals == nil }.map(\.receiver)
        guard !held.isEmpty else { return nil }
        return "held up" + (held.count == ways.count ? "" : " on its way to \(words.list(held))")
    }
}
