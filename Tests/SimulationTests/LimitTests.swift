import Primitives
import Records
import TestSupport
import Testing
import TopologyFormat

@testable import Simulation

/// What is too large, too long or without an end is refused.
@Suite(.computing) struct LimitTests {
    private func refusal(_ plan: SimulationPlan) -> SimulationError? {
        do throws(SimulationError) {
            _ = try Simulator.run(plan)
            return nil
        } catch {
            return error
        }
    }

    @Test func programsRunInRealTime() throws {
        let topology = try Topology.parse(
            """
            version: 1
            name: scene
            operators: {op-1: {stake: 300 SOL}}
            services:
              digest: {module: exec, command: [cat], threshold: 2/3, operators: all, load: {tasks: 1, rate: 1/s, payload: a}}
            """, file: "scene.yaml")
        #expect(refusal(try Scene.plan(topology)) == .programs(service: "digest"))
    }

    @Test func moreMemoryThanAllowedIsRefusedBeforeItStarts() throws {
        let topology = try Scene.topology(
            operators: "{count: 5000, stake: equal, total: 5000 SOL}", network: "{dissemination: star}",
            service: "load: {tasks: 1000000, rate: 1000/s}")
        guard case .tooMuchMemory(let estimated, let limit)? = refusal(try Scene.plan(topology)) else {
            Issue.record("not refused")
            return
        }
        #expect(estimated > limit)
        var plan = try Scene.plan(try Scene.topology())
        plan.limits.memoryBytes = MemoryEstimate.bytes(of: plan)
        #expect(refusal(plan) == nil)
        plan.limits.memoryBytes -= 1
        #expect(refusal(plan) != nil)
    }

    /// A mesh remembers everybody's votes, and inputs are most of a record.
    @Test func theEstimateGrowsWithWhatIsRemembered() throws {
        let star = try Scene.plan(try Scene.topology(network: "{dissemination: star}"))
        let mesh = try Scene.plan(try Scene.topology())
        var recorded = mesh
        recorded.keepsInputs = true
        let sizes = [star, mesh, recorded].map { MemoryEstimate.bytes(of: $0) }
        #expect(sizes == sizes.sorted() && Set(sizes).count == 3)
    }

    /// What there is no room for does not wait.
    @Test func aConnectionThatIsFullIsCutWithinItsBounds() throws {
        let topology = try Scene.topology(
            operators: "{op-1: {stake: 1 SOL}}", network: "{dissemination: star, link: {bandwidth: 100kbit/s}}",
            service: "load: {tasks: 1, rate: 1/s}",
            faults: "[{operator: op-1, does: flood, rate: 100000/s, for: 900ms}]")
        let run = try Simulator.run(try Scene.plan(topology))
        #expect(run.figures.overruns > 0)
        #expect(run.figures.fullestLink > Connection.pendingLimit - 1_000)
        #expect(run.figures.fullestLink <= Connection.pendingLimit)
    }

    @Test func aLoadBeyondTheTimeLimitIsRefused() throws {
        var plan = try Scene.plan(try Scene.topology(service: "load: {tasks: 1000, rate: 1/s}"))
        plan.limits.virtualTime = .seconds(100)
        #expect(refusal(plan) == .tooLong(span: .seconds(1_017), limit: .seconds(100)))
    }

    @Test func eventsAreLimited() throws {
        var plan = try Scene.plan()
        plan.limits.events = 500
        guard case .tooManyEvents(501, _)? = refusal(plan) else {
            Issue.record("not refused")
            return
        }
    }

    /// Nothing takes any time: one task follows the other at one moment.
    @Test func aTimeThatStandsStillIsNoticed() throws {
        var plan = try Scene.plan(
            try Scene.topology(service: "load: {tasks: 1000, in-flight: 1}"), costs: .none)
        plan.limits.eventsAtOnce = 5_000
        guard case .standsStill(_, 5_001)? = refusal(plan) else {
            Issue.record("not refused")
            return
        }
    }
}
