import Primitives
import Records

/// What a node process tells its parent: one line each on standard output, as soon as it is so.
package enum ProcessReport: Hashable, Sendable {
    /// The ledger: it can be dialled on this port.
    case listening(port: UInt16)
    /// Connected with everyone that it needs.
    case ready
    /// Coordinators: tasks so far.
    case progress(TaskCount)
    /// Coordinators: every task is closed and every submission has its receipt.
    case finished
    /// Whenever it is asked, and before it stops.
    case used(ProcessUsage)
    /// In good order, with its record closed.
    case stopped
    case failed(String)

    package struct TaskCount: Hashable, Sendable {
        package var issued: UInt64 = 0
        package var certified: UInt64 = 0
        package var expired: UInt64 = 0

        package init(issued: UInt64 = 0, certified: UInt64 = 0, expired: UInt64 = 0) {
            self.issued = issued
            self.certified = certified
            self.expired = expired
        }
    }

    /// Without its newline.
    package var line: String {
        switch self {
        case .listening(let port): "listening \(port)"
        case .ready: "ready"
        case .progress(let count): "progress \(count.issued) \(count.certified) \(count.expired)"
        case .finished: "finished"
        case .used(let usage):
            "used \(usage.at.nanoseconds) \(usage.cpu.nanoseconds) \(usage.residentBytes) \(usage.peakResidentBytes)"
        case .stopped: "stopped"
        case .failed(let message): "failed " + message.split(whereSeparator: \.isNewline).joined(separator: "; ")
        }
    }

    /// - Returns: nil for a line that is no report.
    package init?(line: some StringProtocol) {
        let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = words.count > 1 ? words[1] : ""
        switch (words[0], rest.isEmpty) {
        case ("listening", false):
            guard let port = UInt16(rest) else { return nil }
            self = .listening(port: port)
        case ("ready", true): self = .ready
        case ("progress", false):
            guard let numbers = Self.numbers(rest, count: 3) else { return nil }
            self = .progress(TaskCount(issued: numbers[0], certified: numbers[1], expired: numbers[2]))
        case ("finished", true): self = .finished
        case ("used", false):
            guard let numbers = Self.numbers(rest, count: 4), numbers[0] <= Int64.max, numbers[1] <= Int64.max else {
                return nil
            }
            self = .used(
                ProcessUsage(
                    at: Instant(nanoseconds: numbers[0]), cpu: .nanoseconds(Int64(numbers[1])),
                    residentBytes: numbers[2], peakResidentBytes: numbers[3]))
        case ("stopped", true): self = .stopped
        case ("failed", _): self = .failed(String(rest))
        default: return nil
        }
    }

    /// - Returns: nil unless there are exactly so many.
    private static func numbers(_ text: some StringProtocol, count: Int) -> [UInt64]? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let numbers = words.compactMap { UInt64($0) }
        return words.count == count && numbers.count == count ? numbers : nil
    }
}

/// What the parent tells a node process: one line each on standard input, whose end says that the parent is gone.
package enum ProcessCommand: Hashable, Sendable {
    /// Everyone is ready: the run's time counts from here.
    case begin(Instant)
    /// To be answered by `used`.
    case measure
    case stop

    /// Without its newline.
    package var line: String {
        switch self {
        case .begin(let instant): "begin \(instant.nanoseconds)"
        case .measure: "measure"
        case .stop: "stop"
        }
    }

    /// - Returns: nil for a line that is no command.
    package init?(line: some StringProtocol) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        switch (words[0], words.count) {
        case ("begin", 2):
            guard let nanoseconds = UInt64(words[1]), nanoseconds <= UInt64(Int64.max) else { return nil }
            self = .begin(Instant(nanoseconds: nanoseconds))
        case ("measure", 1): self = .measure
        case ("stop", 1): self = .stop
        default: return nil
        }
    }
}
