import Messages
import Primitives
import Records
import TestSupport
import Testing

@testable import Verdicts

/// What the oracles make of partitions, and of tasks that were open when a fault was over. Without 40 of 100 (operator
/// 1) there is no quorum.
@Suite struct SeparationTests {
    private static let op1 = HistoryBuilder.signer(1)

    private func vote(_ builder: HistoryBuilder, _ number: UInt64) -> Observation {
        .attested(builder.vote(1, builder.statement(number)))
    }

    /// Of these tasks, those that liveness judges when none is certified.
    private func judged(_ numbers: [UInt64], _ body: (inout HistoryBuilder) -> Void) throws -> [UInt64] {
        try numbers.filter { number in
            var builder = try HistoryBuilder()
            builder.issue(number)
            body(&builder)
            return builder.judge(.liveness).verdict == .violated
        }
    }

    private func part(
        _ builder: inout HistoryBuilder, _ between: [Party], _ and: [Party], from start: UInt64, to end: UInt64?,
        number: UInt32 = 0
    ) {
        for party in between { builder.intervene(party, at: start, .cutOff(partition: number, side: .between)) }
        for party in and { builder.intervene(party, at: start, .cutOff(partition: number, side: .and)) }
        guard let end else { return }
        for party in between + and { builder.intervene(party, at: end, .rejoined(partition: number)) }
    }

    // MARK: Liveness

    @Test(arguments: [HistoryBuilder.coordinator, .ledger])
    func whoIsCutOffIsAtFaultUntilItHasCaughtUp(other: Party) throws {
        let judged = try judged([1, 120, 300, 495, 521, 530]) { builder in
            builder.issue(510)
            part(&builder, [Self.op1], [other], from: 2_000, to: 5_000)
            builder.note(Self.op1, at: 5_200, vote(builder, 510))
        }
        #expect(judged == [1, 521, 530])
    }

    @Test func whoIsCutOffFromPeersAloneStillVotes() throws {
        let judged = try judged([1, 120, 300]) {
            part(&$0, [Self.op1], [HistoryBuilder.signer(2), HistoryBuilder.signer(3)], from: 2_000, to: nil)
        }
        #expect(judged == [1, 120, 300])
    }

    @Test func whoIsCutOffTwiceIsBackWhenBothAreOver() throws {
        let judged = try judged([1, 300, 550, 890]) { builder in
            part(&builder, [Self.op1], [HistoryBuilder.coordinator], from: 2_000, to: 4_000)
            part(&builder, [HistoryBuilder.coordinator], [Self.op1], from: 3_000, to: 6_000, number: 1)
        }
        // From 6 s on it catches up, four seconds at most, since it was away for as long.
        #expect(judged == [1])
        let later = try self.judged([1_001]) { builder in
            builder.endings[HistoryBuilder.coordinator] = .closed(at: HistoryBuilder.instant(60_000))
            part(&builder, [Self.op1], [HistoryBuilder.coordinator], from: 2_000, to: 4_000)
            part(&builder, [HistoryBuilder.coordinator], [Self.op1], from: 3_000, to: 6_000, number: 1)
        }
        #expect(later == [1_001])
    }

    @Test func aCoordinatorWithoutTheLedgerIsNotJudged() throws {
        let judged = try judged([1, 300, 890]) {
            part(&$0, [HistoryBuilder.coordinator], [.ledger], from: 2_000, to: nil)
        }
        #expect(judged == [1])
    }

    // MARK: Slow links

    private func slow(
        _ builder: inout HistoryBuilder, _ sides: [(Party, Intervention.Side)], by delay: UInt64, from start: UInt64,
        to end: UInt64
    ) {
        for (party, side) in sides {
            builder.intervene(party, at: start, .slowed(change: 7, side: side, delay: .milliseconds(Int64(delay))))
        }
        for (party, _) in sides { builder.intervene(party, at: end, .restored(change: 7)) }
    }

    /// What takes longer than between any two regions of the world is the network's fault.
    @Test func whoHasALinkThatIsVerySlowIsAtFaultUntilItHasCaughtUp() throws {
        let sides = [(Self.op1, Intervention.Side.between), (HistoryBuilder.coordinator, .and)]
        let verySlow = try judged([1, 120, 300, 521]) { slow(&$0, sides, by: 201, from: 2_000, to: 5_000) }
        #expect(verySlow == [1])
        let later = try judged([801]) { slow(&$0, sides, by: 201, from: 2_000, to: 5_000) }
        #expect(later == [801])
        #expect(try judged([1, 120, 300]) { slow(&$0, sides, by: 200, from: 2_000, to: 5_000) } == [1, 120, 300])
    }

    /// The way there and back, twice.
    @Test(arguments: [(Int64(1_000), Int64(200)), (400, 100)])
    func aQuarterOfADeadlineIsTooSlow(deadline: Int64, tolerable: Int64) throws {
        var genesis = try HistoryBuilder().genesis
        genesis.services[0].deadline = .milliseconds(deadline)
        #expect(genesis.tolerableDelay == .milliseconds(tolerable))
    }

    @Test func whereAllLinksAreSlowEverybodyIsApart() throws {
        let everyone = [Self.op1, HistoryBuilder.signer(2), HistoryBuilder.coordinator].map {
            ($0, Intervention.Side.among)
        }
        #expect(try judged([1, 120]) { slow(&$0, everyone, by: 900, from: 2_000, to: 5_000) } == [1])
        #expect(
            try judged([1, 120]) {
                slow(&$0, [(Self.op1, .among), (HistoryBuilder.signer(2), .among)], by: 900, from: 2_000, to: 5_000)
            } == [1, 120], "not from its coordinator")
    }

    @Test func whatIsTooSlowNeedNotBePunishedInTime() throws {
        let (two, coordinator) = (HistoryBuilder.signer(2), HistoryBuilder.coordinator)
        let sides = [(two, Intervention.Side.between), (coordinator, .and)]
        #expect(try completeness { slow(&$0, sides, by: 900, from: 500, to: 1_000) } == .holds)
        #expect(try completeness { slow(&$0, sides, by: 90, from: 500, to: 1_000) } == .violated)
    }

    // MARK: What was open when a fault was over

    /// Issued at 1 s, due so much later; operator 1 is cut off before that, or silent.
    private func verdict(
        due: UInt64, awayTo end: UInt64?, isSilent: Bool = false, epochTwoAt turn: UInt64? = nil
    ) throws -> Verdict {
        var builder = try HistoryBuilder()
        var task = builder.task(1, issued: 1_000)
        task.deadline = HistoryBuilder.instant(1_000 + due)
        builder.note(HistoryBuilder.coordinator, at: 1_000, .taskIssued(task))
        if isSilent {
            builder.note(Self.op1, at: 900, .injected(Injection(behaviour: "silent")))
            if let end { builder.note(Self.op1, at: end, .recovered(behaviour: "silent", service: nil)) }
        } else {
            part(&builder, [Self.op1], [HistoryBuilder.coordinator], from: 900, to: end)
        }
        builder.endings[HistoryBuilder.coordinator] = .closed(at: HistoryBuilder.instant(60_000))
        if let turn {
            let set = try OperatorSet(
                network: builder.genesis.network, service: HistoryBuilder.service, epoch: Epoch(2),
                revision: Revision(0),
                threshold: .twoThirds, members: builder.set.members)
            builder.note(.ledger, at: turn, .operatorSetOpened(set))
        }
        return builder.judge(.liveness).verdict
    }

    @Test func whatIsOpenWhenAFaultIsOverIsCertifiedSecondsLater() throws {
        // It catches up for as long as it was away.
        #expect(try verdict(due: 20_000, awayTo: 5_000) == .violated)
        #expect(try verdict(due: 20_000, awayTo: 7_400) == .violated)
        #expect(try verdict(due: 20_000, awayTo: 7_500) == .notApplicable)
        #expect(try verdict(due: 20_000, awayTo: nil) == .notApplicable)
        // But not for longer than seven seconds.
        #expect(try verdict(due: 30_000, awayTo: 16_000) == .violated)
        #expect(try verdict(due: 4_000, awayTo: 2_000) == .notApplicable)
        // What it was silent about it may never say.
        #expect(try verdict(due: 20_000, awayTo: 5_000, isSilent: true) == .notApplicable)
    }

    @Test func nobodyVotesOnTasksTwoEpochsOld() throws {
        #expect(try verdict(due: 20_000, awayTo: 5_000, epochTwoAt: 16_101) == .violated)
        #expect(try verdict(due: 20_000, awayTo: 5_000, epochTwoAt: 16_099) == .notApplicable)
    }

    /// Epochs are of 40 s each: one that opens at five somebody has hurried to. What was issued at one second cannot be
    /// asked for then, but what had time enough can.
    @Test func whatLosesItsEpochToAClockThatIsMovedOnIsNotJudged() throws {
        #expect(try verdict(due: 20_000, awayTo: 950, epochTwoAt: 5_000) == .notApplicable)
        #expect(try verdict(due: 20_000, awayTo: 950, epochTwoAt: 9_100) == .violated)
        #expect(try verdict(due: 8_000, awayTo: 950, epochTwoAt: 9_100) == .violated)
    }

    /// A coordinator that was cut off from the ledger does not know yet that the epoch is over: half a second may be left.
    @Test(arguments: [(81_000, .notApplicable), (40_900, .violated)] as [(UInt64, Verdict)])
    func whatIsIssuedOnASetThatIsOldHasNoEpochLeft(issued: UInt64, verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        var task = builder.task(1, issued: issued)
        task.deadline = HistoryBuilder.instant(95_000)
        builder.note(HistoryBuilder.coordinator, at: issued, .taskIssued(task))
        builder.endings[HistoryBuilder.coordinator] = .closed(at: HistoryBuilder.instant(120_000))
        for (epoch, time) in [(1, 41_000), (2, 81_500)] as [(UInt64, UInt64)] {
            let set = try OperatorSet(
                network: builder.genesis.network, service: HistoryBuilder.service, epoch: Epoch(epoch),
                revision: Revision(0), threshold: .twoThirds, members: builder.set.members)
            builder.note(.ledger, at: time, .operatorSetOpened(set))
        }
        #expect(builder.judge(.liveness).verdict == verdict)
    }

    /// It has had time enough to hear what others hold of it.
    @Test func whoIsStartedAgainAndNeverSignsIsTakenToBeBack() throws {
        let judged = try judged([300, 700, 801]) { builder in
            builder.intervene(Self.op1, at: 2_000, .killed)
            builder.intervene(Self.op1, at: 3_000, .restarted(.keep), incarnation: 2)
        }
        #expect(judged == [801])
    }

    // MARK: The start

    /// Whoever starts asks the others what they hold of it, and waits two seconds for those who cannot answer.
    @Test func whatIsDueBeforeEverybodyCouldSignIsNotJudged() throws {
        let (four, ledger) = (HistoryBuilder.signer(4), Party.ledger)
        func disturb(_ builder: inout HistoryBuilder, at time: UInt64) {
            builder.note(ledger, at: 0, .operatorSetOpened(builder.set))
            part(&builder, [four], [HistoryBuilder.signer(3)], from: time, to: time + 1)
        }
        #expect(try judged([1, 190, 205]) { disturb(&$0, at: 500) } == [205])
        #expect(try judged([1, 190, 205]) { disturb(&$0, at: 1_001) } == [1, 190, 205])
        #expect(try judged([1, 205]) { $0.intervene(four, at: 20, .killed) } == [205])
    }

    @Test func inAStarNobodyWaitsForOtherOperators() throws {
        var builder = try HistoryBuilder(dissemination: .star)
        builder.issue(1)
        builder.note(.ledger, at: 0, .operatorSetOpened(builder.set))
        builder.intervene(HistoryBuilder.signer(4), at: 20, .killed)
        #expect(builder.judge(.liveness).verdict == .violated)
        builder.intervene(HistoryBuilder.coordinator, at: 900, .paused)
        builder.intervene(HistoryBuilder.coordinator, at: 901, .resumed)
        let finding = builder.judge(.liveness)
        #expect(finding.account.hasPrefix("every task was due before operators could have an answer"))
    }

    // MARK: Completeness

    /// Operator 4 shows operators 2 and 3 another vote each, and operator 1 none.
    private func completeness(_ body: (inout HistoryBuilder) -> Void) throws -> Verdict {
        var builder = try HistoryBuilder()
        builder.issue(2)
        builder.certify(2)
        builder.equivocate(4, 2, to: [HistoryBuilder.signer(2)], and: [HistoryBuilder.signer(3)])
        body(&builder)
        return builder.judge(.completeness).verdict
    }

    @Test func whatNobodyCouldHearNeedNotBePunished() throws {
        let (two, three, four) = (HistoryBuilder.signer(2), HistoryBuilder.signer(3), HistoryBuilder.signer(4))
        let coordinator = HistoryBuilder.coordinator
        #expect(try completeness { _ in } == .violated)
        #expect(try completeness { part(&$0, [four], [two], from: 10, to: 500) } == .holds)
        // It is over, but they may not be connected again.
        #expect(try completeness { part(&$0, [four], [two], from: 1, to: 10) } == .holds)
        #expect(try completeness { part(&$0, [two], [coordinator], from: 500, to: 1_000) } == .holds)
        #expect(try completeness { part(&$0, [three], [.ledger], from: 1_000, to: nil) } == .holds)
        // Who dies when all is over saw it all the same.
        #expect(try completeness { $0.note(two, at: 3_000, .injected(Injection(behaviour: "crash"))) } == .violated)
        // Neither is in their way: the coordinator compares.
        #expect(try completeness { part(&$0, [two], [three], from: 10, to: nil) } == .violated)
        #expect(try completeness { part(&$0, [two], [coordinator], from: 5_000, to: nil) } == .violated)
    }

    @Test func withoutACoordinatorOperatorsCompare() throws {
        let (two, three) = (HistoryBuilder.signer(2), HistoryBuilder.signer(3))
        func verdict(_ body: (inout HistoryBuilder) -> Void) throws -> Verdict {
            try completeness {
                $0.intervene(HistoryBuilder.coordinator, at: 10, .killed)
                body(&$0)
            }
        }
        #expect(try verdict { _ in } == .violated)
        #expect(try verdict { part(&$0, [two], [three], from: 10, to: nil) } == .holds)
    }

    /// They notice after half a second that it is gone; that it is there and cannot get through, never.
    @Test func operatorsCompareOnlyWhenTheyHaveNoticed() throws {
        let coordinator = HistoryBuilder.coordinator
        // The window closes at 2,020 ms.
        #expect(try completeness { $0.intervene(coordinator, at: 770, .killed) } == .violated)
        #expect(try completeness { $0.intervene(coordinator, at: 771, .killed) } == .holds)
        #expect(try completeness { part(&$0, [coordinator], [.ledger], from: 10, to: nil) } == .holds)
        // Back a second and three quarters before, it is told again, and compares.
        for (end, verdict) in [(270, Verdict.violated), (271, .holds)] as [(UInt64, Verdict)] {
            #expect(try completeness { part(&$0, [coordinator], [.ledger], from: 200, to: end) } == verdict)
        }
    }

    /// Whoever holds the proof and is there must submit it, whatever there is to excuse others.
    @Test func evidenceThatWasFoundMustReachTheLedger() throws {
        let (two, coordinator) = (HistoryBuilder.signer(2), HistoryBuilder.coordinator)
        func verdict(_ body: (inout HistoryBuilder) -> Void = { _ in }) throws -> Verdict {
            try completeness {
                $0.intervene(coordinator, at: 10, .paused)
                $0.note(two, at: 100, .evidenceFound($0.evidence(4, 2)))
                body(&$0)
            }
        }
        #expect(try verdict() == .violated)
        #expect(try verdict { $0.apply(.submitEvidence($0.evidence(4, 2)), .pastHorizon, at: 700) } == .holds)
        #expect(try verdict { $0.intervene(two, at: 900, .killed) } == .holds)
        #expect(try verdict { $0.intervene(two, at: 1_351, .killed) } == .violated)
        #expect(try verdict { $0.note(two, at: 9, .injected(Injection(behaviour: "collusion"))) } == .holds)
    }

    /// A coordinator that was away is told again what it has forgotten, by whoever is still there.
    @Test func whatACoordinatorForgotTheCulpritItselfMustTell() throws {
        func verdict(_ body: (inout HistoryBuilder) -> Void) throws -> Verdict {
            var builder = try HistoryBuilder()
            builder.issue(2)
            builder.certify(2)
            builder.equivocate(4, 2, to: [HistoryBuilder.coordinator], and: [HistoryBuilder.coordinator])
            builder.intervene(HistoryBuilder.coordinator, at: 30, .killed)
            builder.secondCoordinator = [(at: 270, .operatorSetAdopted(HistoryBuilder.service, builder.set.digest))]
            body(&builder)
            return builder.judge(.completeness).verdict
        }
        #expect(try verdict { _ in } == .violated)
        #expect(try verdict { $0.intervene(HistoryBuilder.signer(4), at: 1_500, .killed) } == .holds)
        #expect(try verdict { $0.intervene(HistoryBuilder.signer(4), at: 2_100, .killed) } == .violated)
    }
}
