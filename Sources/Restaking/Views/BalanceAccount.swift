import Cryptography
import Messages
import Primitives

/// How a restaker's balances came about: every change of one, with its cause.
///
/// A balance is what the restaker could have in the end of one asset: idle, delegated, unbonding and earned, at the
/// present price of the vault's shares, rounded down. Feed it every instruction from genesis on.
package struct BalanceAccount: Sendable {
    package let restaker: RestakerIndex
    package private(set) var entries: [Entry] = []
    private var totals: [AssetID: Units] = [:]
    private var points: UInt128 = 0

    package struct Entry: Hashable, Sendable {
        /// 0: genesis.
        package var sequence: UInt64
        package var slot: Slot
        package var epoch: Epoch
        package var cause: Cause
        package var asset: AssetID
        package var change: Change
        package var total: Units
    }

    /// In the asset's units, or of points.
    package enum Change: Hashable, Sendable {
        case gain(Units)
        case loss(Units)

        package init(from before: Units, to after: Units) {
            self = after >= before ? .gain(after - before) : .loss(before - after)
        }
    }

    package enum Cause: Hashable, Sendable {
        case genesis
        case deposit
        case withdrawal
        /// What it had earned left.
        case claim
        /// What its stake with base validators yielded, less the operators' commission.
        case baseYield(Epoch)
        case reward(Epoch, ServiceID)
        case slash(SlashRecord)
        /// For reporting an offence.
        case reporterReward(SlashRecord)
        /// For evidence that proved nothing.
        case fee
        case bond
        case bondReturned
        /// What came of its operator's being slashed by another's instruction, or of anything else in it.
        case rounding
    }

    /// - Parameter ledger: from genesis, with no instruction applied.
    package init(of restaker: RestakerIndex, in ledger: Ledger) {
        self.restaker = restaker
        let view = ledger.view(ofRestaker: restaker)
        for asset in ledger.assetViews.map(\.asset) {
            let total = view.total(of: asset)
            guard total > .zero else { continue }
            totals[asset] = total
            entries.append(
                Entry(
                    sequence: 0, slot: ledger.slot, epoch: ledger.epoch, cause: .genesis, asset: asset,
                    change: .gain(total), total: total))
        }
    }

    /// Applies the next instruction to `ledger`, and notes what it changes.
    package mutating func apply(_ signed: SignedInstruction, to ledger: inout Ledger) -> Outcome {
        let key = ledger.view(ofRestaker: restaker).key
        var changes: [Ledger.Change] = []
        let known = ledger.slashRecords.count
        var found: [(LedgerStep, Ledger)] = []
        let outcome = ledger.applyVerified(signed, changes: &changes) { step, state in
            if step != .instruction { found.append((step, state)) }
        }
        for (step, state) in found {
            switch step {
            case .slash(let record): note(.slash(record), state)
            case .rewards(let epoch, let service): note(.reward(epoch, service), state)
            case .baseYield(let epoch): note(.baseYield(epoch), state)
            case .disputesClosed, .points, .exitsAndJoins: note(.rounding, state)
            case .instruction: break
            }
        }
        let slashes = Array(ledger.slashRecords.dropFirst(known))
        note(instruction: signed, outcome, isOwn: signed.authority == key, slashes, ledger)
        return outcome
    }

    /// What the instruction itself has done.
    private mutating func note(
        instruction signed: SignedInstruction, _ outcome: Outcome, isOwn: Bool, _ slashes: [SlashRecord],
        _ ledger: Ledger
    ) {
        switch signed.instruction {
        case .deposit(let asset, let amount) where isOwn && outcome == .applied:
            note(.deposit, by: .gain(amount), of: asset, ledger)
        case .withdraw(let asset, _) where isOwn && outcome == .applied: note(.withdrawal, ledger, of: asset)
        case .claimRewards where isOwn && outcome == .applied: note(.claim, ledger)
        case .submitEvidence where isOwn && outcome == .badEvidence: note(.fee, ledger)
        case .submitEvidence, .cancelSlash:
            for record in slashes where record.stage == .executed {
                if isOwn, record.reward > .zero {
                    for loss in record.losses where loss.rewarded > .zero {
                        note(.reporterReward(record), by: .gain(loss.rewarded), of: loss.asset, ledger)
                    }
                }
                note(.slash(record), ledger)
            }
        case .dispute, .voteDispute: note(isOwn ? .bond : slashes.last.map { .slash($0) } ?? .bondReturned, ledger)
        default: break
        }
        note(.rounding, ledger)
    }

    /// All that has changed since the last entry.
    private mutating func note(_ cause: Cause, _ ledger: Ledger, of only: AssetID? = nil) {
        let view = ledger.view(ofRestaker: restaker)
        for asset in ledger.assetViews.map(\.asset) where only.map({ $0 == asset }) ?? true {
            let (before, after) = (totals[asset] ?? .zero, view.total(of: asset))
            guard before != after else { continue }
            totals[asset] = after
            append(cause, asset, Change(from: before, to: after), after, ledger)
        }
    }

    /// What is known of a change; what it was besides is rounding.
    private mutating func note(_ cause: Cause, by change: Change, of asset: AssetID, _ ledger: Ledger) {
        let before = totals[asset] ?? .zero
        let after: Units =
            switch change {
            case .gain(let amount): before + amount
            case .loss(let amount): before - amount
            }
        totals[asset] = after
        append(cause, asset, change, after, ledger)
    }

    private mutating func append(
        _ cause: Cause, _ asset: AssetID, _ change: Change, _ total: Units, _ ledger: Ledger
    ) {
        entries.append(
            Entry(
                sequence: ledger.sequence, slot: ledger.slot, epoch: ledger.epoch, cause: cause, asset: asset,
                change: change, total: total))
    }
}
