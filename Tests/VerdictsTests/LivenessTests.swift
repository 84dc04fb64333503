import Messages
import Primitives
import Records
import TestSupport
import Testing
import Verdicts

/// Task n is issued at 10 n ms and due a second later. Without 40 of 100, or without 30 and 10, there is no quorum.
@Suite struct LivenessTests {
    private func silence(
        _ builder: inout HistoryBuilder, _ signer: UInt32, from start: UInt64, to end: UInt64?,
        in service: ServiceID? = nil
    ) {
        let party = HistoryBuilder.signer(signer)
        builder.note(party, at: start, .injected(Injection(behaviour: "silent", service: service)))
        if let end { builder.note(party, at: end, .recovered(behaviour: "silent", service: service)) }
    }

    /// Two operators that are silent at different times never lack together.
    @Test func silencesFarApartDoNotExcuseEveryTask() throws {
        var builder = try HistoryBuilder()
        for number: UInt64 in [0, 100, 500, 700] { builder.issue(number) }
        silence(&builder, 2, from: 1, to: 12)
        silence(&builder, 4, from: 5001, to: 5012)
        let finding = builder.judge(.liveness)
        #expect(finding.verdict == .violated)
        #expect(
            finding.account
                == "4 of 4 tasks had no certificate by the deadline, first 0 of squares, 100 of squares, 500 of squares"
        )
    }

    @Test func onlyTheTaskInTheMiddleOfASilenceIsExcused() throws {
        var builder = try HistoryBuilder()
        for number: UInt64 in [1, 500, 700] { builder.issue(number) }
        silence(&builder, 1, from: 5001, to: 5012)
        builder.certify(1)
        #expect(builder.judge(.liveness).verdict == .violated)
        #expect(
            builder.judge(.liveness).account
                == "2 of 3 tasks judged: 1 of 2 tasks had no certificate by the deadline, first 700 of squares")
        builder.certify(700)
        #expect(builder.judge(.liveness).verdict == .holds)
        #expect(builder.judge(.liveness).account == "2 of 3 tasks judged: 2 tasks certified before the deadline")
    }

    /// The task is issued at 5000 ms and due at 6000 ms.
    @Test(arguments: [
        (UInt64(1), UInt64(4999), Verdict.violated), (1, 5000, .notApplicable), (6000, 7000, .notApplicable),
        (6001, 7000, .violated),
    ])
    func aTaskIsExcusedFromItsIssueToItsDeadline(start: UInt64, end: UInt64, verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        builder.issue(500)
        silence(&builder, 1, from: start, to: end)
        #expect(builder.judge(.liveness).verdict == verdict)
    }

    @Test func overlappingSilencesEndWithTheLast() throws {
        var builder = try HistoryBuilder()
        builder.issue(500)
        silence(&builder, 1, from: 1, to: nil)
        silence(&builder, 1, from: 2, to: 10)
        #expect(builder.judge(.liveness).verdict == .notApplicable)
        builder.note(
            HistoryBuilder.signer(1), at: 11, .recovered(behaviour: "silent", service: HistoryBuilder.service))
        #expect(builder.judge(.liveness).verdict == .violated)
    }

    @Test func aSilenceInAnotherServiceExcusesNothing() throws {
        var builder = try HistoryBuilder()
        builder.issue(500)
        silence(&builder, 1, from: 1, to: nil, in: ServiceID(1))
        #expect(builder.judge(.liveness).verdict == .violated)
    }

    /// It is back a second after the end, be it that nothing is heard of it: the task is issued at 5000 ms, and whatever was
    /// open while it was hostile it may never vote on.
    @Test(arguments: [
        ("malformed", UInt64(4_100), Verdict.notApplicable), ("malformed", 3_900, .violated),
        ("coordinator-censors", 3_900, .violated), ("equivocate", 3_900, .notApplicable),
    ])
    func whoWasHostileIsReliedOnAgainWhenItIsBack(name: String, end: UInt64, verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        builder.issue(500)
        let party = name == "coordinator-censors" ? HistoryBuilder.coordinator : HistoryBuilder.signer(1)
        builder.note(party, at: 3_000, .injected(Injection(behaviour: name)))
        builder.note(party, at: end, .recovered(behaviour: name, service: nil))
        #expect(builder.judge(.liveness).verdict == verdict)
    }

    /// What the next process of an amnesia signs need not be what its module says.
    @Test(arguments: [("amnesia", Verdict.notApplicable), ("crash", .violated)])
    func whoHasForgottenIsReliedOnNoMore(name: String, verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        for number: UInt64 in [5, 500] { builder.issue(number) }
        builder.note(HistoryBuilder.signer(1), at: 10, .injected(Injection(behaviour: name)))
        builder.endings[HistoryBuilder.signer(1)] = .cut
        builder.secondSigners[1] = [(at: 100, .attested(builder.vote(1, builder.statement(5))))]
        #expect(builder.judge(.liveness).verdict == verdict)
    }

    /// The others wait for the rest of a frame, and break off when it does not come; a flood is on its way for long. What it
    /// signs until then nobody hears.
    @Test(
        arguments: [
            ("slow-loris", 900, .violated), ("slow-loris", 1_100, .notApplicable), ("flood", 1_100, .notApplicable),
            ("oversized", 1_100, .notApplicable), ("malformed", 1_100, .violated),
        ] as [(String, UInt64, Verdict)])
    func whatIsStillOnItsWayIsOverAfterSevenSeconds(name: String, end: UInt64, verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        for number: UInt64 in [650, 800] { builder.issue(number) }
        let party = HistoryBuilder.signer(1)
        builder.note(party, at: 10, .injected(Injection(behaviour: name)))
        builder.note(party, at: end, .recovered(behaviour: name, service: nil))
        builder.note(party, at: 6_600, .attested(builder.vote(1, builder.statement(650))))
        #expect(builder.judge(.liveness).verdict == verdict)
    }

    /// Whatever else ends meanwhile, the others still wait for the rest of its frame.
    @Test func aPartitionThatHealsDoesNotFinishAFrame() throws {
        var builder = try HistoryBuilder()
        for number: UInt64 in [300, 800] { builder.issue(number) }
        let party = HistoryBuilder.signer(1)
        builder.note(party, at: 10, .injected(Injection(behaviour: "slow-loris")))
        builder.note(party, at: 1_100, .recovered(behaviour: "slow-loris", service: nil))
        builder.note(party, at: 1_200, .injected(Injection(behaviour: "malformed")))
        builder.note(party, at: 1_300, .recovered(behaviour: "malformed", service: nil))
        builder.note(party, at: 3_100, .attested(builder.vote(1, builder.statement(300))))
        #expect(builder.judge(.liveness).verdict == .notApplicable)
    }

    /// A flood signs votes that its guard does not know: after a crash it refuses to sign, as it should.
    @Test(arguments: [("flood", Verdict.notApplicable), ("malformed", .violated)])
    func whoHasFloodedAndIsStartedAgainMayRefuse(name: String, verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        builder.issue(800)
        let party = HistoryBuilder.signer(1)
        builder.note(party, at: 10, .injected(Injection(behaviour: name)))
        builder.note(party, at: 1_000, .recovered(behaviour: name, service: nil))
        builder.note(party, at: 2_000, .injected(Injection(behaviour: "crash")))
        builder.endings[party] = .cut
        builder.secondSigners[1] = [(at: 2_500, .refusedToSign(reason: "the guard is older"))]
        let finding = builder.judge(.liveness)
        #expect(finding.verdict == verdict, "\(finding.account)")
    }

    @Test func anEquivocatorIsNotReliedOnAgain() throws {
        var builder = try HistoryBuilder()
        builder.issue(1)
        builder.issue(500)
        builder.certify(1)
        builder.equivocate(1, 300, to: [HistoryBuilder.coordinator], and: [HistoryBuilder.signer(2)])
        builder.note(HistoryBuilder.signer(1), at: 3100, .attested(builder.vote(1, builder.statement(310))))
        #expect(builder.judge(.liveness).account == "1 of 2 tasks judged: 1 task certified before the deadline")
    }

    /// It comes back, and signs its first vote at 4990 ms; or it never signs again.
    @Test(arguments: [true, false]) func aCrashExcusesUntilItSignsAgain(signsAgain: Bool) throws {
        var builder = try HistoryBuilder()
        for number: UInt64 in [1, 300, 500] { builder.issue(number) }
        builder.certify(1)
        let party = HistoryBuilder.signer(1)
        let vote = builder.vote(1, builder.statement(300))
        builder.note(party, at: 2000, .injected(Injection(behaviour: "crash")))
        // What came in the same turn.
        builder.note(party, at: 2000, .attested(vote))
        builder.endings[party] = .cut
        builder.secondSigners[1] = signsAgain ? [(at: 4_990, .attested(vote))] : []
        let finding = builder.judge(.liveness)
        #expect(finding.verdict == (signsAgain ? .violated : .holds))
        #expect(finding.account.hasPrefix(signsAgain ? "2 of 3 tasks judged: 1 of 2" : "1 of 3 tasks judged: 1 task "))
        #expect(builder.history.faulty == [HistoryBuilder.signer(1)])
    }
}
