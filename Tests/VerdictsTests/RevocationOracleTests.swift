import Cryptography
import Messages
import Primitives
import Records
import TestSupport
import Testing
import Verdicts

/// What the oracles say of coordinators that cheat, are revoked, or die.
@Suite struct RevocationOracleTests {
    private static func signed(_ builder: HistoryBuilder, _ number: UInt64 = 2, payload: UInt8) -> SignedTask {
        var task = builder.task(number, issued: number * 10)
        task.payload = [payload]
        return SignedTask(task: task, signature: builder.keys[4].sign(task.signedBytes))
    }

    private static func pair(_ builder: HistoryBuilder) -> TaskEquivocation {
        TaskEquivocation(
            signed(builder, payload: 2), signed(builder, payload: 9), by: builder.keys[4].publicKey)!
    }

    /// One task to each of two operators.
    private static func inject(
        _ builder: inout HistoryBuilder, _ number: UInt64 = 2, to first: [Party] = [HistoryBuilder.signer(1)],
        and second: [Party] = [HistoryBuilder.signer(2)]
    ) {
        let injection = Injection(
            behaviour: "coordinator-equivocates", service: HistoryBuilder.service, subject: Subject(number: number),
            tasks: [
                Injection.SentTask(signed(builder, number, payload: 2), recipients: first),
                Injection.SentTask(signed(builder, number, payload: 9), recipients: second),
            ])
        builder.note(HistoryBuilder.coordinator, at: number * 10 + 1, .injected(injection))
    }

    private static func revoke(_ builder: inout HistoryBuilder, on pair: TaskEquivocation, applying: Bool = true) {
        let evidence = Evidence.taskEquivocation(pair)
        if applying { builder.apply(.submitEvidence(evidence), .applied, at: 60) }
        let revocation = Revocation(
            offence: evidence.offence, accused: pair.accused, service: HistoryBuilder.service, voteKey: pair.voteKey,
            reporter: builder.keys[0].publicKey, slot: Slot(1))
        builder.note(.ledger, at: 60, .revoked(revocation))
    }

    /// Two operators have seen one vote each. As long as they rely on a coordinator that cheats, they leave the comparing to it:
    /// its other task reached nobody who votes.
    @Test(arguments: [(nil, .holds), (100, .violated), (1_500, .holds)] as [(UInt64?, Verdict)])
    func `Nobody compares behind a coordinator's back who has not found it out`(
        foundOut: UInt64?, verdict: Verdict
    ) throws {
        var builder = try HistoryBuilder()
        builder.issue(2)
        Self.inject(&builder, and: [HistoryBuilder.signer(4)])
        builder.equivocate(4, 2, to: [HistoryBuilder.signer(1)], and: [HistoryBuilder.signer(2)])
        if let foundOut {
            let evidence = Evidence.taskEquivocation(Self.pair(builder))
            builder.note(HistoryBuilder.signer(1), at: foundOut, .evidenceFound(evidence))
            Self.revoke(&builder, on: Self.pair(builder))
        }
        let finding = builder.judge(.completeness)
        #expect(finding.verdict == verdict, "\(finding.account)")
    }

    @Test func aRevocationThatWasEarnedHoldsEverywhere() throws {
        var builder = try HistoryBuilder()
        for number in 1...3 as ClosedRange<UInt64> { builder.issue(number) }
        Self.inject(&builder)
        Self.revoke(&builder, on: Self.pair(builder))
        for oracle in [Oracle.innocence, .completeness, .exactlyOnce, .conservation] {
            let finding = builder.judge(oracle)
            #expect(finding.verdict == .holds, "\(oracle.rawValue): \(finding.account)")
        }
        #expect(builder.judge(.exactlyOnce).account == "1 offence, 0 slashes, 1 revocation")
    }

    @Test func aRevocationOfAnHonestCoordinatorViolatesInnocence() throws {
        var builder = try HistoryBuilder.sound()
        Self.revoke(&builder, on: Self.pair(builder))
        let finding = builder.judge(.innocence)
        #expect(finding.verdict == .violated)
        #expect(
            finding.account
                == "the coordinator of squares was revoked for task 2 of squares, but it sent no two different tasks "
                + "under that number")
    }

    @Test func aRevocationOnForgedEvidenceViolatesInnocence() throws {
        var builder = try HistoryBuilder.sound()
        Self.inject(&builder)
        var forged = Self.signed(builder, payload: 9)
        forged.signature = Self.signed(builder, payload: 2).signature
        let pair = TaskEquivocation(
            Self.signed(builder, payload: 2), forged, by: builder.keys[4].publicKey)!
        Self.revoke(&builder, on: pair)
        #expect(builder.judge(.innocence).account.contains("a signature in it is not valid"))
        #expect(builder.judge(.innocence).verdict == .violated)
    }

    @Test func aRevocationWithoutEvidenceViolatesInnocenceAndExactlyOnce() throws {
        var builder = try HistoryBuilder.sound()
        Self.inject(&builder)
        Self.revoke(&builder, on: Self.pair(builder), applying: false)
        #expect(builder.judge(.innocence).verdict == .violated)
        #expect(builder.judge(.exactlyOnce).verdict == .violated)
    }

    @Test func twoRevocationsOfOneCoordinatorViolateExactlyOnce() throws {
        var builder = try HistoryBuilder.sound()
        Self.inject(&builder)
        for _ in 0..<2 { Self.revoke(&builder, on: Self.pair(builder)) }
        #expect(builder.judge(.exactlyOnce).account.contains("was revoked 2 times"))
    }

    @Test(arguments: [
        ([HistoryBuilder.signer(1)], [HistoryBuilder.signer(2)], Verdict.violated),
        ([HistoryBuilder.signer(1)], [], .holds), ([HistoryBuilder.signer(1)], [HistoryBuilder.coordinator], .holds),
    ])
    func aCoordinatorThatTwoHonestOperatorsCouldExposeMustBeRevoked(
        _ first: [Party], _ second: [Party], _ verdict: Verdict
    ) throws {
        var builder = try HistoryBuilder()
        builder.issue(2)
        Self.inject(&builder, to: first, and: second)
        let finding = builder.judge(.completeness)
        #expect(finding.verdict == verdict, "\(finding.account)")
    }

    /// Where somebody is dead from the start, the others may wait for it, and vote on nothing that is due before.
    @Test(arguments: [(nil, 150, .violated), (4, 150, .holds), (4, 220, .violated)] as [(UInt32?, UInt64, Verdict)])
    func aCoordinatorIsExposedByThoseWhoVoteInTime(dead: UInt32?, _ number: UInt64, _ verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        builder.issue(number)
        if let dead { builder.intervene(HistoryBuilder.signer(dead), at: 10, .killed) }
        Self.inject(&builder, number)
        let finding = builder.judge(.completeness)
        #expect(finding.verdict == verdict, "\(finding.account)")
    }

    @Test func tasksOfAnEquivocatingCoordinatorAreNotJudgedAlive() throws {
        var builder = try HistoryBuilder()
        for number in 1...3 as ClosedRange<UInt64> { builder.issue(number) }
        #expect(builder.judge(.liveness).verdict == .violated)
        Self.inject(&builder)
        #expect(builder.judge(.liveness).verdict == .notApplicable)
    }

    /// Its process dies and another takes up its work: tasks that touch the gap are not judged, and it can be relied on
    /// again afterwards.
    @Test func aCoordinatorThatCameBackIsJudgedAgain() throws {
        var builder = try HistoryBuilder()
        for number in [1, 2, 600] as [UInt64] { builder.issue(number) }
        builder.note(HistoryBuilder.coordinator, at: 30, .injected(Injection(behaviour: "coordinator-crash")))
        builder.endings[HistoryBuilder.coordinator] = .cut
        #expect(builder.judge(.liveness).verdict == .notApplicable)
        builder.secondCoordinator = [(at: 1500, .operatorSetAdopted(HistoryBuilder.service, builder.set.digest))]
        let finding = builder.judge(.liveness)
        #expect(finding.verdict == .violated)
        #expect(finding.account.hasPrefix("1 of 3 tasks judged: 1 of 1 task"))
    }

    /// What only a coordinator saw that died and came back must be punished; what died with it need not be.
    @Test func aCoordinatorThatCameBackIsAWitness() throws {
        var builder = try HistoryBuilder()
        builder.issue(2)
        builder.equivocate(4, 2, to: [HistoryBuilder.coordinator], and: [HistoryBuilder.coordinator])
        #expect(builder.judge(.completeness).verdict == .violated)
        builder.note(HistoryBuilder.coordinator, at: 30, .injected(Injection(behaviour: "coordinator-crash")))
        #expect(builder.judge(.completeness).verdict == .holds)
        // It has the second that it may take to be dialled, and three quarters of one to be told and to compare.
        for (at, verdict) in [(270, Verdict.violated), (271, .holds)] as [(UInt64, Verdict)] {
            builder.secondCoordinator = [(at: at, .operatorSetAdopted(HistoryBuilder.service, builder.set.digest))]
            #expect(builder.judge(.completeness).verdict == verdict)
        }
    }

    // MARK: Where the ledger's clock is moved on

    private static func open(_ epoch: UInt64, at time: UInt64, in builder: inout HistoryBuilder) throws {
        let set = try OperatorSet(
            network: builder.genesis.network, service: HistoryBuilder.service, epoch: Epoch(epoch),
            revision: Revision(0), threshold: .twoThirds, members: builder.set.members)
        builder.note(.ledger, at: time, .operatorSetOpened(set))
    }

    /// The horizon of epoch 0 passes with the opening of epoch 3. The window is over two seconds after the issue; half a
    /// second later whoever has evidence has submitted it.
    @Test(arguments: [
        (3 as UInt64, 1_000 as UInt64, Verdict.notApplicable), (2, 1_000, .violated), (3, 4_000, .violated),
    ])
    func whatIsPastItsHorizonBeforeItIsDueIsNotAwaited(epoch: UInt64, time: UInt64, verdict: Verdict) throws {
        var tasks = try HistoryBuilder.sound()
        Self.inject(&tasks)
        try Self.open(epoch, at: time, in: &tasks)
        #expect((tasks.judge(.completeness).verdict == .violated) == (verdict == .violated))
        var votes = try HistoryBuilder.sound()
        votes.equivocate(3, 2, to: [HistoryBuilder.signer(1)], and: [HistoryBuilder.signer(2)])
        try Self.open(epoch, at: time, in: &votes)
        #expect((votes.judge(.completeness).verdict == .violated) == (verdict == .violated))
    }

    /// A flood votes on what nobody has issued.
    @Test(arguments: [(3 as UInt64, false), (2, true)])
    func proofAboutWhatWasNeverIssuedHasItsHorizonToo(epoch: UInt64, isMissed: Bool) throws {
        var builder = try HistoryBuilder.sound()
        builder.note(HistoryBuilder.signer(1), at: 300, .evidenceFound(builder.evidence(3, 100_000)))
        try Self.open(epoch, at: 290, in: &builder)
        #expect((builder.judge(.completeness).verdict == .violated) == isMissed)
    }

    /// Who has proof already votes on nothing more of this coordinator's.
    @Test func whoIsWarnedNeedNotProveItAgain() throws {
        var builder = try HistoryBuilder()
        for number in 1...40 as ClosedRange<UInt64> { builder.issue(number) }
        Self.inject(&builder, 30)
        #expect(builder.judge(.completeness).verdict == .violated)
        let evidence = Evidence.taskEquivocation(Self.pair(builder))
        for number in 1...2 as ClosedRange<UInt32> {
            builder.note(HistoryBuilder.signer(number), at: 40, .evidenceFound(evidence))
        }
        builder.apply(.submitEvidence(evidence), .pastHorizon, at: 60)
        #expect(builder.judge(.completeness).verdict == .holds, "\(builder.judge(.completeness).account)")
    }
}
