import Attesting
import Cryptography
import Messages
import Primitives
import Services
import Testing

@testable import Node

@Suite struct StatusMeterTests {
    private let set = try! OperatorSet(
        network: Fixture.genesis.network, service: ServiceID(0), epoch: Epoch(0), revision: Revision(0),
        threshold: .twoThirds,
        members: (0..<3).map {
            OperatorSet.Member(
                signer: OperatorIndex($0), key: Fixture.signers[Int($0)].publicKey, weight: Lamports(UInt64($0) + 1))
        })

    private func at(_ milliseconds: UInt64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    private func task(_ number: UInt64, issued: UInt64) -> ServiceTask {
        ServiceTask(
            network: Fixture.genesis.network, service: ServiceID(0), sequence: TaskSequence(number), epoch: Epoch(0),
            operatorSet: set.digest, payload: [], issued: at(issued), deadline: at(issued + 1_000))
    }

    private func vote(_ task: ServiceTask, by number: Int, result: UInt8 = 1) -> Attestation {
        let statement = Statement(for: task, digest: task.digest, result: [result])
        return Attestation(
            statement: statement, signer: Fixture.signers[number].publicKey,
            signature: Fixture.signers[number].sign(statement.signedBytes))
    }

    private func certificate(_ task: ServiceTask, by numbers: [Int]) -> Certificate {
        var signers = SignerSet(size: 3)
        for number in numbers { signers.insert(MemberIndex(UInt32(number))) }
        return Certificate(
            statement: vote(task, by: numbers[0]).statement, signers: signers,
            signatures: numbers.map { vote(task, by: $0).signature })!
    }

    /// A coordinator's, which has its operator set.
    private func coordinator() -> StatusMeter {
        var meter = StatusMeter(of: .coordinator(ServiceID(0)))!
        meter.saw(.received(.notice(.operatorSet(set)), from: .ledger), at: at(0))
        meter.noted(.operatorSetAdopted(ServiceID(0), set.digest), at: at(0))
        return meter
    }

    private func status(_ meter: StatusMeter) -> CoordinatorStatus? {
        if case .coordinator(let status) = meter.role(ProcessReport.TaskCount(issued: 9)) { status } else { nil }
    }

    @Test func aCoordinatorKnowsThatItIsRevoked() {
        var meter = coordinator()
        func saw(_ service: UInt32) {
            let voteKey = task(1, issued: 0).voteKey
            let revocation = Revocation(
                offence: .zero, accused: Fixture.coordinators[0].publicKey, service: ServiceID(service),
                voteKey: voteKey, reporter: Fixture.signers[0].publicKey, slot: Slot(1))
            meter.saw(.received(.notice(.revoked(revocation)), from: .ledger), at: at(3))
        }
        saw(1)
        #expect(status(meter)?.isRevoked == false, "another's")
        saw(0)
        #expect(status(meter)?.isRevoked == true)
    }

    @Test func theLedgerHasNone() { #expect(StatusMeter(of: .ledger) == nil) }

    @Test func anOperatorTellsOfItsVotesItsResultsAndItsRefusals() {
        var meter = StatusMeter(of: Fixture.signer(0))!
        let task = task(4, issued: 10)
        let signed = SignedTask(task: task, signature: Fixture.coordinators[0].sign(task.signedBytes))
        meter.noted(.refusedToSign(reason: "the guard"), at: at(5))
        #expect(
            meter.role(.init())
                == .signer(
                    {
                        var status = SignerStatus(); status.refusal = "the guard"; return status
                    }()))
        meter.noted(.notExecuted(ServiceID(0), TaskSequence(3), reason: "it is broken"), at: at(6))
        if case .signer(let status) = meter.role(.init()) {
            #expect(status.refusal == "no result for task 3: it is broken")
        }
        meter.saw(.received(.task(signed), from: .coordinator(ServiceID(0))), at: at(12))
        meter.saw(.executed(task: task.digest, .result([7])), at: at(13))
        meter.noted(.attested(vote(task, by: 0)), at: at(14))
        var expected = SignerStatus()
        expected.votes = 1
        expected.lastVote = SignerStatus.Vote(
            service: ServiceID(0), sequence: TaskSequence(4), at: at(14), delay: .milliseconds(4))
        #expect(meter.role(.init()) == .signer(expected))
        #expect(meter.result(of: task.digest) == [7] && meter.result(of: .zero) == nil)
    }

    /// A task whose issue is still to come, by somebody's word, is no trap.
    @Test func timesOutOfOrderAreNoTrap() {
        var meter = StatusMeter(of: Fixture.signer(0))!
        let task = task(4, issued: 1_000)
        let signed = SignedTask(task: task, signature: Fixture.coordinators[0].sign(task.signedBytes))
        meter.saw(.received(.task(signed), from: .coordinator(ServiceID(0))), at: at(1))
        meter.noted(.attested(vote(task, by: 0)), at: at(2))
        guard case .signer(let status) = meter.role(.init()) else { return #expect(Bool(false)) }
        #expect(status.lastVote?.delay == .zero && !status.borshIsEmpty)
    }

    @Test func aCoordinatorTellsWhoHasAnsweredAndHowFast() {
        var meter = coordinator()
        #expect(status(meter)?.operatorSet == set && status(meter)?.answered == nil)
        let tasks = [task(0, issued: 10), task(1, issued: 20)]
        for task in tasks { meter.noted(.taskIssued(task), at: at(20)) }
        meter.saw(.received(.attestation(vote(tasks[1], by: 2)), from: Fixture.signer(2)), at: at(25))
        // Told by somebody else, said twice, and late about an older task: none of it is its newest word.
        meter.saw(.received(.attestation(vote(tasks[1], by: 1)), from: Fixture.signer(0)), at: at(26))
        meter.saw(.received(.attestation(vote(tasks[1], by: 2, result: 2)), from: Fixture.signer(2)), at: at(27))
        meter.saw(.received(.attestation(vote(tasks[0], by: 2)), from: Fixture.signer(2)), at: at(28))
        meter.noted(.taskExpired(ServiceID(0), TaskSequence(1)), at: at(1_020))
        #expect(status(meter)?.answered == Lamports(3))
        meter.saw(.received(.attestation(vote(tasks[1], by: 0)), from: Fixture.signer(0)), at: at(1_030))
        #expect(status(meter)?.answered == Lamports(4) && status(meter)?.tasks.issued == 9)
        #expect(
            status(meter)?.members == [
                CoordinatorStatus.Member(
                    signer: OperatorIndex(0), lastVote: TaskSequence(1), latency: .milliseconds(1_010)),
                CoordinatorStatus.Member(signer: OperatorIndex(1)),
                CoordinatorStatus.Member(
                    signer: OperatorIndex(2), lastVote: TaskSequence(1), latency: .milliseconds(5)),
            ])
    }

    @Test func whatBecomesOfASubmissionIsToldInOrder() {
        var meter = coordinator()
        let tasks = [task(3, issued: 10), task(4, issued: 10)]
        meter.noted(.submissionRefused(ticket: 6, reason: "draining"), at: at(10))
        for (task, ticket) in zip(tasks, [7, 8] as [UInt64]) {
            meter.noted(.taskSubmitted(ServiceID(0), task.sequence, ticket: ticket), at: at(10))
            meter.noted(.taskIssued(task), at: at(11))
        }
        meter.saw(.received(.attestation(vote(tasks[1], by: 1)), from: Fixture.signer(1)), at: at(12))
        let certificate = certificate(tasks[0], by: [0, 2])
        meter.noted(.certified(certificate), at: at(15))
        meter.noted(.taskExpired(ServiceID(0), TaskSequence(4)), at: at(1_010))
        #expect(
            meter.takeReports() == [
                TaskReport(ticket: 6, stage: .refused(reason: "draining")),
                TaskReport(ticket: 7, stage: .issued(TaskSequence(3))),
                TaskReport(ticket: 8, stage: .issued(TaskSequence(4))),
                TaskReport(
                    ticket: 7,
                    stage: .certified(
                        TaskReport.Certified(
                            sequence: TaskSequence(3), task: tasks[0].digest, result: certificate.statement.result,
                            latency: .milliseconds(5), signers: [OperatorIndex(0), OperatorIndex(2)],
                            signed: Lamports(4), total: Lamports(6)))),
                TaskReport(
                    ticket: 8,
                    stage: .expired(
                        TaskReport.Expired(
                            sequence: TaskSequence(4), voters: [OperatorIndex(1)], voted: Lamports(2),
                            total: Lamports(6)))),
            ])
        #expect(meter.takeReports().isEmpty)
    }

    @Test func onlyTheNewestValuesAreKept() {
        var values = RecentValues<Int, String>(limit: 3, byteLimit: 10)
        for key in 0..<4 { values.add("\(key)", for: key, bytes: 1) }
        #expect((0..<4).map { values[$0] } == [nil, "1", "2", "3"])
        values.add("large", for: 9, bytes: 9)
        #expect(values[2] == nil && values[3] == "3" && values[9] == "large")
        values.add("too large", for: 10, bytes: 11)
        values.add("another", for: 9)
        #expect(values[10] == nil && values[9] == "large")
        #expect(values.change(9) { $0 += "!" } != nil && values[9] == "large!")
        #expect(values.change(5) { $0 += "!" } == nil)
    }
}

extension SignerStatus {
    fileprivate var borshIsEmpty: Bool { borsh.isEmpty }
}
