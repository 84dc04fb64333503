import Cryptography
import Foundation
import Messages
import Primitives
import Reports
import SystemPackage
import TestSupport
import Testing
import Verdicts

/// What a report says of a slash's way to the AVSs, and of a coordinator's revocation.
@Suite struct PropagationTests {
    private static func summary(_ builder: HistoryBuilder, revoked: [ServiceID] = []) -> RunSummary {
        RunSummary(
            records: builder.records,
            expectations: RunExpectations(slashed: [OperatorIndex(3)], revoked: revoked),
            context: RunContext(
                name: "lab", seed: 1, mode: .processes, ending: .completed, runDirectory: FilePath("runs/lab"),
                host: HostFacts(
                    cores: 2, kernel: "6.1", os: "Linux", architecture: "x86_64", build: "debug", guardMode: "synced",
                    transport: "tcp loopback")))
    }

    /// op-4 holds 10 of 100 SOL and is slashed at 76 ms.
    private static func slashed() throws -> (HistoryBuilder, OperatorSet) {
        var builder = try HistoryBuilder.sound()
        let revised = try OperatorSet(
            network: builder.genesis.network, service: HistoryBuilder.service, epoch: Epoch(0), revision: Revision(1),
            threshold: .twoThirds, members: Array(builder.set.members.prefix(3)))
        builder.note(.ledger, at: 76, .operatorSetOpened(revised))
        return (builder, revised)
    }

    private static func flowing(_ summary: RunSummary) -> String {
        TerminalSummary(summary).text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test func theReportShowsBothQuorumsAndHowFastItGotAround() throws {
        var (builder, revised) = try Self.slashed()
        let adopted = Observation.operatorSetAdopted(HistoryBuilder.service, revised.digest)
        builder.note(HistoryBuilder.coordinator, at: 78, adopted)
        builder.note(HistoryBuilder.signer(1), at: 77, adopted)
        builder.note(HistoryBuilder.signer(2), at: 81, adopted)
        // Its next process hears of it anew.
        builder.note(HistoryBuilder.signer(1), at: 95, adopted)
        let summary = Self.summary(builder)
        #expect(
            Self.flowing(summary).contains(
                "op-4 has no seat in squares any more: a quorum is more than 2/3 of 90 SOL instead of 100 SOL; known by "
                    + "its coordinator after 2.000 ms, by all its operators after 5.000 ms"))
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(summary.results.document.utf8)) as? [String: Any])
        let slash = try #require((document["slashes"] as? [[String: Any]])?.first)
        let seat = try #require((slash["seats"] as? [[String: Any]])?.first)
        #expect(seat["service"] as? String == "squares")
        #expect(seat["revision_before"] as? Int == 0 && seat["revision_after"] as? Int == 1)
        #expect(seat["total_before_lamports"] as? String == "100000000000")
        #expect(seat["quorum_before_lamports"] as? String == "66666666667")
        #expect(seat["quorum_after_lamports"] as? String == "60000000001")
        #expect(seat["coordinator_ms"] as? Double == 2 && seat["last_operator_ms"] as? Double == 5)
    }

    @Test func aSetThatIsOpenedLaterOrForAnotherReasonIsNotTheSlashes() throws {
        let (builder, _) = try Self.slashed()
        let summary = Self.summary(builder)
        #expect(summary.slashes.map(\.seats.count) == [1])
        #expect(summary.slashes[0].seats[0].coordinator == nil)
        // Without a revision there is nothing to tell.
        #expect(Self.summary(try .sound()).slashes[0].seats.isEmpty)
        var next = try HistoryBuilder.sound()
        next.note(
            .ledger, at: 90,
            .operatorSetOpened(
                try OperatorSet(
                    network: next.genesis.network, service: HistoryBuilder.service, epoch: Epoch(1),
                    revision: Revision(0), threshold: .twoThirds, members: Array(next.set.members.prefix(3)))))
        #expect(Self.summary(next).slashes[0].seats.isEmpty, "the next epoch's set is no revision")
    }

    @Test func aRevocationIsToldWithItsProof() throws {
        var (builder, _) = try Self.slashed()
        var other = builder.task(2, issued: 20)
        other.payload = [9]
        let signed = [builder.task(2, issued: 20), other].map {
            SignedTask(task: $0, signature: builder.keys[4].sign($0.signedBytes))
        }
        let pair = TaskEquivocation(signed[0], signed[1], by: builder.keys[4].publicKey)!
        let evidence = Evidence.taskEquivocation(pair)
        builder.note(
            HistoryBuilder.coordinator, at: 21,
            .injected(
                Injection(
                    behaviour: "coordinator-equivocates", service: HistoryBuilder.service,
                    subject: Subject(number: 2),
                    tasks: [
                        Injection.SentTask(signed[0], recipients: [HistoryBuilder.signer(1)]),
                        Injection.SentTask(signed[1], recipients: [HistoryBuilder.signer(2)]),
                    ])))
        builder.note(HistoryBuilder.signer(2), at: 31, .evidenceFound(evidence))
        builder.apply(.submitEvidence(evidence), .applied, at: 33)
        builder.note(
            .ledger, at: 33,
            .revoked(
                Revocation(
                    offence: evidence.offence, accused: pair.accused, service: HistoryBuilder.service,
                    voteKey: pair.voteKey, reporter: builder.keys[1].publicKey, slot: Slot(1))))
        let summary = Self.summary(builder, revoked: [HistoryBuilder.service])
        #expect(
            Self.flowing(summary).contains(
                "revoked the coordinator of squares signed two tasks under number 2; its key is worth nothing any more; "
                    + "detected after 10.000 ms, revoked after 12.000 ms; proof: evidence/"))
        #expect(summary.judgement.expectationFailures.isEmpty, "\(summary.judgement.expectationFailures)")
        let unexpected = Self.summary(builder).judgement.expectationFailures
        #expect(unexpected.contains("the coordinator of squares was revoked, which was not expected"))
        #expect(summary.evidence.contains { $0.evidence == evidence })
    }

    @Test func aRevocationThatDidNotComeIsMissed() throws {
        let failures = Self.summary(try .sound(), revoked: [HistoryBuilder.service]).judgement.expectationFailures
        #expect(failures == ["the coordinator of squares was expected to be revoked, but was not"])
    }
}
