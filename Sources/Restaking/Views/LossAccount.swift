import Messages
import Primitives

/// What slashes and lost bonds have taken of each restaker. Feed it every instruction from genesis on.
///
/// Of a slash it is what the restaker had with the slashed operator before, active and unbonding, less what it has with it
/// after: in units of the asset, each at the price of the vault's shares at that moment, rounded down. Their sum is what was
/// taken, within a unit for each restaker and asset. Fees for evidence that proved nothing are no loss here.
package struct LossAccount: Sendable {
    /// By restaker and asset; nobody who has lost nothing.
    package private(set) var slashed: [RestakerIndex: [AssetID: Units]] = [:]
    /// By challenger.
    package private(set) var bonds: [RestakerIndex: Units] = [:]
    /// Who has challenged what is still voted on, and with what bond.
    private var challengers: [DisputeID: (restaker: RestakerIndex, bond: Units)] = [:]

    package init() {}

    /// Applies the next instruction to `ledger`.
    ///
    /// - Parameter changes: what there is to tell is appended.
    package mutating func apply(
        _ signed: SignedInstruction, to ledger: inout Ledger, changes: inout [Ledger.Change]
    ) -> Outcome {
        guard Self.maySlash(signed.instruction, in: ledger) else {
            return ledger.applyVerified(signed, changes: &changes)
        }
        let known = (changes: changes.count, slashes: ledger.slashRecords.count)
        var states: [(step: LedgerStep, holdings: Holdings, slashes: Int)] = []
        var before = Holdings(in: ledger)
        let outcome = ledger.applyVerified(signed, changes: &changes) { step, state in
            states.append((step, Holdings(in: state), state.slashRecords.count))
        }
        var slashes = known.slashes
        for state in states {
            let executed = ledger.slashRecords[slashes..<state.slashes].filter { $0.stage == .executed }
            book(Set(executed.map(\.signer)), from: before, to: state.holdings)
            (before, slashes) = (state.holdings, state.slashes)
        }
        follow(signed, outcome, changes[known.changes...], ledger)
        return outcome
    }

    private static func maySlash(_ instruction: Instruction, in ledger: Ledger) -> Bool {
        switch instruction {
        case .submitEvidence, .dispute, .voteDispute: true
        case .advance: !ledger.pendingSlashRecords.isEmpty || !ledger.openDisputes.isEmpty
        default: false
        }
    }

    private mutating func book(_ signers: Set<OperatorIndex>, from before: Holdings, to after: Holdings) {
        for (place, amount) in before.amounts where signers.contains(place.signer) {
            guard let loss = amount.subtracting(after.amounts[place] ?? .zero), loss > .zero else { continue }
            slashed[place.restaker, default: [:]][place.asset, default: .zero] += loss
        }
    }

    private mutating func follow(
        _ signed: SignedInstruction, _ outcome: Outcome, _ changes: ArraySlice<Ledger.Change>, _ ledger: Ledger
    ) {
        let bond = Units(ledger.parameters.disputes.bond.number)
        if case .dispute = signed.instruction, let restaker = ledger.restaker(of: signed.authority) {
            if outcome == .challengeFailed { bonds[restaker, default: .zero] += bond }
            for case .event(.disputeOpened(let id, _)) in changes { challengers[id] = (restaker, bond) }
        }
        for case .event(.disputeLost(let id)) in changes {
            guard let challenger = challengers.removeValue(forKey: id), challenger.bond > .zero else { continue }
            bonds[challenger.restaker, default: .zero] += challenger.bond
        }
    }
}

/// What slashes can reach, of each restaker with each operator.
private struct Holdings {
    struct Place: Hashable {
        var restaker: RestakerIndex
        var signer: OperatorIndex
        var asset: AssetID
    }

    private(set) var amounts: [Place: Units] = [:]

    init(in ledger: Ledger) {
        for restaker in (0..<ledger.restakerCount).map({ RestakerIndex(UInt32($0)) }) {
            let view = ledger.view(ofRestaker: restaker)
            for held in view.delegations {
                amounts[Place(restaker: restaker, signer: held.signer, asset: held.asset), default: .zero] +=
                    held.active
            }
            for claim in view.unbonding {
                amounts[Place(restaker: restaker, signer: claim.signer, asset: claim.asset), default: .zero] +=
                    claim.amount
            }
        }
    }
}
