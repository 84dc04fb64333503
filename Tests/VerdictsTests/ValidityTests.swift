import Messages
import Primitives
import TestSupport
import Testing
import Verdicts

/// A certified result is worked out again, or compared with what the honest signed.
@Suite struct ValidityTests {
    @Test func `A square is worked out again`() throws {
        let finding = try HistoryBuilder.sound().judge(.validity)
        #expect(finding.verdict == .holds && finding.account == "3 results worked out again")
    }

    @Test func `A certified result that is not the module's violates validity, and says by what it is seen`() throws {
        var builder = try HistoryBuilder()
        builder.issue(3)
        builder.certify(3, result: 2)
        let finding = builder.judge(.validity)
        #expect(finding.verdict == .violated)
        #expect(
            finding.account == "task 3 of squares is certified with a result that is not its module's: of the payload "
                + "0300000000000000 it makes 09000000000000000000000000000000")
        let violation = try #require(finding.violations.first)
        #expect(violation.subjects == [builder.statement(3).voteKey])
        #expect(violation.exhibits.map(\.kind) == [.certificate, .task])
        #expect(
            violation.exhibits[0].bytes == builder.certificate(builder.statement(3, result: 2), by: [1, 2, 3]).borsh)
        #expect(violation.exhibits[1].digest == builder.task(3, issued: 30).digest)
        #expect(violation.exhibits[1].place?.file == "records/coordinator-squares.1.qrec")
    }

    /// 40 and 30 of 100 are more than two thirds; 40 alone are not.
    @Test(arguments: [([1, 2], .notApplicable), ([1], .violated)] as [([UInt32], Verdict)])
    func `Those who cheat and hold a quorum can certify what they like`(cheats: [UInt32], verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        builder.issue(3)
        builder.certify(3, result: 2)
        for cheat in cheats {
            builder.note(HistoryBuilder.signer(cheat), at: 31, .injected(Injection(behaviour: "wrong-result")))
        }
        #expect(builder.judge(.validity).verdict == verdict)
    }

    @Test func `Of a task that nobody knows nothing is told`() throws {
        var builder = try HistoryBuilder()
        builder.certify(3, result: 2)
        let finding = builder.judge(.validity)
        #expect(finding.verdict == .notApplicable)
        #expect(finding.account == "of no certificate could it be told what its module makes of the task")
    }

    /// What a program makes of a payload only those tell who ran it.
    @Test(
        arguments: [
            ([1, 1, 1], 1, .holds), ([1, 1, 1], 2, .violated), ([1, 2, 1], 2, .notApplicable), ([], 1, .notApplicable),
        ] as [([UInt8], UInt8, Verdict)])
    func `Of a program's results the honest operators' votes tell`(
        voted: [UInt8], certified: UInt8, verdict: Verdict
    ) throws {
        var builder = try HistoryBuilder(module: "exec")
        builder.issue(3)
        for (place, result) in voted.enumerated() {
            let number = UInt32(place + 1)
            let vote = builder.vote(number, builder.statement(3, result: result))
            builder.note(HistoryBuilder.signer(number), at: 31, .attested(vote))
        }
        builder.certify(3, result: certified)
        let finding = builder.judge(.validity)
        #expect(finding.verdict == verdict, "\(finding.account)")
        if verdict == .violated {
            #expect(finding.violations.first?.exhibits.map(\.kind) == [.certificate, .task, .vote, .vote, .vote])
        }
    }
}
