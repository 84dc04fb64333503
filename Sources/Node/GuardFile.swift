import Cryptography
import Glibc
import Messages
import Primitives
import SystemPackage

/// When a recorded statement counts as safe.
package enum GuardMode: UInt8, Hashable, Sendable, CaseIterable {
    /// Once the disk has it: survives the loss of power.
    case synced = 0
    /// Once the system has it: survives the death of the process.
    case written = 1
}

/// The durable memory of a node, append-only: every statement that an operator has ever decided to sign; every task that a
/// coordinator has issued, what somebody has submitted as one, and the evidence that it is about to submit.
///
/// The file begins with a header that binds it to one network and one key: eight bytes of name, `u16` version, the
/// network's digest, the public key, and eight bytes of checksum. Then each entry: its length (`u32`), itself in Borsh,
/// and eight bytes of a checksum over the checksum before it, the length and the entry. Whatever is altered, dropped from
/// the middle or exchanged breaks the chain there.
///
/// What no file can show of itself is that its newest entries are missing as a whole, or that it is an older copy. So
/// a node that starts asks the others for its own latest votes before it signs (`OperatorMachine`).
///
/// One process at a time: the file is locked for as long as it is open.
package final class GuardFile {
    package let path: FilePath
    package let mode: GuardMode
    private let file: FileDescriptor
    private var checksum: ChainChecksum
    /// Bytes of whole entries, header included.
    private var size: Int
    /// Of these, as many as were made durable; what was there on opening counts as durable.
    private var syncedSize: Int

    /// How many of the newest entries are given back on opening, besides the floors of the older ones. Above what a
    /// `SigningGuard` holds, so that it folds every floor that comes before them.
    package static let entriesKept = 210_000
    static let version: UInt16 = 3
    static let magic = Array("quoguard".utf8)
    static let lengthSize = 4
    /// All of an entry besides itself.
    static let entryOverhead = lengthSize + ChainChecksum.size
    static let headerSize = magic.count + 2 + 2 * FixedBytes32.count + ChainChecksum.size
    /// With the pauses between them, two seconds.
    private static let lockAttempts = 200
    /// In microseconds.
    private static let lockPause: UInt32 = 10_000

    init(path: FilePath, mode: GuardMode, file: FileDescriptor, checksum: ChainChecksum, size: Int) {
        self.path = path
        self.mode = mode
        self.file = file
        self.checksum = checksum
        (self.size, syncedSize) = (size, size)
    }

    deinit { try? file.close() }

    /// Makes the file, which must not exist, and makes it durable together with its name.
    package static func create(
        _ path: FilePath, network: Digest, key: PublicKey, mode: GuardMode
    ) throws(GuardFileError) -> GuardFile {
        let file = try system("make the guard file", path) {
            try FileDescriptor.open(
                path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        }
        let header = header(network: network, key: key)
        let guardFile = GuardFile(
            path: path, mode: mode, file: file, checksum: ChainChecksum(.guardFile, over: header), size: headerSize)
        try guardFile.lock()
        try system("write the guard file", path) { _ = try file.writeAll(header + guardFile.checksum.bytes) }
        try guardFile.sync()
        if mode == .synced { try syncDirectory(of: path) }
        return guardFile
    }

    /// Opens a file that exists, to append to it.
    ///
    /// - Parameter limit: how many of the newest entries are given back.
    /// - Returns: the file, and what `RecentEntries` says of it; below the limit every entry, in the order in which they
    ///   were recorded.
    package static func open(
        _ path: FilePath, network: Digest, key: PublicKey, mode: GuardMode, keeping limit: Int = entriesKept
    ) throws(GuardFileError) -> (GuardFile, recorded: [GuardEntry]) {
        let file = try system("open the guard file", path) {
            try FileDescriptor.open(path, .readWrite, options: [.append, .closeOnExec])
        }
        let header = header(network: network, key: key)
        let guardFile = GuardFile(
            path: path, mode: mode, file: file, checksum: ChainChecksum(.guardFile, over: header), size: headerSize)
        try guardFile.lock()
        var recent = RecentEntries(limit: limit)
        try guardFile.readAll(expecting: header) { recent.add($0) }
        guardFile.syncedSize = guardFile.size
        return (guardFile, recent.all)
    }

    /// Shows every entry that a file holds, in their order, without locking or keeping the file.
    package static func read(
        _ path: FilePath, network: Digest, key: PublicKey, visit: (GuardEntry) -> Void
    ) throws(GuardFileError) {
        let file = try system("open the guard file", path) {
            try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        }
        let header = header(network: network, key: key)
        let guardFile = GuardFile(
            path: path, mode: .written, file: file, checksum: ChainChecksum(.guardFile, over: header), size: headerSize)
        try guardFile.readAll(expecting: header, visit: visit)
    }

    /// Leaves the older half of its entries: a guard as a backup would have it. Whatever was recorded since is lost, which
    /// the file itself does not show. Nobody may have it open.
    ///
    /// - Returns: how many entries it had.
    @discardableResult
    package static func rollBack(
        _ path: FilePath, network: Digest, key: PublicKey, mode: GuardMode
    ) throws(GuardFileError) -> Int {
        let (guardFile, _) = try open(path, network: network, key: key, mode: mode, keeping: 0)
        var count = 0
        try read(path, network: network, key: key) { _ in count += 1 }
        var (place, end) = (0, headerSize)
        try read(path, network: network, key: key) { entry in
            if place < count / 2 { end += entryOverhead + entry.borsh.count }
            place += 1
        }
        try system("roll back the guard file", path) {
            guard ftruncate(guardFile.file.rawValue, end) == 0 else { throw Errno(rawValue: errno) }
        }
        try guardFile.sync()
        return count
    }

    /// Appends entries in their order; they are safe after `sync`.
    ///
    /// What could be written only in part is taken back, so that a full disk leaves a file that can be opened again.
    package func append(_ entries: [GuardEntry]) throws(GuardFileError) {
        var next = checksum
        var encoder = BorshEncoder()
        for entry in entries {
            let start = encoder.bytes.count
            let body = entry.borsh
            encoder.encode(UInt32(body.count))
            encoder.append(body)
            encoder.bytes.withUnsafeBytes { next.extend(over: UnsafeRawBufferPointer(rebasing: $0[start...])) }
            encoder.encode(next.number)
        }
        let bytes = encoder.bytes
        do {
            try bytes.withUnsafeBytes { rest in
                var written = 0
                while written < rest.count {
                    written += try file.write(UnsafeRawBufferPointer(rebasing: rest[written...]))
                }
            }
        } catch {
            ftruncate(file.rawValue, size)
            throw GuardFileError(.system(doing: "write the guard file", error as? Errno ?? .ioError), path: path)
        }
        checksum = next
        size += bytes.count
    }

    /// For adversaries: from here on there is no room on its disk for anything more.
    package func fillDisk() {
        let full = Glibc.open("/dev/full", O_WRONLY | O_CLOEXEC)
        guard full >= 0 else { return }
        dup2(full, file.rawValue)
        close(full)
    }

    /// For adversaries: leaves what a disk has for certain when its host has lost power, all that was synced. Nothing may be
    /// appended any more.
    package func losePower() { ftruncate(file.rawValue, syncedSize) }

    /// Makes everything that was appended as safe as the mode asks for.
    package func sync() throws(GuardFileError) {
        guard mode == .synced else { return }
        guard fdatasync(file.rawValue) == 0 else {
            throw GuardFileError(.system(doing: "sync the guard file", Errno(rawValue: errno)), path: path)
        }
        syncedSize = size
    }

    /// Whoever dies while it starts a program leaves the lock to that program until it is executed: that is waited for.
    private func lock() throws(GuardFileError) {
        for attempt in 1... {
            guard flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 else { return }
            let error = Errno(rawValue: errno)
            guard error == .wouldBlock else {
                throw GuardFileError(.system(doing: "lock the guard file", error), path: path)
            }
            guard attempt < Self.lockAttempts else { throw GuardFileError(.inUse, path: path) }
            usleep(Self.lockPause)
        }
    }

    private static func header(network: Digest, key: PublicKey) -> [UInt8] {
        var encoder = BorshEncoder()
        encoder.encode(version)
        encoder.encode(network)
        encoder.encode(key)
        return magic + encoder.bytes
    }

    private static func syncDirectory(of path: FilePath) throws(GuardFileError) {
        let parent = path.removingLastComponent()
        let directory = parent.isEmpty ? FilePath(".") : parent
        try system("sync the directory of the guard file", path) {
            let descriptor = try FileDescriptor.open(directory, .readOnly, options: [.directory, .closeOnExec])
            try descriptor.closeAfter {
                if fsync(descriptor.rawValue) != 0 { throw Errno(rawValue: errno) }
            }
        }
    }

    fileprivate static func system<Value>(
        _ doing: String, _ path: FilePath, _ body: () throws -> Value
    ) throws(GuardFileError) -> Value {
        do {
            return try body()
        } catch {
            let errno = error as? Errno ?? .ioError
            throw GuardFileError(errno == .noSuchFileOrDirectory ? .missing : .system(doing: doing, errno), path: path)
        }
    }
}

// MARK: - Reading

extension GuardFile {
    private func readAll(expecting expected: [UInt8], visit: (GuardEntry) -> Void) throws(GuardFileError) {
        let header = try take(Self.headerSize, at: 0)
        guard header.starts(with: Self.magic.prefix(header.count)) else { throw damage(.notAGuard, at: 0) }
        guard header.count == Self.headerSize else {
            throw damage(.truncated(missing: Self.headerSize - header.count), at: 0)
        }
        try judge(Array(header), expected: expected)
        var chunk: [UInt8] = []
        var rest = chunk[...]
        while true {
            if let entry = try entry(in: rest) {
                visit(entry.value)
                rest = rest.dropFirst(entry.size)
                continue
            }
            // What is left of a chunk is the beginning of an entry: read again, with all that follows it.
            let wasWhole = rest.count < chunk.count || chunk.isEmpty
            guard wasWhole else { throw damage(.truncated(missing: missing(in: rest)), at: size) }
            chunk = try take(Self.chunkSize, at: size)
            rest = chunk[...]
            if chunk.isEmpty { return }
        }
    }

    /// Above the largest entry.
    private static let chunkSize = 256 * 1024

    /// How many bytes the entry that begins here lacks.
    private func missing(in rest: ArraySlice<UInt8>) -> Int {
        guard let length = length(in: rest) else { return Self.entryOverhead - rest.count }
        return Self.entryOverhead + length - rest.count
    }

    private func length(in rest: ArraySlice<UInt8>) -> Int? {
        guard rest.count >= Self.lengthSize else { return nil }
        return Int(rest.prefix(Self.lengthSize).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    }

    private func judge(_ header: [UInt8], expected: [UInt8]) throws(GuardFileError) {
        let content = Array(header.dropLast(ChainChecksum.size))
        guard header.suffix(ChainChecksum.size).elementsEqual(ChainChecksum(.guardFile, over: content).bytes) else {
            throw damage(.checksum, at: 0)
        }
        let versionEnd = Self.magic.count + 2
        let networkEnd = versionEnd + FixedBytes32.count
        guard content[Self.magic.count..<versionEnd] == expected[Self.magic.count..<versionEnd] else {
            throw damage(.otherVersion, at: Self.magic.count)
        }
        guard content[versionEnd..<networkEnd] == expected[versionEnd..<networkEnd] else {
            throw damage(.otherNetwork, at: versionEnd)
        }
        guard content[networkEnd...] == expected[networkEnd...] else { throw damage(.otherKey, at: networkEnd) }
    }

    /// - Returns: the first entry and how many bytes it takes; nil when not all of it is there.
    private func entry(in rest: ArraySlice<UInt8>) throws(GuardFileError) -> (value: GuardEntry, size: Int)? {
        guard let length = length(in: rest), rest.count >= Self.entryOverhead + length else { return nil }
        let framed = rest.prefix(Self.lengthSize + length)
        var next = checksum
        next.extend(over: Array(framed))
        let found = rest.dropFirst(framed.count).prefix(ChainChecksum.size)
        guard found.elementsEqual(next.bytes) else { throw damage(.checksum, at: size) }
        do {
            let entry = try GuardEntry(borsh: Array(framed.dropFirst(Self.lengthSize)))
            checksum = next
            size += Self.entryOverhead + length
            return (entry, Self.entryOverhead + length)
        } catch {
            throw damage(.malformed(error), at: size)
        }
    }

    /// These many bytes from this offset, or as many as the file has.
    private func take(_ count: Int, at offset: Int) throws(GuardFileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var taken = 0
        try Self.system("read the guard file", path) {
            while taken < count {
                let more = try bytes.withUnsafeMutableBytes { space in
                    try file.read(
                        fromAbsoluteOffset: Int64(offset + taken),
                        into: UnsafeMutableRawBufferPointer(rebasing: space[taken...]))
                }
                if more == 0 { break }
                taken += more
            }
        }
        bytes.removeSubrange(taken...)
        return bytes
    }

    private func damage(_ problem: GuardFileError.Problem, at byte: Int) -> GuardFileError {
        GuardFileError(problem, path: path, byte: byte)
    }
}
