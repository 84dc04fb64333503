import Messages
import Primitives

/// What is open before restakers and council.
struct Council: Sendable {
    var proposals: [Proposal] = []
    var motions: [(motion: Motion, seats: Set<Int>)] = []

    struct Proposal: Sendable {
        let terms: AssetTerms
        let opened: Epoch
        var yes = Exact.zero
        var no = Exact.zero
        /// How far rounding may have moved either.
        var dust = Exact.zero
        var voters: Set<Int> = []
        var isListed = false
    }
}

extension Model {
    package var proposalCount: Int { council.proposals.count }

    mutating func propose(_ terms: AssetTerms) -> Outcome {
        guard !assets.contains(where: { $0.terms.name == terms.name }) else { return .alreadyListed }
        guard council.proposals.count(where: { !$0.isListed && !isOver($0) }) < 64, council.proposals.count < 65_536
        else { return .full }
        council.proposals.append(Council.Proposal(terms: terms, opened: epoch))
        return .applied
    }

    private func isOver(_ proposal: Council.Proposal) -> Bool {
        epoch.number > proposal.opened.number + parameters.governance.votingEpochs
    }

    mutating func vote(on id: ProposalID, accepts: Bool, by restaker: Int) -> Outcome {
        let place = Int(id.number)
        guard place < council.proposals.count else { return .unknownProposal }
        guard !isOver(council.proposals[place]) else { return .votingOver }
        guard !council.proposals[place].voters.contains(restaker) else { return .alreadyVoted }
        var (power, steps) = (Exact.zero, Exact.zero)
        for stake in stakes[restaker] where stake.stage == .active {
            let terms = assets[stake.asset.place].terms
            let worth = stake.amount * price(of: stake.asset) * Exact(assets[stake.asset.place].rate)
            power += worth * Exact(terms.weight)
            let each = (1 + dust.shares[stake.asset.place]) * price(of: stake.asset) + 1 + dust.units[stake.asset.place]
            steps += each * Exact(assets[stake.asset.place].rate) + 2
        }
        if power <= steps, followed.outcome == .insufficientStake { return .insufficientStake }
        guard .zero < power else { return .insufficientStake }
        if accepts { council.proposals[place].yes += power } else { council.proposals[place].no += power }
        council.proposals[place].dust += steps
        council.proposals[place].voters.insert(restaker)
        return .applied
    }

    // MARK: The council

    mutating func approve(_ motion: Motion, by person: Person) -> Outcome {
        guard let seat = parameters.governance.council.firstIndex(of: person.key) else { return .notAuthorized }
        if let obstacle = obstacle(to: motion) { return obstacle }
        let place = council.motions.firstIndex { $0.motion == motion }
        var seats = place.map { council.motions[$0].seats } ?? []
        guard seats.insert(seat).inserted else { return .alreadyVoted }
        if case .list = motion, assets.count >= AssetTerms.countLimit { return .full }
        guard place != nil || council.motions.count < 64 else { return .full }
        if seats.count >= parameters.governance.quorum {
            guard execute(motion) else { return .amountTooLarge }
            council.motions.removeAll { $0.motion == motion }
        } else if let place {
            council.motions[place].seats = seats
        } else {
            council.motions.append((motion, seats))
        }
        return .applied
    }

    private func obstacle(to motion: Motion) -> Outcome? {
        switch motion {
        case .list(let id):
            guard Int(id.number) < council.proposals.count else { return .unknownProposal }
            let proposal = council.proposals[Int(id.number)]
            if proposal.isListed || assets.contains(where: { $0.terms.name == proposal.terms.name }) {
                return .alreadyListed
            }
            guard isOver(proposal) else { return .votingOpen }
            return isAccepted(proposal) ? nil : .notAccepted
        case .setStatus(let asset, _): return asset.place < assets.count ? nil : .unknownAsset
        case .setRate(let asset, _): return (1..<assets.count).contains(asset.place) ? nil : .unknownAsset
        case .markDefunct(let service):
            guard Int(service.number) < services.count else { return .unknownService }
            return services[Int(service.number)].defunct == nil ? nil : .defunct
        }
    }

    private func isAccepted(_ proposal: Council.Proposal) -> Bool {
        let all = proposal.yes + proposal.no
        guard .zero < all else { return false }
        let over = proposal.yes - all * Exact(parameters.governance.acceptance)
        if over.magnitude <= proposal.dust { return followed.outcome != .notAccepted }
        return .zero <= over
    }

    private mutating func execute(_ motion: Motion) -> Bool {
        switch motion {
        case .list(let id):
            council.proposals[Int(id.number)].isListed = true
            list(council.proposals[Int(id.number)].terms)
        case .setStatus(let asset, let status): setStatus(status, of: asset)
        case .setRate(let asset, let rate): return setRate(rate, of: asset)
        case .markDefunct(let service):
            services[Int(service.number)].defunct = epoch.next
            hear(.defunct(service))
        }
        return true
    }

    private mutating func list(_ terms: AssetTerms) {
        let asset = AssetID(assets.count)
        assets.append(Asset(terms: terms, since: epoch.next, rate: terms.rate))
        for restaker in idle.indices { idle[restaker].append(.zero) }
        dust.shares.append(.zero)
        dust.units.append(.zero)
        if places[terms.authority] == nil { add(Person(key: terms.authority)) }
        hear(.listed(asset, terms, from: epoch.next))
    }
}
