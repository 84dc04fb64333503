import Cryptography
import Messages
import Primitives

extension Ledger {
    package var assetViews: [AssetView] {
        vaults.indices.map { place in
            let vault = vaults[place]
            return AssetView(
                asset: AssetID(place), terms: vault.terms, rate: vault.rate, status: vault.status, since: vault.since,
                value: vault.value, books: vault.books(AssetID(place), sequence: sequence))
        }
    }

    package var operatorViews: [OperatorView] { operators.indices.map { view(ofOperator: OperatorIndex(UInt32($0))) } }

    package func view(ofOperator signer: OperatorIndex) -> OperatorView {
        let record = operators[Int(signer.number)]
        var jails: [ServiceID: Epoch] = [:]
        var weights: [ServiceID: Lamports] = [:]
        for place in services.indices {
            let service = ServiceID(UInt32(place))
            let membership = services[place].membership(of: signer)
            if let jail = membership.jail, membership.isJailed { jails[service] = jail.termEnds }
            let set = archive.current(service)
            if let member = set.index(of: signer) { weights[service] = set.members[member.place].weight }
        }
        let status: OperatorView.Status =
            record.tombstoned.map { .tombstoned($0) } ?? record.exited.map { .exited($0) } ?? .active
        let (present, next) = (record.commission(in: epoch), record.commission(in: epoch.next))
        return OperatorView(
            signer: signer, key: record.key, client: record.client, endpoint: record.endpoint, commission: present,
            nextCommission: next == present ? nil : next, status: status, jails: jails,
            stakes: vaults.indices.compactMap { stakeView(signer, AssetID($0)) }, weights: weights,
            allocations: record.allocations.map { part in
                OperatorView.AllocationView(
                    service: part.service, asset: part.asset,
                    present: record.magnitude(for: part.service, part.asset, in: epoch),
                    next: record.magnitude(for: part.service, part.asset, in: epoch.next))
            })
    }

    private func stakeView(_ signer: OperatorIndex, _ asset: AssetID) -> OperatorView.Stake? {
        let (vault, stake) = (vaults[asset.place], stakes[asset.place][Int(signer.number)])
        guard stake.delegated + stake.unbonding > .zero else { return nil }
        return OperatorView.Stake(
            asset: asset, active: vault.units(of: stake.active.assets),
            leaving: vault.units(of: stake.active.value(ofShares: stake.leaving)),
            activating: vault.units(of: stake.activating), unbonding: vault.units(of: stake.unbonding))
    }

    package var serviceViews: [ServiceView] {
        services.indices.map { place in
            let service = ServiceID(UInt32(place))
            let record = services[place]
            return ServiceView(
                service: service, terms: record.terms, revocation: record.revocation, defunct: record.defunct,
                budget: record.budget, tasksSettled: record.tasksEver, operatorSet: archive.current(service),
                inboxFirst: inboxes[place].first, inboxCount: inboxes[place].letters.count)
        }
    }

    package var restakerCount: Int { restakers.count }

    package func view(ofRestaker index: RestakerIndex) -> RestakerView {
        let account = restakers[Int(index.number)]
        let booked = accounts[restakerPlaces[Int(index.number)]]
        var idle: [AssetID: VaultShares] = [:]
        for place in vaults.indices { idle[AssetID(place)] = account.idle(AssetID(place)) }
        var delegations: [RestakerView.Delegation] = []
        for var record in account.delegations {
            var stake = stakes[record.asset.place][Int(record.signer.number)]
            idle[record.asset]! += record.settle(with: &stake).returned
            let vault = vaults[record.asset.place]
            let view = RestakerView.Delegation(
                asset: record.asset, signer: record.signer,
                active: vault.units(of: stake.active.value(of: record.holding)),
                activating: vault.units(of: record.joining?.amount ?? .zero))
            if view.active + view.activating > .zero { delegations.append(view) }
        }
        let claims = account.claims.map { claim in
            RestakerView.Claim(
                asset: claim.asset, signer: claim.signer, epoch: claim.epoch,
                amount: vaults[claim.asset.place].units(of: value(of: claim)),
                freeFrom: claim.epoch.advanced(by: 1 + parameters.unbondingEpochs),
                isHeld: pendingSlashes.contains {
                    $0.record.signer == claim.signer && $0.record.epoch <= claim.epoch
                })
        }
        let unclaimed = unclaimed(by: index)
        let earned = vaults.indices.map { place in
            let more = place == 0 ? Units(unclaimed.lamports.number) : .zero
            return RestakerView.Amount(asset: AssetID(place), amount: booked.earned(AssetID(place)) + more)
        }
        return RestakerView(
            restaker: index, key: booked.key,
            idle: idle.sorted { $0.key < $1.key }.map {
                RestakerView.Amount(asset: $0.key, amount: vaults[$0.key.place].units(of: $0.value))
            }.filter { $0.amount > .zero },
            delegations: delegations, unbonding: claims.filter { $0.amount > .zero },
            earned: earned.filter { $0.amount > .zero }, points: booked.points + unclaimed.points)
    }

    /// What of a restaker's stake a slash of one operator can reach: what counts with it, and what unbonds from it.
    func stake(ofRestaker index: RestakerIndex, with signer: OperatorIndex) -> [RestakerView.Amount] {
        let account = restakers[Int(index.number)]
        var amounts: [AssetID: Units] = [:]
        for var record in account.delegations where record.signer == signer {
            var stake = stakes[record.asset.place][Int(signer.number)]
            _ = record.settle(with: &stake)
            let vault = vaults[record.asset.place]
            amounts[record.asset, default: .zero] += vault.units(of: stake.active.value(of: record.holding))
        }
        for claim in account.claims where claim.signer == signer {
            amounts[claim.asset, default: .zero] += vaults[claim.asset.place].units(of: value(of: claim))
        }
        return amounts.sorted { $0.key < $1.key }.map { RestakerView.Amount(asset: $0.key, amount: $0.value) }
    }

    /// By asset, of those that count in an AVS: what an operator's weight there consists of at present, and the part of
    /// its stake that is behind it.
    package func parts(of signer: OperatorIndex, in service: ServiceID) -> [StakePart] {
        let terms = services[Int(service.number)].terms
        return weights(of: signer, in: service).enumerated().compactMap { place, weight in
            let asset = AssetID(place)
            guard terms.weight(of: asset) > .zero else { return nil }
            let magnitude =
                parameters.allocation == .shared
                ? .whole : operators[Int(signer.number)].magnitude(for: service, asset, in: epoch)
            return magnitude > .zero ? StakePart(asset: asset, magnitude: magnitude, weight: weight) : nil
        }
    }

    /// - Returns: nil when nobody of this key restakes.
    package func restaker(of key: PublicKey) -> RestakerIndex? { places[key].flatMap { accounts[$0].restaker } }

    /// What whoever is no restaker has earned: operators, reporters, those that slashed stake goes to.
    package func earned(by key: PublicKey) -> [RestakerView.Amount] {
        guard let place = places[key] else { return [] }
        return vaults.indices.map {
            RestakerView.Amount(asset: AssetID($0), amount: accounts[place].earned(AssetID($0)))
        }
        .filter { $0.amount > .zero }
    }

    /// By asset, operator and epoch.
    package var queue: [QueueView] {
        vaults.indices.flatMap { asset in
            operators.indices.flatMap { signer in
                stakes[asset][signer].buckets.map { bucket in
                    QueueView(
                        asset: AssetID(asset), signer: OperatorIndex(UInt32(signer)), epoch: bucket.epoch,
                        amount: vaults[asset].units(of: bucket.pool.assets),
                        freeFrom: bucket.epoch.advanced(by: 1 + parameters.unbondingEpochs))
                }.filter { $0.amount > .zero }
            }
        }
    }

    package var proposalViews: [ProposalView] {
        governance.proposals.enumerated().map { place, proposal in
            ProposalView(
                id: ProposalID(UInt32(place)), terms: proposal.terms,
                lastVotingEpoch: proposal.opened.advanced(by: parameters.governance.votingEpochs),
                yes: Lamports(UInt64(proposal.yes)), no: Lamports(UInt64(proposal.no)), isListed: proposal.isListed)
        }
    }

    /// Motions of the council that have not carried, and how many have approved of each.
    package var openMotions: [(motion: Motion, approvals: Int)] {
        governance.motions.map { ($0.motion, $0.approvals.count) }
    }

    /// Whether a member of the council has approved of an open motion.
    package func hasApproved(_ motion: Motion, _ key: PublicKey) -> Bool {
        guard let seat = parameters.governance.council.firstIndex(of: key) else { return false }
        return governance.motions.first { $0.motion == motion }?.approvals.contains(UInt32(seat)) ?? false
    }

    /// Disputes that are voted on, in the order of their numbers.
    ///
    /// `voters` are members of the operator set.
    package var openDisputes: [(id: DisputeID, voteKey: VoteKey, operatorSet: OperatorSet?, voters: SignerSet)] {
        disputeBook.open.map { dispute in
            (
                dispute.id, dispute.voteKey,
                archive.set(dispute.operatorSet, of: dispute.voteKey.service, in: dispute.statementEpoch),
                dispute.voters
            )
        }
    }

    package var pendingSlashRecords: [SlashRecord] { pendingSlashes.map(\.record) }

    /// When a pending slash becomes due: a slot, or the opening of an epoch.
    package func due(of offence: Digest) -> String? {
        pendingSlashes.first { $0.record.offence == offence }.map { pending in
            switch pending.due {
            case .slot(let slot): "slot \(slot)"
            case .epoch(let epoch): "the opening of epoch \(epoch)"
            }
        }
    }

    package var baseValidators: [(terms: BaseValidatorTerms, yield: BaseYield, stake: Units, moved: Units)] {
        nativePool.validators.enumerated().map {
            (nativePool.terms.validators[$0], $1.yield, $1.stake, $1.moved)
        }
    }

    /// What this much stake would earn in an epoch with a base validator, at its present yield.
    package func baseYield(of amount: Units, with validator: ValidatorIndex) -> Units {
        amount.scaled(by: nativePool.netYield(validator.place), over: BaseYield.whole)
    }

    /// For comparison: from here on no stake moves between base validators.
    package mutating func holdNativePoolStill() { nativePool.holdStill() }
}
