import Cryptography
import Messages
import Primitives
import Staging
import TopologyFormat

/// One run to be simulated: everything that decides it.
package struct SimulationPlan: Hashable, Sendable {
    /// With its overrides applied, and what its chaos draws written out.
    package var topology: Topology
    package var seed: UInt64
    package var costs: CostModel
    package var cores: Cores
    package var signatures: SignaturePlan
    /// Whether records tell what every machine was given, as those of real runs do, so that each can be replayed. Without
    /// it they tell all that verdicts and reports ask for: the seed repeats the run.
    package var keepsInputs: Bool
    package var limits: SimulationLimits
    /// Whether every machine checks its own invariants after every event, later after one in 64, which takes many times as long.
    package var checksInvariants = false

    package init(
        topology: Topology, seed: UInt64, costs: CostModel = .standard, cores: Cores = .perNode,
        signatures: SignaturePlan = .ed25519, keepsInputs: Bool = false, limits: SimulationLimits = SimulationLimits()
    ) {
        self.topology = topology.drawingChaos(seed: seed)
        self.seed = seed
        self.costs = costs
        self.cores = cores
        self.signatures = signatures
        self.keepsInputs = keepsInputs
        self.limits = limits
    }

    /// All that makes keys, signs or checks in this run goes on in here.
    package func withSignatures<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // A keyed hash is made again as fast as it is looked up.
        let memo = signatures == .ed25519 ? VerificationMemo() : nil
        return try signatures.scheme(seed: seed).scoped(memo: memo, body)
    }

    /// What the network starts from, known before it does.
    package var genesis: Genesis {
        withSignatures {
            GenesisBuilder.genesis(
                of: topology, keys: .derived(from: seed, for: topology),
                runID: GenesisBuilder.simulatedRunID(seed: seed))
        }
    }
}

/// What no simulation goes beyond.
package struct SimulationLimits: Hashable, Sendable {
    /// From the run's beginning. A load that would last longer is refused before it starts.
    package var virtualTime = Duration.seconds(24 * 60 * 60)
    /// Events of all machines.
    package var events: UInt64 = 10_000_000_000
    /// Events of all machines while time does not move.
    package var eventsAtOnce: UInt64 = 500_000_000
    /// What a run is estimated to need; more is refused before it starts.
    package var memoryBytes: UInt64 = 4 << 30

    package init() {}
}

/// Why a topology cannot be simulated. Nothing has been simulated then.
package enum SimulationError: Error, Hashable, Sendable {
    /// `services.NAME.module: exec`: a program runs in real time.
    case programs(service: String)
    case tooMuchMemory(estimated: UInt64, limit: UInt64)
    /// Nothing can start from it.
    case genesis(String)
    case tooLong(span: Duration, limit: Duration)
    /// So many events, and time did not move.
    case standsStill(at: Duration, events: UInt64)
    case tooManyEvents(UInt64, at: Duration)
    /// A mistake of ours: no log that it wrote itself can be wrong.
    case ledgerStopped(String)
}

extension SimulationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .programs(let service):
            "services.\(service).module: exec runs a program, which no virtual time reaches; simulate knows squaring"
        case .tooMuchMemory(let estimated, let limit):
            "this would take about \(ByteCount.mebibytes((estimated >> 20) + 1)) of memory, and \(ByteCount(limit)) is the limit; "
                + "simulate fewer operators or tasks, or raise --memory"
        case .genesis(let reason): reason
        case .tooLong(let span, let limit):
            "it may last up to \(DurationText.of(span)), and \(DurationText.of(limit)) of virtual time is the limit; "
                + "simulate fewer tasks, or raise --time-limit"
        case .standsStill(let at, let events):
            "\(events) events after \(DurationText.of(at)) and time stands still; give the links a latency or work a cost"
        case .tooManyEvents(let events, let at):
            "\(events) events after \(DurationText.of(at)), which is the limit"
        case .ledgerStopped(let fault): "the ledger has stopped: \(fault)"
        }
    }
}
