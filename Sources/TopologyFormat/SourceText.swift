/// The text of a document, in which a few characters are masked before a YAML library composes it.
///
/// Masking keeps every line and column where it was. It does for the composer what the composer cannot do itself:
/// - Aliases become plain scalars, so that composing costs no more than the text is long. (An alias used as a key would
///   otherwise be hashed together with everything it stands for, exponentially.) Anchors without aliases are harmless.
/// - A repeated key becomes another key, so that composing goes on after it and finds the other mistakes too.
struct SourceText {
    /// Private-use characters: no topology has any.
    private static let aliasMask: Unicode.Scalar = "\u{E200}"
    private static let firstKeyMask: UInt32 = 0xE000
    /// Composing again after each repeated key may cost this much in all.
    private static let maximumRecomposed = 4 << 20

    private var scalars: [Unicode.Scalar]
    private var lineStarts: [Int]
    /// The first characters of masked keys, in the order of masking.
    private var maskedKeys: [Unicode.Scalar] = []
    private(set) var hasAnchors = false

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        lineStarts = Self.lineStarts(of: scalars)
        for index in scalars.indices where index == 0 || !Self.isWord(scalars[index - 1]) {
            switch scalars[index] {
            case "*": scalars[index] = Self.aliasMask
            case "&": hasAnchors = true
            default: break
            }
        }
    }

    var string: String { String(String.UnicodeScalarView(scalars)) }

    /// Makes the key at `position` differ from its namesakes.
    /// - Returns: false when that cannot be done there, or has been done often enough.
    mutating func maskKey(at position: SourcePosition) -> Bool {
        let most = min(64, Self.maximumRecomposed / max(1, scalars.count))
        guard maskedKeys.count < most, lineStarts.indices.contains(position.line - 1) else {
            return false
        }
        var index = lineStarts[position.line - 1] + position.column - 1
        if index < scalars.count, scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        guard index < scalars.count, Self.isWord(scalars[index]) else { return false }
        let mask = Unicode.Scalar(Self.firstKeyMask + UInt32(maskedKeys.count))!
        maskedKeys.append(scalars[index])
        scalars[index] = mask
        return true
    }

    /// What stood where a composed scalar now has masks.
    func unmasked(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let place = Int(scalar.value) - Int(Self.firstKeyMask)
            if scalar == Self.aliasMask {
                result.append("*")
            } else if maskedKeys.indices.contains(place) {
                result.append(maskedKeys[place])
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// Whether a plain scalar was an alias.
    static func isAlias(_ text: String) -> Bool { text.unicodeScalars.first == aliasMask }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "-"
    }

    /// Breaks as YAML 1.1 counts them.
    private static func lineStarts(of scalars: [Unicode.Scalar]) -> [Int] {
        var starts = [0]
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\n", "\u{85}", "\u{2028}", "\u{2029}": starts.append(index + 1)
            case "\r" where index + 1 == scalars.count || scalars[index + 1] != "\n": starts.append(index + 1)
            default: break
            }
        }
        return starts
    }
}
