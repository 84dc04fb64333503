import Messages
import Primitives

/// The operator registry: where operators are reached and what they run, which AVSs they serve, on what terms.
extension Ledger {
    mutating func register(_ endpoint: Endpoint, changes: inout [Change]) -> Outcome {
        operators[Int(endpoint.signer.number)].endpoint = endpoint
        changes.append(.endpointRegistered(endpoint))
        return .applied
    }

    mutating func setCommission(_ commission: BasisPoints, of signer: OperatorIndex) -> Outcome {
        let present = operators[Int(signer.number)].commission(in: epoch)
        guard commission.number <= present.number + parameters.commissionStep.number else {
            return .commissionTooSteep
        }
        operators[Int(signer.number)].setCommission(commission, in: epoch)
        return .applied
    }

    // MARK: Membership

    /// The operator asks; the AVS has admitted it, by its list or because it is open.
    mutating func optIn(_ signer: OperatorIndex, to service: ServiceID) -> Outcome {
        guard Int(service.number) < services.count else { return .unknownService }
        if let obstacle = obstacle(to: signer) { return obstacle }
        let record = services[Int(service.number)]
        guard record.defunct == nil else { return .defunct }
        guard !record.isOptedIn(signer) else { return .alreadyOptedIn }
        guard record.admits(signer) else { return .notAdmitted }
        guard record.membership(of: signer).until != epoch.next else { return .coolingDown }
        services[Int(service.number)].join(signer, from: epoch.next)
        return .applied
    }

    mutating func optOut(_ signer: OperatorIndex, of service: ServiceID) -> Outcome {
        guard Int(service.number) < services.count else { return .unknownService }
        if let obstacle = obstacle(to: signer) { return obstacle }
        guard services[Int(service.number)].isOptedIn(signer) else { return .notOptedIn }
        services[Int(service.number)].dismiss(signer, from: epoch.next)
        return .applied
    }

    mutating func exit(_ signer: OperatorIndex) -> Outcome {
        if let obstacle = obstacle(to: signer) { return obstacle }
        for place in services.indices { services[place].dismiss(signer, from: epoch.next) }
        operators[Int(signer.number)].exited = epoch
        return .applied
    }

    mutating func admit(_ signer: OperatorIndex, to service: ServiceID) -> Outcome {
        guard Int(signer.number) < operators.count else { return .unknownSigner }
        if let obstacle = obstacle(to: signer) { return obstacle }
        let record = services[Int(service.number)]
        guard record.defunct == nil else { return .defunct }
        guard record.hasList, !record.admits(signer) else { return .alreadyAdmitted }
        services[Int(service.number)].setAdmitted(true, signer)
        return .applied
    }

    mutating func expel(_ signer: OperatorIndex, from service: ServiceID) -> Outcome {
        guard Int(signer.number) < operators.count else { return .unknownSigner }
        let record = services[Int(service.number)]
        guard record.hasList, record.admits(signer) else { return .notAdmitted }
        services[Int(service.number)].setAdmitted(false, signer)
        services[Int(service.number)].dismiss(signer, from: epoch.next)
        return .applied
    }

    mutating func unjail(_ signer: OperatorIndex, in service: ServiceID) -> Outcome {
        guard Int(service.number) < services.count else { return .unknownService }
        if let obstacle = obstacle(to: signer) { return obstacle }
        guard let jail = services[Int(service.number)].membership(of: signer).jail, jail.until == nil else {
            return .notJailed
        }
        guard epoch >= jail.termEnds else { return .termNotOver }
        services[Int(service.number)].release(signer, from: epoch.next)
        return .applied
    }

    /// What stands against anything that a member could ask for.
    private func obstacle(to signer: OperatorIndex) -> Outcome? {
        let record = operators[Int(signer.number)]
        if record.isTombstoned { return .tombstoned }
        return record.hasExited ? .exited : nil
    }

    /// A part of the operator's stake of one asset for one AVS. It counts from the next epoch; a rise is encumbered at
    /// once, and a fall stays so until what it secured can no longer be punished.
    mutating func allocate(
        _ magnitude: Magnitude, of asset: AssetID, to service: ServiceID, by signer: OperatorIndex
    ) -> Outcome {
        guard asset.place < vaults.count else { return .unknownAsset }
        guard Int(service.number) < services.count else { return .unknownService }
        if let obstacle = obstacle(to: signer) { return obstacle }
        guard parameters.allocation != .shared else { return .notAllocatable }
        let oldest = oldestEpoch(at: epoch)
        let record = operators[Int(signer.number)]
        if parameters.allocation == .unique {
            let others = record.encumbered(asset, besides: service, since: oldest)
            guard others + magnitude.number <= Magnitude.whole.number else { return .beyondWhole }
        }
        operators[Int(signer.number)].allocate(magnitude, to: service, asset, from: epoch.next, oldest: oldest)
        return .applied
    }

    // MARK: Weights

    /// What an operator's vote weighs in an AVS: over all vaults, what it has in each, in lamports, with the haircut of
    /// the asset, the AVS's weight of it and the part of it that is allocated; multiplied and rounded down factor by
    /// factor, in this order.
    func weight(of signer: OperatorIndex, in service: ServiceID, _ epoch: Epoch) -> Lamports {
        vaults.indices.reduce(.zero) { sum, place in
            sum + weight(of: signer, in: service, AssetID(place), value: value(of: signer, place), epoch)
        }
    }

    /// What an operator's active stake of one asset counts for anywhere, in lamports.
    private func value(of signer: OperatorIndex, _ place: Int) -> Lamports {
        let shares = stakes[place][Int(signer.number)].active.assets
        guard shares > .zero, vaults[place].counts(in: epoch) else { return .zero }
        return vaults[place].value(of: shares).scaled(by: vaults[place].terms.weight)
    }

    private func weight(
        of signer: OperatorIndex, in service: ServiceID, _ asset: AssetID, value: Lamports, _ epoch: Epoch
    ) -> Lamports {
        guard value > .zero else { return .zero }
        let counting = value.scaled(by: services[Int(service.number)].terms.weight(of: asset))
        guard parameters.allocation != .shared else { return counting }
        return counting.scaled(by: operators[Int(signer.number)].magnitude(for: service, asset, in: epoch))
    }

    /// By asset: what of an operator's weight in an AVS comes out of each vault.
    func weights(of signer: OperatorIndex, in service: ServiceID) -> [Lamports] {
        vaults.indices.map { place in
            weight(of: signer, in: service, AssetID(place), value: value(of: signer, place), epoch)
        }
    }

    /// For each AVS, who is in its set in this epoch, which must be the present one.
    func members(in epoch: Epoch) -> [[OperatorSet.Member]] {
        guard epoch >= parameters.release.services else { return services.map { _ in [] } }
        var members: [[OperatorSet.Member]] = services.map { _ in [] }
        for signer in operators.indices where !operators[signer].isTombstoned {
            let index = OperatorIndex(UInt32(signer))
            guard hasSelfDelegation(index) else { continue }
            let values = vaults.indices.map { value(of: index, $0) }
            for place in services.indices where services[place].counts(index, in: epoch) {
                let service = ServiceID(UInt32(place))
                let weight = values.indices.reduce(Lamports.zero) { sum, asset in
                    sum + self.weight(of: index, in: service, AssetID(asset), value: values[asset], epoch)
                }
                guard weight > .zero else { continue }
                members[place].append(OperatorSet.Member(signer: index, key: operators[signer].key, weight: weight))
            }
        }
        return members
    }

    /// Whether its own restaking account has delegated enough native SOL to it.
    private func hasSelfDelegation(_ signer: OperatorIndex) -> Bool {
        guard parameters.minimumSelfDelegation > .zero else { return true }
        guard let place = places[operators[Int(signer.number)].key], let restaker = accounts[place].restaker,
            let record = restakers[Int(restaker.number)].place(of: .native, signer)
        else { return false }
        var holding = restakers[Int(restaker.number)].delegations[record]
        var stake = stakes[0][Int(signer.number)]
        _ = holding.settle(with: &stake)
        return vaults[0].value(of: stake.active.value(of: holding.holding)) >= parameters.minimumSelfDelegation
    }
}

extension Genesis.Service {
    func weight(of asset: AssetID) -> BasisPoints {
        asset.place < assetWeights.count ? assetWeights[asset.place] : .whole
    }
}
