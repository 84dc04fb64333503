import Messages
import Primitives
import Records
import TestSupport
import Testing
import Verdicts

/// What somebody did to nodes from outside, as the oracles see it. Task n is issued at 10 n ms and due a second later;
/// without 40 of 100 (operator 1), there is no quorum.
@Suite struct InterventionOracleTests {
    private static let op1 = HistoryBuilder.signer(1)

    /// Of these tasks, those that liveness judges when none is certified.
    private func judged(_ numbers: [UInt64], _ body: (inout HistoryBuilder) -> Void) throws -> [UInt64] {
        try numbers.filter { number in
            var builder = try HistoryBuilder()
            builder.issue(number)
            body(&builder)
            return builder.judge(.liveness).verdict == .violated
        }
    }

    private func vote(_ builder: HistoryBuilder, _ number: UInt64) -> Observation {
        .attested(builder.vote(1, builder.statement(number)))
    }

    @Test func whoIsKilledIsAtFaultUntilItSignsAgain() throws {
        let numbers: [UInt64] = [1, 120, 300, 490, 510]
        let judged = try judged(numbers) { builder in
            builder.intervene(Self.op1, at: 2_000, .killed)
            // What was under way is still signed.
            builder.note(Self.op1, at: 2_001, vote(builder, numbers[0]))
            builder.intervene(Self.op1, at: 3_000, .restarted(.keep), incarnation: 2)
            builder.secondSigners[1] = [(at: 5_000, vote(builder, 490))]
        }
        #expect(judged == [1, 510])
    }

    @Test func whoIsKilledTwiceOrRefusesToSignStaysAtFault() throws {
        let killedAgain = try judged([1, 300, 890]) { builder in
            builder.intervene(Self.op1, at: 2_000, .killed)
            builder.intervene(Self.op1, at: 3_000, .restarted(.keep), incarnation: 2)
            builder.intervene(Self.op1, at: 3_001, .killed, incarnation: 2)
        }
        #expect(killedAgain == [1])
        // From the guard that it had nobody has a reason to.
        for (disk, expected) in [(Intervention.Disk.older, [1]), (.empty, [1]), (.keep, [1, 890])] as [(_, [UInt64])] {
            let refusing = try judged([1, 300, 890]) { builder in
                builder.intervene(Self.op1, at: 2_000, .killed)
                builder.intervene(Self.op1, at: 3_000, .restarted(disk), incarnation: 2)
                builder.secondSigners[1] = [(at: 3_500, .refusedToSign(reason: "the guard is older"))]
            }
            #expect(refusing == expected)
        }
        let withoutPower = try judged([1, 300, 890]) { builder in
            builder.note(Self.op1, at: 2_000, .injected(Injection(behaviour: "power-loss")))
            builder.endings[Self.op1] = .torn(at: 100)
            builder.secondSigners[1] = [(at: 3_500, .refusedToSign(reason: "the guard is older"))]
        }
        #expect(withoutPower == [1])
    }

    /// Also when it was told to stop, and did so in good order.
    @Test func whoIsRestartedInGoodOrderIsAwayInBetween() throws {
        let judged = try judged([1, 250, 490, 510]) { builder in
            builder.endings[Self.op1] = .closed(at: HistoryBuilder.instant(2_000))
            builder.intervene(Self.op1, at: 4_000, .restarted(.keep), incarnation: 2)
            builder.secondSigners[1] = [(at: 5_000, vote(builder, 490))]
        }
        #expect(judged == [1, 510])
    }

    /// From a pause one is back with the first vote on what was issued since.
    @Test func whoIsPausedIsAtFaultUntilItHasCaughtUp() throws {
        let judged = try judged([1, 120, 300, 495, 521, 530]) { builder in
            for number: UInt64 in [400, 510] { builder.issue(number) }
            builder.intervene(Self.op1, at: 2_000, .paused)
            builder.intervene(Self.op1, at: 5_000, .resumed)
            builder.note(Self.op1, at: 5_010, vote(builder, 400))
            builder.note(Self.op1, at: 5_200, vote(builder, 510))
        }
        // Tasks 400 and 510 touch the pause themselves: they are not judged.
        #expect(judged == [1, 521, 530])
    }

    /// As long as it was away, or a second.
    @Test(arguments: [(3_000, 801), (4_500, 601)] as [(UInt64, UInt64)])
    func nobodyCatchesUpForEver(paused: UInt64, judgedFrom: UInt64) throws {
        let judged = try judged([judgedFrom - 2, judgedFrom]) { builder in
            builder.intervene(Self.op1, at: paused, .paused)
            builder.intervene(Self.op1, at: paused == 3_000 ? 5_500 : 5_000, .resumed)
        }
        #expect(judged == [judgedFrom])
    }

    @Test func whoIsKilledWhilePausedOrPausedWhileSilentIsBackWhenBothAreOver() throws {
        let killed = try judged([1, 300, 600]) { builder in
            builder.intervene(Self.op1, at: 2_000, .paused)
            builder.intervene(Self.op1, at: 3_000, .killed)
            builder.secondSigners[1] = [(at: 5_000, vote(builder, 490))]
        }
        #expect(killed == [1, 600])
        let silent = try judged([1, 300, 600, 800]) { builder in
            builder.issue(450)
            builder.note(Self.op1, at: 2_000, .injected(Injection(behaviour: "silent")))
            builder.intervene(Self.op1, at: 3_000, .paused)
            builder.intervene(Self.op1, at: 4_000, .resumed)
            builder.note(Self.op1, at: 4_600, vote(builder, 450))
            builder.note(Self.op1, at: 7_000, .recovered(behaviour: "silent", service: nil))
        }
        #expect(silent == [1, 800])
    }

    /// The others wait for its answer before they sign anything; op-4 is not needed for a quorum.
    @Test(
        arguments: [
            ("slow-loris", 500, [500]), ("pause", 500, [500]), ("silent", 500, [1, 500]),
            ("slow-loris", 2_000, [1, 500]),
        ] as [(String, UInt64, [UInt64])])
    func whoAnswersNobodyHoldsUpABeginning(name: String, time: UInt64, expected: [UInt64]) throws {
        let judged = try judged([1, 500]) { builder in
            builder.note(HistoryBuilder.signer(4), at: time, .injected(Injection(behaviour: name)))
        }
        #expect(judged == expected)
    }

    /// Others may tell it what its guard lacks only after it has waited for them and signed.
    @Test func whoRefusesToSignInTheEndIsReliedOnNoMore() throws {
        let judged = try judged([1, 300, 600]) { builder in
            builder.note(Self.op1, at: 2_000, .injected(Injection(behaviour: "power-loss")))
            builder.secondSigners[1] = [
                (at: 2_500, vote(builder, 240)), (at: 2_600, .refusedToSign(reason: "the guard is older")),
            ]
        }
        #expect(judged == [1])
    }

    @Test func aCoordinatorIsBackWithACertificateForWhatItIssuedSince() throws {
        let coordinator = HistoryBuilder.coordinator
        for isPaused in [false, true] {
            let judged = try judged([1, 300, 520, 850]) { builder in
                builder.issue(510)
                builder.certify(510, after: 200)
                let adopted = Observation.operatorSetAdopted(HistoryBuilder.service, builder.set.digest)
                if isPaused {
                    builder.intervene(coordinator, at: 2_000, .paused)
                    builder.intervene(coordinator, at: 5_000, .resumed)
                } else {
                    builder.intervene(coordinator, at: 2_000, .killed)
                    builder.intervene(coordinator, at: 4_900, .restarted(.keep), incarnation: 2)
                    let statement = builder.statement(510)
                    builder.secondCoordinator = [
                        (at: 5_000, adopted), (at: 5_300, .certified(builder.certificate(statement, by: [1, 2, 3]))),
                    ]
                }
            }
            #expect(judged == [1, 850])
        }
    }

    /// Killed records may be torn or missing, and nothing is unknown for that; the ledger's may not.
    @Test func whatAKillCutOffIsNoGap() throws {
        var builder = try HistoryBuilder.sound()
        builder.intervene(Self.op1, at: 90, .killed)
        for oracle in Oracle.allCases {
            #expect([.holds, .notApplicable].contains(builder.judge(oracle).verdict), "\(oracle)")
        }
        builder.intervene(.ledger, at: 90, .killed)
        #expect(builder.judge(.conservation).verdict == .unknown)
    }

    /// What only those saw who were dead or paused when they should have told need not be punished.
    @Test func anOffenceNeedsSomebodyAwake() throws {
        let others = [HistoryBuilder.signer(2), .signer(OperatorIndex(2))]
        func verdict(_ body: (inout HistoryBuilder) -> Void, split: Bool = false) throws -> Verdict {
            var builder = try HistoryBuilder()
            builder.issue(2)
            builder.certify(2)
            builder.equivocate(4, 2, to: split ? [others[0]] : [Self.op1], and: split ? [others[1]] : [Self.op1])
            body(&builder)
            return builder.judge(.completeness).verdict
        }
        #expect(try verdict { _ in } == .violated)
        #expect(try verdict { $0.intervene(Self.op1, at: 500, .paused) } == .holds)
        #expect(try verdict { $0.intervene(Self.op1, at: 500, .killed) } == .holds)
        #expect(try verdict { $0.intervene(Self.op1, at: 3_000, .killed) } == .violated)
        // Each half sees one vote: somebody has to compare.
        #expect(try verdict({ _ in }, split: true) == .violated)
        #expect(try verdict({ $0.intervene(HistoryBuilder.coordinator, at: 10, .paused) }, split: true) == .holds)
        #expect(try verdict({ $0.intervene(HistoryBuilder.coordinator, at: 10, .killed) }, split: true) == .violated)
        #expect(try verdict({ $0.intervene(HistoryBuilder.coordinator, at: 10, .paused) }) == .violated)
    }

    @Test func submittedTasksAreNoneOfTheLoad() throws {
        var builder = try HistoryBuilder()
        for number: UInt64 in 1...3 {
            builder.issue(number)
            builder.certify(number)
        }
        builder.note(
            HistoryBuilder.coordinator, at: 20, .taskSubmitted(HistoryBuilder.service, TaskSequence(2), ticket: 7))
        let history = RunHistory(builder.records)
        #expect(history.tasks.map(\.isSubmitted) == [false, true, false])
        let expectations = RunExpectations(load: [HistoryBuilder.service: 3])
        #expect(history.unissued(of: HistoryBuilder.service, expectations) == 1)
    }

    /// What it sent may have been on its way out of its own process.
    @Test(arguments: [
        (Intervention.Act.killed, 26, true), (.paused, 26, true), (.killed, 1_030, false), (.killed, 20, false),
    ])
    func whoIsStoppedWhileItSendsNeedNotBePunished(act: Intervention.Act, at time: UInt64, isExcused: Bool) throws {
        var builder = try HistoryBuilder()
        for number in 1...3 as ClosedRange<UInt64> {
            builder.issue(number)
            builder.certify(number)
        }
        builder.equivocate(
            4, 2, to: [HistoryBuilder.coordinator, Self.op1], and: [HistoryBuilder.signer(2), HistoryBuilder.signer(3)])
        builder.intervene(HistoryBuilder.signer(4), at: time, act)
        #expect((builder.judge(.completeness).verdict == .holds) == isExcused)
    }
}
