import Foundation
import Messages
import Primitives
import Simulation
import TestSupport
import Testing
import TopologyFormat
import Verdicts

/// What a simulation tells reads as it has been approved, and is what the protocol promises.
@Suite(.computing) struct TranscriptTests {
    @Test(arguments: Transcript.all)
    func aScenarioIsToldAsApproved(_ transcript: Transcript) throws {
        let plan = try transcript.plan()
        var lines: [String] = []
        let run = try Simulator.run(plan, observer: TracePrinter(plan) { lines.append($0) })
        let text = lines.map { $0 + "\n" }.joined()
        if Transcript.isUpdating { try transcript.approve(text) }
        let difference = transcript.difference(of: text)
        #expect(difference == nil, "\(difference ?? ""); QUORATE_UPDATE_TRANSCRIPTS=1 approves it")
        let history = RunHistory(run.records)
        for finding in Finding.all(of: history) {
            #expect(finding.verdict == .holds || finding.verdict == .notApplicable, "\(finding.account)")
        }
        #expect(run.ending == .completed)
        let slashed = Set(history.slashes.map(\.record.signer))
        #expect(slashed == Set(plan.topology.expect.slashed))
        #expect(history.revocations.map(\.record.service) == plan.topology.expect.revoked)
    }

    @Test(.enabled(if: !Transcript.isUpdating)) func everyTranscriptHasItsScenario() {
        #expect(Transcript.all.count >= 12)
        #expect(Transcript.names(ofFilesWithExtension: "txt") == Transcript.all.map(\.name))
    }
}
