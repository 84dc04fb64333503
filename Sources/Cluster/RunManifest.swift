import Foundation
import Primitives
import TopologyFormat

/// `run.json`: all that decides a run besides the text of its topology, for people and their tools. Nothing here reads
/// it back.
package struct RunManifest: Codable, Hashable, Sendable {
    package static let fileName = "run.json"
    package static let currentSchemaVersion = 1

    package var schemaVersion = Self.currentSchemaVersion
    package var name: String
    /// Decimal text: a number of 64 bits does not survive every JSON reader.
    package var seed: String
    package var overrides: Overrides
    package var keepGoing: Bool
    /// UTC, ISO 8601.
    package var startedAt: String
    package var quorateVersion: String
    package var guardMode: String
    package var build: String

    /// As the topology's grammar writes them; nil where the topology's word stood.
    package struct Overrides: Codable, Hashable, Sendable {
        package var tasks: UInt64?
        package var duration: String?
        package var rate: String?
        package var inFlight: UInt64?

        package init(_ overrides: Topology.Overrides) {
            tasks = overrides.tasks
            duration = overrides.duration.map(DurationText.of)
            rate = overrides.rate?.description
            inFlight = overrides.inFlight
        }
    }

    package init(
        topology: Topology, overrides: Topology.Overrides, seed: UInt64, keepGoing: Bool, startedAt: Date,
        version: String, build: String
    ) {
        name = topology.name
        self.seed = String(seed)
        self.overrides = Overrides(overrides)
        self.keepGoing = keepGoing
        self.startedAt = startedAt.formatted(.iso8601)
        quorateVersion = version
        guardMode = topology.guardMode.rawValue
        self.build = build
    }

    package var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
        }
    }
}
