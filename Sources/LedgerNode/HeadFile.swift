import Cryptography
import Glibc
import Messages
import Primitives
import Restaking
import SystemPackage

/// How far the log has come, in a file of its own beside it: `log.sqlite.head`. A log that has less has been cut off, or is
/// an older copy, which no log can show of itself.
///
/// It is written after each commit and before anything that follows it, and never synced: it survives the death of the
/// process. After a loss of power it may say less than the log has, which tells nothing against the log.
///
/// Its bytes: `quoshead`, the number of the last entry (`u64`), its chain, and eight bytes of checksum over all of that.
final class HeadFile: Sendable {
    let path: FilePath
    private let file: FileDescriptor
    private static let magic = Array("quoshead".utf8)
    private static let size = magic.count + 8 + FixedBytes32.count + ChainChecksum.size

    /// Where the head of the log at this path is kept.
    static func path(of log: String) -> FilePath { FilePath(log + ".head") }

    /// Opens the file, or makes it.
    init(of log: String) throws(InstructionLogError) {
        path = Self.path(of: log)
        do {
            file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite, .groupRead])
        } catch {
            throw InstructionLogError(path: path.string, row: nil, problem: "cannot be opened: \(error)")
        }
    }

    deinit { try? file.close() }

    /// - Returns: nil of a file that is empty: nothing had been committed, or power was lost before it was kept.
    func read() throws(InstructionLogError) -> LogHead? {
        let bytes: [UInt8]
        do {
            bytes = try take()
        } catch {
            throw InstructionLogError(path: path.string, row: nil, problem: "cannot be read: \(error)")
        }
        if bytes.isEmpty { return nil }
        let body = bytes.prefix(Self.size - ChainChecksum.size)
        guard bytes.count == Self.size, bytes.starts(with: Self.magic),
            bytes.suffix(ChainChecksum.size).elementsEqual(ChainChecksum(.logHead, over: Array(body)).bytes),
            let head = try? LogHead(borsh: Array(body.dropFirst(Self.magic.count)))
        else {
            throw InstructionLogError(
                path: path.string, row: nil,
                problem: "is damaged: whether the log is whole cannot be told by it; to go on with the log as it is, "
                    + "remove this file")
        }
        return head
    }

    func write(_ head: LogHead) throws(InstructionLogError) {
        let body = Self.magic + head.borsh
        do {
            try file.writeAll(toAbsoluteOffset: 0, body + ChainChecksum(.logHead, over: body).bytes)
        } catch {
            throw InstructionLogError(path: path.string, row: nil, problem: "cannot be written: \(error)")
        }
    }

    /// One byte more than there should be, if there is one.
    private func take() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.size + 1)
        var taken = 0
        while taken < bytes.count {
            let more = try bytes.withUnsafeMutableBytes {
                try file.read(
                    fromAbsoluteOffset: Int64(taken), into: UnsafeMutableRawBufferPointer(rebasing: $0[taken...]))
            }
            if more == 0 { break }
            taken += more
        }
        return Array(bytes[..<taken])
    }
}

extension InstructionLog {
    /// Whether the log has what it once had, by the head that was kept beside it.
    ///
    /// - Parameter head: nil where none was kept.
    func check(against head: LogHead?) throws(InstructionLogError) {
        guard let head, head.sequence > 0 else { return }
        let end = try lastSequence()
        let way = "to go on without what is missing, remove \(HeadFile.path(of: path))"
        guard end >= head.sequence else {
            throw InstructionLogError(
                path: path, row: nil,
                problem:
                    "ends with entry \(end), but entry \(head.sequence) has been in it: it has been cut off, or is an "
                    + "older copy; what is missing had receipts; \(way)")
        }
        guard try entry(head.sequence)?.chain == head.chain else {
            throw InstructionLogError(
                path: path, row: head.sequence,
                problem: "it is not the entry that has been in its place: the log is another one; \(way)")
        }
    }
}
