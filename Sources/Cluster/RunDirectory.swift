import Glibc
import Records
import SystemPackage

/// Where a run leaves everything: `topology.yaml  run.json  genesis.borsh  outcome.json  records  evidence  logs  nodes
/// ledger`.
package struct RunDirectory: Hashable, Sendable {
    /// As given: relative paths hold for the children too, which share the working directory.
    package let path: FilePath

    /// One that a run has left.
    package init(path: FilePath) { self.path = path }

    package static let topologyName = "topology.yaml"
    package static let latestName = "latest"
    private static let subdirectories = [RunRecords.directoryName, "evidence", "logs", "nodes", "ledger"]

    package var topology: FilePath { path.appending(Self.topologyName) }
    package var manifest: FilePath { path.appending(RunManifest.fileName) }
    /// In the place of the manifest, where all of it is a ledger that came from a file.
    package var importManifest: FilePath { path.appending(ImportManifest.fileName) }
    package var outcome: FilePath { path.appending(RunOutcome.fileName) }
    package var genesis: FilePath { path.appending(RunRecords.genesisName) }
    package var records: FilePath { path.appending(RunRecords.directoryName) }
    package var interventions: FilePath { path.appending(InterventionLog.fileName) }
    package var costs: FilePath { path.appending(RunManifest.Simulation.costsName) }
    package var evidence: FilePath { path.appending("evidence") }
    package var nodes: FilePath { path.appending("nodes") }
    package var ledger: FilePath { path.appending("ledger") }

    /// What a cluster in the background says of itself.
    package var clusterLog: FilePath { path.appending("cluster.log") }

    package var instructionLog: FilePath { ledger.appending("log.sqlite") }

    package func guardFile(of name: String) -> FilePath { nodes.appending("\(name).guard") }
    package func log(of name: String) -> FilePath { path.appending("logs").appending("\(name).log") }

    /// `runs/<name>-<UTC time>` below the working directory, with a number behind it where two runs begin in one second;
    /// `runs/latest` then leads to it.
    ///
    /// - Parameter seconds: since 1970.
    package static func makeDefault(
        name: String, at seconds: time_t, below parent: FilePath = "runs"
    ) throws(RunDirectoryError) -> RunDirectory {
        try makeParents(of: parent.appending(name))
        let first = "\(name)-\(timestamp(seconds))"
        for component in names(after: first) {
            let path = parent.appending(component)
            guard mkdir(path.string, 0o755) == 0 else {
                if errno == EEXIST { continue }
                throw .system("make the run directory", path, Errno(rawValue: errno))
            }
            let directory = RunDirectory(path: path)
            try directory.makeSubdirectories()
            try link(parent.appending(latestName), to: component)
            return directory
        }
        throw .system("make the run directory", parent.appending(first), .fileExists)
    }

    /// The same path, for a directory that is still to be made.
    package static func defaultPath(
        name: String, at seconds: time_t, below parent: FilePath = "runs"
    ) throws(RunDirectoryError) -> FilePath {
        let first = "\(name)-\(timestamp(seconds))"
        for component in names(after: first) {
            let path = parent.appending(component)
            if access(path.string, F_OK) != 0 { return path }
        }
        throw .system("make the run directory", parent.appending(first), .fileExists)
    }

    private static func names(after first: String) -> [String] {
        [first] + (2...1_000).map { "\(first)-\($0)" }
    }

    /// - Parameter path: must not exist, or be an empty directory.
    package static func make(at path: FilePath) throws(RunDirectoryError) -> RunDirectory {
        try makeParents(of: path)
        if mkdir(path.string, 0o755) != 0 {
            guard errno == EEXIST else { throw .system("make the run directory", path, Errno(rawValue: errno)) }
            guard try isEmptyDirectory(path) else { throw .occupied(path) }
        }
        let directory = RunDirectory(path: path)
        try directory.makeSubdirectories()
        return directory
    }

    /// Writes all of a file, or throws an error that names it.
    package func write(
        _ bytes: [UInt8], to file: FilePath, permissions: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
    ) throws(RunDirectoryError) {
        do {
            let descriptor = try FileDescriptor.open(
                file, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: permissions)
            try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
        } catch {
            throw .system("write", file, error as? Errno ?? .ioError)
        }
    }

    /// The same under another name first, so that nobody reads half a file.
    package func replace(_ file: FilePath, with bytes: [UInt8]) throws(RunDirectoryError) {
        let unfinished = FilePath("\(file).unfinished")
        try write(bytes, to: unfinished)
        guard rename(unfinished.string, file.string) == 0 else {
            throw .system("write", file, Errno(rawValue: errno))
        }
    }

    package func has(_ file: FilePath) -> Bool { access(file.string, F_OK) == 0 }

    private func makeSubdirectories() throws(RunDirectoryError) {
        for name in Self.subdirectories {
            let subdirectory = path.appending(name)
            // Keys lie in the nodes' directory: nobody else needs to look into it.
            guard mkdir(subdirectory.string, name == "nodes" ? 0o700 : 0o755) == 0 else {
                throw .system("make the directory", subdirectory, Errno(rawValue: errno))
            }
        }
    }

    static func makeParents(of path: FilePath) throws(RunDirectoryError) {
        let parent = path.removingLastComponent()
        guard !parent.isEmpty, parent.lastComponent != nil, access(parent.string, F_OK) != 0 else { return }
        try makeParents(of: parent)
        guard mkdir(parent.string, 0o755) == 0 || errno == EEXIST else {
            throw .system("make the directory", parent, Errno(rawValue: errno))
        }
    }

    static func isEmptyDirectory(_ path: FilePath) throws(RunDirectoryError) -> Bool {
        guard let stream = opendir(path.string) else {
            throw .system("use the run directory", path, Errno(rawValue: errno))
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { return false }
        }
        return true
    }

    /// Exchanged by one rename: whoever looks sees the old run or the new one, never neither.
    private static func link(_ link: FilePath, to target: String) throws(RunDirectoryError) {
        let fresh = link.removingLastComponent().appending(".\(target).link")
        guard symlink(target, fresh.string) == 0 else {
            throw .system("make the link", fresh, Errno(rawValue: errno))
        }
        guard rename(fresh.string, link.string) == 0 else {
            let reason = Errno(rawValue: errno)
            unlink(fresh.string)
            throw .system("renew the link", link, reason)
        }
    }

    /// `20260314T150926Z`
    private static func timestamp(_ seconds: time_t) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ number: Int32, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let date = padded(parts.tm_year + 1900, 4) + padded(parts.tm_mon + 1, 2) + padded(parts.tm_mday, 2)
        return "\(date)T\(padded(parts.tm_hour, 2))\(padded(parts.tm_min, 2))\(padded(parts.tm_sec, 2))Z"
    }
}

/// Why a run has no place to leave its results.
package enum RunDirectoryError: Error, Hashable, Sendable {
    case system(String, FilePath, Errno)
    case occupied(FilePath)
}

extension RunDirectoryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let doing, let path, let reason): "\(path): cannot \(doing): \(reason)"
        case .occupied(let path):
            "\(path): the run directory is not empty, and a run overwrites nothing; name one that does not exist"
        }
    }
}
