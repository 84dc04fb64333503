import Messages
import Primitives

/// Connections that come up or break at one time and for one reason.
struct TracedLinkNews {
    /// More pairs than these are counted.
    private static let pairsTold = 6

    /// Why they break; nil: they come up.
    let breakage: String?
    var pairs: [(Party, Party)]

    func text(_ words: TraceWords) -> String {
        let news = breakage.map { "lost: \($0)" } ?? "there"
        let ends = [pairs[0].0, pairs[0].1]
        if let centre = ends.first(where: { party in pairs.allSatisfy { $0.0 == party || $0.1 == party } }) {
            let others = words.list(pairs.map { $0.0 == centre ? $0.1 : $0.0 })
            let (noun, verb) = pairs.count == 1 ? ("connection", "is") : ("connections", "are")
            return "\(noun) of \(words.list([centre])) with \(others) \(verb) \(news)"
        }
        guard pairs.count <= Self.pairsTold else { return "\(pairs.count) connections are \(news)" }
        let told = pairs.map { "\(words.list([$0.0])) - \(words.list([$0.1]))" }.joined(separator: ", ")
        return "connections \(told) are \(news)"
    }
}
