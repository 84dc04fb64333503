import Attesting
import Faults
import Messages
import Node
import Primitives
import Staging
import TopologyFormat

import Cluster

/// Two operators, one coordinator, one ledger; time stands still unless a test says otherwise.
struct Stage {
    static let coordinator = Party.coordinator(ServiceID(0))
    static let first = Party.signer(OperatorIndex(0))
    static let second = Party.signer(OperatorIndex(1))
    static let nodes = [coordinator, first, second]
    static let slotsPerEpoch: UInt64 = 32

    var conductor: Conductor
    var now = Instant(nanoseconds: 1_000_000_000)
    var effects: [Conductor.Effect] = []

    init(
        crash: FaultPlan? = nil, of party: Party = second, keepsGoing: Bool = false,
        progressPatience: Duration? = nil, measuring: [Duration] = [], drainPatience: Duration? = nil,
        guardsAreSynced: Bool = true, timeline: [TimelinePlan] = [],
        network: NetworkPlan = NetworkPlan(dissemination: .star)
    ) {
        var settings = Conductor.Settings(timeLimit: .seconds(10), settlingAlone: .seconds(4), keepsGoing: keepsGoing)
        settings.progressPatience = progressPatience
        settings.guardsAreSynced = guardsAreSynced
        settings.measuring = measuring
        settings.drainPatience = drainPatience
        func faults(_ other: Party) -> [FaultPlan] { other == party ? crash.map { [$0] } ?? [] : [] }
        conductor = Conductor(
            members: [
                .init(party: Self.coordinator, name: "coordinator-squares", faults: faults(Self.coordinator)),
                .init(party: Self.first, name: "op-1"),
                .init(party: .ledger, name: "ledger", faults: faults(.ledger)),
                .init(party: Self.second, name: "op-2", faults: faults(Self.second)),
            ], settings: settings, timeline: TimelineSchedule(timeline), slotsPerEpoch: Self.slotsPerEpoch,
            network: network)
        conductor.start(at: now, effects: &effects)
    }

    @discardableResult
    mutating func tell(_ event: Conductor.Event, after delay: Duration = .zero) -> [Conductor.Effect] {
        now = now + delay
        effects = []
        conductor.handle(event, at: now, effects: &effects)
        return effects
    }

    /// Up to the moment at which all have been told to begin.
    mutating func begin() {
        tell(.said(.ledger, "listening 4000"))
        for party in Self.nodes { tell(.said(party, "ready")) }
    }

    var outcome: RunOutcome? {
        effects.compactMap { if case .over(let outcome) = $0 { outcome } else { nil } }.first
    }
}
