import Cryptography
import Messages
import Primitives
import Records
import TestSupport
import Testing
import Verdicts

@Suite struct OracleTests {
    @Test func aSoundRunHoldsEverywhere() throws {
        let history = try HistoryBuilder.sound().history
        for finding in Finding.all(of: history) {
            let premises: [Oracle] = [.accountability, .durability]
            let expected: Verdict = premises.contains(finding.oracle) ? .notApplicable : .holds
            #expect(finding.verdict == expected, "\(finding.oracle.rawValue): \(finding.account)")
        }
    }

    @Test func anEmptyRunIsNotApplicable() throws {
        let history = try HistoryBuilder().history
        let verdicts = Dictionary(uniqueKeysWithValues: Finding.all(of: history).map { ($0.oracle, $0.verdict) })
        #expect(
            verdicts == [
                .agreement: .notApplicable, .accountability: .notApplicable, .innocence: .holds,
                .completeness: .notApplicable,
                .exactlyOnce: .notApplicable, .conservation: .holds, .weight: .notApplicable, .validity: .notApplicable,
                .durability: .notApplicable, .liveness: .notApplicable, .bounded: .holds,
            ])
    }

    @Test func twoCertificatesForOneTaskViolateAgreement() throws {
        var builder = try HistoryBuilder.sound()
        let other = builder.certificate(builder.statement(3, result: 2), by: [1, 2, 3])
        builder.note(HistoryBuilder.signer(2), at: 60, .certified(other))
        let finding = builder.judge(.agreement)
        #expect(finding.verdict == .violated)
        #expect(finding.account.hasPrefix("task 3 of squares: coordinator-squares holds a certificate for result "))
    }

    @Test func theLedgersCertificateCountsForAgreement() throws {
        var builder = try HistoryBuilder.sound()
        let other = builder.certificate(builder.statement(3, result: 2), by: [1, 2, 3])
        builder.apply(.submitCertificate(other, participation: SignerSet(size: 4)), .badCertificate, at: 80)
        #expect(builder.judge(.agreement).verdict == .holds)
        builder.apply(.submitCertificate(other, participation: SignerSet(size: 4)), .applied, at: 90)
        #expect(builder.judge(.agreement).verdict == .violated)
    }

    /// With a threshold of two thirds, a third of the stake can have two certificates: 40 of 100 can, 30 cannot; nor can who
    /// equivocated about something else.
    @Test(arguments: [(1, 1, .notApplicable), (2, 1, .violated), (1, 2, .violated)] as [(UInt32, UInt64, Verdict)])
    func agreementIsExcusedFromAThirdOn(culprit: UInt32, subject: UInt64, verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        builder.issue(1)
        builder.issue(2)
        builder.certify(1, by: [1, 2])
        builder.certify(1, result: 2, by: [1, 2, 4])
        builder.equivocate(culprit, subject, to: [HistoryBuilder.coordinator], and: [HistoryBuilder.signer(3)])
        #expect(builder.judge(.agreement).verdict == verdict)
    }

    /// Of what its next process signs nobody need have noted that it was the second time.
    @Test(
        arguments: [("amnesia", 1, .notApplicable), ("amnesia", 2, .violated), ("crash", 1, .violated)]
            as [(String, UInt32, Verdict)])
    func agreementIsExcusedWhereAThirdHasForgotten(name: String, culprit: UInt32, verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        builder.issue(1)
        builder.certify(1, by: [1, 2])
        builder.certify(1, result: 2, by: [1, 2, 4])
        builder.note(HistoryBuilder.signer(culprit), at: 5, .injected(Injection(behaviour: name)))
        #expect(builder.judge(.agreement).verdict == verdict)
    }

    /// Its second vote may never have left it but in a certificate of its own.
    @Test(arguments: [(UInt32(1), Verdict.notApplicable), (2, .violated), (4, .violated)])
    func agreementIsExcusedWhereACheatSignedBoth(cheat: UInt32, verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        builder.issue(1)
        builder.certify(1, by: [1, 2])
        builder.certify(1, result: 2, by: [1, 2, 4])
        let task = builder.statement(1).voteKey
        let injection = Injection(behaviour: "collusion", service: task.service, subject: task.subject)
        builder.note(HistoryBuilder.signer(cheat), at: 5, .injected(injection))
        #expect(builder.judge(.agreement).verdict == verdict)
    }

    @Test(arguments: [("amnesia", Verdict.holds), ("flood", .violated)])
    func whoHadForgottenMayBeSlashedUnnoted(name: String, verdict: Verdict) throws {
        var builder = try HistoryBuilder.sound()
        builder.note(HistoryBuilder.signer(3), at: 5, .injected(Injection(behaviour: name)))
        builder.slash(3, on: builder.evidence(3, 1), at: 90)
        #expect(builder.judge(.completeness).verdict == verdict)
    }

    @Test func anHonestOperatorsSlashViolatesInnocence() throws {
        var builder = try HistoryBuilder.sound()
        builder.slash(3, on: builder.evidence(3, 1), at: 90)
        let finding = builder.judge(.innocence)
        #expect(finding.verdict == .violated)
        #expect(finding.account == "op-3 was slashed for task 1 of squares, but it sent no two different votes for it")
    }

    /// What it signs after its amnesia may be the second time, whether somebody noted that or not; before it, it is not.
    @Test(arguments: [(UInt64(80), Verdict.holds), (95, .violated)])
    func whoHadForgottenIsNotInnocent(death: UInt64, verdict: Verdict) throws {
        var builder = try HistoryBuilder.sound()
        builder.note(HistoryBuilder.signer(3), at: death, .injected(Injection(behaviour: "amnesia")))
        builder.slash(3, on: builder.evidence(3, 1), at: 90)
        #expect(builder.judge(.innocence).verdict == verdict)
    }

    @Test func forgedEvidenceViolatesInnocence() throws {
        var builder = try HistoryBuilder()
        builder.issue(2)
        builder.equivocate(4, 2, to: [HistoryBuilder.coordinator], and: [HistoryBuilder.signer(1)])
        var forged = builder.vote(4, builder.statement(2, result: 2))
        forged.signature = builder.vote(3, forged.statement).signature
        let pair = try #require(Equivocation(builder.vote(4, builder.statement(2)), forged))
        builder.slash(4, on: .equivocation(pair), at: 90)
        let finding = builder.judge(.innocence)
        #expect(finding.verdict == .violated)
        #expect(finding.account.hasSuffix("the evidence proves nothing: a signature in it is not valid"))
    }

    @Test func anUnpunishedEquivocatorViolatesCompleteness() throws {
        var builder = try HistoryBuilder()
        builder.issue(2)
        builder.equivocate(4, 2, to: [HistoryBuilder.coordinator], and: [HistoryBuilder.signer(1)])
        let finding = builder.judge(.completeness)
        #expect(finding.verdict == .violated)
        #expect(finding.account.hasPrefix("op-4 signed two results for task 2 of squares (result "))
    }

    /// Of no use to honest nodes: one vote for a culprit alone, a vote when the window has less than three quarters of a second left, a
    /// task nobody issued.
    @Test(arguments: 0..<3) func whatCannotBeProvenIsNotDue(case number: Int) throws {
        var builder = try HistoryBuilder()
        builder.issue(2)
        builder.note(HistoryBuilder.signer(3), at: 1, .injected(Injection(behaviour: "silent")))
        let coordinator = [HistoryBuilder.coordinator]
        switch number {
        case 0: builder.equivocate(4, 2, to: coordinator, and: [HistoryBuilder.signer(3)])
        case 1: builder.equivocate(4, 2, after: 1251, to: coordinator, and: coordinator)
        default: builder.equivocate(4, 7, to: coordinator, and: coordinator)
        }
        #expect(builder.judge(.completeness).verdict == .holds)
        builder.equivocate(4, 2, after: 1250, to: coordinator, and: coordinator)
        #expect(number == 1 || builder.judge(.completeness).verdict == .violated)
    }

    /// Whose connections others break off may not have been heard; silence in another task keeps nothing back.
    @Test(arguments: [("slow-loris", Verdict.holds), ("oversized", .holds), ("silent", .violated)])
    func whatMayNotHaveBeenHeardIsNotDue(name: String, verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        builder.issue(2)
        builder.note(HistoryBuilder.signer(4), at: 1, .injected(Injection(behaviour: name)))
        builder.equivocate(4, 2, to: [HistoryBuilder.coordinator], and: [HistoryBuilder.signer(1)])
        #expect(builder.judge(.completeness).verdict == verdict)
    }

    /// What a coordinator ignores it cannot compare; who has seen both votes needs nobody, and what comes later it sees.
    @Test(arguments: [(UInt64(2), UInt32(2), Verdict.holds), (2, 1, .violated), (300, 2, .violated)])
    func whereTheCoordinatorIgnoresVotesNobodyCompares(task: UInt64, other: UInt32, verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        builder.issue(task)
        builder.note(HistoryBuilder.coordinator, at: 1, .injected(Injection(behaviour: "coordinator-censors")))
        builder.note(HistoryBuilder.coordinator, at: 15, .recovered(behaviour: "coordinator-censors", service: nil))
        builder.equivocate(4, task, to: [HistoryBuilder.signer(1)], and: [HistoryBuilder.signer(other)])
        #expect(builder.judge(.completeness).verdict == verdict)
    }

    /// In a star nobody else sees a vote.
    @Test func whatACensorWasShownAloneIsNotDue() throws {
        var builder = try HistoryBuilder()
        builder.issue(2)
        builder.equivocate(4, 2, to: [HistoryBuilder.coordinator], and: [HistoryBuilder.coordinator])
        #expect(builder.judge(.completeness).verdict == .violated)
        builder.note(HistoryBuilder.coordinator, at: 1, .injected(Injection(behaviour: "coordinator-censors")))
        builder.note(HistoryBuilder.coordinator, at: 15, .recovered(behaviour: "coordinator-censors", service: nil))
        #expect(builder.judge(.completeness).verdict == .holds)
    }

    /// The window of task 2 closes at 2020 ms; half a second more may pass until the evidence is submitted.
    @Test(arguments: [(UInt64(2519), Verdict.holds), (2520, .violated)])
    func aSlashStillUnderWayIsNotMissed(end: UInt64, verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        builder.issue(2)
        builder.equivocate(4, 2, to: [HistoryBuilder.coordinator], and: [HistoryBuilder.signer(1)])
        builder.endings[HistoryBuilder.coordinator] = .closed(at: HistoryBuilder.instant(end))
        let finding = builder.judge(.completeness)
        #expect(finding.verdict == verdict)
        #expect(verdict == .violated || finding.account == "1 still on the way to a punishment when the run ended")
    }

    @Test func aSlashForSilenceViolatesCompleteness() throws {
        var builder = try HistoryBuilder.sound()
        builder.note(HistoryBuilder.signer(3), at: 1, .injected(Injection(behaviour: "silent")))
        #expect(builder.judge(.completeness).verdict == .holds)
        builder.slash(3, on: builder.evidence(3, 1), at: 90)
        #expect(
            builder.judge(.completeness).account == "op-3 was slashed, though its fault (silent) is unprovable")
    }

    @Test func aSecondSlashViolatesExactlyOnce() throws {
        var builder = try HistoryBuilder.sound()
        builder.slash(4, on: builder.evidence(4, 2), at: 90)
        let finding = builder.judge(.exactlyOnce)
        #expect(finding.verdict == .violated)
        #expect(finding.account == "op-4 was slashed 2 times: task 2 of squares, task 2 of squares")
    }

    @Test func evidenceWithoutASlashViolatesExactlyOnce() throws {
        var builder = try HistoryBuilder.sound()
        builder.apply(.submitEvidence(builder.evidence(3, 1)), .applied, at: 90)
        #expect(
            builder.judge(.exactlyOnce).account == "task 1 of squares: evidence was applied 1 times, punished 0 times")
    }

    @Test func aSlashWithoutEvidenceViolatesExactlyOnce() throws {
        var builder = try HistoryBuilder.sound()
        builder.note(.ledger, at: 90, .slashed(builder.slashRecord(builder.evidence(3, 1), 3)))
        #expect(
            builder.judge(.exactlyOnce).account == "task 1 of squares: evidence was applied 0 times, punished 1 times")
    }

    @Test func aLostLamportViolatesConservation() throws {
        var builder = try HistoryBuilder()
        builder.slash(4, on: builder.evidence(4, 2), at: 76, losing: 1)
        let finding = builder.judge(.conservation)
        #expect(finding.verdict == .violated)
        #expect(
            finding.account.hasPrefix(
                "after instruction 1 100000000000 lamports have entered, but 99999999999 are there"))
    }

    /// Each page answers for the instructions since the page before, and for no others.
    @Test func flowsAreSummedPageByPage() throws {
        var builder = try HistoryBuilder.sound()
        builder.apply(.submitEvidence(builder.evidence(4, 2)), .alreadySlashed, at: 80)
        builder.slash(3, on: builder.evidence(3, 1), at: 90)
        #expect(builder.judge(.conservation).account == "3 pages of books, to the lamport")
        builder.apply(.submitEvidence(builder.evidence(2, 3)), .applied, at: 92)
        builder.slash(1, on: builder.evidence(1, 3), at: 95)
        #expect(
            builder.judge(.conservation).account
                == "after instruction 5 evidence was applied, but nothing slashed")
    }

    @Test func aSlashFromTheWrongBucketViolatesConservation() throws {
        var builder = try HistoryBuilder.sound()
        var page = try #require(builder.history.books.last)
        page.sequence += 1
        page.burned += Units(7)
        page.vault -= Units(7)
        builder.note(.ledger, at: 99, .books(page))
        let finding = builder.judge(.conservation)
        #expect(finding.verdict == .violated)
        #expect(finding.account == "after instruction 2 7 lamports were burned; the slashes say 0")
    }

    /// 70 of 100 is a quorum, 60 is not, and heads do not count: three of four hold 60.
    @Test(arguments: [([UInt32(1), 2], Verdict.holds), ([2, 3, 4], .violated), ([1, 3], .violated)])
    func aLightCertificateViolatesWeight(signers: [UInt32], verdict: Verdict) throws {
        var builder = try HistoryBuilder()
        builder.issue(1)
        builder.certify(1, by: signers)
        #expect(builder.judge(.weight).verdict == verdict)
    }

    /// Strictly more: with 7/10, 70 of 100 is no quorum.
    @Test func theThresholdItselfViolatesWeight() throws {
        var builder = try HistoryBuilder(threshold: Fraction(7, over: 10)!)
        builder.certify(1, by: [1, 2])
        #expect(builder.judge(.weight).account.contains(": 70 SOL signed, not more than 7/10 of the stake"))
    }

    @Test func aSkippedSignatureViolatesWeight() throws {
        var builder = try HistoryBuilder.sound()
        let good = builder.certificate(builder.statement(3), by: [1, 2, 3])
        let forged = Certificate(
            statement: good.statement, signers: good.signers,
            signatures: [good.signatures[0], good.signatures[0], good.signatures[2]])!
        builder.note(HistoryBuilder.signer(2), at: 60, .certified(forged))
        #expect(
            builder.judge(.weight).account
                == "op-2's certificate for task 3 of squares: the signature of operator 1 is not valid")
    }

    @Test func aSnapshotThatIsNotGenesisViolatesWeight() throws {
        var builder = try HistoryBuilder()
        var members = builder.set.members
        members[0].weight += Lamports(1)
        let other = try OperatorSet(
            network: builder.genesis.network, service: HistoryBuilder.service, epoch: Epoch(0), revision: Revision(0),
            threshold: .twoThirds, members: members)
        builder.note(.ledger, at: 1, .operatorSetOpened(other))
        #expect(builder.judge(.weight).account == "the first operator set of squares is not the stake of genesis")
    }

    @Test func aLateCertificateViolatesLiveness() throws {
        var builder = try HistoryBuilder.sound()
        builder.issue(4)
        builder.certify(4, after: 1000)
        #expect(builder.judge(.liveness).verdict == .holds)
        builder.issue(5)
        builder.certify(5, after: 1001)
        builder.issue(6)
        #expect(
            builder.judge(.liveness).account
                == "2 of 6 tasks had no certificate by the deadline, first 5 of squares, 6 of squares")
    }

    /// The run ends at the deadline of its last task, or just before it.
    @Test(arguments: [(UInt64(2999), Verdict.holds), (3000, .violated)])
    func anOpenTaskIsNotLate(end: UInt64, verdict: Verdict) throws {
        var builder = try HistoryBuilder.sound()
        builder.issue(200)
        builder.endings[HistoryBuilder.coordinator] = .closed(at: HistoryBuilder.instant(end))
        let finding = builder.judge(.liveness)
        #expect(finding.verdict == verdict)
        #expect(verdict == .violated || finding.account == "3 tasks certified before the deadline")
    }

    @Test func aRunThatEndedBeforeEveryDeadlineSaysSo() throws {
        var builder = try HistoryBuilder()
        builder.issue(200)
        builder.endings[HistoryBuilder.coordinator] = .closed(at: HistoryBuilder.instant(2_500))
        let finding = builder.judge(.liveness)
        #expect(finding.verdict == .notApplicable)
        #expect(finding.account == "the run ended before the deadline of every task")
    }

    @Test func livenessIsNotJudgedWithoutAnHonestQuorum() throws {
        var builder = try HistoryBuilder()
        builder.issue(1)
        builder.note(HistoryBuilder.signer(1), at: 0, .injected(Injection(behaviour: "silent")))
        #expect(builder.judge(.liveness).verdict == .notApplicable)
    }

    @Test func aTornRecordIsUnknownButNotForTheCrashed() throws {
        var builder = try HistoryBuilder.sound()
        builder.endings[HistoryBuilder.signer(3)] = .torn(at: 4711)
        #expect(builder.judge(.agreement).verdict == .unknown)
        #expect(builder.judge(.agreement).account == "op-3.1.qrec ends inside the entry at byte 4711")
        #expect(builder.judge(.conservation).verdict == .holds)
        builder.note(HistoryBuilder.signer(3), at: 9, .injected(Injection(behaviour: "crash")))
        #expect(builder.judge(.agreement).verdict == .holds)
    }

    /// Its record ends where its process ended, but it went on for longer than that.
    @Test func aRecordThatIsShorterThanItWasIsUnknownThoughItsProcessWasKilled() throws {
        var builder = try HistoryBuilder.sound()
        builder.intervene(HistoryBuilder.signer(3), at: 300, .killed)
        var records = builder.records
        func judged() -> Finding { Finding.all(of: RunHistory(records)).first { $0.oracle == .agreement }! }
        #expect(judged().verdict == .holds)
        records.deficits = [
            RecordDeficit(party: HistoryBuilder.signer(3), fileName: "op-3.1.qrec", bytes: 100, expected: 200)
        ]
        #expect(judged().verdict == .unknown)
        #expect(judged().account == "op-3.1.qrec has 100 bytes; it had 200 when the run ended")
        builder.absent = [HistoryBuilder.signer(2)]
        records = builder.records
        let missing = RecordDeficit(party: HistoryBuilder.signer(2), fileName: "op-2.1.qrec", bytes: nil, expected: 200)
        records.deficits = [missing]
        #expect(judged().account == "op-2.1.qrec is missing", "once")
    }

    /// Without the ledger's record nothing about slashes is known; what other records show stays shown.
    @Test func aMissingLedgerIsUnknown() throws {
        var builder = try HistoryBuilder.sound()
        builder.absent = [.ledger]
        for finding in Finding.all(of: builder.history) {
            #expect(finding.verdict == .unknown, "\(finding.oracle.rawValue): \(finding.account)")
            #expect(finding.account == "ledger.1.qrec is missing")
        }
        let other = builder.certificate(builder.statement(3, result: 2), by: [1, 2, 3])
        builder.note(HistoryBuilder.signer(2), at: 60, .certified(other))
        #expect(builder.judge(.agreement).verdict == .violated)
    }
}
