import Foundation
import Glibc
import LedgerNode
import Messages
import Primitives
import Restaking
import SystemPackage

/// A ledger that was brought in from a file, in a directory that is to be looked at as a run's is.
package struct ImportedLedger: Sendable {
    package let directory: RunDirectory
    package let archived: ArchivedLedger

    /// Checks all of the file on the way. The directory has its name only once it is whole; where the file is not what it
    /// must be, nothing is left, of the folders that lead there neither.
    ///
    /// - Parameters:
    ///   - path: must not exist, or be an empty directory.
    ///   - isCancelled: is asked before each entry.
    package init(
        from reader: LedgerArchiveReader, into path: FilePath, at date: Date, version: String,
        isCancelled: () -> Bool = { false }
    ) throws {
        if access(path.string, F_OK) == 0, try !RunDirectory.isEmptyDirectory(path) {
            throw RunDirectoryError.occupied(path)
        }
        let missing = Self.missingParents(of: path)
        let unfinished = RunDirectory(path: Self.unfinished(path))
        do {
            try RunDirectory.makeParents(of: path)
            archived = try Self.fill(unfinished, from: reader, isCancelled)
            let manifest = ImportManifest(
                file: reader.path, digest: archived.digest, head: archived.head, signatures: reader.signatures,
                importedAt: date, version: version)
            try unfinished.write(manifest.json, to: unfinished.importManifest)
            guard rename(unfinished.path.string, path.string) == 0 else {
                throw RunDirectoryError.system("make the directory", path, Errno(rawValue: errno))
            }
        } catch {
            try? FileManager.default.removeItem(atPath: unfinished.path.string)
            for parent in missing { rmdir(parent.string) }
            throw error
        }
        directory = RunDirectory(path: path)
    }

    /// The log is closed when this returns: its file can be moved.
    private static func fill(
        _ directory: RunDirectory, from reader: LedgerArchiveReader, _ isCancelled: () -> Bool
    ) throws -> ArchivedLedger {
        for path in [directory.path, directory.ledger] where mkdir(path.string, 0o755) != 0 {
            throw RunDirectoryError.system("make the directory", path, Errno(rawValue: errno))
        }
        try directory.write(reader.genesis.borsh, to: directory.genesis)
        var copy = LogCopy(into: try InstructionLog(path: directory.instructionLog.string))
        let archived = try reader.replay { entry throws(InstructionLogError) in
            guard !isCancelled() else {
                throw InstructionLogError(
                    path: reader.path.string, row: entry.sequence, problem: "interrupted; nothing is left of it")
            }
            try copy.append(entry)
        }
        try copy.finish()
        return archived
    }

    /// Where nobody looks for runs.
    private static func unfinished(_ path: FilePath) -> FilePath {
        path.removingLastComponent().appending(".\(path.lastComponent?.string ?? "").\(getpid()).unfinished")
    }

    /// The innermost first.
    private static func missingParents(of path: FilePath) -> [FilePath] {
        var missing: [FilePath] = []
        var parent = path.removingLastComponent()
        while !parent.isEmpty, parent.lastComponent != nil, access(parent.string, F_OK) != 0 {
            missing.append(parent)
            parent = parent.removingLastComponent()
        }
        return missing
    }
}
