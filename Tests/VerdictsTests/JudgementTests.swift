import Messages
import Primitives
import Records
import TestSupport
import Testing
import Verdicts

@Suite struct JudgementTests {
    private static func judge(
        _ builder: HistoryBuilder, _ expectations: RunExpectations,
        readings: [Percentile: PercentileReading] = [:], isComplete: Bool = true
    ) -> Judgement {
        let history = builder.history
        return Judgement(
            of: history, findings: Finding.all(of: history), expectations: expectations, readings: readings,
            isComplete: isComplete)
    }

    private static let guilty = [OperatorIndex(3)]

    @Test func whatWasExpectedIsExitZero() throws {
        let judgement = Self.judge(
            try .sound(),
            RunExpectations(
                slashed: Self.guilty, certified: .one,
                quorumLatency: [RunExpectations.LatencyBound(percentile: .max, atMost: .milliseconds(20))]),
            readings: [.max: .measured(.milliseconds(20))])
        #expect(judgement.expectationFailures == [])
        #expect(judgement.verdict == .holds && judgement.exitStatus == 0)
    }

    @Test func aSlashNobodyExpectedIsExitOne() throws {
        let judgement = Self.judge(try .sound(), RunExpectations())
        #expect(judgement.expectationFailures == ["op-4 was slashed, which was not expected"])
        #expect(judgement.exitStatus == 1)
    }

    /// In a live cluster somebody else than the topology made it cheat.
    @Test func whoWasMadeToCheatWhileUpIsExpectedToBeSlashed() throws {
        let live = Self.judge(try .sound(), RunExpectations(isLive: true))
        #expect(live.expectationFailures.isEmpty && live.exitStatus == 0)
        let scheduled = RunExpectations.ScheduledFault(
            party: HistoryBuilder.signer(4), behaviour: "equivocate-split")
        let known = Self.judge(try .sound(), RunExpectations(faults: [scheduled], isLive: true))
        #expect(
            known.expectationFailures == ["op-4 was slashed, which was not expected"],
            "of what the topology schedules it says itself what is to come")
        var innocent = try HistoryBuilder.sound()
        innocent.slash(3, on: innocent.evidence(3, 1), at: 80)
        #expect(
            Self.judge(innocent, RunExpectations(isLive: true)).expectationFailures
                .contains("op-3 was slashed, which was not expected"))
    }

    /// Chaos made it cheat, and whether it had to be slashed for that says completeness.
    @Test func whoIsExcusedMayBeSlashed() throws {
        var excused = RunExpectations()
        excused.excused = [HistoryBuilder.signer(4)]
        #expect(Self.judge(try .sound(), excused).expectationFailures.isEmpty)
        excused.excused = [HistoryBuilder.signer(3)]
        #expect(
            Self.judge(try .sound(), excused).expectationFailures == ["op-4 was slashed, which was not expected"])
    }

    @Test func whatWasNotMetIsSaid() throws {
        var builder = try HistoryBuilder.sound()
        builder.issue(9)
        let judgement = Self.judge(
            builder,
            RunExpectations(
                slashed: [OperatorIndex(0), OperatorIndex(3)], certified: .one,
                quorumLatency: [
                    RunExpectations.LatencyBound(percentile: .p50, atMost: .milliseconds(20)),
                    RunExpectations.LatencyBound(percentile: .p99, atMost: .milliseconds(20)),
                ], verdicts: [.liveness: .violated, .agreement: .violated]),
            readings: [.p50: .measured(.microseconds(20_001)), .p99: .infinite])
        #expect(
            judgement.expectationFailures == [
                "agreement: expected violated, found holds: 6 certificates for 3 subjects, no two differ",
                "op-1 was expected to be slashed, but was not",
                "squares: 3 of 4 tasks certified, expected 100% or more",
                "quorum latency p50 is 20.001 ms, expected at most 20.000 ms",
                "quorum latency p99 is infinite: too many tasks had no certificate in time",
            ])
    }

    /// What has not happened by then might have; what did happen counts all the same.
    @Test func aRunThatWasCutShortIsNotBlamedForWhatIsMissing() throws {
        let missing = RunExpectations(slashed: [OperatorIndex(0), OperatorIndex(3)])
        #expect(Self.judge(try .sound(), missing).exitStatus == 1)
        #expect(Self.judge(try .sound(), missing, isComplete: false).exitStatus == 3)
        #expect(Self.judge(try .sound(), RunExpectations(), isComplete: false).exitStatus == 1, "op-4 was slashed")
    }

    /// A run that was stopped early is judged by the tasks whose deadline it reached.
    @Test func openTasksAreNotAskedFor() throws {
        var builder = try HistoryBuilder.sound()
        builder.issue(9)
        builder.endings[HistoryBuilder.coordinator] = .closed(at: HistoryBuilder.instant(1089))
        let expectations = RunExpectations(slashed: Self.guilty, certified: .one)
        #expect(Self.judge(builder, expectations).verdict == .holds)
        builder.endings[HistoryBuilder.coordinator] = .closed(at: HistoryBuilder.instant(500))
        #expect(
            Self.judge(builder, expectations).unjudged == ["squares: the run ended before the deadline of every task"])
    }

    /// Of a run whose coordinator was killed the share itself is not known, but what was asked of it is.
    @Test(
        arguments: [(Fraction.one, nil, "100% or more"), (nil, .one, "100% or less")]
            as [(Fraction?, Fraction?, String)])
    func whatIsNotKnownIsHeldAgainstWhatWasAskedFor(least: Fraction?, most: Fraction?, text: String) throws {
        var builder = try HistoryBuilder.sound()
        builder.endings[HistoryBuilder.coordinator] = .cut
        let expectations = RunExpectations(slashed: Self.guilty, certified: least, certifiedAtMost: most)
        let unjudged = Self.judge(builder, expectations).unjudged
        #expect(
            unjudged.contains { $0.hasPrefix("squares: ") && $0.contains("expected \(text): coordinator") },
            "\(unjudged)")
    }

    @Test(arguments: [
        (Fraction.one, "100%"), (.basisPoints(9950), "99.5%"), (.basisPoints(5), "0.05%"), (.twoThirds, "2/3"),
    ])
    func sharesAreSaidAsTheyAreWritten(fraction: Fraction, text: String) {
        #expect(fraction.percentage == text)
    }

    @Test func onlyAnUnknownIsExitThree() throws {
        var builder = try HistoryBuilder.sound()
        builder.absent = [HistoryBuilder.signer(2)]
        let expectations = RunExpectations(slashed: Self.guilty)
        #expect(Self.judge(builder, expectations).exitStatus == 3)
        #expect(Self.judge(builder, expectations).unjudged.first == "agreement: op-2.1.qrec is missing")
        #expect(Self.judge(builder, RunExpectations()).exitStatus == 1)
    }

    @Test func aPercentileTooFewSamplesCarryIsExitThree() throws {
        let judgement = Self.judge(
            try .sound(),
            RunExpectations(
                slashed: Self.guilty,
                quorumLatency: [RunExpectations.LatencyBound(percentile: .p99, atMost: .seconds(1))]),
            readings: [.p99: .notCarried(samples: 200)])
        #expect(judgement.exitStatus == 3)
        #expect(judgement.unjudged == ["quorum latency p99: 200 samples do not carry it; it needs 1000"])
    }
}
