import Messages
import Primitives

/// Time: veto windows end, epochs open, and what is past the horizon is forgotten.
extension Model {
    mutating func advance(to target: Slot) -> Outcome {
        guard target > slot, target.number <= 1 << 62 else { return .clockNotForward }
        let arrival = Epoch(target.number / parameters.slotsPerEpoch)
        guard arrival.number - epoch.number <= 4_096 else { return .clockTooFar }
        while true {
            let opening = epoch.next.number * parameters.slotsPerEpoch
            let due = pending.compactMap { $0.dueSlot?.number }.min()
            guard let next = [due, opening].compactMap({ $0 }).min(), next <= target.number else { break }
            slot = Slot(next)
            executeDue()
            if next == opening { turn(arrival: arrival) }
        }
        slot = target
        return .applied
    }

    /// Proven offences first, so that nothing leaves before; then yield, which goes to who counted; then what leaves
    /// unbonds and what was delegated begins to count.
    private mutating func turn(arrival: Epoch) {
        settleCorrelated(at: epoch.next)
        closeDisputes(at: epoch.next)
        awardPoints()
        for service in services.indices { payRewards(of: service) }
        bookBaseYield()
        beginToCount()
        epoch = epoch.next
        let opened = epoch
        _ = followed.hear("the opening of epoch \(epoch)") { $0 == .epochOpened(opened) ? true : nil }
        openNativePool()
        if epoch >= oldest(at: arrival) { openSets() }
        noteCounted()
        forget()
        putOnGrid()
    }

    /// So that many epochs at once take no longer each than one does.
    private mutating func putOnGrid() {
        for restaker in stakes.indices {
            for place in stakes[restaker].indices {
                stakes[restaker][place].amount = stakes[restaker][place].amount.onGrid
            }
        }
        for place in people.indices {
            people[place].earned = people[place].earned.map(\.upOnGrid)
            people[place].points = people[place].points.upOnGrid
        }
        for place in services.indices { services[place].budget = services[place].budget.onGrid }
        for place in validators.indices { validators[place].stake = validators[place].stake.onGrid }
        for place in assets.indices {
            assets[place].balance = assets[place].balance.onGrid
            dust.shares[place] = dust.shares[place].upOnGrid + Exact.gridStep
        }
        dust.lamports = dust.lamports.upOnGrid
        dust.skew = dust.skew.upOnGrid
        dust.points = dust.points.upOnGrid
    }

    /// What was delegated counts from now on, or goes back.
    private mutating func beginToCount() {
        let closed = Set(stakes.joined().filter { $0.stage == .joining }.map(Spot.init).filter(isClosed))
        for restaker in stakes.indices {
            let joining = stakes[restaker].filter { $0.stage == .joining }
            stakes[restaker].removeAll { $0.stage == .joining }
            for stake in joining {
                dust.round(stake.asset, shares: 1)
                if closed.contains(Spot(stake)) {
                    idle[restaker][stake.asset.place] += stake.amount
                } else {
                    put(stake.amount, .active, Spot(stake), of: restaker)
                }
            }
            for stake in stakes[restaker] where stake.stage == .leaving(epoch) { dust.round(stake.asset, shares: 1) }
        }
    }

    /// Whether what joins goes back: the operator has left or was tombstoned, or the ledger's number of shares for it does
    /// not fit 64 bits.
    private func isClosed(_ spot: Spot) -> Bool {
        let record = operators[Int(spot.signer.number)]
        if record.tombstoned != nil || record.exited != nil { return true }
        guard let each = poolShares[spot] else { return false }
        return Self.limit < each * sum(spot) { $0.stage == .active || $0.stage == .joining }
    }

    // MARK: Operator sets

    mutating func openSets() {
        for service in services.indices { open(service) }
    }

    private mutating func open(_ service: Int) {
        let (id, present) = (ServiceID(UInt32(service)), epoch)
        let description = "the operator set of AVS \(id) in epoch \(epoch)"
        guard
            let set = followed.hear(
                description,
                { told -> OperatorSet? in
                    guard case .operatorSetOpened(let set) = told, set.service == id, set.epoch == present else {
                        return nil
                    }
                    return set
                })
        else { return }
        let dust = weightDust()
        for signer in operators.indices {
            let index = OperatorIndex(UInt32(signer))
            let found = set.index(of: index).map { Exact(set.members[$0.place].weight) } ?? .zero
            let mayCount =
                epoch >= parameters.release.services && operators[signer].tombstoned == nil
                && counts(index, in: service, epoch)
            let isSure = mayCount ? hasSelfDelegation(index) : false
            let weight = isSure == false ? .zero : weights(of: index, in: service).reduce(.zero, +)
            if isSure == nil, found.isZero { continue }
            if dust < (weight - found).magnitude {
                followed.fault(
                    "\(description): operator \(signer) weighs \(found), and not \(weight) give or take \(dust)")
            }
        }
        sets[service].append(set)
    }

    /// At once, not at the next epoch: every present set that the operator is in is revised.
    mutating func revokeSeats(of signer: OperatorIndex) {
        for service in services.indices {
            guard let present = sets[service].last, present.index(of: signer) != nil else { continue }
            let members = present.members.filter { $0.signer != signer }
            let revised = followed.hear("AVS \(service)'s set without operator \(signer)") { told -> OperatorSet? in
                guard case .operatorSetOpened(let set) = told, set.service == present.service,
                    set.epoch == present.epoch, set.revision == present.revision.next, set.members == members
                else { return nil }
                return set
            }
            if let revised { sets[service].append(revised) }
        }
    }

    // MARK: What is remembered

    mutating func noteCounted() {
        for asset in assets.indices {
            for signer in operators.indices {
                let spot = Spot(asset: AssetID(asset), signer: OperatorIndex(UInt32(signer)))
                operators[signer].counted[spot.asset, default: [:]][epoch] = sum(spot) { $0.stage == .active }
            }
        }
    }

    private mutating func forget() {
        let oldest = oldest(at: epoch)
        for signer in operators.indices {
            for asset in assets.indices {
                operators[signer].counted[AssetID(asset)] =
                    operators[signer].counted[AssetID(asset)]?.filter { $0.key >= oldest }
            }
            operators[signer].charged = operators[signer].charged.filter { $0.key.epoch >= oldest }
        }
        for service in sets.indices { sets[service].removeAll { $0.epoch < oldest } }
        for (key, settled) in settlements where settled.epoch < oldest {
            forgotten[Line(key)] = max(forgotten[Line(key)] ?? 0, key.subject.number)
        }
        settlements = settlements.filter { $0.value.epoch >= oldest }
    }
}
