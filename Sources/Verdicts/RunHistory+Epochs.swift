import Messages
import Primitives

/// Epochs, where somebody may move the ledger's clock on.
extension RunHistory {
    /// The first opening of an epoch behind this one.
    func opening(beyond epoch: Epoch) -> Opening? { openings.first { $0.set.epoch > epoch } }

    /// Whether an epoch has opened before slots alone would have come to it.
    func isHastened(_ opening: Opening) -> Bool {
        guard let first = openings.first else { return false }
        let slot = genesis.parameters.slotDuration
        let slots = UInt128(opening.set.epoch.number) * UInt128(genesis.parameters.slotsPerEpoch)
        // One may have passed already when the first was opened.
        return UInt128((opening.at - first.at + slot).nanoseconds.magnitude) < slots * UInt128(slot.nanoseconds)
    }

    /// From when operators vote on no task of this epoch any more: they do in its own and in the next one.
    func closeOfVoting(in epoch: Epoch) -> Opening? { opening(beyond: epoch.next) }
}
