import Messages
import Primitives

/// Time: slots pass, epochs open, and what is past the evidence horizon is forgotten.
extension Ledger {
    /// Slots beyond this could not be counted on from.
    static let slotLimit = Slot(1 << 62)
    /// So many epochs may pass by one instruction.
    package static let epochLimit: UInt64 = 4_096

    /// The last slot that one instruction can advance to.
    var farthestAdvance: Slot {
        let (slots, overflows) = (epoch.number + Self.epochLimit + 1)
            .multipliedReportingOverflow(by: parameters.slotsPerEpoch)
        return overflows ? Self.slotLimit : min(Slot(slots - 1), Self.slotLimit)
    }

    /// Takes each thing that becomes due on the way in its turn: veto windows end, then epochs open.
    mutating func advance(to target: Slot, changes: inout [Change], witness: LedgerWitness?) -> Outcome {
        guard target > slot, target <= Self.slotLimit else { return .clockNotForward }
        let arrival = Epoch(target.number / parameters.slotsPerEpoch)
        guard arrival.number - epoch.number <= Self.epochLimit else { return .clockTooFar }
        while let next = nextStop, next.slot <= target {
            slot = next.slot
            executeDue(changes: &changes, witness: witness)
            if next.opens { turn(arrival: arrival, changes: &changes, witness: witness) }
        }
        slot = target
        return .applied
    }

    /// The next slot in which something becomes due; nil where none can be counted to.
    private var nextStop: (slot: Slot, opens: Bool)? {
        let (opening, overflows) = epoch.next.number.multipliedReportingOverflow(by: parameters.slotsPerEpoch)
        let due = nextDueSlot
        if overflows { return due.map { ($0, false) } }
        guard let due, due.number < opening else { return (Slot(opening), true) }
        return (due, false)
    }

    /// Closes the present epoch and opens the next one.
    ///
    /// First whatever was proven is taken, so that nothing leaves before; then yield is booked, so that it goes to who
    /// counted; then what leaves unbonds and what was delegated begins to count.
    ///
    /// - Parameter arrival: of epochs that it leaves past the horizon, where no vote could be used any more, no operator
    ///   sets are formed.
    private mutating func turn(arrival: Epoch, changes: inout [Change], witness: LedgerWitness?) {
        let opening = epoch.next
        settleCorrelated(at: opening, changes: &changes, witness: witness)
        closeDisputes(at: opening, changes: &changes)
        witness?(.disputesClosed, self)
        bookYield(of: epoch, changes: &changes, witness: witness)
        closeStakes()
        epoch = opening
        witness?(.exitsAndJoins(epoch), self)
        changes.append(.epochOpened(epoch))
        for move in nativePool.open(balance: vaults[0].pool.assets) {
            changes.append(.event(.poolMoved(epoch, move)))
        }
        if epoch >= oldestEpoch(at: arrival) { openOperatorSets(changes: &changes) }
        let oldest = oldestEpoch(at: epoch)
        for asset in stakes.indices {
            for signer in stakes[asset].indices { stakes[asset][signer].open(epoch, oldest: oldest) }
        }
        archive.prune(before: oldest)
        settlementBook.prune(before: oldest)
        requireFullBooks()
    }

    private mutating func closeStakes() {
        let closing = epoch
        for asset in vaults.indices {
            for signer in operators.indices where stakes[asset][signer].isMoving {
                let (index, isClosed) = (OperatorIndex(UInt32(signer)), operators[signer].isClosed)
                change(index, AssetID(asset)) { $0.close(closing, isClosed: isClosed) }
            }
        }
    }

    // MARK: Operator sets

    mutating func openOperatorSets(changes: inout [Change]) {
        for (place, members) in members(in: epoch).enumerated() {
            open(ServiceID(UInt32(place)), epoch, Revision(0), members: members, changes: &changes)
        }
    }

    /// At once, without waiting for the next epoch: every present set that the operator is in is revised.
    mutating func revokeSeats(of signer: OperatorIndex, changes: inout [Change]) {
        for place in services.indices {
            let present = archive.current(ServiceID(UInt32(place)))
            guard present.index(of: signer) != nil else { continue }
            open(
                present.service, present.epoch, present.revision.next,
                members: present.members.filter { $0.signer != signer }, changes: &changes)
        }
    }

    private mutating func open(
        _ service: ServiceID, _ epoch: Epoch, _ revision: Revision, members: [OperatorSet.Member],
        changes: inout [Change]
    ) {
        do {
            let set = try OperatorSet(
                network: network, service: service, epoch: epoch, revision: revision,
                threshold: services[Int(service.number)].terms.threshold, members: members)
            archive.open(set)
            changes.append(.operatorSetOpened(set))
        } catch {
            preconditionFailure("the operator set of service \(service) in epoch \(epoch): \(error)")
        }
    }

    /// The oldest epoch whose offences are still punished: `unbondingEpochs` before the present one. Its stake leaves
    /// one epoch later at the earliest, when it is past the horizon.
    func oldestEpoch(at present: Epoch) -> Epoch {
        Epoch(present.number - min(present.number, parameters.unbondingEpochs))
    }

    func isPastHorizon(_ past: Epoch) -> Bool { past < oldestEpoch(at: epoch) }
}
