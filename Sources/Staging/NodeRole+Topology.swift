import Attesting
import Faults
import Messages
import Primitives
import TopologyFormat

extension NodeRole {
    /// What an operator or coordinator does in a run of this topology. Traps for the ledger.
    ///
    /// - Parameters:
    ///   - topology: with its overrides applied.
    ///   - faults: those that its next process is to know of.
    ///   - seed: decides arrivals and faults.
    ///   - hasRunBefore: whether it is not the party's first process.
    package init(
        of party: Party, in topology: Topology, faults: [FaultPlan], seed: UInt64, isLive: Bool = false,
        hasRunBefore: Bool = false
    ) {
        switch party {
        case .signer(let signer): self = .signer(signer, faults: faults, seed: seed, isLive: isLive)
        case .coordinator(let service):
            self = .coordinator(
                service, TaskLoad(of: service, in: topology, seed: seed), faults: faults, seed: seed, isLive: isLive,
                hasRunBefore: hasRunBefore)
        case .ledger: preconditionFailure("the ledger has no role")
        }
    }
}

extension TaskLoad {
    init(of service: ServiceID, in topology: Topology, seed: UInt64) {
        let load = topology.services[Int(service.number)].load
        let pacing: Pacing =
            switch load.pacing {
            case .open(let rate, .fixed): .open(interval: rate.span(of: 1) ?? .zero, .fixed)
            case .open(let rate, .poisson): .open(interval: rate.span(of: 1) ?? .zero, .poisson)
            case .closed(let inFlight, let lasting): .closed(inFlight: inFlight, lasting: lasting)
            }
        // Each AVS its own arrivals, though all stem from one seed.
        let seed = SeededRandom.draw(seed: seed, purpose: "load", UInt64(service.number))
        self.init(tasks: load.tasks, pacing: pacing, seed: seed, payloads: load.payloads)
    }
}
