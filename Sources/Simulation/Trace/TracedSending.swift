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

    /// `; arrives +0.004000 s`, and whatever is not as it should be.
    ///
    /// - Parameter text: of a time of the run.
    func fate(_ words: TraceWords, text: (Instant) -> String) -> String {
        let first = Dictionary(grouping: ways.filter { $0.arrivals != nil }, by: \.arrivals!.first)
            .sorted { $0.key < $1.key }
        var parts: [String] = []
        if first.count == 1, first[0].key == time {
            // At once, as over no distance at all.
        } else if first.count == 1 {
            parts.append("arrives \(text(first[0].key))")
        } else if first.count > Self.timesTold {
            parts.append("arrives \(text(first[0].key)) to \(text(first[first.count - 1].key))")
        } else {
            parts += first.map { "arrives \(text($0.key)) at \(words.list($0.value.map(\.receiver)))" }
        }
        for way in ways {
            guard let arrivals = way.arrivals else { continue }
            let receiver = words.list([way.receiver])
            if arrivals.losses > 0 {
                let times = arrivals.losses == 1 ? "" : " \(arrivals.losses) times"
                parts.append("lost\(times) on its way to \(receiver) and sent again")
            }
            if let again = arrivals.again { parts.append("arrives twice at \(receiver), again \(text(again))") }
        }
        let held = ways.filter { $0.arrivals == nil }.map(\.receiver)
        if !held.isEmpty {
            let some = held.count == ways.count ? "" : " on its way to \(words.list(held))"
            parts.append("held up\(some)")
        }
        return parts.isEmpty ? "" : "; " + parts.joined(separator: ", ")
    }
}
