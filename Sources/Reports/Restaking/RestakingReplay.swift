import Messages
import Primitives
import Restaking
import Verdicts

/// What the ledger applied, gone through once more from genesis, for all that the reports work out of it: once, and with
/// no more than the ledger did itself, but for the restakers that a slash reached.
struct RestakingReplay {
    private(set) var pool: NativePoolAccount?
    private(set) var holdings: [HoldingAccount] = []
    private(set) var security: [SecurityAccount] = []

    /// - Returns: nil where nothing asks for it, what the ledger applied is not all there, or it comes to something else.
    init?(_ history: RunHistory) {
        let wantsHoldings = HoldingBook.isWanted(for: history)
        let wantsParts = SecurityAccount.needsParts(of: history)
        let applied = history.applied.sorted { $0.sequence < $1.sequence }
        guard wantsHoldings || wantsParts || !history.genesis.nativePool.validators.isEmpty,
            history.ledgerGaps.isEmpty, applied.enumerated().allSatisfy({ $1.sequence == UInt64($0) + 1 }),
            var ledger = try? Ledger(genesis: history.genesis)
        else { return nil }
        var pool = NativePoolBook(history.genesis, ledger)
        var book = wantsHoldings ? HoldingBook(history, ledger) : nil
        let sets = wantsParts ? SecurityAccount.lastSets(of: history) : []
        var parts = StakeParts(sets, in: ledger)
        for instruction in applied {
            pool?.willApply(instruction)
            book?.willApply(instruction, to: ledger)
            var changes: [Ledger.Change] = []
            let outcome = ledger.applyVerified(
                instruction.signed, isProven: instruction.outcome == .applied, changes: &changes
            ) { step, state in
                guard step != .instruction else { return }
                book?.took(step, state)
                if case .exitsAndJoins = step { parts.take(sets, from: state) }
            }
            guard outcome == instruction.outcome else { return nil }
            pool?.applied(changes, ledger)
            book?.applied(instruction, changes, ledger)
        }
        self.pool = pool?.account(ledger)
        holdings = book?.accounts(ledger) ?? []
        if wantsParts { security = SecurityAccount.all(of: history, parts) }
    }
}
