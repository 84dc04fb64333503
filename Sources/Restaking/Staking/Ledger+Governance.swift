import Messages
import Primitives

/// The way of a new asset (a proposal, a vote by stake, the council's execution), and what else the council decides.
extension Ledger {
    mutating func propose(_ terms: AssetTerms) -> Outcome {
        guard !vaults.contains(where: { $0.terms.name == terms.name }) else { return .alreadyListed }
        let isOpen = { (proposal: Governance.Proposal) in !proposal.isListed && !self.isOver(proposal) }
        guard governance.proposals.count(where: isOpen) < Governance.openLimit,
            governance.proposals.count < 1 << 16
        else { return .full }
        governance.proposals.append(Governance.Proposal(terms: terms, opened: epoch))
        return .applied
    }

    /// With the stake that counts for an operator: it cannot leave before the vote is over, so that none votes twice.
    mutating func vote(on proposal: ProposalID, accepts: Bool, by index: RestakerIndex) -> Outcome {
        let place = Int(proposal.number)
        guard place < governance.proposals.count else { return .unknownProposal }
        guard !isOver(governance.proposals[place]) else { return .votingOver }
        let voters = governance.proposals[place].voters
        guard voters.place(of: index, by: \.self) == nil else { return .alreadyVoted }
        let power = votingPower(of: index)
        guard power > 0 else { return .insufficientStake }
        if accepts { governance.proposals[place].yes += power } else { governance.proposals[place].no += power }
        governance.proposals[place].voters.insert(index, at: voters.firstIndex { $0 > index } ?? voters.count)
        return .applied
    }

    private func isOver(_ proposal: Governance.Proposal) -> Bool {
        epoch > proposal.opened.advanced(by: parameters.governance.votingEpochs)
    }

    private func votingPower(of index: RestakerIndex) -> UInt128 {
        restakers[Int(index.number)].delegations.reduce(0) { sum, record in
            var (record, stake) = (record, stakes[record.asset.place][Int(record.signer.number)])
            _ = record.settle(with: &stake)
            let vault = vaults[record.asset.place]
            return sum
                + UInt128(
                    vault.value(of: stake.active.value(of: record.holding)).scaled(by: vault.terms.weight).number)
        }
    }

    // MARK: The council

    mutating func approve(_ motion: Motion, by account: Account, changes: inout [Change]) -> Outcome {
        guard let seat = parameters.governance.council.firstIndex(of: account.key) else { return .notAuthorized }
        if let obstacle = obstacle(to: motion) { return obstacle }
        let place = governance.motions.firstIndex { $0.motion == motion }
        var open = place.map { governance.motions[$0] } ?? Governance.OpenMotion(motion: motion, approvals: [])
        guard !open.approvals.contains(UInt32(seat)) else { return .alreadyVoted }
        guard hasRoom(for: motion, isOpen: place != nil) else { return .full }
        open.approvals.append(UInt32(seat))
        open.approvals.sort()
        if open.approvals.count >= parameters.governance.quorum {
            guard execute(motion, changes: &changes) else { return .amountTooLarge }
            governance.motions.removeAll { $0.motion == motion }
        } else if let place {
            governance.motions[place] = open
        } else {
            governance.motions.append(open)
        }
        return .applied
    }

    /// Why a motion cannot carry, whoever approves of it.
    private func obstacle(to motion: Motion) -> Outcome? {
        switch motion {
        case .list(let id):
            guard Int(id.number) < governance.proposals.count else { return .unknownProposal }
            let proposal = governance.proposals[Int(id.number)]
            guard !proposal.isListed, !vaults.contains(where: { $0.terms.name == proposal.terms.name }) else {
                return .alreadyListed
            }
            guard isOver(proposal) else { return .votingOpen }
            return isAccepted(proposal) ? nil : .notAccepted
        case .setStatus(let asset, _):
            return asset.place < vaults.count ? nil : .unknownAsset
        case .setRate(let asset, _):
            return asset != .native && asset.place < vaults.count ? nil : .unknownAsset
        case .markDefunct(let service):
            guard Int(service.number) < services.count else { return .unknownService }
            return services[Int(service.number)].defunct == nil ? nil : .defunct
        }
    }

    private func hasRoom(for motion: Motion, isOpen: Bool) -> Bool {
        if case .list = motion, vaults.count >= AssetTerms.countLimit { return false }
        return isOpen || governance.motions.count < Governance.openLimit
    }

    /// At least this share of the votes cast.
    private func isAccepted(_ proposal: Governance.Proposal) -> Bool {
        let share = parameters.governance.acceptance
        // Both sums are below 2^64: the stake of all restakers fits it.
        let (yes, all) = (proposal.yes, proposal.yes + proposal.no)
        return all > 0 && yes * UInt128(share.denominator) >= all * UInt128(share.numerator)
    }

    private mutating func execute(_ motion: Motion, changes: inout [Change]) -> Bool {
        switch motion {
        case .list(let id):
            governance.proposals[Int(id.number)].isListed = true
            list(governance.proposals[Int(id.number)].terms, changes: &changes)
        case .setStatus(let asset, let status): setStatus(status, of: asset, changes: &changes)
        case .setRate(let asset, let rate): return setRate(rate, of: asset, changes: &changes)
        case .markDefunct(let service):
            services[Int(service.number)].defunct = epoch.next
            changes.append(.event(.defunct(service)))
        }
        return true
    }

    private mutating func list(_ terms: AssetTerms, changes: inout [Change]) {
        let asset = AssetID(vaults.count)
        vaults.append(Vault(terms, since: epoch.next))
        stakes.append(Array(repeating: OperatorStake(), count: operators.count))
        if places[terms.authority] == nil { add(Account(key: terms.authority)) }
        changes.append(.event(.listed(asset, terms, from: epoch.next)))
    }
}
