import Foundation
import SystemPackage

/// A directory that is gone, with all in it, when the work in it is over, however that went.
struct TemporaryDirectory {
    let path: FilePath

    static func use<Value>(_ body: (TemporaryDirectory) async throws -> Value) async throws -> Value {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        let path = "\(parent)/quorate-bench-\(UUID())"
        guard mkdir(path, 0o700) == 0 else { throw BenchError.noTemporaryDirectory(parent, Errno(rawValue: errno)) }
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(TemporaryDirectory(path: FilePath(path)))
    }

    /// What the guard files lie on, which decides what `synced` costs: the type of the mount with the longest path.
    var fileSystem: String {
        let real = URL(filePath: path.string).resolvingSymlinksInPath().path
        let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
        let found = mounts.split(whereSeparator: \.isNewline).compactMap {
            line -> (point: Substring, type: Substring)? in
            let words = line.split(separator: " ")
            guard words.count > 2, words[1] == "/" || "\(real)/".hasPrefix("\(words[1])/") else { return nil }
            return (words[1], words[2])
        }
        // Of mounts at one place, the last one is what is seen.
        let longest = found.map(\.point.count).max()
        return found.last { $0.point.count == longest }.map { String($0.type) } ?? "an unknown file system"
    }
}
