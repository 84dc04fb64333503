import Cryptography
import Foundation
import Primitives
import Staging
import SystemPackage
import TopologyFormat

/// `run.json`: all that decides a run besides the text of its topology, and what it ran on. Together with the topology
/// it is what a report of the run is made from later.
package struct RunManifest: Codable, Hashable, Sendable {
    package static let fileName = "run.json"
    package static let currentSchemaVersion = 1

    package private(set) var schemaVersion = Self.currentSchemaVersion
    package var name: String
    /// The topology as the command line called it: from its directory programs are run.
    package var topologyFile: String
    /// Decimal text: a number of 64 bits does not survive every JSON reader.
    package var seed: String
    package var overrides: Overrides
    package var keepGoing: Bool
    /// Of a live cluster, its name: somebody may have submitted tasks and done things to nodes.
    package var cluster: String?
    /// UTC, ISO 8601.
    package var startedAt: String
    package var quorateVersion: String
    package var guardMode: String
    package var build: String
    package var host: Host
    /// Of a run that was simulated: what it was told besides.
    package var simulation: Simulation?

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

    /// As the options of `quorate simulate` write it.
    package struct Simulation: Codable, Hashable, Sendable {
        package static let costsName = "costs.json"

        /// `standard`, `none`, or the name of a file in the run directory.
        package var costs: String
        package var cores: String
        package var signatures: String
        /// Whether the records hold what every machine was given.
        package var inputs: Bool
        /// Nil: the usual ones.
        package var timeLimit: String?
        package var memory: String?

        package init(
            costs: String, cores: String, signatures: SignaturePlan, inputs: Bool, timeLimit: String? = nil,
            memory: String? = nil
        ) {
            self.costs = costs
            self.cores = cores
            self.signatures = signatures.rawValue
            self.inputs = inputs
            self.timeLimit = timeLimit
            self.memory = memory
        }

        func options(in directory: RunDirectory) -> [String] {
            let file = directory.path.appending(Self.costsName).string
            var words = ["--costs", costs == Self.costsName ? file : costs, "--cores", cores]
            words += ["--signatures", signatures]
            if let timeLimit { words += ["--time-limit", timeLimit] }
            if let memory { words += ["--memory", memory] }
            return words + (inputs ? ["--inputs"] : [])
        }
    }

    package init(
        topology: Topology, file: String, overrides: Topology.Overrides, seed: UInt64, keepGoing: Bool,
        cluster: String? = nil, startedAt: Date, version: String, build: String, host: Host,
        simulation: Simulation? = nil
    ) {
        name = topology.name
        topologyFile = file
        self.seed = String(seed)
        self.overrides = Overrides(overrides)
        self.keepGoing = keepGoing
        self.cluster = cluster
        self.startedAt = startedAt.formatted(.iso8601)
        quorateVersion = version
        guardMode = topology.guardMode.rawValue
        self.build = build
        self.host = host
        self.simulation = simulation
    }

    package var mode: String { simulation == nil ? "processes" : "simulated" }

    package var isModelled: Bool { simulation?.signatures == SignaturePlan.modelled.rawValue }

    package var json: [UInt8] {
        get throws { try RunFile.json(self) }
    }
}

extension RunManifest {
    package static func read(from directory: RunDirectory) throws(RunFileError) -> RunManifest {
        try RunFile.read(directory.manifest, version: currentSchemaVersion)
    }

    /// The command line that runs the same once more: by the directory's own copy of the topology, unless programs
    /// belong to it, which lie beside the original. None of a live cluster, in which somebody had a hand.
    package func repetition(of topology: Topology, in directory: FilePath) -> [String] {
        guard cluster == nil else { return [] }
        let hasPrograms = topology.services.contains { $0.program != nil }
        let file = hasPrograms ? topologyFile : RunDirectory(path: directory).topology.string
        var words = ["quorate", simulation == nil ? "run" : "simulate", file, "--seed", seed]
        if let tasks = overrides.tasks { words += ["--tasks", "\(tasks)"] }
        if let duration = overrides.duration { words += ["--duration", duration] }
        if let rate = overrides.rate { words += ["--rate", rate] }
        if let inFlight = overrides.inFlight { words += ["--in-flight", "\(inFlight)"] }
        if let simulation { words += simulation.options(in: RunDirectory(path: directory)) }
        return words + (keepGoing ? ["--keep-going"] : [])
    }

    /// Of a run directory of whatever origin, what its signatures are: they cannot be checked under another scheme.
    package static func signatures(ofRunIn directory: RunDirectory) throws(RunFileError) -> SignatureScheme {
        if directory.has(directory.importManifest) {
            return try ImportManifest.read(from: directory).signatureScheme(in: directory)
        }
        return directory.has(directory.manifest) ? try read(from: directory).signatureScheme(in: directory) : .ed25519
    }

    package func signatureScheme(in directory: RunDirectory) throws(RunFileError) -> SignatureScheme {
        guard let simulation else { return .ed25519 }
        guard let plan = SignaturePlan(rawValue: simulation.signatures), let seed = UInt64(seed) else {
            let known = SignaturePlan.allCases.map(\.rawValue).joined(separator: ", ")
            throw RunFileError(
                path: directory.manifest,
                message: "simulation.signatures: \(simulation.signatures) is not one; they are \(known)")
        }
        return plan.scheme(seed: seed)
    }

    /// The topology as it was run: with the seed that was drawn, what the command line said instead of it, and what the
    /// chaos drew.
    ///
    /// - Parameter file: what messages call it.
    package func topologyAsRun(_ topology: Topology, file: FilePath) throws(RunFileError) -> Topology {
        do throws(GrammarMistake) {
            let overrides = try topologyOverrides
            return try topology.overridden(by: overrides)
                .drawingChaos(seed: overrides.seed ?? 0, isLive: cluster != nil)
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
