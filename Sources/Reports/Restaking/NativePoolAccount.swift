import Messages
import Primitives
import Restaking
import Verdicts

/// What the native pool earned with its base validators, each move of stake between them, and what holding still would
/// have earned: the same instructions over again, with nothing moved.
package struct NativePoolAccount: Hashable, Sendable {
    package var moves: [Move]
    /// What was staked when the run ended, by base validator.
    package var stakes: [Stake]
    /// Of all epochs, before the protocol's fee.
    package var yielded: Units
    package var yieldedStanding: Units
    package var epochs: Int

    package struct Move: Hashable, Sendable {
        package var epoch: Epoch
        package var from: String
        package var to: String
        package var amount: Units
        /// What it would have earned in that epoch where it was.
        package var lost: Units
    }

    package struct Stake: Hashable, Sendable {
        package var name: String
        package var stake: Units
    }
}

/// Makes a `NativePoolAccount` as the ledger's log goes by.
struct NativePoolBook {
    private let validators: [BaseValidatorTerms]
    /// The same ledger, but that nothing is moved in it.
    private var standing: Ledger
    private var account = NativePoolAccount(
        moves: [], stakes: [], yielded: .zero, yieldedStanding: .zero, epochs: 0)

    /// - Returns: nil where the pool has no base validators.
    init?(_ genesis: Genesis, _ ledger: Ledger) {
        validators = genesis.nativePool.validators
        guard !validators.isEmpty else { return nil }
        standing = ledger
        standing.holdNativePoolStill()
    }

    mutating func willApply(_ instruction: RunHistory.AppliedInstruction) {
        var changes: [Ledger.Change] = []
        _ = standing.applyVerified(
            instruction.signed, isProven: instruction.outcome == .applied, changes: &changes)
        for case .event(.yieldBooked(_, let gross, _, _)) in changes { account.yieldedStanding += gross }
    }

    mutating func applied(_ changes: [Ledger.Change], _ ledger: Ledger) {
        for change in changes {
            switch change {
            case .epochOpened: account.epochs += 1
            case .event(.yieldBooked(_, let gross, _, _)): account.yielded += gross
            case .event(.poolMoved(let epoch, let move)):
                guard let from = move.from else { continue }
                account.moves.append(
                    NativePoolAccount.Move(
                        epoch: epoch, from: validators[from.place].name, to: validators[move.to.place].name,
                        amount: move.amount, lost: ledger.baseYield(of: move.amount, with: from)))
            default: break
            }
        }
    }

    func account(_ ledger: Ledger) -> NativePoolAccount {
        var account = account
        account.stakes = ledger.baseValidators.map {
            NativePoolAccount.Stake(name: $0.terms.name, stake: $0.stake)
        }
        return account
    }
}
