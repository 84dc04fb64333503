import Faults
import Messages
import Primitives

/// One run, as its author described it: validated, so that whoever carries it out need not check it again.
///
/// `OperatorIndex`, `RestakerIndex` and `ServiceID` number the three lists in the order of the file. Every index in a
/// topology that was parsed is within its list.
package struct Topology: Hashable, Sendable {
    package var name: String
    /// Nil: the run draws one, prints it and records it.
    package var seed: UInt64?
    package var ledger: LedgerPlan
    package var network: NetworkPlan
    package var guardMode: GuardMode
    /// LSTs that are listed from the start: of `AssetID`s, native SOL is 0, these follow.
    package var assets: [AssetPlan] = []
    package var nativePool = NativePoolPlan()
    /// 1 to 10,000.
    package var operators: [OperatorPlan]
    package var restakers: [RestakerPlan]
    /// 1 to 64.
    package var services: [ServicePlan]
    package var faults: [FaultPlan]
    /// What is still to be drawn: nil also once it has been.
    package var chaos: ChaosPlan?
    package var timeline: [TimelinePlan] = []
    package var expect: Expectations

    /// Whoever makes a topology of his own must see to it that it could have been read from a file.
    package init(
        name: String, seed: UInt64?, ledger: LedgerPlan, network: NetworkPlan, guardMode: GuardMode,
        operators: [OperatorPlan], restakers: [RestakerPlan], services: [ServicePlan], faults: [FaultPlan],
        expect: Expectations
    ) {
        self.name = name
        self.seed = seed
        self.ledger = ledger
        self.network = network
        self.guardMode = guardMode
        self.operators = operators
        self.restakers = restakers
        self.services = services
        self.faults = faults
        self.expect = expect
    }

    /// What the signing guard waits for before a vote is sent.
    package enum GuardMode: String, CaseIterable, Hashable, Sendable {
        /// The disk: survives power loss.
        case synced
        /// The kernel: survives `kill -9`.
        case written
    }
}

extension Topology {
    package var serviceNames: [String] { services.map(\.name) }

    package func name(of signer: OperatorIndex) -> String { operators[Int(signer.number)].name }
    /// As people call it in a topology.
    package func name(of party: Party) -> String {
        switch party {
        case .signer(let signer): name(of: signer)
        case .coordinator(let service): "the coordinator of \(name(of: service))"
        case .ledger: "the ledger"
        }
    }

    package func name(of service: ServiceID) -> String { services[Int(service.number)].name }

    package func index(ofOperator name: String) -> OperatorIndex? {
        operators.firstIndex { $0.name == name }.map { OperatorIndex(UInt32($0)) }
    }

    package func index(ofService name: String) -> ServiceID? {
        services.firstIndex { $0.name == name }.map { ServiceID(UInt32($0)) }
    }

    /// What the timeline proposes to list, in its order.
    package var proposedAssets: [AssetPlan] {
        timeline.compactMap { if case .propose(_, let plan) = $0.act { plan } else { nil } }
    }

    /// As people call it: `SOL`, `mSOL`.
    package func name(of asset: AssetID) -> String { asset == .native ? "SOL" : assets[asset.place - 1].name }

    /// What stands behind each operator at genesis, its own stake and what restakers delegate to it: in lamports, at the
    /// first rates and with the assets' haircuts. Fits 64 bits.
    package var stakesAtGenesis: [Lamports] {
        var stakes = operators.map(\.stake)
        for delegation in restakers.flatMap(\.delegations) {
            stakes[Int(delegation.signer.number)] += value(of: AmountPlan(delegation.asset, delegation.amount))
        }
        return stakes
    }

    private func value(of amount: AmountPlan) -> Lamports {
        guard amount.asset != .native else { return Lamports(amount.amount.number) }
        let asset = assets[amount.asset.place - 1]
        return asset.rate.value(of: amount.amount)!.scaled(by: asset.weight)
    }

    /// All that is deposited at genesis, in lamports, at the first rates and with the haircuts. Fits 64 bits.
    package var totalDeposited: Lamports {
        operators.map(\.stake).reduce(.zero, +)
            + restakers.flatMap(\.deposits).map(value).reduce(.zero, +)
    }
}
