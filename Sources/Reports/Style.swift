import Verdicts

/// Whether text is coloured. When it should be is the caller's to say: a terminal, and no `NO_COLOR`.
package enum Style: Hashable, Sendable {
    case plain
    case coloured

    package enum Shade: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
    }

    package func paint(_ text: String, _ shade: Shade) -> String {
        self == .plain || text.isEmpty ? text : "\u{1b}[\(shade.rawValue)m\(text)\u{1b}[0m"
    }

    func paint(_ text: String, for verdict: Verdict) -> String {
        switch verdict {
        case .holds: paint(text, .green)
        case .violated: paint(text, .red)
        case .unknown: paint(text, .yellow)
        case .notApplicable: paint(text, .dim)
        }
    }
}
