import Foundation

extension Topology {
    /// - Parameters:
    ///   - text: YAML.
    ///   - file: what messages call it.
    ///   - settings: what is to be different from the text; of two for one key the later holds.
    /// - Throws: every mistake at once.
    package static func parse(
        _ text: String, file: String, with settings: [TopologySetting] = []
    ) throws(TopologyErrors) -> Topology {
        let mistakes = MistakeCollector(file: file)
        if var root = SourceDocument.read(text, mistakes: mistakes) {
            for setting in settings { root.apply(setting, mistakes: mistakes) }
            let topology = TopologyReader.read(Field(node: root, path: "", mistakes: mistakes))
            if let topology, mistakes.isEmpty { return topology }
        }
        throw mistakes.all
    }

    /// Reads and parses a file, or whatever can be read like one.
    package static func load(path: String) throws(TopologyErrors) -> Topology {
        try parse(try text(ofFileAt: path), file: path)
    }

    private static func text(ofFileAt path: String) throws(TopologyErrors) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path, systemMessage()) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { break }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw unreadable(
                    path, errno == EISDIR ? "is a directory; a topology is one YAML file" : systemMessage())
            }
            bytes += chunk[..<count]
            guard bytes.count <= SourceDocument.maximumBytes else {
                throw unreadable(path, "is larger than 1 MiB; a topology is not")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw unreadable(path, "is not UTF-8 text") }
        return text
    }

    private static func systemMessage() -> String { "cannot be read: \(String(cString: strerror(errno)))" }

    private static func unreadable(_ path: String, _ message: String) -> TopologyErrors {
        TopologyErrors([TopologyError(file: path, position: nil, path: "", message: message)])
    }
}
