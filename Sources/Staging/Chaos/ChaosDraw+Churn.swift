import Messages
import Primitives
import TopologyFormat

/// Stake that comes and goes, and operators that leave an AVS and come back. Every change is undone when its time is over;
/// until the epoch after that it counts as stake that has a fault.
extension ChaosDraw {
    private var epoch: Duration { topology.ledger.slotDuration * Int(topology.ledger.slotsPerEpoch) }

    /// Nil where the load may end before all is as it was: an epoch can be longer than a run.
    private var settled: Duration? {
        let time = ends + epoch * 2 + Self.recovery
        return length.reaches(time, orMayEndBefore: false) ? time : nil
    }

    /// Somebody deposits a hundredth of all stake or less and delegates it, undelegates it again, and withdraws it when it is
    /// free, if that is before the load ends.
    mutating func moveStake() -> Bool {
        guard let settled else { return false }
        let total = topology.stakesAtGenesis.reduce(Lamports.zero, +)
        let stake = Lamports(total.number / 1_000 * dice.roll(1...10, "stake"))
        guard stake > .zero else { return false }
        let quantity = TimelinePlan.Quantity.amount(
            TimelinePlan.Amount(asset: "SOL", units: Units(stake.number)))
        for case .signer(let signer) in signers {
            let hold = ChaosBudget.Hold(parties: [], begins: begins, ends: settled, moved: (stake, signer))
            guard budget.takeIfThereIsRoom(hold) else { continue }
            let account = account
            add(at: begins, .deposit(account, TimelinePlan.Amount(asset: "SOL", units: Units(stake.number))))
            add(at: begins, .delegate(account, quantity, to: signer))
            add(at: ends, .undelegate(account, quantity, from: signer))
            let free = ends + epoch * (Int(clamping: topology.ledger.unbondingEpochs) + 2)
            if length.reaches(free, orMayEndBefore: false) { add(at: free, .withdraw(account, quantity)) }
            return true
        }
        return false
    }

    /// A restaker's, or an operator's own.
    private var account: TimelinePlan.Account {
        let restakers = topology.restakers.indices.map { place in
            (topology.restakers[place].name, TimelinePlan.Account.restaker(RestakerIndex(UInt32(place))))
        }
        let signers = topology.operators.indices.filter { topology.operators[$0].stake > .zero }.map { place in
            (topology.operators[place].name, TimelinePlan.Account.signer(OperatorIndex(UInt32(place))))
        }
        return dice.ranked(restakers.isEmpty ? signers : restakers, "account", by: \.0)[0].1
    }

    /// An operator opts out of an AVS, and in again.
    mutating func changeSeat() -> Bool {
        guard let settled else { return false }
        for case .signer(let signer) in signers {
            let hold = ChaosBudget.Hold(parties: [.signer(signer)], begins: begins, ends: settled)
            guard budget.takeIfThereIsRoom(hold) else { continue }
            let service = dice.ranked(budget.services(of: signer), "seat") { topology.name(of: $0) }[0]
            add(at: begins, .optOut(signer, service))
            // Until the epoch in which it is out has begun, it cools down.
            add(at: max(ends, begins + epoch + .seconds(1)), .optIn(signer, service))
            return true
        }
        return false
    }

    private mutating func add(at time: Duration, _ act: TimelinePlan.Act) {
        topology.timeline.append(TimelinePlan(at: .after(time), act: act))
    }
}
