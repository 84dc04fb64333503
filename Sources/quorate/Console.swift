import Glibc

/// Results go to standard output, everything else to standard error.
enum Console {
    /// Results must arrive: throws where standard output does not take them. A reader that has had enough (`head`) is
    /// no failure.
    static func print(_ text: String) throws(CommandFailure) {
        let line = text.hasSuffix("\n") ? text : text + "\n"
        guard !write(line, to: STDOUT_FILENO), errno != EPIPE else { return }
        throw .badInput("standard output: \(String(cString: strerror(errno)))")
    }

    static func complain(_ text: String) { show(TerminalText.harmless(text, keepsLines: true) + "\n") }

    /// Progress, as it is.
    static func show(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    /// - Returns: false when not all of it could be written; `errno` says why.
    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    static func isTerminal(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
    }

    /// As <https://no-color.org> asks: whatever `NO_COLOR` holds, if anything.
    static func takesColour(_ descriptor: Int32) -> Bool {
        isTerminal(descriptor) && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true)
    }

    /// In columns.
    static func width(of descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
