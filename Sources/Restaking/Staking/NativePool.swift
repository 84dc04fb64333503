import Messages
import Primitives

/// How the native vault's SOL is spread over base validators, and what it earns there.
///
/// What has been deposited since the epoch opened is not staked before the next one; what is withdrawn is taken from
/// the validators at the next close, those that yield least first.
struct NativePool: Hashable, Sendable {
    private(set) var terms: NativePoolTerms
    private(set) var validators: [Validator]

    struct Validator: Hashable, Sendable {
        var yield: BaseYield
        var stake = Units.zero
        /// Of its stake: what has moved there at this epoch's opening, and earns nothing in it.
        var moved = Units.zero
    }

    init(_ terms: NativePoolTerms) {
        self.terms = terms
        validators = terms.validators.map { Validator(yield: $0.yield) }
    }

    mutating func holdStill() { terms.horizon = 0 }

    mutating func setYield(_ yield: BaseYield, of index: ValidatorIndex) { validators[index.place].yield = yield }

    /// What a validator yields to those who stake with it, in parts of 1e12 an epoch; rounded down.
    func netYield(_ place: Int) -> UInt64 {
        let (yield, terms) = (validators[place].yield, terms.validators[place])
        return yield.staking * UInt64(10_000 - terms.commission.number) / 10_000
            + yield.mev * UInt64(terms.mevShare.number) / 10_000
    }

    /// At the close of an epoch, with `balance` in the vault.
    ///
    /// - Returns: what the stake has earned; each validator's part rounded down. It may be more than the books can carry.
    mutating func close(balance: Units) -> UInt128 {
        shrink(to: balance)
        var earned = UInt128(0)
        for place in validators.indices {
            let earning = validators[place].stake - validators[place].moved
            earned += UInt128(earning.number) * UInt128(netYield(place)) / UInt128(BaseYield.whole)
            validators[place].moved = .zero
        }
        return earned
    }

    private var staked: Units { validators.reduce(.zero) { $0 + $1.stake } }

    private mutating func shrink(to balance: Units) {
        guard var excess = staked.subtracting(balance), excess > .zero else { return }
        for place in byYield.reversed() where excess > .zero {
            let part = min(excess, validators[place].stake)
            validators[place].stake -= part
            validators[place].moved = min(validators[place].moved, validators[place].stake)
            excess -= part
        }
    }

    /// Best first; of equal ones, the first.
    private var byYield: [Int] {
        validators.indices.sorted { (netYield($1), $0) < (netYield($0), $1) }
    }

    /// At the opening of an epoch: stakes what is not, and moves stake to where it earns more.
    mutating func open(balance: Units) -> [PoolMove] {
        guard !validators.isEmpty else { return [] }
        shrink(to: balance)
        let order = byYield
        var moves: [PoolMove] = []
        var unstaked = balance - staked
        for place in order where unstaked > .zero {
            let part = min(unstaked, room(place, balance))
            guard part > .zero else { continue }
            validators[place].stake += part
            unstaked -= part
            moves.append(PoolMove(from: nil, to: ValidatorIndex(place), amount: part))
        }
        return moves + rebalance(order, balance)
    }

    private func room(_ place: Int, _ balance: Units) -> Units {
        let limit = min(
            Units(terms.validators[place].stakeLimit.number), balance.scaled(by: terms.concentration))
        return limit.subtracting(validators[place].stake) ?? .zero
    }

    private mutating func rebalance(_ order: [Int], _ balance: Units) -> [PoolMove] {
        var movable = balance.scaled(by: terms.movable)
        var moves: [PoolMove] = []
        for to in order {
            for from in order.reversed() where from != to && isWorthMoving(from: from, to: to) {
                // What has come at this opening stays: it would be moved for nothing.
                let part = min(movable, room(to, balance), validators[from].stake - validators[from].moved)
                guard part > .zero else { continue }
                validators[from].stake -= part
                validators[to].stake += part
                validators[to].moved += part
                movable -= part
                moves.append(PoolMove(from: ValidatorIndex(from), to: ValidatorIndex(to), amount: part))
            }
        }
        return moves
    }

    /// Whether so many epochs at the one, without the first, earn more than all of them at the other.
    private func isWorthMoving(from: Int, to: Int) -> Bool {
        guard terms.horizon > 0 else { return false }
        return UInt128(netYield(to)) * UInt128(terms.horizon - 1) > UInt128(netYield(from)) * UInt128(terms.horizon)
    }
}

extension NativePool.Validator: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(yield)
        encoder.encode(stake)
        encoder.encode(moved)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        yield = try decoder.decode()
        stake = try decoder.decode()
        moved = try decoder.decode()
    }
}

extension NativePool: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(terms)
        encoder.encode(validators)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        terms = try decoder.decode()
        validators = try decoder.decodeList()
        guard validators.count == terms.validators.count else {
            throw .invalid(type: "NativePool", reason: "\(validators.count) validators")
        }
    }
}
