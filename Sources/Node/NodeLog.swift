import Glibc
import NIOCore

/// Sparse lines for a person on standard error: milliseconds since the start, level, text.
///
/// No level is filtered out, so nothing that comes with every task belongs here. Of what a peer can cause at will, only
/// so much is written a second.
package struct NodeLog: Sendable {
    package enum Level: String, Sendable {
        case info
        case warning
        case error
    }

    private let started = NIODeadline.now()
    private let write: @Sendable (String) -> Void
    private var second: Int64 = -1
    private var inSecond = 0
    private var suppressed = 0
    var perSecond = 20

    package init(write: @escaping @Sendable (String) -> Void = { ProcessControl.write($0, to: STDERR_FILENO) }) {
        self.write = write
    }

    package mutating func callAsFunction(_ level: Level, _ text: String) {
        let milliseconds = (NIODeadline.now() - started).nanoseconds / 1_000_000
        if milliseconds / 1000 != second {
            if suppressed > 0 { write(Self.line(milliseconds, .warning, "\(suppressed) more lines left out")) }
            second = milliseconds / 1000
            inSecond = 0
            suppressed = 0
        }
        guard inSecond < perSecond || level == .error else {
            suppressed += 1
            return
        }
        inSecond += 1
        write(Self.line(milliseconds, level, text))
    }

    /// What comes from outside cannot break a line.
    private static func line(_ milliseconds: Int64, _ level: Level, _ text: String) -> String {
        let time = String(repeating: " ", count: max(0, 8 - "\(milliseconds)".count)) + "\(milliseconds)"
        return "\(time) ms \(level.rawValue) \(text.split(whereSeparator: \.isNewline).joined(separator: "; "))\n"
    }
}
