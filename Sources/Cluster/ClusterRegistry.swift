import Glibc
import SystemPackage
import TopologyFormat

/// Where the live clusters of one user are found by name: a directory that nobody else can look into, in it for each
/// cluster `NAME.json`, which its process holds locked for as long as it lives, and the socket `NAME.sock`.
///
/// A lock of the system's tells the living from the dead: no dead process keeps one. Everything is reached through the
/// one descriptor of the directory, so that what was checked of it holds for what is done in it.
package final class ClusterRegistry: Sendable {
    package let path: FilePath
    let descriptor: FileDescriptor

    /// One cluster that is found there.
    package struct Entry: Hashable, Sendable {
        package var name: String
        /// Nil where it cannot be read, or is not written yet.
        package var record: ClusterRecord?
        package var isAlive: Bool
    }

    private static let recordLimit = 64 * 1024
    private static let recordSuffix = ".json"

    /// `$XDG_RUNTIME_DIR/quorate`, where there is such a directory and it is this user's; else `/tmp/quorate-UID`.
    package static var defaultPath: FilePath {
        var status = stat()
        if let runtime = getenv("XDG_RUNTIME_DIR").map({ String(cString: $0) }), runtime.hasPrefix("/"),
            stat(runtime, &status) == 0, status.st_uid == getuid()
        {
            return FilePath(runtime).appending("quorate")
        }
        return FilePath("/tmp/quorate-\(getuid())")
    }

    /// Makes the directory where it is missing.
    package init(path: FilePath = ClusterRegistry.defaultPath) throws(ClusterRegistryError) {
        self.path = path
        guard mkdir(path.string, 0o700) == 0 || errno == EEXIST else {
            throw .system("make the directory of clusters", path, Errno(rawValue: errno))
        }
        let number = open(path.string, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw .system("use the directory of clusters", path, Errno(rawValue: errno)) }
        // From here on `deinit` closes it, whatever is thrown.
        descriptor = FileDescriptor(rawValue: number)
        var status = stat()
        guard fstat(number, &status) == 0, status.st_uid == getuid(), status.st_mode & 0o077 == 0 else {
            throw .notPrivate(path, isForeign: status.st_uid != getuid())
        }
    }

    deinit { try? descriptor.close() }

    /// By name.
    package func entries() throws(ClusterRegistryError) -> [Entry] {
        // Its own descriptor: reading moves a position, and closing the stream closes it.
        let number = openat(descriptor.rawValue, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0, let stream = fdopendir(number) else {
            throw .system("read the directory of clusters", path, Errno(rawValue: errno))
        }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while let found = readdir(stream) {
            let file = withUnsafeBytes(of: found.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard file.hasSuffix(Self.recordSuffix) else { continue }
            let name = String(file.dropLast(Self.recordSuffix.count))
            if Self.isName(name), let entry = entry(name) { entries.append(entry) }
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// - Returns: nil when there is none.
    package func entry(_ name: String) -> Entry? {
        guard let file = try? openRecord(name, O_RDONLY) else { return nil }
        defer { try? file.close() }
        return Entry(name: name, record: ClusterRecord(json: Self.read(file)), isAlive: Self.isLocked(file))
    }

    /// Keeps an eye on the process that has the name now, whoever has it later.
    package func watch(_ name: String) -> ClusterWatch { ClusterWatch(try? openRecord(name, O_RDONLY)) }

    /// Takes the name for this process, from a dead cluster too.
    ///
    /// - Throws: `inUse` while another process has it.
    package func claim(_ name: String) throws(ClusterRegistryError) -> ClusterClaim {
        precondition(Self.isName(name), "a name was checked before")
        // Whoever had it may remove the file between its opening and its locking: then it is nobody's any more.
        for _ in 0..<100 {
            let file = try openRecord(name, O_RDWR | O_CREAT)
            guard Self.lock(file) else {
                defer { try? file.close() }
                throw .inUse(Entry(name: name, record: ClusterRecord(json: Self.read(file)), isAlive: true))
            }
            if isThere(name, file) {
                remove("\(name).sock")
                return ClusterClaim(name: name, registry: self, file: file)
            }
            try? file.close()
        }
        throw .system("lock", path.appending(name + Self.recordSuffix), .deadlock)
    }

    /// Where a socket is bound and connected: a path through the directory's descriptor is short enough for any name.
    package func socketPath(of name: String) -> String { "/proc/self/fd/\(descriptor.rawValue)/\(name).sock" }

    static func isName(_ text: String) -> Bool { (try? ScalarGrammar<String>.name.parse(text)) != nil }

    func remove(_ file: String) { unlinkat(descriptor.rawValue, file, 0) }

    func remove(recordsOf name: String) {
        remove("\(name).sock")
        remove(name + Self.recordSuffix)
    }

    // MARK: Files

    private func openRecord(_ name: String, _ mode: Int32) throws(ClusterRegistryError) -> FileDescriptor {
        let file = name + Self.recordSuffix
        let number = openat(descriptor.rawValue, file, mode | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o600)
        guard number >= 0 else { throw .system("open", path.appending(file), Errno(rawValue: errno)) }
        return FileDescriptor(rawValue: number)
    }

    private func isThere(_ name: String, _ file: FileDescriptor) -> Bool {
        var (mine, present) = (stat(), stat())
        return fstat(file.rawValue, &mine) == 0
            && fstatat(descriptor.rawValue, name + Self.recordSuffix, &present, AT_SYMLINK_NOFOLLOW) == 0
            && mine.st_ino == present.st_ino
    }

    private static func read(_ file: FileDescriptor) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: recordLimit)
        let count = bytes.withUnsafeMutableBytes { pread(file.rawValue, $0.baseAddress, $0.count, 0) }
        return Array(bytes.prefix(max(0, count)))
    }

    // MARK: Locks

    // `F_OFD_GETLK` and `F_OFD_SETLK` of Linux, which the Glibc module leaves out: locks of an open file and not of a
    // process, and a way to ask for one without taking it.
    private static let getLock: Int32 = 36
    private static let setLock: Int32 = 37

    private static func lock(_ file: FileDescriptor) -> Bool {
        var lock = wholeFile
        return fcntl(file.rawValue, setLock, &lock) == 0
    }

    static func isLocked(_ file: FileDescriptor) -> Bool {
        var lock = wholeFile
        return fcntl(file.rawValue, getLock, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
    }

    private static var wholeFile: flock {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        return lock
    }
}

/// This process' hold on the name of a cluster. What it has written is removed when it is given up in good order; when
/// the process just ends, it stays and says of whom it was.
package final class ClusterClaim: Sendable {
    package let name: String
    package let registry: ClusterRegistry
    private let file: FileDescriptor

    fileprivate init(name: String, registry: ClusterRegistry, file: FileDescriptor) {
        self.name = name
        self.registry = registry
        self.file = file
    }

    deinit { try? file.close() }

    package func write(_ record: ClusterRecord) throws {
        let bytes = try record.json
        try file.resize(to: 0)
        _ = try file.writeAll(toAbsoluteOffset: 0, bytes)
    }

    /// The name is held for as long as this lives, but nobody finds it any more.
    package func giveUp() { registry.remove(recordsOf: name) }
}

/// An eye on the process of one cluster, by the lock that it holds until it is gone.
package final class ClusterWatch: Sendable {
    private let file: FileDescriptor?

    fileprivate init(_ file: FileDescriptor?) { self.file = file }

    deinit { try? file?.close() }

    package var isAlive: Bool { file.map { ClusterRegistry.isLocked($0) } ?? false }

    /// Returns when it is gone, or patience is over.
    ///
    /// - Returns: whether it is gone.
    package func awaitEnd(patience: Duration) async -> Bool {
        let deadline = ContinuousClock.now + patience
        while isAlive {
            guard ContinuousClock.now < deadline else { return false }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return true
    }
}

package enum ClusterRegistryError: Error, Hashable, Sendable {
    case system(String, FilePath, Errno)
    case notPrivate(FilePath, isForeign: Bool)
    case inUse(ClusterRegistry.Entry)
}

extension ClusterRegistryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let doing, let path, let reason): "\(path): cannot \(doing): \(reason)"
        case .notPrivate(let path, true):
            "\(path): belongs to another user; set XDG_RUNTIME_DIR to a directory of your own"
        case .notPrivate(let path, false):
            "\(path): others can look into it, and whoever can speak to a cluster commands it; chmod 700 \(path)"
        case .inUse(let entry):
            "a cluster named \(entry.name) is up already"
                + (entry.record.map { " (process \($0.process), \($0.topology), \($0.runDirectory))" } ?? "")
                + "; name this one differently: --name \(entry.name)-2"
        }
    }
}
