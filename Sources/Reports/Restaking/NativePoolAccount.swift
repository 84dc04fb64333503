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

    /// - Returns: nil where the pool has no base validators, or what the ledger applied is not all there.
    static func of(_ history: RunHistory) -> NativePoolAccount? {
        let validators = history.genesis.nativePool.validators
        let applied = history.applied.sorted { $0.sequence < $1.sequence }
        guard !validators.isEmpty, history.ledgerGaps.isEmpty, var ledger = try? Ledger(genesis: history.genesis),
            applied.enumerated().allSatisfy({ $1.sequence == UInt64($0) + 1 })
        else { return nil }
        var standing = ledger
        standing.holdNativePoolStill()
        var account = NativePoolAccount(moves: [], stakes: [], yielded: .zero, yieldedStanding: .zero, epochs: 0)
        for instruction in applied {
            var changes: [Ledger.Change] = []
            _ = ledger.applyVerified(instruction.signed, changes: &changes)
            for case .event(let event) in changes {
                switch event {
                case .yieldBooked(_, let gross, _, _): account.yielded += gross
                case .poolMoved(let epoch, let move):
                    guard let from = move.from else { continue }
                    account.moves.append(
                        Move(
                            epoch: epoch, from: validators[from.place].name, to: validators[move.to.place].name,
                            amount: move.amount, lost: ledger.baseYield(of: move.amount, with: from)))
                default: break
                }
            }
            account.epochs += changes.count { if case .epochOpened = $0 { true } else { false } }
            changes = []
            _ = standing.applyVerified(instruction.signed, changes: &changes)
            for case .event(.yieldBooked(_, let gross, _, _)) in changes { account.yieldedStanding += gross }
        }
        account.stakes = ledger.baseValidators.map { Stake(name: $0.terms.name, stake: $0.stake) }
        return account
    }
}
