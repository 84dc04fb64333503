import Cryptography
import Messages
import Primitives
import TestSupport
import Testing
import Verdicts

/// Two certificates for one task, and who must answer for them. op-1 to op-4 hold 40, 30, 20 and 10 %; 2q - 1 is a third.
@Suite struct AccountabilityTests {
    /// The certificates of two witnesses contradict each other.
    private func conflict(_ one: [UInt32], _ other: [UInt32]) throws -> HistoryBuilder {
        var builder = try HistoryBuilder()
        builder.issue(3)
        builder.note(HistoryBuilder.signer(3), at: 40, .certified(builder.certificate(builder.statement(3), by: one)))
        builder.note(
            HistoryBuilder.signer(4), at: 41,
            .certified(builder.certificate(builder.statement(3, result: 2), by: other)))
        return builder
    }

    @Test func theTwoCertificatesAloneNameThoseWhoSignedBoth() throws {
        let finding = try conflict([1, 2], [1, 2, 4]).judge(.accountability)
        #expect(finding.verdict == .holds)
        #expect(
            finding.account
                == "task 3 of squares has two certificates; proven guilty: op-1, op-2, 70 SOL of 100 SOL, "
                + "where at least 33.333333334 SOL must be")
    }

    /// Such certificates are no certificates: they do not reach the threshold. Whoever takes them for such is not
    /// accountable, and the oracle says so.
    @Test func lessThanAThirdIsAViolation() throws {
        let finding = try conflict([1], [2, 3, 4]).judge(.accountability)
        #expect(finding.verdict == .violated)
        #expect(finding.account.contains("nobody is proven guilty, 0 SOL of 100 SOL"))
        #expect(try conflict([1, 4], [2, 3, 4]).judge(.accountability).verdict == .violated)
    }

    /// It proves itself.
    @Test func evidenceCountsWhoeverFoundIt() throws {
        for isHonest in [true, false] {
            var builder = try conflict([1], [2, 3, 4])
            builder.note(HistoryBuilder.signer(2), at: 50, .evidenceFound(builder.evidence(1, 3)))
            if !isHonest { builder.note(HistoryBuilder.signer(2), at: 9, .injected(Injection(behaviour: "collusion"))) }
            #expect(builder.judge(.accountability).verdict == .holds)
        }
    }

    @Test func whoeverTheLedgerSlashedInTheEpochCounts() throws {
        var builder = try conflict([1], [2, 3, 4])
        builder.slash(1, on: builder.evidence(1, 7), at: 30)
        #expect(builder.judge(.accountability).verdict == .holds)
    }

    /// What the adversary says of itself is not looked at.
    @Test func aConfessionIsNoProof() throws {
        var builder = try conflict([1], [2, 3, 4])
        builder.equivocate(1, 3, to: [HistoryBuilder.signer(3)], and: [HistoryBuilder.signer(4)])
        #expect(builder.judge(.accountability).verdict == .violated)
    }

    @Test func aForgedPairIsNoProof() throws {
        var builder = try conflict([1], [2, 3, 4])
        var vote = builder.vote(1, builder.statement(3, result: 2))
        vote.signature = builder.vote(2, builder.statement(3, result: 2)).signature
        let pair = Equivocation(builder.vote(1, builder.statement(3)), vote)!
        builder.note(HistoryBuilder.signer(2), at: 50, .evidenceFound(.equivocation(pair)))
        #expect(builder.judge(.accountability).verdict == .violated)
    }

    @Test func withoutAConflictItIsNotApplicableAndWithoutRecordsUnknown() throws {
        var builder = try HistoryBuilder.sound()
        #expect(builder.judge(.accountability).verdict == .notApplicable)
        builder.absent = [HistoryBuilder.signer(4)]
        #expect(builder.judge(.accountability).verdict == .unknown)
    }
}
