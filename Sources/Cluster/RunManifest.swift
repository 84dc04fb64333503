import Foundation
import Primitives
import SystemPackage
import TopologyFormat

/// `run.json`: all that decides a run besides the text of its topology, and what it ran on. Together with the topology
/// it is what a report of the run is made from later.
package struct RunManifest: Codable, Hashable, Sendable {
    package static let fileName = "run.json"
    package static let currentSchemaVersion = 1

    package private(set) var schemaVersion = Self.currentSchemaVersion
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
    package var host: Host

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

    /// The machine.
    package struct Host: Codable, Hashable, Sendable {
        package var cores: Int
        package var kernel: String
        package var os: String
        package var architecture: String
        package var transport: String

        package init(cores: Int, kernel: String, os: String, architecture: String, transport: String) {
            self.cores = cores
            self.kernel = kernel
            self.os = os
            self.architecture = architecture
            self.transport = transport
        }
    }

    package init(
        topology: Topology, overrides: Topology.Overrides, seed: UInt64, keepGoing: Bool, startedAt: Date,
        version: String, build: String, host: Host
    ) {
        name = topology.name
        self.seed = String(seed)
        self.overrides = Overrides(overrides)
        self.keepGoing = keepGoing
        self.startedAt = startedAt.formatted(.iso8601)
        quorateVersion = version
        guardMode = topology.guardMode.rawValue
        self.build = build
        self.host = host
    }

    package var json: [UInt8] {
        get throws { try RunFile.json(self) }
    }
}

extension RunManifest {
    package static func read(from directory: RunDirectory) throws(RunFileError) -> RunManifest {
        try RunFile.read(directory.manifest, version: currentSchemaVersion)
    }

    /// The topology as it was run: with the seed that was drawn, and what the command line said instead of it.
    ///
    /// - Parameter file: what messages call it.
    package func topologyAsRun(_ topology: Topology, file: FilePath) throws(RunFileError) -> Topology {
        do throws(GrammarMistake) {
            return try topology.overridden(by: try topologyOverrides)
        } catch {
            throw RunFileError(path: file, message: error.message)
        }
    }

    private var topologyOverrides: Topology.Overrides {
        get throws(GrammarMistake) {
            var result = Topology.Overrides(tasks: overrides.tasks, inFlight: overrides.inFlight)
            result.seed = try ScalarGrammar<UInt64>.integer(0...UInt64.max, example: "42").parse(seed)
            if let rate = overrides.rate { result.rate = try ScalarGrammar<Rate>.rate.parse(rate) }
            if let duration = overrides.duration {
                result.duration = try ScalarGrammar<Duration>.duration().parse(duration)
            }
            return result
        }
    }
}
