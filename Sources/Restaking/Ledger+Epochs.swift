import Messages
import Primitives

/// Time: slots pass, epochs open, and what is past the evidence horizon is forgotten.
extension Ledger {
    /// Slots beyond this could not be counted on from.
    static let slotLimit = Slot(1 << 62)

    /// Opens every epoch that is crossed, in its order. Of those that the arrival leaves past the horizon, where no
    /// vote could be used any more, no operator sets are formed; so a jump across any distance is one bounded step.
    mutating func advance(to target: Slot, changes: inout [Change]) -> Outcome {
        guard target > slot, target <= Self.slotLimit else { return .clockNotForward }
        slot = target
        let arrival = Epoch(target.number / parameters.slotsPerEpoch)
        let departure = epoch
        while epoch < arrival {
            // After the first crossed epoch nothing is left on its way into a pool.
            let isFirst = epoch == departure
            epoch = isFirst ? epoch.next : max(epoch.next, oldestEpoch(at: arrival))
            if isFirst { openStakes() }
            changes.append(.epochOpened(epoch))
            if epoch >= oldestEpoch(at: arrival) { openOperatorSets(of: epoch, changes: &changes) }
        }
        guard epoch > departure else { return .applied }
        let oldest = oldestEpoch(at: epoch)
        for place in stakes.indices { stakes[place].prune(before: oldest) }
        archive.prune(before: oldest)
        settlementBook.prune(before: oldest)
        return .applied
    }

    /// What was delegated begins to count.
    private mutating func openStakes() {
        for place in stakes.indices { stakes[place].mergeJoins(isClosed: operators[place].isTombstoned) }
    }

    mutating func openOperatorSets(of epoch: Epoch) {
        var changes: [Change] = []
        openOperatorSets(of: epoch, changes: &changes)
    }

    private mutating func openOperatorSets(of epoch: Epoch, changes: inout [Change]) {
        for place in services.indices {
            let service = ServiceID(UInt32(place))
            open(service, epoch, Revision(0), members: members(of: service, in: epoch), changes: &changes)
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
                threshold: services[Int(service.number)].threshold, members: members)
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
