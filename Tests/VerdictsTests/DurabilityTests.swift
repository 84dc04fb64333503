import Cryptography
import Messages
import Primitives
import Records
import TestSupport
import Testing
import Verdicts

/// What was acknowledged stands, and guards forget nothing, across restarts.
@Suite struct DurabilityTests {
    private static let signer = HistoryBuilder.signer(1)
    private static let coordinator = HistoryBuilder.coordinator

    private static func receipt(_ signed: SignedInstruction, _ outcome: Outcome = .applied) -> Observation {
        .receiptArrived(Receipt(instruction: signed.digest, outcome: outcome, slot: Slot(1)))
    }

    private static func applied(_ sequence: UInt64, _ signed: SignedInstruction) -> Observation {
        .applied(sequence: sequence, slot: Slot(1), signed, .applied)
    }

    @Test func `A receipt stands in the log with its outcome`() throws {
        var builder = try HistoryBuilder()
        let signed = builder.signed(.optIn(HistoryBuilder.service), nonce: 0)
        builder.note(.ledger, at: 10, Self.applied(1, signed))
        builder.note(Self.signer, at: 11, Self.receipt(signed))
        // What is not its authority's next word leaves no trace.
        builder.note(Self.signer, at: 12, Self.receipt(builder.signed(.exit, nonce: 9), .nonceAhead))
        let finding = builder.judge(.durability)
        #expect(finding.verdict == .holds && finding.account == "1 receipt found in the ledger's log")
    }

    @Test func `A receipt of what the log does not have violates durability`() throws {
        var builder = try HistoryBuilder()
        let signed = builder.signed(.optIn(HistoryBuilder.service), nonce: 0)
        builder.note(Self.signer, at: 11, Self.receipt(signed))
        let finding = builder.judge(.durability)
        #expect(finding.verdict == .violated)
        #expect(
            finding.account
                == "the ledger told op-1 applied of instruction \(signed.digest.short), but its log does not "
                + "have it")
        #expect(finding.violations.first?.exhibits.map(\.kind) == [.receipt])
        builder.endings[.ledger] = .torn(at: 77)
        #expect(builder.judge(.durability).verdict == .unknown, "what is cut off may have had it")
    }

    @Test func `A receipt that says something else than the log violates durability`() throws {
        var builder = try HistoryBuilder()
        let signed = builder.signed(.optIn(HistoryBuilder.service), nonce: 0)
        builder.note(.ledger, at: 10, Self.applied(1, signed))
        builder.note(Self.signer, at: 11, Self.receipt(signed, .notOptedIn))
        let finding = builder.judge(.durability)
        #expect(finding.verdict == .violated && finding.account.hasSuffix("and its log says applied"))
    }

    /// The first process noted instructions 2 and 3, and died before they were in its log: the second gave 2 to something else.
    /// Nobody had been told of them but, in the one case, of 3.
    @Test(arguments: [(false, .holds), (true, .violated)] as [(Bool, Verdict)])
    func `A ledger that starts again may have noted more than it had acknowledged`(
        acknowledged: Bool, verdict: Verdict
    ) throws {
        var builder = try HistoryBuilder()
        let signed = (0..<4).map { builder.signed(.optIn(HistoryBuilder.service), nonce: $0) }
        for sequence in 1...3 as ClosedRange<UInt64> {
            builder.note(.ledger, at: 10 + sequence, Self.applied(sequence, signed[Int(sequence) - 1]))
        }
        builder.note(Self.signer, at: 15, Self.receipt(signed[0]))
        if acknowledged { builder.note(Self.signer, at: 16, Self.receipt(signed[2])) }
        builder.secondLedger = [
            (at: 99, .ledgerOpened(after: 1)), (at: 100, Self.applied(2, signed[1])),
            (at: 101, Self.applied(3, signed[3])),
        ]
        builder.note(Self.signer, at: 102, Self.receipt(signed[1]))
        builder.note(Self.signer, at: 103, Self.receipt(signed[3]))
        let finding = builder.judge(.durability)
        #expect(finding.verdict == verdict, "\(finding.account)")
        guard acknowledged else {
            #expect(finding.account.hasPrefix("3 receipts found in the ledger's log; 1 node started again"))
            return
        }
        #expect(finding.account.hasSuffix("its log does not have it: it was instruction 3 before a restart"))
        #expect(
            finding.violations.first?.exhibits.map { $0.place?.file } == [
                "records/op-1.1.qrec", "records/ledger.1.qrec",
            ])
    }

    @Test func `Nobody honest signs two things before and after a restart`() throws {
        var builder = try HistoryBuilder()
        let (first, second) = (builder.vote(1, builder.statement(2)), builder.vote(1, builder.statement(2, result: 2)))
        builder.note(Self.signer, at: 21, .attested(first))
        builder.secondSigners[1] = [(at: 50, .attested(first))]
        #expect(builder.judge(.durability).verdict == .holds, "the same again says nothing more")
        builder.secondSigners[1] = [(at: 50, .attested(second))]
        let finding = builder.judge(.durability)
        #expect(finding.verdict == .violated)
        #expect(finding.account == "op-1 signed two votes for task 2 of squares, in processes 1 and 2")
        #expect(
            finding.violations.first?.exhibits.map { $0.place?.file } == ["records/op-1.1.qrec", "records/op-1.2.qrec"])
        builder.note(Self.signer, at: 20, .injected(Injection(behaviour: "amnesia")))
        #expect(builder.judge(.durability).verdict == .holds, "an adversary does as it likes")
    }

    @Test func `No coordinator issues two tasks under one number`() throws {
        var builder = try HistoryBuilder()
        builder.issue(1)
        builder.secondCoordinator = [(at: 80, .taskIssued(builder.task(1, issued: 10)))]
        #expect(builder.judge(.durability).verdict == .holds)
        builder.secondCoordinator = [(at: 80, .taskIssued(builder.task(1, issued: 80)))]
        let finding = builder.judge(.durability)
        #expect(finding.verdict == .violated)
        #expect(finding.account == "coordinator-squares issued two tasks as task 1 of squares, in processes 1 and 2")
        #expect(finding.violations.first?.exhibits.map(\.kind) == [.task, .task])
    }

    private static let older =
        "the signing guard is older than what others hold: it lacks our vote for service 0, subject 2"

    @Test(arguments: [(nil, .violated), (.keep, .violated), (.older, .holds)] as [(Intervention.Disk?, Verdict)])
    func `A guard that lacks what others hold violates durability, unless somebody had put an older one in its place`(
        disk: Intervention.Disk?, verdict: Verdict
    ) throws {
        var builder = try HistoryBuilder()
        if let disk { builder.intervene(Self.signer, at: 40, .restarted(disk), incarnation: 2) }
        builder.secondSigners[1] = [(at: 50, .refusedToSign(reason: Self.older))]
        let finding = builder.judge(.durability)
        #expect(finding.verdict == verdict, "\(finding.account)")
        #expect(disk != .older || finding.account == "1 node started again on an older or empty disk")
    }

    @Test func `Any other refusal is no regression`() throws {
        var builder = try HistoryBuilder()
        let reason = "service 0, subject 2: another statement is recorded for it"
        builder.secondSigners[1] = [(at: 50, .refusedToSign(reason: reason))]
        #expect(builder.judge(.durability).verdict == .holds)
    }
}
