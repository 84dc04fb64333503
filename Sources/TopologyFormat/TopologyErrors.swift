/// Where a value stands in a file; lines and columns count from 1, columns in Unicode scalars.
package struct SourcePosition: Hashable, Comparable, Sendable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// One mistake in a topology, as a person reads it:
/// `lab.yaml:19:16: services.squares.threshold: 0.67 is not a fraction; write 2/3`.
package struct TopologyError: Error, Hashable, Sendable {
    package var file: String
    /// Nil when the file as a whole is meant.
    package var position: SourcePosition?
    /// Keys from the root, joined by dots; empty for the root and for text that is not YAML.
    package var path: String
    package var message: String

    package var line: Int? { position?.line }
    package var column: Int? { position?.column }
}

extension TopologyError: CustomStringConvertible {
    package var description: String {
        let place = position.map { ":\($0.line):\($0.column)" } ?? ""
        return "\(file)\(place): \(path.isEmpty ? "" : path + ": ")\(message)"
    }
}

/// Every mistake of one topology, in the order of the file. Never empty.
package struct TopologyErrors: Error, Hashable, Sendable {
    package let errors: [TopologyError]

    init(_ errors: [TopologyError]) {
        precondition(!errors.isEmpty, "a topology was refused without a reason")
        self.errors = errors
    }
}

extension TopologyErrors: CustomStringConvertible {
    /// One mistake a line.
    package var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// Gathers the mistakes of one reading, so that all are told at once. Lives as long as one call of `Topology.parse`.
final class MistakeCollector {
    private let file: String
    private var errors: [TopologyError] = []

    init(file: String) { self.file = file }

    var isEmpty: Bool { errors.isEmpty }
    var count: Int { errors.count }

    func report(_ message: String, path: String = "", at position: SourcePosition?) {
        errors.append(TopologyError(file: file, position: position, path: path, message: message))
    }

    /// In the order of the file; the whole file's own mistakes first.
    var all: TopologyErrors {
        let start = SourcePosition(line: 0, column: 0)
        let ordered = errors.enumerated().sorted { left, right in
            (left.element.position ?? start, left.offset) < (right.element.position ?? start, right.offset)
        }
        return TopologyErrors(ordered.map(\.element))
    }
}
