import Foundation
import SystemPackage

/// A directory of one test's own, gone with it.
package final class Scratch: Sendable {
    package let path: FilePath

    /// - Parameter isInMemory: where the system has room for files there: nothing waits for a disk then.
    package init(isInMemory: Bool = false) throws {
        let memory = URL(filePath: "/dev/shm")
        let parent =
            isInMemory && FileManager.default.isWritableFile(atPath: memory.path)
            ? memory : FileManager.default.temporaryDirectory
        let url = parent.appending(path: "quorate-test-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = FilePath(url.path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }

    package func write(_ bytes: [UInt8], to name: String) throws -> FilePath {
        let file = path.appending(name)
        try Data(bytes).write(to: URL(filePath: file.string))
        return file
    }

    /// An empty file, with the folders that lead to it.
    package func touch(_ name: String) throws {
        let file = URL(filePath: path.pushing(FilePath(name)).string)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: file)
    }

    package func bytes(of file: FilePath) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: file.string)))
    }
}
