import ArgumentParser
import Benchmarking
import Cluster
import Primitives
import Simulation
import Staging
import TopologyFormat

/// What only a simulation is told.
struct SimulationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What the nodes' work takes: none, standard, slow, or a file that quorate calibrate has written.",
            valueName: "none|standard|slow|file"))
    var costs = "standard"

    @Option(
        help: ArgumentHelp(
            "Who works where: per-node for a core of its own for each, or how many all share, as on one host. "
                + "(default: per-node)",
            valueName: "per-node|n"),
        transform: { try Self.cores($0) })
    var cores = Cores.perNode

    @Option(
        help: ArgumentHelp(
            "ed25519, or modelled: a keyed hash stands in for each, which is many times as fast and proves nothing "
                + "outside the simulation. (default: ed25519)", valueName: "ed25519|modelled"),
        transform: { try Self.signatures($0) })
    var signatures = SignaturePlan.ed25519

    @Flag(
        help: "Record what every machine was given, so that quorate replay can drive it again; takes memory and disk.")
    var inputs = false

    @Option(
        help: ArgumentHelp("The longest that it may last, in virtual time. (default: 24h)", valueName: "duration"),
        transform: {
            try ScalarGrammar<Duration>.duration(.seconds(1) ... .seconds(8760 * 3600), example: "24h").parse($0)
        })
    var timeLimit: Duration?

    @Option(
        help: ArgumentHelp("The most memory that it may be expected to need. (default: 4 GiB)", valueName: "size"),
        transform: {
            try ScalarGrammar<ByteCount>.size(.mebibytes(64) ... .mebibytes(1 << 20), example: "4 GiB").parse($0)
        })
    var memory: ByteCount?

    /// As when nothing is said.
    static var standard: SimulationOptions {
        do {
            return try parse([])
        } catch {
            preconditionFailure("every option has a default: \(error)")
        }
    }

    /// - Parameter topology: with its overrides applied.
    func plan(of topology: Topology, seed: UInt64) throws(CommandFailure) -> SimulationPlan {
        var limits = SimulationLimits()
        if let timeLimit { limits.virtualTime = timeLimit }
        if let memory { limits.memoryBytes = memory.number }
        return SimulationPlan(
            topology: topology, seed: seed, costs: try costModel, cores: cores, signatures: signatures,
            keepsInputs: inputs, limits: limits)
    }

    /// Whether anything is told that a scenario has drawn.
    var saysWhatScenariosSay: Bool { costs != "standard" || cores != .perNode || signatures != .ed25519 }

    /// Nil where a word says it.
    var costFile: String? { CostModel.named.contains { $0.word == costs } ? nil : costs }

    private var costModel: CostModel {
        get throws(CommandFailure) {
            try CommandFailure.asBadInput { try CostFile.costs(named: costs) }
        }
    }

    /// As a run's directory keeps them, to simulate the same again.
    var manifest: RunManifest.Simulation {
        RunManifest.Simulation(
            costs: costFile == nil ? costs : RunManifest.Simulation.costsName, cores: Self.word(for: cores),
            signatures: signatures, inputs: inputs, timeLimit: timeLimit.map(DurationText.of),
            memory: memory.map { "\($0)" })
    }

    static func word(for cores: Cores) -> String {
        switch cores {
        case .perNode: "per-node"
        case .shared(let count): "\(count)"
        }
    }

    static func cores(_ text: String) throws -> Cores {
        if text == "per-node" { return .perNode }
        guard let count = UInt64(text), (1...1024).contains(count) else {
            throw ValidationError("\(text) is not it; write per-node, or a number from 1 to 1024")
        }
        return .shared(Int(count))
    }

    private static func signatures(_ text: String) throws -> SignaturePlan {
        guard let plan = SignaturePlan(rawValue: text) else {
            throw ValidationError("\(text) is not it; write ed25519 or modelled")
        }
        return plan
    }
}
