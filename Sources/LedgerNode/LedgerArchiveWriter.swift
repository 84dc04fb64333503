import Cryptography
import Glibc
import Messages
import Primitives
import Restaking
import SystemPackage

/// Writes a ``LedgerArchive``, entry by entry, each when it has been checked. The file has its name only once it is whole
/// and on disk; until then it lies beside it, and is removed when this goes without having finished.
package final class LedgerArchiveWriter {
    private let path: FilePath
    private let unfinished: FilePath
    private let file: FileDescriptor
    private let signatures: SignatureScheme
    private let digest = RunningDigest(.ledgerArchive)
    private var machine: LedgerMachine
    /// Not yet in the file.
    private var buffer: [UInt8] = []
    private var size = 0
    private var isFinished = false
    private static let bufferSize = 256 * 1024

    /// - Parameters:
    ///   - path: must not exist.
    ///   - signatures: what the ledger's signatures are.
    package init(_ path: FilePath, genesis: Genesis, signatures: SignatureScheme) throws(InstructionLogError) {
        self.path = path
        self.signatures = signatures
        unfinished = FilePath("\(path).\(getpid()).unfinished")
        do {
            machine = try LedgerMachine(genesis: genesis)
        } catch {
            throw InstructionLogError(path: path.string, row: nil, problem: "the genesis for it: \(error)")
        }
        try Self.refuseIfThere(path)
        do {
            file = try FileDescriptor.open(
                unfinished, .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw Self.unwritable(path, error)
        }
        try write(LedgerArchive.beginning(genesis, signatures))
    }

    deinit {
        try? file.close()
        if !isFinished { unlink(unfinished.string) }
    }

    /// - Parameter source: where the entry comes from: what is wrong with it is wrong there.
    package func append(_ entry: LogEntry, from source: String) throws(InstructionLogError) {
        try signatures.scoped { () throws(InstructionLogError) in try machine.verify(entry, in: source) }
        let bytes = entry.borsh
        guard bytes.count <= LedgerArchive.entryLimit else {
            throw InstructionLogError(
                path: source, row: entry.sequence,
                problem: "has \(bytes.count) bytes; at most \(LedgerArchive.entryLimit) can be written to \(path)")
        }
        var encoder = BorshEncoder()
        encoder.encode(bytes)
        try write(encoder.bytes)
    }

    /// The end, and the file's name.
    package func finish() throws -> ArchivedLedger {
        do {
            try machine.ledger.checkEverything()
        } catch {
            throw InstructionLogError(path: path.string, row: nil, problem: "is not written: \(error)")
        }
        let root = machine.ledger.stateRoot
        var encoder = BorshEncoder()
        encoder.encode(UInt32(0))
        encoder.encode(LedgerArchive.End(head: machine.head, root: root))
        try write(encoder.bytes)
        let value = digest.value
        try write(value.storage.bytes)
        try flush()
        try publish()
        return ArchivedLedger(
            ledger: machine.ledger, head: machine.head, root: root, digest: value, size: size)
    }

    private func write(_ bytes: [UInt8]) throws(InstructionLogError) {
        digest.add(bytes)
        buffer += bytes
        size += bytes.count
        if buffer.count >= Self.bufferSize { try flush() }
    }

    private func flush() throws(InstructionLogError) {
        do {
            try file.writeAll(buffer)
        } catch {
            throw Self.unwritable(path, error)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func publish() throws(InstructionLogError) {
        guard fsync(file.rawValue) == 0 else { throw Self.unwritable(path, Errno(rawValue: errno)) }
        try Self.refuseIfThere(path)
        guard rename(unfinished.string, path.string) == 0 else {
            throw Self.unwritable(path, Errno(rawValue: errno))
        }
        isFinished = true
        let parent = path.removingLastComponent()
        let directory = open(parent.isEmpty ? "." : parent.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        // Of the name, not of the content: some file systems have no such thing, and a lost name is a file to make again.
        fsync(directory)
        close(directory)
    }

    private static func refuseIfThere(_ path: FilePath) throws(InstructionLogError) {
        guard access(path.string, F_OK) == 0 else { return }
        throw InstructionLogError(
            path: path.string, row: nil, problem: "is there already, and nothing is overwritten; name another file")
    }

    private static func unwritable(_ path: FilePath, _ error: any Error) -> InstructionLogError {
        InstructionLogError(path: path.string, row: nil, problem: "cannot be written: \(error)")
    }
}
