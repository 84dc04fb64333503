import Testing

@testable import quorate

/// A ledger from a stranger has a stranger's names in it.
@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("op-1", "op-1"), ("b\u{1b}[2Job", "b\u{FFFD}[2Job"), ("a\nb\tc", "a\u{FFFD}b\u{FFFD}c"),
        ("a\r\nb", "a\u{FFFD}\u{FFFD}b"),
        ("\u{9b}31m", "\u{FFFD}31m"), ("\u{7f}", "\u{FFFD}"), ("größe 尺", "größe 尺"),
    ])
    func nothingMovesTheCursor(text: String, shown: String) {
        #expect(TerminalText.harmless(text) == shown)
        #expect(TextTable(["name"], [[text]]).text == "name\n\(shown)")
    }

    @Test func aMessageMayHaveLines() {
        #expect(TerminalText.harmless("a\nb\tc\u{7}", keepsLines: true) == "a\nb\tc\u{FFFD}")
    }
}
