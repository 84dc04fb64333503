import Cryptography
import Messages
import Primitives

/// A proven offence that has not cost anything yet.
package struct Pending: Sendable {
    package var record: SlashRecord
    let reporter: Int
    /// The end of the veto window; nil: it is settled when the evidence of its epoch is closed.
    let dueSlot: Slot?
    let dueEpoch: Epoch?
}

/// What a proven offence costs, and who pays it.
extension Model {
    struct Offence {
        let signer: OperatorIndex
        let epoch: Epoch
        let voteKey: VoteKey
        let identity: Digest
        let kind: SlashRecord.Kind
    }

    mutating func slash(_ offence: Offence, reportedBy place: Int) {
        let terms = services[Int(offence.voteKey.service.number)].terms.slash
        let record = SlashRecord(
            offence: offence.identity, kind: offence.kind, stage: .pending,
            accused: operators[Int(offence.signer.number)].key, signer: offence.signer, voteKey: offence.voteKey,
            epoch: offence.epoch, losses: [], slashed: .zero, reward: .zero, reporter: people[place].key, slot: slot)
        if terms.policy == .correlated {
            _ = hear(record, costing: [:])
            let due = offence.epoch.advanced(by: parameters.unbondingEpochs + 1)
            pending.append(Pending(record: record, reporter: place, dueSlot: nil, dueEpoch: due))
            return
        }
        let share = offence.kind == .equivocation ? terms.equivocation : terms.wrongResult
        let cost = cost(Exact(share), record)
        guard parameters.vetoSlots > 0 else {
            execute(record, cost, isCharged: false, reporter: place)
            return
        }
        guard let told = hear(record, costing: cost) else { return }
        charge(told)
        let due = Slot(slot.number + parameters.vetoSlots)
        pending.append(Pending(record: told, reporter: place, dueSlot: due, dueEpoch: nil))
    }

    /// Of each asset that secures the AVS: the share of what counted in the offence's epoch, less what was taken for that
    /// epoch already, no more than the AVS's cap, and never more than is left.
    private func cost(_ share: Exact, _ record: SlashRecord) -> [AssetID: Exact] {
        let service = record.voteKey.service
        let terms = services[Int(service.number)].terms
        let accused = operators[Int(record.signer.number)]
        var cost: [AssetID: Exact] = [:]
        for place in assets.indices {
            let asset = AssetID(place)
            guard place >= terms.assetWeights.count || terms.assetWeights[place] > .zero else { continue }
            let counted = accused.counted[asset]?[record.epoch] ?? .zero
            let part =
                parameters.allocation == .shared
                ? .one : accused.magnitude(Part(service: service, asset: asset), in: record.epoch)
            let scope = parameters.allocation == .shared ? nil : service
            let own = accused.charged[Charge(asset: asset, epoch: record.epoch, service: scope)] ?? .zero
            let all = accused.charged.filter { $0.key.asset == asset && $0.key.epoch == record.epoch }
                .values.reduce(.zero, +)
            var due = counted * part * share - own
            if parameters.allocation == .unique { due = min(due, counted * part - lost(asset, record)) }
            let cap = counted * Exact(terms.slash.cap) - all
            cost[asset] = max(.zero, min(due, cap, slashable(asset, record)))
        }
        return cost
    }

    /// To this AVS, since the offence's epoch began, and what it has a claim to.
    private func lost(_ asset: AssetID, _ record: SlashRecord) -> Exact {
        let service = record.voteKey.service
        let isAtOnce = parameters.vetoSlots == 0 && services[Int(service.number)].terms.slash.policy == .fixed
        let first = record.epoch.number * parameters.slotsPerEpoch
        var lost = Exact.zero
        for other in closed + pending.map(\.record)
        where other.signer == record.signer && other.voteKey.service == service && other.stage != .vetoed {
            if other.stage == .executed, other.slot.number < first { continue }
            // Of what happens in the first slot, what was waiting for it comes before the epoch.
            if other.stage == .executed, other.slot.number == first, !isAtOnce { continue }
            for loss in other.losses where loss.asset == asset { lost += Exact(loss.shares) }
        }
        return lost
    }

    /// What is active, and what has left in or after the offence's epoch.
    private func slashable(_ asset: AssetID, _ record: SlashRecord) -> Exact {
        sum(Spot(asset: asset, signer: record.signer)) { isReached($0, record.epoch) }
    }

    private func isReached(_ stake: Stake, _ offence: Epoch) -> Bool {
        switch stake.stage {
        case .joining: false
        case .active: true
        case .leaving(let left): left >= offence
        }
    }

    private mutating func charge(_ record: SlashRecord) {
        let scope = parameters.allocation == .shared ? nil : record.voteKey.service
        for loss in record.losses where loss.shares > .zero {
            operators[Int(record.signer.number)]
                .charged[Charge(asset: loss.asset, epoch: record.epoch, service: scope), default: .zero] += Exact(
                    loss.shares)
        }
    }

    // MARK: What the ledger tells of it

    /// The ledger's record must be this one, costing this, each rounded up to a whole share.
    ///
    /// - Returns: the ledger's, in whole shares; the model goes on with those.
    private mutating func hear(_ record: SlashRecord, costing cost: [AssetID: Exact]) -> SlashRecord? {
        let told = followed.hear("the slash of operator \(record.signer) in epoch \(record.epoch)") { told in
            if case .slashed(let told) = told, told.offence == record.offence { told } else { nil }
        }
        guard let told else { return nil }
        var bare = told
        (bare.losses, bare.slashed, bare.reward) = ([], .zero, .zero)
        if bare != record { followed.fault("the record of a slash is \(bare), and not \(record)") }
        for asset in assets.indices.map({ AssetID($0) }) {
            let loss = told.losses.first { $0.asset == asset }
            let (taken, exact) = (loss.map { Exact($0.shares) } ?? .zero, cost[asset] ?? .zero)
            let dust = dust.shares[asset.place]
            // Rounded up at most twice: the stake that was allocated is rounded down before.
            if taken + dust + (parameters.allocation == .shared ? 0 : 1) < exact || exact + dust + 1 <= taken {
                followed.fault("the slash takes \(taken) shares of asset \(asset), and not \(exact)")
            }
            if let loss { check(loss) }
        }
        return told
    }

    private mutating func check(_ loss: SlashRecord.Loss) {
        let price = price(of: loss.asset)
        let worth = Exact(loss.shares) * price
        let dust = Exact(loss.shares) * price * dustOfPrice(loss.asset) + 1
        if worth + dust - 1 < Exact(loss.units) || Exact(loss.units) + dust < worth {
            followed.fault(
                "\(loss.shares.number) shares of asset \(loss.asset) cost \(loss.units.number), and not \(worth)")
        }
        let reward = Exact(loss.units) * Exact(parameters.reporterReward)
        if Exact(loss.rewarded) != reward.floor {
            followed.fault("the reporter gets \(loss.rewarded.number), and not \(reward.floor)")
        }
    }

    /// How far off a price may be, as a share of it.
    func dustOfPrice(_ asset: AssetID) -> Exact {
        let (shares, units) = (dust.shares[asset.place], dust.units[asset.place])
        guard .zero < shares + units, .zero < assets[asset.place].balance else { return .zero }
        return (units + shares * price(of: asset)) / assets[asset.place].balance
    }

    // MARK: Execution

    private mutating func execute(
        _ pending: SlashRecord, _ cost: [AssetID: Exact], isCharged: Bool, reporter place: Int
    ) {
        var record = pending
        (record.losses, record.slashed, record.reward) = ([], .zero, .zero)
        (record.stage, record.slot) = (.executed, slot)
        // Fees and commissions may have left less than was booked.
        let left = Dictionary(
            uniqueKeysWithValues: cost.map { ($0.key, isCharged ? min($0.value, slashable($0.key, record)) : $0.value) }
        )
        guard let told = hear(record, costing: left) else { return }
        if !isCharged { charge(told) }
        for loss in told.losses { take(loss, told, reporter: place) }
        closed.append(told)
    }

    /// From everyone whose stake the offence reaches, pro rata.
    private mutating func take(_ loss: SlashRecord.Loss, _ record: SlashRecord, reporter place: Int) {
        let spot = Spot(asset: loss.asset, signer: record.signer)
        let reached = slashable(loss.asset, record)
        let (before, price) = (counting(spot), price(of: loss.asset))
        let taken = min(Exact(loss.shares), reached)
        if .zero < reached {
            let rest = (reached - taken) / reached
            let reaches = { [self] (stake: Stake) in isReached(stake, record.epoch) }
            forEach(spot) { stake, _ in if reaches(stake) { stake.amount = (stake.amount * rest).onGrid } }
        }
        // What rounding leaves here may be nothing there, and then nobody holds the pool any more.
        if followed.emptied.contains(spot), counting(spot) <= dust.shares[loss.asset.place] {
            let pool: [Stake.Stage] = [.active, .leaving(epoch)]
            forEach(spot) { stake, _ in if pool.contains(stake.stage) { stake.amount = .zero } }
        }
        // Each epoch's leavers are rounded by themselves, and what is active bears what that leaves.
        dust.round(loss.asset, shares: 2 + Int(parameters.unbondingEpochs) + 1, units: 1)
        let units = (taken * price).onGrid
        assets[loss.asset.place].balance -= units
        thin(spot, from: before)
        stretch(spot, record, before: before, lost: before - counting(spot))
        let reward = units * Exact(parameters.reporterReward)
        earn(reward, of: loss.asset, by: place)
        let terms = services[Int(record.voteKey.service.number)].terms
        switch terms.slash.destination {
        case .burn: assets[loss.asset.place].flows.burned += units - reward
        case .address(let key): earn(units - reward, of: loss.asset, by: places[key]!)
        case .service: earn(units - reward, of: loss.asset, by: places[terms.coordinator]!)
        }
        sweep(loss.asset)
    }

    /// Each AVS's part of what is left is, from the next epoch, what it has been in whole shares: the others' are not
    /// touched by a slash, as far as the rest can be stretched to them.
    private mutating func stretch(_ spot: Spot, _ record: SlashRecord, before: Exact, lost: Exact) {
        guard parameters.allocation != .shared else { return }
        let rest = before - lost
        for part in operators[Int(spot.signer.number)].allocations.keys where part.asset == spot.asset {
            let magnitude = operators[Int(spot.signer.number)].magnitude(part, in: epoch.next)
            let own = magnitude * before - (part.service == record.voteKey.service ? lost : .zero)
            let stretched = .zero < rest && .zero < own ? min(own / rest, .one).onGrid : .zero
            if stretched != magnitude { say(stretched, part, of: spot.signer) }
        }
    }

    // MARK: Pending slashes

    mutating func cancelSlash(_ offence: Digest, by person: Person) -> Outcome {
        let place = pending.firstIndex { $0.record.offence == offence }
        let harmed = place.map { [services[Int(pending[$0].record.voteKey.service.number)]] } ?? services
        guard harmed.contains(where: { $0.terms.slash.resolver == person.key }) else {
            return .notAuthorized
        }
        guard let place else { return .unknownOffence }
        var record = pending[place].record
        guard slot < Slot(record.slot.number + parameters.vetoSlots) else { return .windowOver }
        let service = record.voteKey.service
        pending.remove(at: place)
        let scope = parameters.allocation == .shared ? nil : service
        for loss in record.losses {
            let charge = Charge(asset: loss.asset, epoch: record.epoch, service: scope)
            guard let charged = operators[Int(record.signer.number)].charged[charge] else { continue }
            operators[Int(record.signer.number)].charged[charge] = charged - Exact(loss.shares)
        }
        (record.stage, record.slot) = (.vetoed, slot)
        let vetoed = record
        _ = followed.hear("the slash that was cancelled") { $0 == .slashed(vetoed) ? true : nil }
        closed.append(record)
        return .applied
    }

    mutating func executeDue() {
        while let due = pending.compactMap(\.dueSlot).min(), due <= slot {
            let slash = pending.remove(at: pending.firstIndex { $0.dueSlot == due }!)
            let cost = Dictionary(uniqueKeysWithValues: slash.record.losses.map { ($0.asset, Exact($0.shares)) })
            execute(slash.record, cost, isCharged: true, reporter: slash.reporter)
        }
    }

    mutating func settleCorrelated(at opening: Epoch) {
        let due = pending.filter { $0.dueEpoch == opening }
        pending.removeAll { $0.dueEpoch == opening }
        for slash in due {
            let record = slash.record
            let service = Int(record.voteKey.service.number)
            // Who was let off has offended all the same.
            let offenders = due.map(\.record) + closed.filter { $0.stage == .vetoed && $0.epoch == record.epoch }
            let count = Set(offenders.filter { $0.voteKey.service == record.voteKey.service }.map(\.signer)).count
            let members = sets[service].first { $0.epoch == record.epoch }?.members.count ?? 0
            let ratio = Exact(UInt64(3 * count)) / Exact(UInt64(max(members, 1)))
            execute(record, cost(min(ratio * ratio, .one), record), isCharged: false, reporter: slash.reporter)
        }
    }
}
