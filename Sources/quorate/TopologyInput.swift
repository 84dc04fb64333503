import Records
import SystemPackage
import TopologyFormat

/// A topology as a command line names it, with the text that it was read from.
struct TopologyInput {
    let path: String
    /// As it is, for the run directory: a file that can be read only once is read once.
    let text: String
    let topology: Topology

    private static let limit = 1 << 20

    init(_ path: String) throws(CommandFailure) {
        guard let bytes = try? BoundedFile.read(FilePath(path), limit: Self.limit),
            let text = String(validating: bytes, as: UTF8.self)
        else {
            // Says why it is not a topology.
            _ = try CommandFailure.asBadInput { try Topology.load(path: path) }
            throw .badInput("\(path): cannot be read")
        }
        self.path = path
        self.text = text
        topology = try CommandFailure.asBadInput { try Topology.parse(text, file: path) }
    }

    /// One that stands in no file.
    init(_ topology: Topology, path: String) {
        self.path = path
        self.topology = topology
        text = topology.yaml
    }

    func overridden(by overrides: Topology.Overrides) throws(CommandFailure) -> Topology {
        try CommandFailure.asBadInput { () throws(GrammarMistake) in try topology.overridden(by: overrides) }
    }

    /// Whole in a double, as readers of JSON hold it.
    static func drawnSeed() -> UInt64 { UInt64.random(in: 0..<(1 << 53)) }
}
