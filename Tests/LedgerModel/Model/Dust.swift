import Messages
import Primitives

/// How far rounding may have taken the ledger from exact numbers: counted step by step.
///
/// Each step of rounding moves less than one whole vault share, unit or lamport from one to another. So what anybody has
/// is never further from the exact amount than the number of steps since the two were last the same.
struct Dust: Sendable {
    /// By asset: steps in vault shares.
    var shares: [Exact]
    /// By asset: steps in units; a share's dust comes on top, at the vault's price.
    var units: [Exact]
    /// Of rewards, in lamports.
    var lamports = Exact.zero
    /// Of those, in whoever's favour: commissions are rounded up, and weights may be off.
    var skew = Exact.zero
    var points = Exact.zero

    init(assets: Int) {
        shares = Array(repeating: .zero, count: assets)
        units = shares
    }

    mutating func round(_ asset: AssetID, shares count: Int = 0, units: Int = 0) {
        shares[asset.place] += Exact(UInt64(count))
        self.units[asset.place] += Exact(UInt64(units))
    }
}

/// What the ledger has answered and told, for where rounding decides; and what it should not have.
struct Followed: Sendable {
    var outcome = Outcome.applied
    var told: [Told] = []
    /// Pools that the ledger has emptied under their holders.
    var emptied: Set<Model.Spot> = []
    private(set) var heard = 0
    private(set) var faults: [String] = []

    init() {}

    init(outcome: Outcome, told: [Told], emptied: Set<Model.Spot> = []) {
        self.outcome = outcome
        self.told = told
        self.emptied = emptied
    }

    mutating func fault(_ text: String) { faults.append(text) }

    /// The next thing that the ledger has told; it should be what is described.
    ///
    /// - Parameter take: nil: it is something else.
    mutating func hear<R>(_ expected: @autoclosure () -> String, _ take: (Told) -> R?) -> R? {
        guard heard < told.count else {
            faults.append("the ledger does not tell of \(expected())")
            return nil
        }
        guard let result = take(told[heard]) else {
            faults.append("the ledger tells \(told[heard]) instead of \(expected())")
            return nil
        }
        heard += 1
        return result
    }

    mutating func finish() {
        for rest in told.dropFirst(heard) { faults.append("the ledger tells for no reason: \(rest)") }
        heard = told.count
    }
}

/// What the ledger has told of an instruction.
package enum Told: Hashable, Sendable {
    case epochOpened(Epoch)
    case operatorSetOpened(OperatorSet)
    case endpointRegistered(Endpoint)
    case slashed(SlashRecord)
    case revoked(Revocation)
    case settled(Settlement)
    case event(RestakingEvent)
}

extension Model {
    /// Whether there is as much as is wanted. The ledger, which rounds what one has down and what is wanted up, may say no
    /// where no more than `slack` is left over, and never says yes where it is not there.
    func isEnough(_ have: Exact, _ wanted: Exact, of asset: AssetID, slack: Int, orElse refusal: Outcome) -> Bool {
        let before = dust.shares[asset.place]
        if have + before < wanted { return false }
        if wanted + before + Exact(UInt64(slack)) <= have { return true }
        return followed.outcome != refusal
    }

    /// Events must be told as they are expected, in their order.
    mutating func hear(_ event: RestakingEvent) {
        _ = followed.hear("\(event)") { $0 == .event(event) ? true : nil }
    }
}
