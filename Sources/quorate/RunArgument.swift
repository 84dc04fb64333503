import Cluster
import Glibc
import SystemPackage

/// How people name a run on the command line: the path of its directory, or its name below `runs/`.
enum RunArgument {
    static let parent: FilePath = "runs"

    /// One that can be judged.
    ///
    /// - Parameter text: nil: the latest run.
    static func directory(_ text: String?, below parent: FilePath = Self.parent) throws(CommandFailure) -> RunDirectory
    {
        let directory = try ledgerDirectory(text, below: parent)
        try refuseImported(directory)
        return directory
    }

    /// One whose ledger can be looked at: a run's, or one that was imported.
    static func ledgerDirectory(
        _ text: String?, below parent: FilePath = Self.parent
    ) throws(CommandFailure) -> RunDirectory {
        guard let text else {
            let latest = parent.appending(RunDirectory.latestName)
            guard isDirectory(latest) else {
                throw .badInput("\(latest): there is no run yet; quorate run TOPOLOGY makes one")
            }
            return try run(at: latest)
        }
        if isDirectory(FilePath(text)) { return try run(at: FilePath(text)) }
        if let name = FilePath.Component(text), isDirectory(parent.appending(name)) {
            return try run(at: parent.appending(name))
        }
        throw .badInput("\(text): there is no such run, nor one of this name below \(parent)/; quorate runs lists them")
    }

    private static func run(at path: FilePath) throws(CommandFailure) -> RunDirectory {
        let directory = RunDirectory(path: resolved(path))
        guard directory.has(directory.manifest) || directory.has(directory.importManifest) else {
            throw .badInput("\(path): is no run directory: it has no \(RunManifest.fileName)")
        }
        return directory
    }

    static func refuseImported(_ directory: RunDirectory) throws(CommandFailure) {
        guard directory.has(directory.importManifest) else { return }
        throw .badInput(
            "\(directory.path): is an imported ledger, with no records of a run that could be judged; "
                + "quorate ledger show \(directory.path) looks at it")
    }

    /// `runs/latest` becomes the run that it leads to, which is what the run calls itself.
    private static func resolved(_ path: FilePath) -> FilePath {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path.string, &target, target.count)
        guard count > 0 else { return path }
        let destination = FilePath(String(decoding: target.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self))
        return destination.isAbsolute ? destination : path.removingLastComponent().pushing(destination)
    }

    static func isDirectory(_ path: FilePath) -> Bool {
        var facts = stat()
        return stat(path.string, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }
}
