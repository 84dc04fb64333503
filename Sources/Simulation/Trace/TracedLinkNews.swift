import Messages
import Primitives

/// Connections that come up or break at one time and for one reason.
struct TracedLinkNews {
    /// More pairs than these are counted.
    private static let pairsTold = 6

    let time: Instant
    /// Why they break; nil: they come up.
    let breakage: String?
    private var pairs: [(Party, Party)]

    init(at time: Instant, breakage: String?, _ one: Party, _ other: Party) {
        self.time = time
        self.breakage = breakage
        pairs = [(one, other)]
    }

    func adding(_ one: Party, _ other: Party) -> Self {
        var sum = self
        sum.pairs.append((one, other))
        return sum
    }

    /// - Returns: nil when nobody is concerned who is asked about.
    func text(_ words: TraceWords, _ filter: TraceFilter) -> String? {
        let pairs = pairs.filter { filter.wants($0.0) || filter.wants($0.1) }
        guard let first = pairs.first else { return nil }
        let news = breakage.map { "lost: \($0)" } ?? "there"
        let centre = [first.0, first.1].first { party in pairs.allSatisfy { $0.0 == party || $0.1 == party } }
        if let centre {
            let others = pairs.map { $0.0 == centre ? $0.1 : $0.0 }
            let noun = others.count == 1 ? "connection" : "connections"
            let verb = others.count == 1 ? "is" : "are"
            return "\(noun) of \(words.list([centre])) with \(words.list(others)) \(verb) \(news)"
        }
        guard pairs.count <= Self.pairsTold else { return "\(pairs.count) connections are \(news)" }
        let told = pairs.map { "\(words.list([$0.0])) - \(words.list([$0.1]))" }.joined(separator: ", ")
        return "connections \(told) are \(news)"
    }
}
