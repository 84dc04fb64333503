import Glibc
import NIOPosix

/// A node process's tie to the process that started it. For every kind of node, the ledger too.
///
/// - Standard input is a lifeline: its end means that the parent is gone, however it went, and the process ends at
///   once. A thread of its own waits for that, so that nothing can hold it up.
/// - SIGINT and SIGHUP are ignored: the terminal sends them to the whole group, and the parent wants an orderly end.
///   SIGTERM means `stop`.
/// - A closed standard output ends the process too, by the failed write and not by a signal.
package enum ProcessControl {
    /// Exit statuses: in good order; the environment or the input was wrong; the parent is gone.
    package static let success: Int32 = 0
    package static let failure: Int32 = 2
    package static let orphaned: Int32 = 3

    /// How the process takes signals; until `start`, SIGTERM waits. Call it before there is any other thread.
    package static func takeSignals() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGINT, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
        // Blocked everywhere but inside the lifeline's `pselect`, which it interrupts.
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        sigaction(SIGTERM, &action, nil)
        var termination = sigset_t()
        sigemptyset(&termination)
        sigaddset(&termination, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &termination, nil)
    }

    /// Takes hold of the lifeline, and of signals if that has not been done. Call it once, before there is any other
    /// thread.
    ///
    /// Questions about what the process uses are answered here, however busy it is.
    ///
    /// - Parameter onCommand: called on the lifeline's thread, with every other command.
    package static func start(onCommand: @escaping @Sendable (ProcessCommand) -> Void) {
        takeSignals()
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        thread.submit { _ in
            holdLifeline { command in
                switch command {
                case .measure: report(.used(UsageMeter.reading))
                case .begin:
                    UsageMeter.begin()
                    onCommand(command)
                case .ledger, .tellStatus, .tellResult, .submit, .instruct, .forward, .drain, .perturb, .links, .pause,
                    .resume, .stop:
                    onCommand(command)
                }
            }
        }
    }

    /// Writes the line at once, and before the last one what the process has used. Ends the process when nobody can read
    /// it.
    package static func report(_ report: ProcessReport) {
        if report == .stopped { self.report(.used(UsageMeter.reading)) }
        if !write(report.line + "\n", to: STDOUT_FILENO) { end(orphaned) }
    }

    /// Ends the process at once, and the programs that it has started with it; nothing is flushed.
    package static func end(_ status: Int32) -> Never {
        ProgramGroups.killAll()
        _exit(status)
    }

    /// - Returns: false when it could not be written whole.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func holdLifeline(onCommand: (ProcessCommand) -> Void) {
        var lines = LineSplitter()
        var chunk = [UInt8](repeating: 0, count: 256)
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        while true {
            // The set of descriptor 0 alone: the lowest bit of the first word.
            var standardInput = fd_set()
            withUnsafeMutableBytes(of: &standardInput) { $0.storeBytes(of: 1, as: Int.self) }
            if pselect(STDIN_FILENO + 1, &standardInput, nil, nil, nil, &noSignals) < 0 {
                guard errno == EINTR else { end(orphaned) }
                onCommand(.stop)
                continue
            }
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { end(orphaned) }
            for line in lines.take(chunk[..<count]) {
                if let command = ProcessCommand(line: line) { onCommand(command) }
            }
        }
    }
}

/// Cuts what arrives in pieces into lines. A line that is longer than any command is given up.
struct LineSplitter {
    static let limit = ProcessCommand.lineLimit
    private var partial: [UInt8] = []

    mutating func take(_ bytes: some Collection<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if partial.count <= Self.limit { lines.append(String(decoding: partial, as: UTF8.self)) }
                partial.removeAll(keepingCapacity: true)
            } else if partial.count <= Self.limit {
                partial.append(byte)
            }
        }
        return lines
    }
}
