import Cryptography
import Messages
import Primitives
import Records
import Simulation
import Staging
import TestSupport
import Testing
import Verdicts

/// What stands as a signature changes no run but in its bytes.
@Suite(.computing) struct SignatureTests {
    private func plan(_ signatures: SignaturePlan) throws -> SimulationPlan {
        var plan = try Scene.plan(
            try Scene.topology(faults: "[{operator: op-3, does: equivocate-split, at: task 5}]"))
        plan.signatures = signatures
        return plan
    }

    private func run(_ signatures: SignaturePlan) throws -> SimulatedRun { try Simulator.run(try plan(signatures)) }

    private func verdicts(on run: SimulatedRun, under scheme: SignatureScheme) -> Set<Verdict> {
        scheme.scoped { Set(Finding.all(of: RunHistory(run.records)).map(\.verdict)) }
    }

    @Test func aModelledRunGoesAsARealOne() throws {
        let real = try run(.ed25519)
        let modelled = try run(.modelled)
        #expect(real.figures == modelled.figures)
        #expect(real.audit != modelled.audit)
        #expect(SignatureScheme.current == .ed25519, "nothing is left of it")
        #expect(try plan(.modelled).genesis == modelled.records.genesis)
        #expect(try plan(.ed25519).genesis == real.records.genesis)
        #expect(real.records.genesis != modelled.records.genesis)
        for (run, signatures) in [(real, SignaturePlan.ed25519), (modelled, .modelled)] {
            #expect(Scene.certified(run) == 20)
            #expect(RunHistory(run.records).slashes.count == 1)
            #expect(verdicts(on: run, under: signatures.scheme(seed: 42)) == [.holds, .notApplicable])
        }
    }

    /// The verdicts depend on it: whoever forgot the scheme would not be told that all is well.
    @Test func aModelledRunIsNotJudgedByRealSignatures() throws {
        let run = try run(.modelled)
        #expect(verdicts(on: run, under: .ed25519).contains(.violated))
        #expect(verdicts(on: run, under: SignaturePlan.modelled.scheme(seed: 43)).contains(.violated))
    }
}
