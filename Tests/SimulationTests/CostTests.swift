import Primitives
import Testing
import TopologyFormat

@testable import Simulation

/// What each cost does to a latency, by itself: a star of four equal operators, where three votes make a quorum.
@Suite struct CostTests {
    private func latency(_ costs: CostModel, cores: Cores = .perNode, guardMode: Topology.GuardMode = .synced) throws
        -> Duration
    {
        var topology = try Scene.topology(
            operators: "{count: 4, stake: equal, total: 4 SOL}", network: "{dissemination: star}",
            service: "load: {tasks: 5, rate: 10/s}")
        topology.guardMode = guardMode
        let latencies = Scene.latencies(try Simulator.run(try Scene.plan(topology, costs: costs, cores: cores)))
        #expect(Set(latencies).count == 1 && latencies.count == 5, "\(latencies)")
        return latencies[0]
    }

    private func only(_ item: CostItem) -> CostModel {
        var costs = CostModel.none
        costs[item] = .milliseconds(1)
        return costs
    }

    /// By hand. The coordinator is woken, signs and sends; an operator checks, executes, remembers, signs and sends; the
    /// coordinator takes up what has come. Where work takes time, votes come while it works on the first.
    @Test(arguments: [
        // Three processors that sleep: the coordinator's, an operator's, the coordinator's again.
        (CostItem.rouse, 3), (.wake, 3),
        // The coordinator wakes, issues, and when it has its signature sends; it takes up all three votes in one turn.
        (.turn, 3),
        // The task, then four votes that come at once.
        (.receive, 1 + 4),
        (.sign, 2), (.verify, 1 + 4), (.execute, 1),
        // The task of each node once.
        (.guardWrite, 2), (.guardFlush, 2), (.guardSync, 2),
        // The coordinator to four, and one vote.
        (.send, 4 + 1),
        // The third operator's connection, its vote.
        (.flush, 3 + 1),
        (.transit, 2), (.apply, 0), (.commit, 0),
    ])
    func oneCostAlone(item: CostItem, milliseconds: Int64) throws {
        #expect(try latency(only(item)) == .milliseconds(milliseconds), "\(item)")
    }

    @Test(arguments: [CostItem.guardFlush, .guardSync])
    func aGuardThatIsOnlyWrittenWaitsForNoDisk(item: CostItem) throws {
        #expect(try latency(only(item), guardMode: .written) == .zero)
        #expect(try latency(only(.guardWrite), guardMode: .written) == .milliseconds(2))
    }

    /// One core for all: it is asleep once, when the task is due; after that it passes from one to the next.
    @Test func aCoreThatHasSomethingToDoIsAwake() throws {
        var costs = only(.rouse)
        costs.wake = .microseconds(10)
        let apart = try latency(costs)
        let together = try latency(costs, cores: .shared(1))
        #expect(apart == .microseconds(3_030))
        #expect(together == .microseconds(1_000 + 10 + 4 * 10 + 10))
    }

    /// Of the votes that come while one is checked, those of a turn's beginning are taken up in the next turn, which
    /// whoever works on goes on to without being woken.
    @Test func whoeverHasMoreToDoIsNotWoken() throws {
        var costs = CostModel.none
        (costs.flush, costs.verify) = (.microseconds(1), .milliseconds(1))
        let rested = try latency(costs)
        costs.wake = .milliseconds(10)
        #expect(try latency(costs) - rested == .milliseconds(30))
    }
}
