import Messages
import Primitives

/// How SOL is spread over base validators.
extension Model {
    /// What a validator leaves to those who stake with it, in parts of 1e12: a whole number by its rule.
    private func netYield(_ place: Int) -> Exact {
        let (yield, terms) = (validators[place].yield, poolTerms.validators[place])
        let staking = (Exact(yield.staking) * (.one - Exact(terms.commission))).floor
        return staking + (Exact(yield.mev) * Exact(terms.mevShare)).floor
    }

    /// Best first; of equal ones, the first.
    private var byYield: [Int] {
        let yields = validators.indices.map(netYield)
        return validators.indices.sorted { yields[$0] == yields[$1] ? $0 < $1 : yields[$1] < yields[$0] }
    }

    private var staked: Exact { validators.reduce(.zero) { $0 + $1.stake } }

    /// What was withdrawn is taken from those that yield least.
    private mutating func unstake() {
        var excess = staked - assets[0].balance
        for place in byYield.reversed() where .zero < excess {
            let part = min(excess, validators[place].stake)
            validators[place].stake -= part
            validators[place].moved = min(validators[place].moved, validators[place].stake)
            excess -= part
        }
    }

    /// - Returns: what the stake has earned in this epoch.
    mutating func closeNativePool() -> Exact {
        unstake()
        var earned = Exact.zero
        for place in validators.indices {
            earned += (validators[place].stake - validators[place].moved) * netYield(place) / Exact(BaseYield.whole)
            validators[place].moved = .zero
        }
        return earned
    }

    /// Stakes what is not, and moves stake to where it earns more: in the moves that the ledger tells, each give or take
    /// what rounding has made of the balance.
    mutating func openNativePool() {
        guard !validators.isEmpty else { return }
        unstake()
        var moves = spreadUnstaked()
        moves += rebalance()
        for place in validators.indices { validators[place].moved = .zero }
        let slack = dust.units[0] + dust.shares[0] * price(of: .native) + Exact(UInt64(2 * validators.count))
        for move in moves {
            func isOther(_ told: PoolMove?) -> Bool { told?.from != move.from || told?.to != move.to }
            // What moves no whole lamport in the ledger does not move.
            if isOther(nextMove), move.amount <= slack { continue }
            // Where rounding leaves room for a lamport, the ledger moves it before this.
            while let told = nextMove, isOther(told), Exact(told.amount) <= slack { follow(told) }
            let told = nextMove
            guard let told, told.from == move.from, told.to == move.to,
                (Exact(told.amount) - move.amount).magnitude <= slack
            else {
                followed.fault(
                    "\(move.amount) should go to validator \(move.to), not \(nextMove.map { "\($0)" } ?? "nothing")")
                return
            }
            follow(told)
        }
        while let told = nextMove, Exact(told.amount) <= slack { follow(told) }
    }

    private var nextMove: PoolMove? {
        guard followed.heard < followed.told.count,
            case .event(.poolMoved(epoch, let move)) = followed.told[followed.heard]
        else { return nil }
        return move
    }

    private mutating func follow(_ move: PoolMove) {
        _ = followed.hear("a move") { _ in true }
        if move.from != nil { validators[move.to.place].moved += Exact(move.amount) }
    }

    struct Move: Sendable {
        let from: ValidatorIndex?
        let to: ValidatorIndex
        let amount: Exact
    }

    mutating func spreadUnstaked() -> [Move] {
        var moves: [Move] = []
        var unstaked = assets[0].balance - staked
        for place in byYield where .zero < unstaked {
            let part = min(unstaked, room(place))
            guard .zero < part else { continue }
            validators[place].stake += part
            unstaked -= part
            moves.append(Move(from: nil, to: ValidatorIndex(place), amount: part))
        }
        return moves
    }

    private func room(_ place: Int) -> Exact {
        let limit = min(
            Exact(poolTerms.validators[place].stakeLimit), assets[0].balance * Exact(poolTerms.concentration))
        return max(.zero, limit - validators[place].stake)
    }

    /// To where so many epochs, without the first, earn more than all of them would where it is.
    private mutating func rebalance() -> [Move] {
        var movable = assets[0].balance * Exact(poolTerms.movable)
        var moves: [Move] = []
        let (order, horizon) = (byYield, Exact(poolTerms.horizon))
        for to in order where poolTerms.horizon > 0 {
            for from in order.reversed() where from != to && netYield(from) * horizon < netYield(to) * (horizon - .one)
            {
                let part = min(movable, room(to), validators[from].stake - validators[from].moved)
                guard .zero < part else { continue }
                validators[from].stake -= part
                validators[to].stake += part
                validators[to].moved += part
                movable -= part
                moves.append(Move(from: ValidatorIndex(from), to: ValidatorIndex(to), amount: part))
            }
        }
        return moves
    }
}
