import Messages
import Primitives

/// One frame to one or more, and what becomes of it on each way.
struct TracedSending {
    struct Fate {
        let receiver: Party
        /// Nil: it is held up.
        let arrival: Instant?
    }

    /// More different times of arrival than these are told by the first and the last.
    private static let timesTold = 3

    let frame: Frame
    let sender: Party
    let time: Instant
    var fates: [Fate]

    /// `; arrives +0.004000 s`, and whatever is not as it should be.
    func fate(_ words: TraceWords, time: (Duration) -> String, since beginning: Instant?) -> String {
        var parts: [String] = []
        let arrivals = Dictionary(grouping: fates.filter { $0.arrival != nil }, by: \.arrival!)
            .sorted { $0.key < $1.key }
        func text(_ instant: Instant) -> String { beginning.map { time(instant - $0) } ?? "before the beginning" }
        if arrivals.count == 1 {
            parts.append("arrives \(text(arrivals[0].key))")
        } else if arrivals.count > Self.timesTold {
            parts.append("arrives \(text(arrivals[0].key)) to \(text(arrivals[arrivals.count - 1].key))")
        } else {
            parts += arrivals.map { "arrives \(text($0.key)) at \(words.list($0.value.map(\.receiver)))" }
        }
        let held = fates.filter { $0.arrival == nil }.map(\.receiver)
        if !held.isEmpty {
            parts.append(
                held.count == fates.count ? "does not get through" : "does not get through to \(words.list(held))")
        }
        return parts.isEmpty ? "" : "; " + parts.joined(separator: ", ")
    }
}
