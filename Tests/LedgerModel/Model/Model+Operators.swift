import Messages
import Primitives

/// Who serves which AVS, on what terms, and what its vote weighs.
extension Model {
    mutating func setCommission(_ rate: BasisPoints, of signer: OperatorIndex) -> Outcome {
        let present = operators[Int(signer.number)].commission(in: epoch)
        guard rate.number <= present.number + parameters.commissionStep.number else { return .commissionTooSteep }
        operators[Int(signer.number)].commission = min(rate, present)
        operators[Int(signer.number)].nextCommission = rate > present ? (rate, epoch.next) : nil
        return .applied
    }

    private func obstacle(to signer: OperatorIndex) -> Outcome? {
        if operators[Int(signer.number)].tombstoned != nil { return .tombstoned }
        return operators[Int(signer.number)].exited == nil ? nil : .exited
    }

    mutating func optIn(_ signer: OperatorIndex, to service: ServiceID) -> Outcome {
        guard Int(service.number) < services.count else { return .unknownService }
        if let obstacle = obstacle(to: signer) { return obstacle }
        let (place, index) = (Int(service.number), Int(signer.number))
        guard services[place].defunct == nil else { return .defunct }
        let membership = services[place].memberships[index]
        guard !membership.isOptedIn else { return .alreadyOptedIn }
        guard services[place].admitted?[index] ?? true else { return .notAdmitted }
        guard membership.until != epoch.next else { return .coolingDown }
        services[place].memberships[index].from = epoch.next
        services[place].memberships[index].until = nil
        services[place].memberships[index].attendance = [:]
        return .applied
    }

    mutating func optOut(_ signer: OperatorIndex, of service: ServiceID) -> Outcome {
        guard Int(service.number) < services.count else { return .unknownService }
        if let obstacle = obstacle(to: signer) { return obstacle }
        guard services[Int(service.number)].memberships[Int(signer.number)].isOptedIn else { return .notOptedIn }
        dismiss(signer, from: Int(service.number))
        return .applied
    }

    mutating func exit(_ signer: OperatorIndex) -> Outcome {
        if let obstacle = obstacle(to: signer) { return obstacle }
        for place in services.indices { dismiss(signer, from: place) }
        operators[Int(signer.number)].exited = epoch
        return .applied
    }

    /// No longer a member from the next epoch.
    private mutating func dismiss(_ signer: OperatorIndex, from service: Int) {
        guard services[service].memberships[Int(signer.number)].isOptedIn else { return }
        services[service].memberships[Int(signer.number)].until = epoch.next
    }

    mutating func admit(_ signer: OperatorIndex, to service: ServiceID) -> Outcome {
        guard Int(signer.number) < operators.count else { return .unknownSigner }
        if let obstacle = obstacle(to: signer) { return obstacle }
        let place = Int(service.number)
        guard services[place].defunct == nil else { return .defunct }
        guard services[place].admitted?[Int(signer.number)] == false else { return .alreadyAdmitted }
        services[place].admitted?[Int(signer.number)] = true
        return .applied
    }

    mutating func expel(_ signer: OperatorIndex, from service: ServiceID) -> Outcome {
        guard Int(signer.number) < operators.count else { return .unknownSigner }
        guard services[Int(service.number)].admitted?[Int(signer.number)] == true else { return .notAdmitted }
        services[Int(service.number)].admitted?[Int(signer.number)] = false
        dismiss(signer, from: Int(service.number))
        return .applied
    }

    mutating func unjail(_ signer: OperatorIndex, in service: ServiceID) -> Outcome {
        guard Int(service.number) < services.count else { return .unknownService }
        if let obstacle = obstacle(to: signer) { return obstacle }
        let (place, index) = (Int(service.number), Int(signer.number))
        guard let jail = services[place].memberships[index].jail, jail.until == nil else { return .notJailed }
        guard epoch >= jail.termEnds else { return .termNotOver }
        services[place].memberships[index].jail?.until = epoch.next
        services[place].memberships[index].attendance = [:]
        return .applied
    }

    mutating func allocate(
        _ magnitude: Magnitude, of asset: AssetID, to service: ServiceID, by signer: OperatorIndex
    ) -> Outcome {
        guard asset.place < assets.count else { return .unknownAsset }
        guard Int(service.number) < services.count else { return .unknownService }
        if let obstacle = obstacle(to: signer) { return obstacle }
        guard parameters.allocation != .shared else { return .notAllocatable }
        if parameters.allocation == .unique {
            let record = operators[Int(signer.number)]
            let others = services.indices.filter { $0 != Int(service.number) }.reduce(Exact.zero) {
                $0 + record.encumbered(Part(service: ServiceID(UInt32($1)), asset: asset), since: oldest(at: epoch))
            }
            guard others + Exact(magnitude) <= .one else { return .beyondWhole }
        }
        say(Exact(magnitude), Part(service: service, asset: asset), of: signer)
        return .applied
    }

    /// From the next epoch on.
    mutating func say(_ magnitude: Exact, _ part: Part, of signer: OperatorIndex) {
        let index = Int(signer.number)
        operators[index].allocations[part, default: []].removeAll { $0.from == epoch.next }
        operators[index].allocations[part, default: []].append((epoch.next, magnitude))
    }

    // MARK: Weights

    func counts(_ signer: OperatorIndex, in service: Int, _ epoch: Epoch) -> Bool {
        if let defunct = services[service].defunct, defunct <= epoch { return false }
        return services[service].memberships[Int(signer.number)].counts(in: epoch)
    }

    /// By asset: what each contributes to an operator's weight. A weight is a whole number by its rule, rounded down
    /// factor by factor.
    func weights(of signer: OperatorIndex, in service: Int) -> [Exact] {
        assets.indices.map { weight(of: signer, in: service, AssetID($0)) }
    }

    private func weight(of signer: OperatorIndex, in service: Int, _ asset: AssetID) -> Exact {
        if let retired = assets[asset.place].retired, retired <= epoch { return .zero }
        let shares = counting(Spot(asset: asset, signer: signer))
        guard .zero < shares else { return .zero }
        let weights = services[service].terms.assetWeights
        var weight = value((shares * price(of: asset)).floor, of: asset)
        weight = (weight * Exact(assets[asset.place].terms.weight)).floor
        weight = (weight * Exact(asset.place < weights.count ? weights[asset.place] : .whole)).floor
        guard parameters.allocation != .shared else { return weight }
        let part = Part(service: ServiceID(UInt32(service)), asset: asset)
        return (weight * operators[Int(signer.number)].magnitude(part, in: epoch)).floor
    }

    /// How far rounding may have moved a weight: a unit's worth for each step in shares, and one for each factor.
    func weightDust() -> Exact {
        assets.indices.reduce(.zero) { sum, place in
            let steps = dust.shares[place] * price(of: AssetID(place)) + dust.units[place] + 1
            return dust.shares[place].isZero ? sum : sum + steps * (Exact(assets[place].rate) + 1) + 4
        }
    }

    /// Whether its own restaking account has delegated enough SOL to it; nil where rounding decides.
    func hasSelfDelegation(_ signer: OperatorIndex) -> Bool? {
        let least = Exact(parameters.minimumSelfDelegation)
        guard .zero < least else { return true }
        guard let restaker = people[operatorPlaces[Int(signer.number)]].restaker else { return false }
        let shares = has(.active, Spot(asset: .native, signer: signer), Int(restaker.number))
        let price = price(of: .native)
        let (own, dust) = (shares * price, (dust.shares[0] + 1) * price + dust.units[0] + 1)
        if own + dust < least { return false }
        return least + dust <= own ? true : nil
    }
}
