import Links
import Primitives
import Simulation
import TopologyFormat

/// Draws how fast everything goes: links, the cost of work, loads, deadlines, slots and epochs. They hang together: where
/// a vote can take a second, a deadline of half a second would say nothing about the protocol.
struct ScenarioPace {
    /// From the run's beginning. Faults that have an end are over by then.
    let calm: Duration
    let costs: CostModel
    let cores: Cores
    private let link: LinkTerms
    /// Nil: everybody is as far from everybody else.
    private let regions: [Region]?
    /// What it takes at most, as good as always, until a task is decided.
    private let answer: Duration

    init(seed: UInt64) {
        var dice = Dice(seed: seed, purpose: "pace")
        calm = dice.roll(.milliseconds(500) ... .seconds(5))
        (costs, cores) = Self.costs(&dice)
        var link = Self.link(&dice)
        var farthest = link
        regions = dice.hits(percent: 12) ? (0..<dice.roll(1...4)).map { _ in dice.pick(Region.allCases) } : nil
        if let regions {
            link.latency = .zero
            farthest.latency = regions.flatMap { near in regions.map { near.latency(to: $0) } }.max() ?? .zero
        }
        self.link = link
        answer = Self.answer(over: farthest, costs: costs)
    }

    /// There and back, and once more for what is asked for.
    private static func answer(over link: LinkTerms, costs: CostModel) -> Duration {
        (delay(of: link) + delay(of: costs)) * 4 + .milliseconds(200)
    }

    /// What a deadline must leave for a task to be decided, wherever its nodes stand.
    static func answer(in plan: SimulationPlan) -> Duration {
        let network = plan.topology.network
        var farthest = network.link
        if let regions = network.regions {
            let all = regions.operators + regions.coordinators
            farthest.latency = all.flatMap { near in all.map { near.latency(to: $0) } }.max() ?? .zero
        }
        return answer(over: farthest, costs: plan.costs)
    }

    // MARK: Work

    private static func costs(_ dice: inout Dice) -> (CostModel, Cores) {
        let costs: CostModel = dice.pick([
            (weight: 30, value: .none), (weight: 50, value: .standard), (weight: 20, value: .slow),
        ])
        return (costs, dice.hits(percent: 60) ? .perNode : .shared(dice.roll(1...4)))
    }

    /// With the most votes there are, all on one processor.
    private static func delay(of costs: CostModel) -> Duration {
        (costs.verify + costs.receive + costs.handle) * 1_000 + costs.guardSync * 10
    }

    // MARK: Links

    private static func link(_ dice: inout Dice) -> LinkTerms {
        guard dice.hits(percent: 75) else { return .none }
        let latency: Duration = dice.pick([
            .zero, .microseconds(50), .milliseconds(2), .milliseconds(20), .milliseconds(120),
        ])
        var link = LinkTerms(latency: latency)
        if dice.hits(percent: 50) { link.jitter = dice.pick([.microseconds(500), .milliseconds(5), latency]) }
        if dice.hits(percent: 20) { link.loss = .basisPoints(dice.roll(1...200)) }
        if dice.hits(percent: 20) { link.duplication = .basisPoints(dice.roll(1...2_000)) }
        if dice.hits(percent: 20) { link.reordering = .basisPoints(dice.roll(1...3_000)) }
        if dice.hits(percent: 15) { link.bandwidth = Bandwidth(bitsPerSecond: dice.roll(2...40) * 100_000) }
        return link
    }

    private static func delay(of link: LinkTerms) -> Duration {
        var delay = link.latency + link.jitter
        if link.reordering != .zero || link.duplication != .zero { delay += link.straggling }
        // Three losses in a row, or three frames lost one behind the other.
        if link.loss != .zero { delay += link.retransmission * 7 }
        // All that is ever under way at once.
        if let bandwidth = link.bandwidth { delay += .milliseconds(320_000_000 / Int(bandwidth.bitsPerSecond)) }
        return delay
    }

    // MARK: Topology

    func apply(to topology: inout Topology, seed: UInt64) {
        var dice = Dice(seed: seed, purpose: "times")
        topology.network.link = link
        if let regions {
            topology.network.regions = RegionPlan(
                operators: topology.operators.map { _ in dice.pick(regions) },
                coordinators: topology.services.map { _ in dice.pick(regions) })
        }
        var isPatient = false
        for index in topology.services.indices {
            let reachesCalm = dice.hits(percent: 45)
            isPatient = isPatient || reachesCalm
            let deadline = reachesCalm ? calm + Self.recovery + answer : dice.roll(answer...answer * 3)
            topology.services[index].deadline = deadline
            topology.services[index].evidenceWindow =
                deadline + (dice.hits(percent: 20) ? .zero : answer + dice.roll(.zero ... .seconds(1)))
            drawLoad(of: &topology.services[index], &dice)
        }
        drawLedger(of: &topology, isPatient: isPatient, &dice)
    }

    /// What is open when the calm begins is certified after this at the latest.
    private static let recovery = Duration.seconds(8)

    private func drawLoad(of service: inout ServicePlan, _ dice: inout Dice) {
        // A quarter stays a closed loop.
        guard dice.hits(percent: 75) else { return }
        let span = dice.pick([
            .milliseconds(100), calm, calm + .seconds(2), dice.roll(.milliseconds(200)...calm + .seconds(3)),
        ])
        let perMinute = service.load.tasks * 60_000 / UInt64(span.nanoseconds / 1_000_000)
        let rate =
            perMinute % 60 == 0
            ? Rate(count: perMinute / 60, period: .seconds(1)) : Rate(count: max(1, perMinute), period: .seconds(60))
        service.load.pacing = .open(rate, dice.hits(percent: 30) ? .poisson : .fixed)
    }

    /// Votes count in their epoch and the next one. Where deadlines reach beyond the calm, epochs mostly do too.
    private func drawLedger(of topology: inout Topology, isPatient: Bool, _ dice: inout Dice) {
        var ledger = dice.pick(LedgerPlan.presets)
        let window = topology.services.map(\.evidenceWindow).max() ?? .zero
        guard ledger.preset == LedgerPlan.fast.preset || dice.hits(percent: 40) else {
            topology.ledger = ledger
            return
        }
        ledger.slotDuration = dice.pick([.milliseconds(20), .milliseconds(50), .milliseconds(100), .milliseconds(400)])
        let epoch =
            isPatient && dice.hits(percent: 70)
            ? calm + Self.recovery + answer : answer + dice.roll(.zero ... .seconds(2))
        ledger.slotsPerEpoch = Self.quotient(epoch, ledger.slotDuration)
        let length = ledger.slotDuration * Int(ledger.slotsPerEpoch)
        ledger.unbondingEpochs =
            Self.quotient(window + .milliseconds(500) + ledger.slotDuration, length) + dice.roll(0...1)
        ledger.vetoSlots = min(ledger.vetoSlots, ledger.slotsPerEpoch * ledger.unbondingEpochs)
        topology.ledger = ledger
    }

    /// Rounded up.
    private static func quotient(_ whole: Duration, _ part: Duration) -> UInt64 {
        UInt64(max(1, (whole.nanoseconds + part.nanoseconds - 1) / part.nanoseconds))
    }
}
