import Cryptography
import Messages
import Primitives

/// What a proven offence costs, from the proof to the money.
extension Ledger {
    /// Who did it, when, and for which AVS.
    struct Offence {
        var signer: OperatorIndex
        /// The epoch of the offence: of two, the earlier.
        var epoch: Epoch
        var voteKey: VoteKey
        var identity: Digest
        var kind: SlashRecord.Kind

        var service: ServiceID { voteKey.service }
    }

    /// Executes the slash, or books it as pending where the AVS or the ledger wants it to wait.
    mutating func slash(_ offence: Offence, reportedBy place: Int, changes: inout [Change]) {
        let terms = services[Int(offence.service.number)].terms.slash
        let share = offence.kind == .equivocation ? terms.equivocation : terms.wrongResult
        var record = SlashRecord(
            offence: offence.identity, kind: offence.kind, stage: .pending,
            accused: operators[Int(offence.signer.number)].key, signer: offence.signer, voteKey: offence.voteKey,
            epoch: offence.epoch, losses: [], slashed: .zero, reward: .zero, reporter: accounts[place].key, slot: slot)
        if terms.policy == .correlated {
            let due = offence.epoch.advanced(by: parameters.unbondingEpochs + 1)
            pendingSlashes.append(PendingSlash(record: record, reporter: place, due: .epoch(due)))
            changes.append(.slashed(record))
            return
        }
        record.losses = charge(share, for: record)
        appraise(&record)
        guard parameters.vetoSlots > 0 else {
            return execute(record, reporter: place, changes: &changes)
        }
        let due = Slot(slot.number + parameters.vetoSlots)
        pendingSlashes.append(PendingSlash(record: record, reporter: place, due: .slot(due)))
        changes.append(.slashed(record))
    }

    // MARK: Amounts

    /// What this share of the stake that counted in the offence's epoch is, of each asset that secures the AVS, rounded
    /// up; less what was slashed for that epoch already, no more than the AVS's cap, and never more than is left. Books
    /// it against that epoch.
    private mutating func charge(_ share: Fraction, for record: SlashRecord) -> [SlashRecord.Loss] {
        let service = record.voteKey.service
        let scope = parameters.allocation == .shared ? nil : service
        var losses: [SlashRecord.Loss] = []
        for place in vaults.indices {
            let amount = amount(of: share, for: record, AssetID(place), scope)
            guard amount > .zero else { continue }
            stakes[place][Int(record.signer.number)].charge(amount, for: record.epoch, by: scope)
            losses.append(SlashRecord.Loss(asset: AssetID(place), shares: amount, units: .zero, rewarded: .zero))
        }
        return losses
    }

    private func amount(
        of share: Fraction, for record: SlashRecord, _ asset: AssetID, _ scope: ServiceID?
    ) -> VaultShares {
        let service = services[Int(record.voteKey.service.number)].terms
        let stake = stakes[asset.place][Int(record.signer.number)]
        guard service.weight(of: asset) > .zero else { return .zero }
        var counted = stake.counted(in: record.epoch)
        if scope != nil {
            let part = operators[Int(record.signer.number)].magnitude(
                for: record.voteKey.service, asset, in: record.epoch)
            counted = counted.scaled(by: part)
        }
        var due =
            counted.scaled(by: share, rounding: .up)
            .subtracting(stake.slashed(for: record.epoch, by: scope)) ?? .zero
        if parameters.allocation == .unique {
            due = min(due, counted.subtracting(taken(of: asset, as: record)) ?? .zero)
        }
        let cap =
            stake.counted(in: record.epoch).scaled(by: service.slash.cap, rounding: .up)
            .subtracting(stake.slashedByAll(for: record.epoch)) ?? .zero
        return min(due, cap, stake.slashable(since: record.epoch))
    }

    /// Of a unique part: what its AVS has taken since the offence's epoch opened with it, or is about to take, whatever the
    /// epochs were of what it punished.
    private func taken(of asset: AssetID, as record: SlashRecord) -> VaultShares {
        let service = record.voteKey.service
        let opening = UInt128(record.epoch.number) * UInt128(parameters.slotsPerEpoch)
        // What has waited is executed before the epoch opens that begins with its slot.
        let waits = parameters.vetoSlots > 0 || services[Int(service.number)].terms.slash.policy == .correlated
        let executed = slashRecords.filter {
            $0.stage == .executed && (UInt128($0.slot.number), waits ? 0 : 1) > (opening, 0)
        }
        return (executed + pendingSlashes.map(\.record))
            .filter { $0.signer == record.signer && $0.voteKey.service == service }
            .flatMap(\.losses).filter { $0.asset == asset }.reduce(.zero) { $0 + $1.shares }
    }

    /// Fills in what the losses are worth now, and what of them is the reporter's.
    private func appraise(_ record: inout SlashRecord) {
        record.slashed = .zero
        record.reward = .zero
        for place in record.losses.indices {
            let loss = record.losses[place]
            let vault = vaults[loss.asset.place]
            let units = vault.units(of: loss.shares)
            let rewarded = units.scaled(by: parameters.reporterReward)
            record.losses[place].units = units
            record.losses[place].rewarded = rewarded
            record.slashed += vault.rate.value(of: units)!
            record.reward += vault.rate.value(of: rewarded)!
        }
    }

    // MARK: Execution

    private mutating func execute(_ pending: SlashRecord, reporter place: Int, changes: inout [Change]) {
        var record = pending
        record.stage = .executed
        record.slot = slot
        let service = record.voteKey.service
        for loss in record.losses.indices {
            let asset = record.losses[loss].asset
            let stake = stakes[asset.place][Int(record.signer.number)]
            // Fees and commissions may have left less than was booked.
            let amount = min(record.losses[loss].shares, stake.slashable(since: record.epoch))
            record.losses[loss].shares = amount
            let before = stake.active.assets
            change(record.signer, asset) { $0.slash(amount, for: record.epoch) }
            let after = stakes[asset.place][Int(record.signer.number)].active.assets
            if parameters.allocation != .shared {
                operators[Int(record.signer.number)].stretch(
                    asset, after: service, lost: before - after, of: before, from: epoch.next,
                    oldest: oldestEpoch(at: epoch))
            }
        }
        appraise(&record)
        for loss in record.losses { distribute(loss, of: service, reporter: place) }
        slashRecords.append(record)
        changes.append(.slashed(record))
    }

    private mutating func distribute(_ loss: SlashRecord.Loss, of service: ServiceID, reporter place: Int) {
        let units = vaults[loss.asset.place].take(loss.shares)
        earn(loss.rewarded, of: loss.asset, by: place)
        let rest = units - loss.rewarded
        let terms = services[Int(service.number)].terms
        switch terms.slash.destination {
        case .burn:
            #if DEBUG
                if PlantedBug.burnFromWrongBucket.isOn { return vaults[loss.asset.place].burnFees(insteadOf: rest) }
            #endif
            vaults[loss.asset.place].burn(rest)
        case .address(let key): earn(rest, of: loss.asset, by: places[key]!)
        case .service: earn(rest, of: loss.asset, by: places[terms.coordinator]!)
        }
    }

    /// From a vault, where it is no longer, to an account that may claim it.
    mutating func earn(_ amount: Units, of asset: AssetID, by place: Int) {
        accounts[place].earn(amount, of: asset)
        vaults[asset.place].earn(amount)
    }

    // MARK: Pending slashes

    mutating func cancelSlash(_ offence: Digest, by account: Account, changes: inout [Change]) -> Outcome {
        let place = pendingSlashes.firstIndex { $0.record.offence == offence }
        let harmed = place.map { [services[Int(pendingSlashes[$0].record.voteKey.service.number)]] } ?? services
        guard harmed.contains(where: { $0.terms.slash.resolver == account.key }) else { return .notAuthorized }
        guard let place else { return .unknownOffence }
        var record = pendingSlashes[place].record
        // A correlated slash may wait for longer than its window.
        guard slot.number - record.slot.number < parameters.vetoSlots else { return .windowOver }
        let service = record.voteKey.service
        pendingSlashes.remove(at: place)
        for loss in record.losses {
            stakes[loss.asset.place][Int(record.signer.number)].discharge(
                loss.shares, for: record.epoch, by: parameters.allocation == .shared ? nil : service)
        }
        record.stage = .vetoed
        record.slot = slot
        slashRecords.append(record)
        changes.append(.slashed(record))
        return .applied
    }

    /// The first slot at which a veto window ends.
    var nextDueSlot: Slot? {
        pendingSlashes.compactMap { if case .slot(let slot) = $0.due { slot } else { nil } }.min()
    }

    /// Executes what nobody has cancelled by this slot, in the order in which it became due.
    mutating func executeDue(changes: inout [Change], witness: LedgerWitness?) {
        while let due = nextDueSlot, due <= slot {
            let place = pendingSlashes.firstIndex { $0.due == .slot(due) }!
            let pending = pendingSlashes.remove(at: place)
            execute(pending.record, reporter: pending.reporter, changes: &changes)
            witness?(.slash(slashRecords.last!), self)
        }
    }

    /// At the opening of an epoch, before anything can leave: slashes whose share depends on how many offended.
    mutating func settleCorrelated(at opening: Epoch, changes: inout [Change], witness: LedgerWitness?) {
        let due = pendingSlashes.filter { $0.due == .epoch(opening) }
        guard !due.isEmpty else { return }
        pendingSlashes.removeAll { $0.due == .epoch(opening) }
        // Who was let off has offended all the same.
        let vetoed = slashRecords.filter { $0.stage == .vetoed && $0.epoch == due[0].record.epoch }
        for pending in due {
            var record = pending.record
            let service = record.voteKey.service
            let offenders = Set(
                (due.map(\.record) + vetoed).filter { $0.voteKey.service == service }.map(\.signer))
            let share = correlatedShare(offenders.count, of: service, in: record.epoch)
            record.losses = charge(share, for: record)
            execute(record, reporter: pending.reporter, changes: &changes)
            witness?(.slash(slashRecords.last!), self)
        }
    }

    /// min((3k/n)^2, 1), for k offenders of the n members that opened the epoch.
    private func correlatedShare(_ offenders: Int, of service: ServiceID, in epoch: Epoch) -> Fraction {
        let members = archive.sets[Int(service.number)].first { $0.epoch == epoch }?.members.count ?? 0
        let (k, n) = (3 * UInt64(offenders), UInt64(max(members, 1)))
        return k >= n ? .one : Fraction(k * k, over: n * n)!
    }
}
