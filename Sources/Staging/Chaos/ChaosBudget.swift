import Messages
import Primitives
import Restaking
import TopologyFormat

/// Who has a fault when, so that at no time too much stake has one. Counted in what every operator's vote weighs at
/// genesis.
struct ChaosBudget: Sendable {
    /// Something that keeps stake from doing its part for a time.
    struct Hold: Sendable {
        var parties: [Party]
        var begins: Duration
        /// Nil: to the end of the run.
        var ends: Duration?
        /// Stake that comes or goes: as if it had a fault, for each AVS that these serve.
        var moved: (stake: Lamports, of: OperatorIndex)?

        func overlaps(_ other: Hold) -> Bool {
            (other.ends.map { begins < $0 } ?? true) && (ends.map { other.begins < $0 } ?? true)
        }
    }

    private let within: Fraction
    /// Everyone who secures something.
    let signers: [OperatorIndex]
    /// By AVS.
    private let weights: [[OperatorIndex: UInt128]]
    private let totals: [UInt128]
    private var holds: [Hold] = []

    /// - Parameter sets: those of genesis.
    init(within: Fraction, _ sets: [OperatorSet]) {
        self.within = within
        weights = sets.map { set in
            Dictionary(uniqueKeysWithValues: set.members.map { ($0.signer, UInt128($0.weight.number)) })
        }
        signers = Set(weights.flatMap(\.keys)).sorted()
        totals = sets.map { UInt128($0.total.number) }
    }

    func services(of signer: OperatorIndex) -> [ServiceID] {
        weights.indices.filter { weights[$0][signer] != nil }.map { ServiceID(UInt32($0)) }
    }

    /// Whatever was there before.
    mutating func take(_ hold: Hold) { holds.append(hold) }

    /// What is over by then takes no room any more.
    mutating func forget(before time: Duration) { holds.removeAll { $0.ends.map { $0 <= time } ?? false } }

    /// - Returns: false, and nothing has changed, where there is no room for it.
    mutating func takeIfThereIsRoom(_ hold: Hold) -> Bool {
        guard hasRoom(for: hold) else { return false }
        holds.append(hold)
        return true
    }

    /// One fault at a time for each node, and one coordinator at a time; of the stake, what is allowed. Of what lasts to the
    /// end half as much, so that it leaves room for others.
    func hasRoom(for hold: Hold) -> Bool {
        let others = holds.filter(hold.overlaps)
        let taken = Set(others.flatMap(\.parties))
        guard taken.isDisjoint(with: hold.parties) else { return false }
        if hold.parties.contains(where: \.isCoordinator), taken.contains(where: \.isCoordinator) { return false }
        // Only where one begins can more of them meet than before.
        let moments = [hold.begins] + others.map(\.begins).filter { $0 > hold.begins }
        guard moments.allSatisfy({ moment in fits([hold] + others.filter { $0.isThere(at: moment) }, within) }) else {
            return false
        }
        guard hold.ends == nil, let half = within.halved else { return true }
        return fits([hold] + holds.filter { $0.ends == nil }, half)
    }

    private func fits(_ present: [Hold], _ share: Fraction) -> Bool {
        weights.indices.allSatisfy { place in
            let stake = present.reduce(UInt128(0)) { $0 + $1.stake(in: weights[place]) }
            return stake == 0 || stake * UInt128(share.denominator) < totals[place] * UInt128(share.numerator)
        }
    }
}

extension ChaosBudget.Hold {
    fileprivate func isThere(at moment: Duration) -> Bool { begins <= moment && ends.map { moment < $0 } ?? true }

    fileprivate func stake(in weights: [OperatorIndex: UInt128]) -> UInt128 {
        let own = parties.reduce(UInt128(0)) { sum, party in
            if case .signer(let signer) = party { sum + weights[signer, default: 0] } else { sum }
        }
        guard let moved, weights[moved.of] != nil else { return own }
        return own + UInt128(moved.stake.number)
    }
}

extension Fraction {
    /// Nil beyond 64 bits.
    fileprivate var halved: Fraction? {
        let (double, overflows) = denominator.multipliedReportingOverflow(by: 2)
        return overflows ? nil : Fraction(numerator, over: double)
    }
}
