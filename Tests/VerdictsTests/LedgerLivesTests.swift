import Messages
import Primitives
import Records
import TestSupport
import Testing

@testable import Verdicts

/// Several processes of the ledger, read as one history.
@Suite(.computing) struct LedgerLivesTests {
    private static let crash = Observation.injected(Injection(behaviour: "ledger-crash"))

    /// The evidence was in the record of the first process, and not in its log: the second one took it again.
    private static func twice() throws -> HistoryBuilder {
        var builder = try HistoryBuilder.sound()
        builder.note(.ledger, at: 77, crash)
        builder.endings[.ledger] = .cut
        let applied = builder.notes[.ledger]!.filter { $0.at >= HistoryBuilder.instant(76) }.map(\.observation)
        builder.secondLedger =
            [(at: 600, .ledgerOpened(after: 0))] + applied.filter { $0 != crash }.map { (at: 610, $0) }
        return builder
    }

    @Test func whatWasNeverCommittedHasNotHappened() throws {
        let history = RunHistory(try Self.twice().records)
        #expect(history.applied.map(\.sequence) == [1])
        #expect(history.slashes.count == 1 && history.slashNotes.count == 1)
        #expect(history.slashes[0].at == HistoryBuilder.instant(610))
        #expect(history.gaps.isEmpty)
        for finding in Finding.all(of: history) { #expect(finding.verdict != .violated, "\(finding)") }
    }

    @Test func twoSlashesThatBothCountAreTwo() throws {
        var builder = try Self.twice()
        builder.secondLedger![0] = (at: 600, .ledgerOpened(after: 1))
        #expect(builder.judge(.exactlyOnce).verdict == .violated)
    }

    @Test func theDeathItselfIsAlwaysTold() throws {
        let history = RunHistory(try Self.twice().records)
        #expect(history.injections.contains { $0.party == .ledger })
    }

    @Test func aLastProcessThatWasNotClosedIsAGap() throws {
        var builder = try HistoryBuilder.sound()
        builder.note(.ledger, at: 77, Self.crash)
        builder.endings[.ledger] = .cut
        #expect(
            RunHistory(builder.records).gaps.map(\.account) == [
                "ledger.1.qrec was never closed: its process was killed"
            ])
    }

    @Test func whatTheLogHasAndNoRecordTellsOfIsAGap() throws {
        var builder = try Self.twice()
        builder.secondLedger = [(at: 600, .ledgerOpened(after: 5))]
        #expect(
            RunHistory(builder.records).gaps.map(\.account) == [
                "ledger.2.qrec goes on after instruction 5, but what was recorded before it ends with 1"
            ])
    }

    @Test func somebodysKillIsNoGapEither() throws {
        var builder = try Self.twice()
        builder.notes[.ledger]!.removeAll { $0.observation == Self.crash }
        builder.intervene(.ledger, at: 77, .killed)
        builder.intervene(.ledger, at: 590, .restarted(.keep), incarnation: 2)
        #expect(RunHistory(builder.records).gaps.isEmpty)
    }

    // MARK: What is due at it

    @Test func nothingIsDueAtALedgerThatIsAway() throws {
        let outages = LedgerOutages(try Self.twice().records)
        func due(_ from: UInt64) -> Instant? { outages.due(HistoryBuilder.instant(from), within: .milliseconds(500)) }
        #expect(LedgerOutages(try HistoryBuilder.sound().records).due(.init(nanoseconds: 0), within: .zero) != nil)
        #expect(due(70) == HistoryBuilder.instant(600 + 1_000 + 500), "it died meanwhile")
        #expect(due(300) == HistoryBuilder.instant(600 + 1_000 + 500))
        #expect(due(1_700) == HistoryBuilder.instant(2_200))
    }

    /// An operator found proof while the ledger was dead.
    @Test(arguments: [(9_999, .violated), (1_900, .notApplicable)] as [(UInt64, Verdict)])
    func proofIsAwaitedOnlyOnceTheLedgerIsBack(closing: UInt64, verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        builder.issue(20)
        builder.note(HistoryBuilder.signer(1), at: 300, .evidenceFound(builder.evidence(4, 20)))
        builder.note(.ledger, at: 250, Self.crash)
        builder.endings[.ledger] = .cut
        builder.secondLedger = [(at: 900, .ledgerOpened(after: 0))]
        builder.endings[HistoryBuilder.coordinator] = .closed(at: HistoryBuilder.instant(closing))
        let finding = builder.judge(.completeness)
        #expect((finding.verdict == .violated) == (verdict == .violated), "\(finding)")
    }

    @Test func anEpochIsHastenedByWhatCameBeforeItAndNotByTheClockAlone() throws {
        var builder = try HistoryBuilder()
        let span =
            UInt64(builder.genesis.parameters.slotDuration.nanoseconds / 1_000_000)
            * builder.genesis.parameters.slotsPerEpoch
        func set(_ epoch: UInt64) throws -> OperatorSet {
            try OperatorSet(
                network: builder.genesis.network, service: HistoryBuilder.service, epoch: Epoch(epoch),
                revision: Revision(0), threshold: builder.set.threshold, members: builder.set.members)
        }
        // The ledger was away for long, and then somebody moved its clock on.
        builder.note(.ledger, at: 5 * span, .operatorSetOpened(try set(1)))
        builder.note(.ledger, at: 5 * span + span / 2, .operatorSetOpened(try set(2)))
        builder.note(.ledger, at: 7 * span, .operatorSetOpened(try set(3)))
        // By two epochs at once: the second would have come nearly as soon without.
        for epoch in 4...5 as ClosedRange<UInt64> {
            builder.note(.ledger, at: 8 * span - 1, .operatorSetOpened(try set(epoch)))
        }
        let history = RunHistory(builder.records)
        #expect(history.openings.map { history.isHastened($0) } == [false, false, true, false, true, true])
    }
}
