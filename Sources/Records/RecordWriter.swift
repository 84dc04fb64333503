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
    private var buffer: [UInt8]
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
        buffer = RecordFile.preamble
        append(.header(header))
        try flush()
    }

    package mutating func append(_ entry: RecordEntry) {
        var encoder = BorshEncoder()
        encoder.encode(entry)
        precondition(encoder.bytes.count <= RecordEntry.sizeLimit, "an entry of \(encoder.bytes.count) bytes")
        let start = buffer.count
        withUnsafeBytes(of: UInt32(encoder.bytes.count).littleEndian) { buffer.append(contentsOf: $0) }
        buffer.append(contentsOf: encoder.bytes)
        checksum.extend(over: buffer[start...])
        buffer.append(contentsOf: checksum.bytes)
    }

    /// Hands what waits to the system: one write, unless the system takes less at a time. Not a sync: it survives
    /// the process, not the machine.
    ///
    /// What could not be written still waits, so that it can be tried again once there is room.
    package mutating func flush() throws(RecordError) {
        while !buffer.isEmpty {
            let written: Int
            do {
                written = try buffer.withUnsafeBytes { try file.write($0) }
            } catch {
                throw RecordError(.system(doing: "write the record", errno(of: error)), path: path)
            }
            if written == buffer.count {
                buffer.removeAll(keepingCapacity: true)
            } else {
                buffer.removeFirst(written)
            }
        }
    }

    /// Appends the last entry, writes what waits and closes the file.
    package consuming func close(at time: Instant) throws(RecordError) {
        append(.closed(at: time))
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
