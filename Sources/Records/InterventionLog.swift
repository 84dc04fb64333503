import Cryptography
import Messages
import Primitives
import SystemPackage

/// What was done to the nodes of a run from outside, in one append-only file of its run directory. Whoever runs the network
/// alone writes it, each entry at once: before or after the act itself, whichever makes the node's fault longer.
///
/// The file begins with eight bytes of name, `u16` version and the network's digest. An entry is its length (`u32`), itself in
/// Borsh, and eight bytes of the same chained checksum that records have.
package final class InterventionLog {
    package static let fileName = "interventions.qlog"
    package static let currentVersion: UInt16 = 1

    package let path: FilePath
    private let file: FileDescriptor
    private var checksum: ChainChecksum

    private static let magic = Array("quointer".utf8)
    private static let lengthSize = 4
    private static let entryLimit = 256
    /// A million entries and more.
    private static let sizeLimit = 64 * 1024 * 1024

    /// Makes the file, which must not exist yet.
    package init(path: FilePath, network: Digest) throws(RecordError) {
        let preamble = Self.preamble(network)
        self.path = path
        checksum = ChainChecksum(.record, over: preamble)
        do {
            file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .append, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.writeAll(preamble)
        } catch {
            throw RecordError(.system(doing: "make the log of interventions", errno(of: error)), path: path)
        }
    }

    deinit { try? file.close() }

    /// Hands the entry to the system. After an error nothing more can be appended that would be read.
    package func append(_ intervention: Intervention) throws(RecordError) {
        var encoder = BorshEncoder()
        encoder.encodeCounted { $0.encode(intervention) }
        checksum.extend(over: encoder.bytes)
        encoder.encode(checksum.number)
        do {
            _ = try file.writeAll(encoder.bytes)
        } catch {
            throw RecordError(.system(doing: "write the log of interventions", errno(of: error)), path: path)
        }
    }

    /// - Returns: what it holds, in the order in which it was written; nothing where there is no such file, as in a run
    ///   that nobody could intervene in.
    package static func read(_ path: FilePath, network: Digest) throws(RecordError) -> [Intervention] {
        let bytes: [UInt8]
        do throws(BoundedFileError) {
            bytes = try BoundedFile.read(path, limit: sizeLimit)
        } catch {
            if case .unreadable(_, .noSuchFileOrDirectory) = error { return [] }
            throw RecordError(error, doing: "read the log of interventions", path: path)
        }
        let preamble = preamble(network)
        guard bytes.starts(with: magic) else { throw RecordError(.notAnInterventionLog, path: path) }
        guard bytes.count >= preamble.count else {
            throw RecordError(.torn(missing: preamble.count - bytes.count), path: path, byte: 0)
        }
        let version = UInt16(bytes[magic.count]) | UInt16(bytes[magic.count + 1]) << 8
        guard version == currentVersion else { throw RecordError(.otherVersion(version), path: path) }
        guard bytes.starts(with: preamble) else { throw RecordError(.otherNetwork, path: path) }
        return try entries(in: bytes, after: preamble, of: path)
    }

    private static func entries(
        in bytes: [UInt8], after preamble: [UInt8], of path: FilePath
    ) throws(RecordError) -> [Intervention] {
        var entries: [Intervention] = []
        var checksum = ChainChecksum(.record, over: preamble)
        var rest = bytes.dropFirst(preamble.count)
        while !rest.isEmpty {
            func wrong(_ problem: RecordError.Problem) -> RecordError {
                RecordError(problem, path: path, byte: rest.startIndex)
            }
            let length = rest.prefix(lengthSize).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            guard length <= entryLimit else { throw wrong(.tooLong(length)) }
            let size = lengthSize + (rest.count < lengthSize ? 0 : Int(length))
            guard rest.count >= size + ChainChecksum.size else {
                throw wrong(.torn(missing: size + ChainChecksum.size - rest.count))
            }
            checksum.extend(over: Array(rest.prefix(size)))
            guard rest.dropFirst(size).prefix(ChainChecksum.size).elementsEqual(checksum.bytes) else {
                throw wrong(.checksum)
            }
            do {
                entries.append(try Intervention(borsh: Array(rest.prefix(size).dropFirst(lengthSize))))
            } catch {
                throw wrong(.malformed(error))
            }
            rest = rest.dropFirst(size + ChainChecksum.size)
        }
        return entries
    }

    private static func preamble(_ network: Digest) -> [UInt8] {
        var encoder = BorshEncoder(after: magic)
        encoder.encode(currentVersion)
        encoder.encode(network)
        return encoder.bytes
    }
}
