import Cryptography
import Messages
import SystemPackage

/// Reads a record entry by entry, holding no more of it than one entry and one chunk.
package final class RecordReader {
    package let path: FilePath
    package let header: RecordHeader
    /// Where the next entry begins, in bytes from the beginning of the file.
    package var position: Int { input.position }

    private let input: Input
    private var checksum: ChainChecksum
    private var isClosed = false

    package init(_ path: FilePath) throws(RecordError) {
        let input = try Input(path)
        var checksum = ChainChecksum(.record, over: RecordFile.preamble)
        try Self.readPreamble(input)
        guard case .header(let header)? = try Self.readEntry(input, &checksum) else {
            throw RecordError(.headerMissing, path: path, byte: RecordFile.preamble.count)
        }
        self.path = path
        self.header = header
        self.input = input
        self.checksum = checksum
    }

    /// Whether the file ends before its header does: its process was killed as soon as it had made it.
    static func isUnborn(_ path: FilePath) -> Bool {
        do throws(RecordError) {
            _ = try RecordReader(path)
            return false
        } catch {
            switch error.problem {
            case .torn, .headerMissing: return true
            case .notARecord: return (try? Input(path).take(upTo: 1).isEmpty) ?? false
            default: return false
            }
        }
    }

    /// - Returns: nil at the end of the file. Where that is inside an entry it throws `torn` with the byte at which
    ///   the entry begins.
    package func next() throws(RecordError) -> RecordEntry? {
        let start = input.position
        guard let entry = try Self.readEntry(input, &checksum) else { return nil }
        if isClosed { throw RecordError(.afterClosed, path: path, byte: start) }
        switch entry {
        case .header: throw RecordError(.secondHeader, path: path, byte: start)
        case .closed: isClosed = true
        case .input, .note: break
        }
        return entry
    }

    private static func readPreamble(_ input: Input) throws(RecordError) {
        let expected = RecordFile.preamble
        let found = try input.take(upTo: expected.count)
        guard found.starts(with: RecordFile.magic) else { throw RecordError(.notARecord, path: input.path) }
        guard found.count == expected.count else {
            throw RecordError(.torn(missing: expected.count - found.count), path: input.path, byte: 0)
        }
        let version = UInt16(found[RecordFile.magic.count]) | UInt16(found[RecordFile.magic.count + 1]) << 8
        guard version == RecordHeader.currentSchemaVersion else {
            throw RecordError(.otherVersion(version), path: input.path)
        }
    }

    private static func readEntry(
        _ input: Input, _ checksum: inout ChainChecksum
    ) throws(RecordError) -> RecordEntry? {
        let start = input.position
        let prefix = try input.take(upTo: RecordFile.lengthSize)
        if prefix.isEmpty { return nil }
        guard prefix.count == RecordFile.lengthSize else {
            throw RecordError(.torn(missing: RecordFile.lengthSize - prefix.count), path: input.path, byte: start)
        }
        let length = prefix.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard length <= RecordEntry.sizeLimit else {
            throw RecordError(.tooLong(length), path: input.path, byte: start)
        }
        let size = Int(length) + ChainChecksum.size
        let rest = try input.take(upTo: size)
        guard rest.count == size else {
            throw RecordError(.torn(missing: size - rest.count), path: input.path, byte: start)
        }
        let content = rest.prefix(Int(length))
        checksum.extend(over: Array(prefix + content))
        guard rest.suffix(ChainChecksum.size).elementsEqual(checksum.bytes) else {
            throw RecordError(.checksum, path: input.path, byte: start)
        }
        do {
            return try RecordEntry(borsh: Array(content))
        } catch {
            throw RecordError(.malformed(error), path: input.path, byte: start)
        }
    }
}

/// The record's file, with what is said of it when it cannot be read.
private struct Input {
    let path: FilePath
    private let file: ChunkedFile

    var position: Int { file.position }

    init(_ path: FilePath) throws(RecordError) {
        self.path = path
        do {
            file = try ChunkedFile(path)
        } catch {
            throw RecordError(.system(doing: "open the record", error), path: path)
        }
    }

    func take(upTo count: Int) throws(RecordError) -> [UInt8] {
        do {
            return try file.take(upTo: count)
        } catch {
            throw RecordError(.system(doing: "read the record", error), path: path, byte: file.end)
        }
    }
}
