import Messages
import Primitives
import Records
import TestSupport
import Testing
import Verdicts

/// Where a process or the whole machine was held up, nobody is blamed for being late.
@Suite struct StallTests {
    private static let stalled = Observation.stalled(.milliseconds(1_500))

    /// An equivocator of whom both votes were sent to honest nodes, and whom nobody punished.
    private static func unpunished() throws -> HistoryBuilder {
        var builder = try HistoryBuilder()
        builder.issue(2)
        builder.certify(2)
        builder.equivocate(
            4, 2, to: [HistoryBuilder.coordinator, HistoryBuilder.signer(1)],
            and: [HistoryBuilder.signer(2), HistoryBuilder.signer(3)])
        return builder
    }

    /// The window closes at 2020 ms, and what was seen is submitted by 3270 ms.
    @Test(
        arguments: [(1_600, .unknown), (2_500, .unknown), (4_900, .violated), (60, .violated)] as [(UInt64, Verdict)])
    func `Completeness is unknown where somebody was held up before a punishment was due`(
        end: UInt64, verdict: Verdict
    ) throws {
        var builder = try Self.unpunished()
        #expect(builder.judge(.completeness).verdict == .violated)
        builder.note(HistoryBuilder.signer(3), at: end, end < 100 ? .stalled(.milliseconds(99)) : Self.stalled)
        let finding = builder.judge(.completeness)
        #expect(finding.verdict == verdict, "\(finding.account)")
        if verdict == .unknown {
            #expect(finding.account.hasSuffix("was not slashed; but op-3 was held up for 1500.000 ms meanwhile"))
        }
    }

    /// The task is due at 1010 ms.
    @Test(arguments: [(1_000, .unknown), (2_400, .unknown), (3_000, .violated)] as [(UInt64, Verdict)])
    func `Liveness is unknown where somebody was held up while a task was open`(end: UInt64, verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        builder.issue(1)
        builder.note(.ledger, at: end, Self.stalled)
        builder.note(HistoryBuilder.signer(1), at: end, .stalled(.milliseconds(300)))
        let finding = builder.judge(.liveness)
        #expect(finding.verdict == verdict, "\(finding.account)")
        if end == 1_000 {
            #expect(
                finding.account
                    == "task 1 of squares had no certificate by the deadline; but ledger and 1 more were held up "
                    + "for 1000.000 ms meanwhile")
        }
    }

    @Test func `A late task that nobody's stall touches is still a violation`() throws {
        var builder = try HistoryBuilder()
        builder.issue(1)
        builder.issue(400)
        builder.note(.ledger, at: 1_000, Self.stalled)
        let finding = builder.judge(.liveness)
        #expect(finding.verdict == .violated)
        #expect(finding.violations.first?.subjects == [builder.statement(400).voteKey])
    }

    /// That it is paused is known, and judged as a fault of its own.
    @Test func `Whoever was paused on purpose did not stall`() throws {
        var builder = try Self.unpunished()
        builder.intervene(HistoryBuilder.signer(3), at: 100, .paused)
        builder.intervene(HistoryBuilder.signer(3), at: 1_600, .resumed)
        builder.note(HistoryBuilder.signer(3), at: 1_601, Self.stalled)
        #expect(builder.history.stalls.isEmpty)
        builder.note(HistoryBuilder.signer(3), at: 4_601, Self.stalled)
        #expect(builder.history.stalls.count == 1)
    }
}
