import Primitives
import Reports
import Synchronization
import SystemPackage

/// Tells how testing goes: a line on standard output for each topology as it ends, and on standard error what is under
/// way.
final class TestDisplay: Sendable {
    private let count: Int
    private let labelWidth: Int
    /// Nil: one document follows instead of lines.
    private let style: Style?
    private let isTerminal: Bool
    private let state = Mutex(State())

    private struct State {
        var begun = 0
        var underWay: [String] = []
        var failure: CommandFailure?
    }

    private static let verdictWidth = 10

    init(_ files: [TopologyFiles.File], style: Style?, isTerminal: Bool) {
        count = files.count
        labelWidth = files.map(\.label.count).max() ?? 0
        self.style = style
        self.isTerminal = isTerminal
    }

    /// Why the lines could not be written.
    var failure: CommandFailure? { state.withLock(\.failure) }

    func began(_ file: TopologyFiles.File) {
        state.withLock { state in
            state.begun += 1
            state.underWay.append(file.label)
            if isTerminal {
                Console.show(Self.erasure + underWay(state))
            } else {
                Console.complain("running \(file.path), \(state.begun) of \(count)")
            }
        }
    }

    func ended(_ result: TestResult) {
        state.withLock { state in
            if let place = state.underWay.firstIndex(of: result.file.label) { state.underWay.remove(at: place) }
            if isTerminal { Console.show(Self.erasure) }
            if let style {
                do throws(CommandFailure) {
                    try Console.print(lines(of: result, style).joined(separator: "\n"))
                } catch {
                    state.failure = state.failure ?? error
                }
            }
            if isTerminal { Console.show(underWay(state)) }
        }
    }

    private static let erasure = "\r\u{1b}[K"

    private func underWay(_ state: State) -> String {
        guard !state.underWay.isEmpty else { return "" }
        let text = "\(state.begun) of \(count): \(state.underWay.joined(separator: ", "))"
        return String(text.prefix(max(0, Console.width(of: 2) - 1)))
    }

    /// `ok        quickstart     7.9 s  1,000 of 1,000 certified, p99 14.5 ms, slashed op-3`
    func lines(of result: TestResult, _ style: Style) -> [String] {
        let (word, shade) = Self.word(for: result.verdict)
        let seconds = "\((result.duration.inMilliseconds / 100).rounded() / 10) s"
        var line = style.paint(word, shade) + Self.gap(Self.verdictWidth - word.count)
        line += result.file.label + Self.gap(labelWidth - result.file.label.count)
        line += Self.gap(9 - seconds.count) + seconds
        if let figures = result.figures { line += "  \(figures)" }
        guard result.verdict != .passed else { return [line] }
        let margin = Self.gap(Self.verdictWidth)
        let commands = result.commands.enumerated().map { place, command in
            margin + (place == 0 ? "see it again: " : Self.gap("see it again: ".count)) + command
        }
        return [line] + result.shortAccounts.map { margin + $0 } + commands
    }

    private static func gap(_ width: Int) -> String { String(repeating: " ", count: max(0, width)) }

    private static func word(for verdict: TestResult.Verdict) -> (String, Style.Shade) {
        switch verdict {
        case .passed: ("ok", .green)
        case .failed: ("failed", .red)
        case .badInput: ("bad", .red)
        case .notJudged: ("unjudged", .yellow)
        case .stopped: ("stopped", .yellow)
        case .skipped: ("skipped", .yellow)
        }
    }
}
