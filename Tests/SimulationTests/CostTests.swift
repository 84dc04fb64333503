import Primitives
import TestSupport
import Testing
import TopologyFormat

@testable import Simulation

/// What each cost does to a latency, by itself: a star of four equal operators, where three votes make a quorum.
@Suite(.computing) struct CostTests {
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

    /// Worked out by hand. The coordinator is woken, signs and sends; an operator checks, executes, remembers, signs and sends; the
    /// coordinator takes up what has come. Where work takes time, votes come while it works on the first.
    private static let expected: [(item: CostItem, milliseconds: Int64)] = [
        // Three processors that sleep: the coordinator's, an operator's, the coordinator's again.
        (.rouse, 3), (.wake, 3),
        // The coordinator issues, signs and sends in one turn; the votes come in one and the next.
        (.turn, 4),
        // The task, then four votes that come at once.
        (.receive, 5),
        (.sign, 2), (.verify, 4), (.execute, 1),
        // Of each node once.
        (.guardWrite, 2), (.guardFlush, 2), (.guardSync, 2),
        // The task to four, and one vote.
        (.send, 5),
        // The third operator's connection, and its vote.
        (.flush, 4),
        (.transit, 2), (.apply, 0), (.commit, 0),
    ]

    @Test(arguments: expected.indices)
    func oneCostAlone(place: Int) throws {
        let (item, milliseconds) = Self.expected[place]
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
        (costs.wake, costs.flush) = (.microseconds(10), .microseconds(1))
        // Sleep and waking three times, the first operator's connection and its vote: while the coordinator's processor
        // is roused for it, the other votes come.
        #expect(try latency(costs) == .microseconds(3 * 1_010 + 1 + 1))
        // Waking six times; four connections, and four votes.
        #expect(try latency(costs, cores: .shared(1)) == .microseconds(1_000 + 6 * 10 + 4 + 4))
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
