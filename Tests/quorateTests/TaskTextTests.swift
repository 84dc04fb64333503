import Testing

@testable import quorate

@Suite struct TaskTextTests {
    @Test func aResultStaysOnOneLineAndLeavesTheTerminalAlone() {
        #expect(TaskText.abridged("a\nb\u{1b}[31mc é") == "a\u{FFFD}b\u{FFFD}[31mc é")
        let long = TaskText.abridged(String(repeating: "x", count: 60_000))
        #expect(long == String(repeating: "x", count: 400) + "... (whole with --json)")
    }
}
