import Faults
import Messages
import Primitives
import TopologyFormat

/// A topology without some of its parts; whoever stands behind them moves up, in every place that names them by number.
extension Topology {
    func withoutOperator(_ place: Int) -> Topology {
        var result = self
        result.operators.remove(at: place)
        result.network.regions?.operators.remove(at: place)
        func moved(_ signer: OperatorIndex) -> OperatorIndex? { Self.moved(signer, without: place) }
        for index in result.services.indices {
            result.services[index].operators = services[index].operators.compactMap(moved)
        }
        for index in result.restakers.indices {
            result.restakers[index].delegations = restakers[index].delegations.compactMap { delegation in
                moved(delegation.signer).map {
                    DelegationPlan(asset: delegation.asset, signer: $0, amount: delegation.amount)
                }
            }
        }
        result.rewriteTimeline(signer: moved, service: { $0 })
        result.renumber { party in
            guard case .signer(let signer) = party else { return party }
            return moved(signer).map { .signer($0) }
        }
        for index in result.faults.indices {
            result.faults[index].accomplices = result.faults[index].accomplices.compactMap(moved)
            result.faults[index].parameters.chosen = result.faults[index].parameters.chosen.compactMap(moved)
        }
        // Whoever has nobody left to send to, or to ignore, does nothing that a file could say.
        result.faults.removeAll { $0.behaviour == .selective && $0.parameters.chosen.isEmpty }
        result.expect.slashed = expect.slashed.compactMap(moved)
        return result
    }

    func withoutService(_ place: Int) -> Topology {
        var result = self
        result.services.remove(at: place)
        result.network.regions?.coordinators.remove(at: place)
        func moved(_ service: ServiceID) -> ServiceID? { Self.moved(service, without: place) }
        result.faults.removeAll { $0.service.map { Int($0.number) == place } ?? false }
        for index in result.operators.indices {
            result.operators[index].allocations = operators[index].allocations.compactMap { part in
                moved(part.service).map { AllocationPlan(service: $0, share: part.share) }
            }
        }
        result.rewriteTimeline(signer: { $0 }, service: moved)
        result.renumber { party in
            guard case .coordinator(let service) = party else { return party }
            return moved(service).map { .coordinator($0) }
        }
        for index in result.faults.indices {
            result.faults[index].service = result.faults[index].service.flatMap(moved)
        }
        result.expect.revoked = expect.revoked.compactMap(moved)
        return result
    }

    func withoutRestaker(_ place: Int) -> Topology {
        var result = self
        result.restakers.remove(at: place)
        result.rewriteTimeline(signer: { $0 }, service: { $0 }) { Self.moved($0, without: place) }
        return result
    }

    /// Restakers who had that and nothing else are gone with it.
    func withoutAsset(_ asset: AssetID) -> Topology {
        var result = self
        result.assets.remove(at: asset.place - 1)
        func moved(_ other: AssetID) -> AssetID? { Self.moved(other, without: asset.place) }
        for index in result.restakers.indices {
            result.restakers[index].deposits = restakers[index].deposits.compactMap { deposit in
                moved(deposit.asset).map { AmountPlan($0, deposit.amount) }
            }
            result.restakers[index].delegations = restakers[index].delegations.compactMap { delegation in
                moved(delegation.asset).map {
                    DelegationPlan(asset: $0, signer: delegation.signer, amount: delegation.amount)
                }
            }
        }
        for index in result.services.indices where asset.place < services[index].assetWeights.count {
            result.services[index].assetWeights.remove(at: asset.place)
            if result.services[index].assetWeights.allSatisfy({ $0 == .whole }) {
                result.services[index].assetWeights = []
            }
        }
        result.leaveOutUnknownAssets()
        for place in result.restakers.indices.reversed()
        where result.restakers[place].deposits.isEmpty && !restakers[place].deposits.isEmpty {
            result = result.withoutRestaker(place)
        }
        return result
    }

    /// Without what is done by or to whoever is gone.
    private mutating func rewriteTimeline(
        signer: @escaping (OperatorIndex) -> OperatorIndex?, service: @escaping (ServiceID) -> ServiceID?,
        restaker: @escaping (RestakerIndex) -> RestakerIndex? = { $0 }
    ) {
        let names = TimelinePlan.Renaming(signer: signer, service: service, restaker: restaker)
        timeline = timeline.compactMap { $0.renamed(names) }
        leaveOutUnknownAssets()
        for index in services.indices {
            guard case .account(let account) = services[index].slash.destination else { continue }
            services[index].slash.destination = names.account(account).map { .account($0) } ?? .burn
        }
    }

    /// Nothing can be done with what is not listed, nor proposed by anybody who is still there.
    private mutating func leaveOutUnknownAssets() {
        let known = ["SOL"] + (assets + proposedAssets).map(\.name)
        timeline.removeAll { entry in entry.act.asset.map { !known.contains($0) } ?? false }
    }

    /// - Parameter moved: nil for whoever is gone, with whatever was about nobody else.
    private mutating func renumber(_ moved: (Party) -> Party?) {
        faults = faults.compactMap { fault in
            guard let party = moved(fault.party) else { return nil }
            var fault = fault
            fault.party = party
            return fault
        }
        network.partitions = network.partitions.compactMap { Self.renumbered($0, moved) }
        network.changes = network.changes.compactMap { Self.renumbered($0, moved) }
    }

    private static func renumbered<Spell: LinkSpell>(_ spell: Spell, _ moved: (Party) -> Party?) -> Spell? {
        var spell = spell
        spell.between = spell.between.compactMap(moved)
        spell.and = spell.and.compactMap(moved)
        return spell.between.isEmpty || spell.and.isEmpty ? nil : spell
    }

    private static func moved<Index: NumberedName>(_ index: Index, without place: Int) -> Index? {
        if Int(index.number) == place { return nil }
        return Int(index.number) < place ? index : Index(index.number - 1)
    }
}

extension TimelinePlan.Act {
    /// The one asset that it is about, if it is about one.
    fileprivate var asset: TimelinePlan.AssetName? {
        switch self {
        case .deposit(_, let amount): amount.asset
        case .withdraw(_, let quantity), .delegate(_, let quantity, _), .undelegate(_, let quantity, _): quantity.asset
        case .emergencyExit(_, let asset, _), .vote(_, let asset, _), .setRate(let asset, _), .councilList(let asset),
            .councilStatus(let asset, _), .councilRate(let asset, _):
            asset
        case .claimRewards, .propose, .dispute, .registerClient, .setCommission, .optIn, .optOut, .allocate, .unjail,
            .exit,
            .voteDisputes, .admit, .expel, .fund, .post, .consume, .cancelSlash, .setYield, .councilDefunct, .forward:
            nil
        }
    }
}
