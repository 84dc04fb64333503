import Cryptography
import Messages
import Primitives
import TopologyFormat

/// What a network starts from, as its topology describes it.
package enum GenesisBuilder {
    /// An operator's own stake stands as that of a restaker of the operator's name and key; it delegates all of it to
    /// the operator.
    ///
    /// - Parameter runID: random in a real run, so that no vote of one run is evidence in another; from the seed in a
    ///   simulated one.
    package static func genesis(of topology: Topology, keys: NetworkKeys, runID: Digest) -> Genesis {
        let signers = zip(topology.operators, keys.signers).map { plan, key in
            Genesis.Signer(name: plan.name, key: key.publicKey)
        }
        let services = zip(topology.services, keys.coordinators).map { plan, key in
            service(plan, coordinator: key.publicKey, network: topology.network)
        }
        return Genesis(
            runID: runID, parameters: parameters(of: topology.ledger), clock: keys.clock.publicKey, signers: signers,
            restakers: ownStakes(of: topology, keys: keys) + restakers(of: topology, keys: keys), services: services)
    }

    package static func randomRunID() -> Digest { Digest(.random()) }

    package static func simulatedRunID(seed: UInt64) -> Digest {
        var encoder = BorshEncoder()
        encoder.encode(seed)
        return Domain.simulatedRun.digest(encoder.bytes)
    }

    private static func ownStakes(of topology: Topology, keys: NetworkKeys) -> [Genesis.Restaker] {
        topology.operators.indices.compactMap { index in
            let plan = topology.operators[index]
            guard plan.stake > .zero else { return nil }
            let delegation = Genesis.Delegation(signer: OperatorIndex(UInt32(index)), amount: plan.stake)
            return Genesis.Restaker(
                name: plan.name, key: keys.signers[index].publicKey, deposit: plan.stake, delegations: [delegation])
        }
    }

    private static func restakers(of topology: Topology, keys: NetworkKeys) -> [Genesis.Restaker] {
        zip(topology.restakers, keys.restakers).map { plan, key in
            Genesis.Restaker(
                name: plan.name, key: key.publicKey, deposit: plan.deposit,
                delegations: plan.delegations.map { Genesis.Delegation(signer: $0.signer, amount: $0.amount) })
        }
    }

    private static func service(
        _ plan: ServicePlan, coordinator: PublicKey, network: NetworkPlan
    ) -> Genesis.Service {
        let dissemination: Dissemination =
            switch network.dissemination {
            case .mesh: .mesh
            case .star: .star
            }
        return Genesis.Service(
            name: plan.name, module: plan.module, coordinator: coordinator, threshold: plan.threshold,
            dissemination: dissemination, deadline: plan.deadline, evidenceWindow: plan.evidenceWindow,
            optedIn: plan.operators, slash: SlashTerms(equivocation: plan.slash.equivocation))
    }

    private static func parameters(of plan: LedgerPlan) -> LedgerParameters {
        LedgerParameters(
            slotDuration: plan.slotDuration, slotsPerEpoch: plan.slotsPerEpoch, unbondingEpochs: plan.unbondingEpochs)
    }
}
