/// Text that somebody else may have written, such as the names in an imported ledger, as a terminal may be given it.
enum TerminalText {
    /// What would move the cursor, ring or colour shows itself as a replacement character.
    ///
    /// - Parameter keepsLines: whether lines may end and columns be skipped.
    static func harmless(_ text: String, keepsLines: Bool = false) -> String {
        func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.generalCategory != .control || keepsLines && (scalar == "\n" || scalar == "\t")
        }
        guard !text.unicodeScalars.allSatisfy(isHarmless) else { return text }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text.unicodeScalars.map { isHarmless($0) ? $0 : "\u{FFFD}" })
        return String(scalars)
    }
}
