import Cluster
import Foundation
import Records
import SystemPackage

/// The topology files that paths stand for: a file itself, a folder all `*.yaml` in it and below it.
struct TopologyFiles {
    struct File: Hashable {
        let path: FilePath
        /// What a line calls it: its path below the folder that was named, without the ending.
        let label: String

        /// `Topologies`, for reports that want one.
        var folder: String {
            let folder = path.removingLastComponent().string
            return folder.isEmpty ? "." : folder
        }
    }

    /// In the order of the paths, those of a folder sorted; each once.
    private(set) var files: [File] = []
    private var known: Set<String> = []

    private static let mostFiles = 10_000
    private static let deepest = 16
    static let fileExtension = "yaml"

    init(_ paths: [String]) throws(CommandFailure) {
        for text in paths {
            let path = FilePath(text)
            guard let kind = Self.kind(of: path, following: true) else {
                throw .badInput("\(path): cannot be tested: \(Errno(rawValue: errno))")
            }
            guard kind == S_IFDIR else {
                try add(path, label: path.stem ?? text)
                continue
            }
            guard try gather(path, prefix: "", depth: 1) > 0 else {
                throw .badInput("\(path): there is no *.\(Self.fileExtension) in it or below it")
            }
        }
        tellNamesakesApart()
    }

    /// What is hidden, a link to a folder, and what runs have left is passed over.
    ///
    /// - Returns: how many there are, those counted that were named before.
    private mutating func gather(_ folder: FilePath, prefix: String, depth: Int) throws(CommandFailure) -> Int {
        guard depth <= Self.deepest else { throw .badInput("\(folder): more than \(Self.deepest) folders deep") }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
        } catch {
            throw .badInput("\(folder): cannot be listed: \(error.localizedDescription)")
        }
        guard !names.contains(RunManifest.fileName) || !names.contains(RunRecords.directoryName) else { return 0 }
        var count = 0
        for name in names where !name.hasPrefix(".") {
            let path = folder.appending(name)
            if Self.kind(of: path, following: false) == S_IFDIR {
                count += try gather(path, prefix: "\(prefix)\(name)/", depth: depth + 1)
            } else if path.extension == Self.fileExtension, Self.kind(of: path, following: true) == S_IFREG {
                try add(path, label: prefix + (path.stem ?? name))
                count += 1
            }
        }
        return count
    }

    private mutating func add(_ path: FilePath, label: String) throws(CommandFailure) {
        guard files.count < Self.mostFiles else { throw .badInput("\(path): more than \(Self.mostFiles) topologies") }
        let identity = realpath(path.string, nil).map { name in
            defer { free(name) }
            return String(cString: name)
        }
        guard known.insert(identity ?? path.string).inserted else { return }
        files.append(File(path: path, label: label))
    }

    private mutating func tellNamesakesApart() {
        let counts = Dictionary(grouping: files, by: \.label)
        files = files.map { counts[$0.label]!.count > 1 ? File(path: $0.path, label: $0.path.string) : $0 }
    }

    private static func kind(of path: FilePath, following: Bool) -> mode_t? {
        var facts = stat()
        guard (following ? stat(path.string, &facts) : lstat(path.string, &facts)) == 0 else { return nil }
        return facts.st_mode & S_IFMT
    }
}
