import Messages
import Primitives
import Records
import Testing
import TopologyFormat
import Verdicts

@testable import Simulation

/// What a simulated network comes to.
@Suite struct SimulationTests {
    @Test func aQuietNetworkCertifiesEverything() throws {
        let run = try Simulator.run(try Scene.plan())
        #expect(run.ending == .completed)
        #expect(Scene.certified(run) == 20)
        #expect(Scene.judged(run).allSatisfy { $0.verdict == .holds || $0.verdict == .notApplicable })
    }
}
