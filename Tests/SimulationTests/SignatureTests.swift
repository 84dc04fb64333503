import Cryptography
import Messages
import Primitives
import Records
import Simulation
import Staging
import Testing
import Verdicts

/// What stands as a signature changes no run but in its bytes.
@Suite struct SignatureTests {
    private func run(_ signatures: SignaturePlan) throws -> SimulatedRun {
        var plan = try Scene.plan(
            try Scene.topology(faults: "[{operator: op-3, does: equivocate-split, at: task 5}]"))
        plan.signatures = signatures
        return try Simulator.run(plan)
    }

    @Test func aModelledRunGoesAsARealOne() throws {
        let real = try run(.ed25519)
        let modelled = try run(.modelled)
        #expect(real.figures == modelled.figures)
        #expect(real.audit != modelled.audit)
        #expect(SignatureScheme.current == .ed25519, "nothing is left of it")
        for (run, signatures) in [(real, SignaturePlan.ed25519), (modelled, .modelled)] {
            signatures.scheme(seed: 42).scoped {
                #expect(Scene.certified(run) == 20)
                #expect(RunHistory(run.records).slashes.count == 1)
                #expect(Scene.judged(run).allSatisfy { $0.verdict == .holds || $0.verdict == .notApplicable })
            }
        }
    }

    /// The verdicts depend on it: whoever forgot the scheme would not be told that all is well.
    @Test func aModelledRunIsNotJudgedByRealSignatures() throws {
        let run = try run(.modelled)
        #expect(Scene.judged(run).contains { $0.verdict == .violated })
        let other = SignaturePlan.modelled.scheme(seed: 43)
        #expect(other.scoped { Scene.judged(run).contains { $0.verdict == .violated } })
    }
}
