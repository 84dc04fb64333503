import Cryptography
import Messages
import Primitives
import Records

/// What a node process tells its parent: one line each on standard output, as soon as it is so.
package enum ProcessReport: Hashable, Sendable {
    /// The ledger: it can be dialled on this port.
    case listening(port: UInt16)
    /// The ledger: an epoch has opened.
    case epoch(Epoch)
    /// The ledger: what became of what somebody instructed.
    case receipt(ticket: UInt64, Receipt)
    /// Connected with everyone that it needs.
    case ready
    /// Coordinators: tasks so far.
    case progress(TaskCount)
    /// Coordinators: every task is closed and every submission has its receipt.
    case finished
    /// Whenever it is asked, and before it stops.
    case used(ProcessUsage)
    /// Whenever it is asked.
    case status(NodeStatus)
    /// Coordinators: what has become of a task that was submitted.
    case task(TaskReport)
    /// Operators, whenever they are asked: what the task with this digest came to here; nil where that is not known.
    case result(task: Digest, [UInt8]?)
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
        case .epoch(let epoch): "epoch \(epoch)"
        case .receipt(let ticket, let receipt): "receipt \(ticket) \(Hexadecimal.encode(receipt.borsh))"
        case .ready: "ready"
        case .progress(let count): "progress \(count.issued) \(count.certified) \(count.expired)"
        case .finished: "finished"
        case .used(let usage): "used \(Self.text(of: usage))"
        case .status(let status): "status \(Hexadecimal.encode(status.borsh))"
        case .task(let report): "task \(Hexadecimal.encode(report.borsh))"
        case .result(let task, let result?): "result \(task) \(Hexadecimal.encode(result))"
        case .result(let task, nil): "no-result \(task)"
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
        case ("epoch", false):
            guard let number = UInt64(rest) else { return nil }
            self = .epoch(Epoch(number))
        case ("receipt", false):
            let words = rest.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, let ticket = UInt64(words[0]), let receipt: Receipt = Self.value(words[1]) else {
                return nil
            }
            self = .receipt(ticket: ticket, receipt)
        case ("ready", true): self = .ready
        case ("progress", false):
            guard let numbers = Self.numbers(rest, count: 3) else { return nil }
            self = .progress(TaskCount(issued: numbers[0], certified: numbers[1], expired: numbers[2]))
        case ("finished", true): self = .finished
        case ("used", false):
            guard let usage = Self.usage(rest) else { return nil }
            self = .used(usage)
        case ("status", false):
            guard let status: NodeStatus = Self.value(rest) else { return nil }
            self = .status(status)
        case ("task", false):
            guard let report: TaskReport = Self.value(rest) else { return nil }
            self = .task(report)
        case ("result", false):
            let words = rest.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, let task = Self.digest(words[0]), let bytes = Hexadecimal.decode(String(words[1]))
            else { return nil }
            self = .result(task: task, bytes)
        case ("no-result", false):
            guard let task = Self.digest(rest) else { return nil }
            self = .result(task: task, nil)
        case ("stopped", true): self = .stopped
        case ("failed", _): self = .failed(String(rest))
        default: return nil
        }
    }

    private static func value<Value: BorshCodable>(_ text: some StringProtocol) -> Value? {
        Hexadecimal.decode(String(text)).flatMap { try? Value(borsh: $0) }
    }

    private static func digest(_ text: some StringProtocol) -> Digest? {
        Hexadecimal.decode(String(text)).flatMap { Digest($0) }
    }

    /// When, processor time, memory and the most of it; then, where both were measured, the deepest queue and what is on disk.
    private static func text(of usage: ProcessUsage) -> String {
        let numbers = [
            usage.at.nanoseconds, UInt64(usage.cpu.nanoseconds), usage.residentBytes, usage.peakResidentBytes,
        ]
        let more = [usage.deepestQueue, usage.durableBytes].compactMap(\.self)
        return (numbers + (more.count == 2 ? more : [])).map { "\($0)" }.joined(separator: " ")
    }

    private static func usage(_ text: some StringProtocol) -> ProcessUsage? {
        guard let numbers = numbers(text, count: 4) ?? numbers(text, count: 6), numbers[0] <= Int64.max,
            numbers[1] <= Int64.max
        else { return nil }
        return ProcessUsage(
            at: Instant(nanoseconds: numbers[0]), cpu: .nanoseconds(Int64(numbers[1])), residentBytes: numbers[2],
            peakResidentBytes: numbers[3], deepestQueue: numbers.count > 4 ? numbers[4] : nil,
            durableBytes: numbers.count > 4 ? numbers[5] : nil)
    }

    /// - Returns: nil unless there are exactly so many.
    private static func numbers(_ text: some StringProtocol, count: Int) -> [UInt64]? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let numbers = words.compactMap { UInt64($0) }
        return words.count == count && numbers.count == count ? numbers : nil
    }
}
