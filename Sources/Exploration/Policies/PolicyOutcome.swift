import Cryptography
import Messages
import Primitives
import Restaking
import Simulation
import Verdicts

/// What an incident has come to under some rules: once all that was pending is settled.
package struct PolicyOutcome: Sendable {
    /// Whoever has lost anything, in the order of genesis.
    package let losses: [Loss]
    /// What was slashed, by where it went; all that was slashed is their sum.
    package private(set) var burned = Lamports.zero
    package private(set) var toReporters = Lamports.zero
    package private(set) var toServices = Lamports.zero
    package private(set) var toOthers = Lamports.zero
    package private(set) var executed = 0
    package private(set) var vetoed = 0
    /// When the last slash was executed or cancelled; nil: none was.
    package let settled: Epoch?
    package let services: [Service]
    /// What the oracles found wrong.
    package let troubles: [Trouble]

    package struct Loss: Hashable, Sendable {
        package var restaker: String
        /// By asset, in its units.
        package var slashed: [Amount]
        /// Of a challenge that failed, in native SOL.
        package var bonds: Units
        /// All of it, at the assets' last rates.
        package var value: Lamports
    }

    package struct Amount: Hashable, Sendable {
        package var asset: String
        package var units: Units
    }

    package struct Service: Hashable, Sendable {
        package var name: String
        package var issued: Int
        package var certifiedInTime: Int
        /// The AVS's operator set that the run began with, and the one of the epoch after all was settled.
        package var first: OperatorSet?
        package var last: OperatorSet?
    }

    /// Simulates the plan and has every oracle judge what came of it.
    package init(of plan: SimulationPlan, trial: Trial = Trial()) throws(SimulationError) {
        let result = try trial.run(plan)
        // The ledger checks the run's evidence again.
        self = plan.withSignatures { Self(result) }
    }

    private init(_ result: TrialResult) {
        let history = result.history
        guard var ledger = try? Ledger(genesis: history.genesis) else {
            preconditionFailure("a network has started from a genesis that is none")
        }
        var account = LossAccount(history.genesis)
        let culprits = history.culprits
        var changes: [Ledger.Change] = []
        for instruction in history.applied.sorted(by: { $0.sequence < $1.sequence }) {
            let outcome = account.apply(
                instruction.signed, to: &ledger, slashing: culprits[instruction.sequence] ?? [], changes: &changes)
            precondition(outcome == instruction.outcome, "a simulated ledger has come to something else")
        }
        Self.settle(&ledger, by: history.genesis.clock, &account, &changes)
        troubles = result.troubles
        losses = Self.losses(account, ledger, history)
        settled = ledger.slashRecords.map(\.slot).max().map { Epoch($0.number / ledger.parameters.slotsPerEpoch) }
        services = ledger.serviceViews.map { view in
            let tasks = history.tasks.filter { $0.task.service == view.service }
            return Service(
                name: history.name(of: view.service), issued: tasks.count,
                certifiedInTime: tasks.count(where: \.certifiedInTime),
                first: history.openings.first { $0.set.service == view.service }?.set, last: view.operatorSet)
        }
        for record in ledger.slashRecords { count(record, history.genesis) }
    }

    /// Time passes, and nobody does anything, until nothing is pending; then the epoch ends.
    private static func settle(
        _ ledger: inout Ledger, by clock: PublicKey, _ account: inout LossAccount, _ changes: inout [Ledger.Change]
    ) {
        // Nobody looks at it: this is no log.
        let signature = Signature(pointR: FixedBytes32(), scalarS: FixedBytes32())
        repeat {
            let slot = Slot((ledger.epoch.number + 1) * ledger.parameters.slotsPerEpoch)
            let signed = SignedInstruction(
                network: ledger.network, authority: clock, nonce: ledger.nextNonce(of: clock) ?? 0,
                instruction: .advance(to: slot), signature: signature)
            let pending = Set(ledger.pendingSlashRecords.map(\.signer)).sorted()
            guard account.apply(signed, to: &ledger, slashing: pending, changes: &changes) == .applied else { return }
        } while !ledger.pendingSlashRecords.isEmpty || !ledger.openDisputes.isEmpty
    }

    private static func losses(_ account: LossAccount, _ ledger: Ledger, _ history: RunHistory) -> [Loss] {
        let assets = ledger.assetViews
        return history.genesis.restakers.enumerated().compactMap { place, restaker in
            let index = RestakerIndex(UInt32(place))
            let slashed = account.slashed[index] ?? [:]
            let bonds = account.bonds[index] ?? .zero
            guard !slashed.isEmpty || bonds > .zero else { return nil }
            let amounts = slashed.sorted { $0.key < $1.key }
            return Loss(
                restaker: restaker.name,
                slashed: amounts.map { Amount(asset: assets[$0.key.place].terms.name, units: $0.value) }, bonds: bonds,
                value: amounts.reduce(Lamports(bonds.number)) {
                    $0 + assets[$1.key.place].rate.value(of: $1.value)!
                })
        }
    }

    private mutating func count(_ record: SlashRecord, _ genesis: Genesis) {
        guard record.stage == .executed else {
            vetoed += 1
            return
        }
        executed += 1
        toReporters += record.reward
        let rest = record.slashed - record.reward
        switch genesis.services[Int(record.voteKey.service.number)].slash.destination {
        case .burn: burned += rest
        case .service: toServices += rest
        case .address: toOthers += rest
        }
    }
}
