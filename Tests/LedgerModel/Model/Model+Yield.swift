import Messages
import Primitives

/// What stake earns, given to each restaker by itself.
extension Model {
    mutating func awardPoints() {
        for asset in assets.indices where assets[asset].terms.points > 0 {
            for signer in operators.indices {
                let spot = Spot(asset: AssetID(asset), signer: OperatorIndex(UInt32(signer)))
                let counting = counting(spot)
                guard .zero < counting else { continue }
                let each = Exact(UInt64(assets[asset].terms.points))
                let points = value((counting * price(of: spot.asset)).floor, of: spot.asset) * each
                let commission = (points * Exact(operators[signer].commission(in: epoch))).ceiling
                people[operatorPlaces[signer]].points += commission
                let steps = weightDust() * each
                dust.points += 1 + steps + (poolShares[spot] ?? .one) * counting / Self.pointGrid
                divide(points - commission, over: spot, counting) { $0.people[$1].points += $2 }
            }
        }
    }

    /// A point's part is kept in parts of 2^32 for each of a pool's shares.
    private static let pointGrid = Exact(1 << 32 as UInt64)

    /// Among all who count in this epoch, by what they have.
    private mutating func divide(
        _ amount: Exact, over spot: Spot, _ counting: Exact, _ give: (inout Model, Int, Exact) -> Void
    ) {
        for restaker in stakes.indices {
            for stake in stakes[restaker]
            where stake.asset == spot.asset && stake.signer == spot.signer && counts(stake) {
                give(&self, restakerPlaces[restaker], amount * stake.amount / counting)
            }
        }
    }

    // MARK: What AVSs pay

    /// A fee for each settled task and one for the epoch, as far as the budget carries, split by weight and participation.
    mutating func payRewards(of service: Int) {
        let record = services[service]
        services[service].tasksSettled = 0
        services[service].credits = record.credits.map { _ in 0 }
        let all = record.credits.reduce(Exact.zero) { $0 + Exact($1) }
        guard record.tasksSettled > 0, .zero < all else { return }
        let fee = Exact(record.terms.reward.perTask) * Exact(record.tasksSettled) + Exact(record.terms.reward.perEpoch)
        let pot = min(fee, record.budget)
        var (paid, steps) = (Exact.zero, Exact.zero)
        for signer in operators.indices where record.credits[signer] > 0 {
            let part = pot * Exact(record.credits[signer]) / all
            let index = OperatorIndex(UInt32(signer))
            let weights = weights(of: index, in: service)
            let weight = weights.reduce(.zero, +)
            guard .zero < weight else { continue }
            // Of a part that is split by weights, and of the weights themselves.
            let skew = 1 + part * min(.one, weightDust() / weight)
            dust.skew += skew
            steps += skew + Exact(UInt64(2 + 3 * assets.count))
            let commission = part * Exact(operators[signer].commission(in: epoch))
            earn(commission, of: .native, by: operatorPlaces[signer])
            for asset in assets.indices where .zero < weights[asset] {
                let spot = Spot(asset: AssetID(asset), signer: index)
                let reward = (part - commission) * weights[asset] / weight
                divide(reward, over: spot, counting(spot)) { $0.earn($2, of: .native, by: $1) }
            }
            paid += part
        }
        dust.lamports += steps
        services[service].budget -= paid
        let id = ServiceID(UInt32(service))
        let closing = epoch
        if paid <= steps {
            // It may have been too little to be paid.
            guard followed.heard < followed.told.count,
                case .event(.rewardsPaid(closing, id, _)) = followed.told[followed.heard]
            else { return }
        }
        let told = followed.hear("the rewards of AVS \(id)") { told in
            if case .event(.rewardsPaid(closing, id, let amount)) = told { Exact(amount) } else { nil }
        }
        if let told, paid + dust.skew < told || told + steps < paid {
            followed.fault("AVS \(id) pays \(told), and not \(paid) less \(steps) at most")
        }
    }

    // MARK: Base yield

    /// Of what the validators yield the protocol takes its fee; the rest makes each share worth more. An operator's
    /// commission comes out of what its own restakers have gained.
    mutating func bookBaseYield() {
        let balance = assets[0].balance
        let gross = closeNativePool()
        let closing = epoch
        let isTold =
            followed.told.count > followed.heard
            && { if case .event(.yieldBooked) = followed.told[followed.heard] { true } else { false } }()
        // Less than a lamport is none, and what the books cannot carry is not booked.
        let slack = Exact(UInt64(validators.count)) + dust.units[0] + dust.shares[0] * price(of: .native)
        let carries = balance + gross < Self.limit && assets[0].flows.entered + gross <= Self.wordLimit
        let hardlyCarries =
            Self.limit < balance + gross + slack
            || Self.wordLimit < assets[0].flows.entered + gross + slack
        if !isTold, gross <= slack || hardlyCarries { return }
        guard .zero < gross, carries || isTold else { return }
        let told = followed.hear("the yield of epoch \(closing)") { told -> (Units, Units, Units)? in
            if case .event(.yieldBooked(closing, let gross, let fee, let commissions)) = told {
                (gross, fee, commissions)
            } else {
                nil
            }
        }
        guard let told else { return }
        check(told, gross, slack)
        let (booked, fee) = (Exact(told.0), Exact(told.1))
        let shares = shares(of: .native)
        assets[0].balance += booked - fee
        assets[0].flows.entered += booked
        assets[0].flows.fees += fee
        dust.round(.native, units: 2)
        let commissions = takeCommissions(from: booked - fee, shares)
        let steps = (Exact(UInt64(3 * operators.count)) + dust.shares[0]) * (price(of: .native) + 1)
        if (Exact(told.2) - commissions).magnitude > steps {
            followed.fault("commissions of \(told.2.number) are taken of the yield, and not \(commissions)")
        }
    }

    private mutating func check(_ told: (gross: Units, fee: Units, Units), _ gross: Exact, _ slack: Exact) {
        let before = slack - Exact(UInt64(validators.count))
        if gross + before < Exact(told.gross) || Exact(told.gross) + slack < gross {
            followed.fault("the validators yield \(told.gross.number), and not \(gross)")
        }
        if Exact(told.fee) != (Exact(told.gross) * Exact(parameters.protocolFee)).ceiling {
            followed.fault("the protocol takes \(told.fee.number) of \(told.gross.number)")
        }
    }

    private mutating func takeCommissions(from net: Exact, _ shares: Exact) -> Exact {
        var sum = Exact.zero
        for signer in operators.indices {
            let rate = Exact(operators[signer].commission(in: epoch))
            let spot = Spot(asset: .native, signer: OperatorIndex(UInt32(signer)))
            let counting = counting(spot)
            guard .zero < rate, .zero < counting else { continue }
            let price = price(of: .native)
            let taken = net * counting / shares * rate / price
            dust.round(.native, shares: 3, units: 1)
            guard taken < counting else { continue }
            let rest = (counting - taken) / counting
            let present = epoch
            forEach(spot) { stake, _ in
                if stake.stage == .active || stake.stage == .leaving(present) {
                    stake.amount = (stake.amount * rest).onGrid
                }
            }
            thin(spot, from: counting)
            let units = (taken * price).upOnGrid
            assets[0].balance -= units
            earn(units, of: .native, by: operatorPlaces[signer])
            sum += units
        }
        return sum
    }

    // MARK: Claims

    mutating func fund(_ service: ServiceID, _ amount: Lamports) -> Outcome {
        guard amount > .zero else { return .zeroAmount }
        guard Int(service.number) < services.count else { return .unknownService }
        guard services[Int(service.number)].defunct == nil else { return .defunct }
        let budget = services[Int(service.number)].budget + Exact(amount)
        guard budget <= Self.limit, assets[0].flows.entered + Exact(amount) <= Self.wordLimit else {
            return .amountTooLarge
        }
        services[Int(service.number)].budget = budget
        assets[0].flows.entered += Exact(amount)
        return .applied
    }

    mutating func claimRewards(by place: Int) -> Outcome {
        let positions = people[place].restaker.map { stakes[Int($0.number)].count } ?? 0
        let isLittle = people[place].earned.enumerated().allSatisfy {
            $1 < ($0 == 0 ? Exact(UInt64(1 + positions)) + dust.lamports : .one) + dust.units[$0]
        }
        guard people[place].earned.contains(where: { .zero < $0 }) else { return .nothingEarned }
        if isLittle, followed.outcome == .nothingEarned { return .nothingEarned }
        if let restaker = people[place].restaker { gather(Int(restaker.number)) }
        for asset in people[place].earned.indices {
            assets[asset].flows.withdrawn += people[place].earned[asset]
            people[place].earned[asset] = .zero
            dust.round(AssetID(asset), units: 1)
        }
        return .applied
    }
}
