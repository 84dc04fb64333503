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
            Genesis.Signer(
                name: plan.name, key: key.publicKey, commission: plan.commission,
                allocations: plan.allocations.map {
                    Genesis.Allocation(service: $0.service, magnitude: $0.magnitude)
                })
        }
        let services = topology.services.indices.map { service($0, of: topology, keys: keys) }
        return Genesis(
            runID: runID, parameters: parameters(of: topology.ledger, keys: keys), clock: keys.clock.publicKey,
            assets: assets(of: topology, keys: keys),
            nativePool: nativePool(topology.nativePool, topology.ledger), signers: signers,
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
                name: plan.name, key: key.publicKey,
                deposits: plan.deposits.map { Genesis.Deposit(asset: $0.asset, amount: $0.amount) },
                delegations: plan.delegations.map {
                    Genesis.Delegation(asset: $0.asset, signer: $0.signer, amount: $0.amount)
                })
        }
    }

    private static func assets(of topology: Topology, keys: NetworkKeys) -> [AssetTerms] {
        [.native(authority: keys.authorities[0].publicKey)]
            + zip(topology.assets, keys.authorities.dropFirst()).map { $0.terms(authority: $1.publicKey) }
    }

    private static func nativePool(_ plan: NativePoolPlan, _ ledger: LedgerPlan) -> NativePoolTerms {
        NativePoolTerms(
            validators: plan.validators.map { validator in
                BaseValidatorTerms(
                    name: validator.name,
                    yield: BaseYield(
                        staking: validator.yield.perEpoch(of: ledger), mev: validator.mev.perEpoch(of: ledger)),
                    commission: validator.commission, mevShare: validator.mevShare, stakeLimit: validator.stakeLimit)
            }, concentration: plan.concentration, movable: plan.movable, horizon: plan.horizon)
    }

    private static func service(_ place: Int, of topology: Topology, keys: NetworkKeys) -> Genesis.Service {
        let plan = topology.services[place]
        let dissemination: Dissemination =
            switch topology.network.dissemination {
            case .mesh: .mesh
            case .star: .star
            }
        let destination: SlashTerms.Destination =
            switch plan.slash.destination {
            case .burn: .burn
            case .service: .service
            case .account(let account): .address(keys.key(of: account).publicKey)
            }
        return Genesis.Service(
            name: plan.name, module: plan.module, coordinator: keys.coordinators[place].publicKey,
            threshold: plan.threshold, dissemination: dissemination, deadline: plan.deadline,
            evidenceWindow: plan.evidenceWindow, optedIn: plan.operators, assetWeights: plan.assetWeights,
            slash: SlashTerms(
                equivocation: plan.slash.equivocation, wrongResult: plan.slash.wrongResult, policy: plan.slash.policy,
                cap: plan.slash.cap, destination: destination, resolver: keys.resolvers[place].publicKey),
            reward: plan.reward, jail: plan.jail, admission: plan.isOpen ? .open : .list(plan.operators),
            disputes: plan.disputes)
    }

    private static func parameters(of plan: LedgerPlan, keys: NetworkKeys) -> LedgerParameters {
        LedgerParameters(
            slotDuration: plan.slotDuration, slotsPerEpoch: plan.slotsPerEpoch, unbondingEpochs: plan.unbondingEpochs,
            reporterReward: plan.reporterReward, allocation: plan.allocation, vetoSlots: plan.vetoSlots,
            protocolFee: plan.protocolFee, minimumSelfDelegation: plan.minimumSelfDelegation,
            governance: GovernanceTerms(
                council: keys.council.map(\.publicKey), quorum: UInt32(plan.council.quorum),
                votingEpochs: plan.council.votingEpochs),
            disputes: plan.disputes, release: plan.release)
    }
}

extension AssetPlan {
    func terms(authority: PublicKey) -> AssetTerms {
        AssetTerms(
            name: name, authority: authority, rate: rate, weight: weight, depositCap: depositCap,
            rateBound: rateBound, points: points)
    }
}

extension NetworkKeys {
    package func key(of account: TimelinePlan.Account) -> SigningKey {
        switch account {
        case .restaker(let index): restakers[Int(index.number)]
        case .signer(let signer): signers[Int(signer.number)]
        }
    }
}
