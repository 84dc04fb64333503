import NIOCore
import Primitives

/// What a program writes to its standard error: lines for the operator's log, of which no more are read a second than go
/// there. The rest is thrown away unread.
struct ProgramErrors {
    static let linesPerSecond = 20
    static let lineLimit = 400
    private static let tailLimit = 400

    private let write: (String) -> Void
    private var partial: [UInt8] = []
    /// What is left of a line that was cut, or left out.
    private var isSkipping = false
    private var second: UInt64 = 0
    private var inSecond = 0
    private var leftOut = 0
    private var tail: [UInt8] = []

    /// - Parameter write: takes a line without its newline.
    init(write: @escaping (String) -> Void) { self.write = write }

    /// The last line that is not empty, for whoever asks why a program has ended.
    var lastLine: String? {
        tail.split(separator: UInt8(ascii: "\n")).last { !$0.allSatisfy { $0 <= 0x20 } }
            .map { ProgramText.abridged($0) }
    }

    mutating func take(_ bytes: ByteBufferView, at now: Instant) {
        tail = Array((tail + bytes.suffix(Self.tailLimit)).suffix(Self.tailLimit))
        if now.nanoseconds / 1_000_000_000 != second {
            second = now.nanoseconds / 1_000_000_000
            inSecond = 0
            if leftOut > 0 { write("... \(ByteCount(UInt64(leftOut))) left out ...") }
            leftOut = 0
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            guard inSecond < Self.linesPerSecond else {
                leftOut += rest.count
                isSkipping = rest.last != UInt8(ascii: "\n")
                return
            }
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            if !isSkipping { partial += rest[..<(end ?? rest.endIndex)].prefix(Self.lineLimit + 1 - partial.count) }
            if end != nil || partial.count > Self.lineLimit {
                if !isSkipping { writeLine() }
                isSkipping = end == nil
            }
            rest = rest[(end.map { $0 + 1 } ?? rest.endIndex)...]
        }
    }

    /// There is no more.
    mutating func end() {
        writeLine()
        if leftOut > 0 { write("... \(ByteCount(UInt64(leftOut))) left out ...") }
        leftOut = 0
    }

    private mutating func writeLine() {
        guard !partial.isEmpty else { return }
        inSecond += 1
        write(ProgramText.abridged(partial, limit: Self.lineLimit))
        partial.removeAll(keepingCapacity: true)
    }
}
