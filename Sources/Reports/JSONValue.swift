import Primitives

/// A JSON document whose keys keep the order in which they were given.
package indirect enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    /// In milliseconds, to the nanosecond; written in decimals, through no floating point.
    case milliseconds(Duration)
    /// Rounded to three decimals; not for what must be exact.
    case decimal(Double)
    case string(String)
    case array([JSONValue])
    case object([(key: String, value: JSONValue)])

    /// Indented by two spaces, ending in a newline.
    package var document: String { text(indent: 0) + "\n" }

    /// For people: text without quotes, all else as it is written.
    var plain: String {
        if case .string(let text) = self { text } else { text(indent: 0) }
    }

    private func text(indent: Int) -> String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): "\(number)"
        case .unsigned(let number): "\(number)"
        case .milliseconds(let duration): Self.decimal(duration)
        case .decimal(let number): number.isFinite ? "\((number * 1000).rounded() / 1000)" : "null"
        case .string(let text): Self.quoted(text)
        case .array(let values):
            Self.enclosed("[", values.map { $0.text(indent: indent + 1) }, "]", indent: indent)
        case .object(let members):
            Self.enclosed(
                "{", members.map { "\(Self.quoted($0.key)): \($0.value.text(indent: indent + 1))" }, "}",
                indent: indent)
        }
    }

    private static func enclosed(_ open: String, _ parts: [String], _ close: String, indent: Int) -> String {
        guard !parts.isEmpty else { return open + close }
        let margin = String(repeating: "  ", count: indent)
        let lines = parts.map { "\(margin)  \($0)" }.joined(separator: ",\n")
        return "\(open)\n\(lines)\n\(margin)\(close)"
    }

    private static func decimal(_ duration: Duration) -> String {
        let magnitude = duration.nanoseconds.magnitude
        var fraction = String(magnitude % 1_000_000)
        fraction = String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
        while fraction.utf8.count > 1, fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(duration < .zero ? "-" : "")\(magnitude / 1_000_000).\(fraction)"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20:
                quoted += "\\u00" + Hexadecimal.encode([UInt8(scalar.value)])
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
