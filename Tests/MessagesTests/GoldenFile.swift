import Foundation
import Primitives

/// The committed bytes of one type's specimens, in a form that a person can read and compare.
struct GoldenFile {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    static let isUpdating = ProcessInfo.processInfo.environment["QUORATE_UPDATE_GOLDEN"] == "1"

    let type: String
    let text: String

    /// Each specimen's name, then its bytes in hexadecimal, 32 a line.
    init(type: String, specimens: [Specimen]) {
        self.type = type
        text = specimens.map { specimen in
            let bytes = specimen.bytes
            let lines = stride(from: 0, to: bytes.count, by: 32).map {
                "    " + Hexadecimal.encode(bytes[$0..<min($0 + 32, bytes.count)])
            }
            return "\(specimen.name) (\(bytes.count) bytes)\n" + lines.map { $0 + "\n" }.joined()
        }.joined(separator: "\n")
    }

    var url: URL { Self.directory.appending(path: type + ".txt") }
    var committed: String? { try? String(contentsOf: url, encoding: .utf8) }

    /// Rewrites the directory: these files and no other.
    static func write(_ files: [GoldenFile]) throws {
        for name in try names() { try FileManager.default.removeItem(at: directory.appending(path: name)) }
        for file in files { try Data(file.text.utf8).write(to: file.url) }
    }

    static func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: directory.path) }

    /// The first line in which the committed file differs, for the failure's message.
    func difference(from committed: String?) -> String {
        guard let committed else { return "\(url.lastPathComponent) is missing" }
        let old = committed.split(separator: "\n", omittingEmptySubsequences: false)
        let new = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = zip(old, new).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new.count)
        return "\(url.lastPathComponent):\(line + 1): committed \(old.dropFirst(line).first ?? "nothing"), "
            + "now \(new.dropFirst(line).first ?? "nothing")"
    }
}
