/// A piece of a page, well-formed by construction: whatever text goes into it is escaped, and the names of elements and
/// attributes can only be written in the source.
struct Markup: Hashable, Sendable {
    private(set) var source: String

    static let nothing = Markup(source: "")

    private init(source: String) { self.source = source }

    init(text: String) { source = Self.escaped(text) }

    /// What no text may be made of, so that it can stand as it is: it comes from the source alone.
    static func styleSheet(_ css: StaticString) -> Markup {
        Markup(source: "<style>\n\(css)\n</style>\n")
    }

    static func document(@MarkupBuilder _ content: () -> Markup) -> String {
        "<!doctype html>\n" + element("html", ["lang": "en"], content).source
    }

    static func + (left: Markup, right: Markup) -> Markup { Markup(source: left.source + right.source) }

    static func joined(_ parts: some Sequence<Markup>) -> Markup { Markup(source: parts.map(\.source).joined()) }

    fileprivate init(
        element name: StaticString, attributes: KeyValuePairs<StaticString, String>, content: Markup
    ) {
        var source = "<\(name)"
        for (key, value) in attributes { source += " \(key)=\"\(Self.escaped(value))\"" }
        source += ">"
        if !Self.isVoid(name) { source += content.source + "</\(name)>" }
        self.source = Self.endsLine(name) ? source + "\n" : source
    }

    private static func isVoid(_ name: StaticString) -> Bool { ["meta", "br"].contains("\(name)") }

    /// Only for whoever reads the page's source.
    private static func endsLine(_ name: StaticString) -> Bool {
        [
            "meta", "title", "head", "header", "nav", "main", "footer", "section", "article", "div", "figure",
            "figcaption", "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "dl", "dd", "table", "thead", "tbody", "tr",
            "details", "summary", "pre", "svg",
        ].contains("\(name)")
    }

    /// Characters that no reader should see the effect of are replaced: controls, and those that turn the direction of
    /// what follows.
    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { !isPlain($0) }) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case _ where scalar.properties.generalCategory == .control: escaped += "\u{fffd}"
            case "\u{200e}", "\u{200f}", "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}": escaped += "\u{fffd}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Digits, letters, and what stands around them in numbers and names.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
        default: (0x20..<0x7f).contains(byte)
        }
    }
}

/// An element with its attributes, in the order given, and what is in it.
func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
    @MarkupBuilder _ content: () -> Markup = { .nothing }
) -> Markup {
    Markup(element: name, attributes: attributes, content: content())
}

/// Puts elements and text one after the other.
@resultBuilder enum MarkupBuilder {
    static func buildExpression(_ markup: Markup) -> Markup { markup }
    static func buildExpression(_ text: String) -> Markup { Markup(text: text) }
    static func buildBlock(_ parts: Markup...) -> Markup { .joined(parts) }
    static func buildArray(_ parts: [Markup]) -> Markup { .joined(parts) }
    static func buildOptional(_ part: Markup?) -> Markup { part ?? .nothing }
    static func buildEither(first part: Markup) -> Markup { part }
    static func buildEither(second part: Markup) -> Markup { part }
}
