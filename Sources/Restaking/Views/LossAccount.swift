import Messages
import Primitives

/// What slashes and lost bonds have taken of each restaker. Feed it every instruction from genesis on.
///
/// Of a slash it is what the restaker had with the slashed operator before, active and unbonding, less what it has with it
/// after: in units of the asset, each at the price of the vault's shares at that moment, rounded down. Their sum is what was
/// taken, within a unit for each restaker and asset. Fees for evidence that proved nothing are no loss here.
///
/// A slash costs as much as there are restakers who ever delegated to its operator, any other instruction next to nothing.
package struct LossAccount: Sendable {
    /// By restaker and asset; nobody who has lost nothing.
    package private(set) var slashed: [RestakerIndex: [AssetID: Units]] = [:]
    /// By challenger.
    package private(set) var bonds: [RestakerIndex: Units] = [:]
    /// Who has challenged what is still voted on.
    private var challengers: [DisputeID: RestakerIndex] = [:]
    /// Who has ever delegated to an operator.
    private var delegators: [OperatorIndex: Set<RestakerIndex>] = [:]
    /// By operator that the present instruction may slash: what restakers have with it, before it does.
    private var held: [OperatorIndex: [RestakerIndex: [RestakerView.Amount]]] = [:]

    /// - Parameter genesis: of the ledger, which has applied nothing yet.
    package init(_ genesis: Genesis) {
        for (place, restaker) in genesis.restakers.enumerated() {
            for delegation in restaker.delegations {
                delegators[delegation.signer, default: []].insert(RestakerIndex(UInt32(place)))
            }
        }
    }

    /// Applies the next instruction to `ledger`.
    ///
    /// - Parameters:
    ///   - signers: whom it may slash, at least.
    ///   - changes: what there is to tell is appended.
    package mutating func apply(
        _ signed: SignedInstruction, to ledger: inout Ledger, slashing signers: [OperatorIndex],
        changes: inout [Ledger.Change]
    ) -> Outcome {
        let known = changes.count
        willApply(slashing: signers, ledger)
        var account = self
        let outcome = ledger.applyVerified(signed, changes: &changes) { account.took($0, $1) }
        account.applied(signed, outcome, changes[known...], ledger)
        self = account
        return outcome
    }

    // MARK: In the course of an instruction

    package mutating func willApply(slashing signers: [OperatorIndex], _ ledger: Ledger) {
        held = [:]
        for signer in signers { held[signer] = stakes(with: signer, ledger) }
    }

    /// What passes with time.
    package mutating func took(_ step: LedgerStep, _ ledger: Ledger) {
        guard !held.isEmpty, step != .instruction else { return }
        if case .slash(let record) = step { return book(record, ledger) }
        for signer in held.keys { held[signer] = stakes(with: signer, ledger) }
    }

    package mutating func applied(
        _ signed: SignedInstruction, _ outcome: Outcome, _ changes: ArraySlice<Ledger.Change>, _ ledger: Ledger
    ) {
        let bond = Units(ledger.parameters.disputes.bond.number)
        for change in changes {
            switch change {
            case .slashed(let record) where record.stage == .executed:
                // Of what passes with time each was told in its turn.
                if case .advance = signed.instruction { continue }
                book(record, ledger)
            case .event(.disputeOpened(let id, _)): challengers[id] = ledger.restaker(of: signed.authority)
            case .event(.disputeLost(let id)):
                if let challenger = challengers.removeValue(forKey: id) { lose(bond, challenger) }
            default: break
            }
        }
        switch signed.instruction {
        case .delegate(_, _, let signer) where outcome == .applied:
            if let restaker = ledger.restaker(of: signed.authority) {
                delegators[signer, default: []].insert(restaker)
            }
        case .dispute where outcome == .challengeFailed:
            if let challenger = ledger.restaker(of: signed.authority) { lose(bond, challenger) }
        default: break
        }
    }

    private mutating func lose(_ bond: Units, _ challenger: RestakerIndex) {
        if bond > .zero { bonds[challenger, default: .zero] += bond }
    }

    private func stakes(with signer: OperatorIndex, _ ledger: Ledger) -> [RestakerIndex: [RestakerView.Amount]] {
        Dictionary(
            uniqueKeysWithValues: (delegators[signer] ?? []).map { ($0, ledger.stake(ofRestaker: $0, with: signer)) })
    }

    /// - Parameter ledger: after the slash.
    private mutating func book(_ record: SlashRecord, _ ledger: Ledger) {
        guard let before = held[record.signer] else { return }
        let after = stakes(with: record.signer, ledger)
        held[record.signer] = after
        for (restaker, amounts) in before {
            for had in amounts {
                let has = after[restaker]?.first { $0.asset == had.asset }?.amount ?? .zero
                guard let lost = had.amount.subtracting(has), lost > .zero else { continue }
                slashed[restaker, default: [:]][had.asset, default: .zero] += lost
            }
        }
    }
}
