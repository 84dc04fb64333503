import Cryptography
import Messages
import Primitives
import SystemPackage

/// Writes one process's record. Appending only fills a buffer; a driver flushes once a turn, off the hot path.
///
/// Copies share the file and would break its chain: one owner keeps it.
package struct RecordWriter: Sendable {
    package let path: FilePath
    private let file: FileDescriptor
    private var buffer: BorshEncoder
    private var checksum = ChainChecksum(.record, over: RecordFile.preamble)

    /// Makes the file, which must not exist yet, and writes the header into it at once.
    package init(path: FilePath, header: RecordHeader) throws(RecordError) {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw RecordError(.system(doing: "make the record", errno(of: error)), path: path)
        }
        try self.init(path: path, file: file, header: header)
    }

    init(path: FilePath, file: FileDescriptor, header: RecordHeader) throws(RecordError) {
        self.path = path
        self.file = file
        buffer = BorshEncoder(after: RecordFile.preamble)
        append(.header(header))
        try flush()
    }

    package mutating func append(_ entry: RecordEntry) { append { $0.encode(entry) } }

    /// What a machine was given and what it answered: `RecordEntry.input`, without bringing the event's bytes there.
    package mutating func appendInput(at time: Instant, event: some BorshCodable, effects: Digest) {
        append { RecordEntry.encodeInput(at: time, event: event, effects: effects, to: &$0) }
    }

    private mutating func append(_ body: (inout BorshEncoder) -> Void) {
        let start = buffer.bytes.count
        buffer.encodeCounted(body)
        let count = buffer.bytes.count - start - RecordFile.lengthSize
        precondition(count <= RecordEntry.sizeLimit, "an entry of \(count) bytes")
        buffer.bytes.withUnsafeBytes { checksum.extend(over: UnsafeRawBufferPointer(rebasing: $0[start...])) }
        buffer.encode(checksum.number)
    }

    /// Hands what waits to the system: one write, unless the system takes less at a time. Not a sync: it survives
    /// the process, not the machine.
    ///
    /// What could not be written still waits, so that it can be tried again once there is room.
    package mutating func flush() throws(RecordError) {
        while !buffer.bytes.isEmpty {
            do {
                buffer.remove(first: try buffer.bytes.withUnsafeBytes { try file.write($0) })
            } catch {
                throw RecordError(.system(doing: "write the record", errno(of: error)), path: path)
            }
        }
    }

    /// Appends the last entry, writes what waits and closes the file.
    package consuming func close(at time: Instant) throws(RecordError) {
        append(.closed(at: time))
        try leave()
    }

    /// Writes what waits and closes the file without the entry that closes a record: as a killed process leaves it.
    consuming func leave() throws(RecordError) {
        try flush()
        do {
            try file.close()
        } catch {
            throw RecordError(.system(doing: "close the record", errno(of: error)), path: path)
        }
    }
}

/// The calls of swift-system throw nothing else.
func errno(of error: any Error) -> Errno { error as? Errno ?? .ioError }
