import Messages
import Primitives

/// Epochs, where somebody may move the ledger's clock on.
extension RunHistory {
    /// The first opening of an epoch behind this one.
    func opening(beyond epoch: Epoch) -> Opening? { openings.first { $0.set.epoch > epoch } }

    /// Whether an epoch has opened before slots alone would have come to it from any epoch before it; of those that have opened
    /// at once, whether the last has. From the first one alone that does not show: the clock stands still while the ledger is away.
    func isHastened(_ opening: Opening) -> Bool {
        let slot = genesis.parameters.slotDuration
        // So late an epoch may have been opened.
        let delay = slot / 8
        let last = openings.last { $0.at == opening.at }?.set.epoch ?? opening.set.epoch
        var earlier: Epoch?
        for other in openings where other.set.epoch < opening.set.epoch && other.set.epoch != earlier {
            earlier = other.set.epoch
            let slots = UInt128(last.number - other.set.epoch.number) * UInt128(genesis.parameters.slotsPerEpoch)
            let span = UInt128((opening.at - other.at + delay).nanoseconds.magnitude)
            if span < slots * UInt128(slot.nanoseconds) { return true }
        }
        return false
    }

    /// From when operators vote on no task of this epoch any more: they do in its own and in the next one.
    func closeOfVoting(in epoch: Epoch) -> Opening? { opening(beyond: epoch.next) }
}
