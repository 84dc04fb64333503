import Cryptography
import Faults
import Links
import Messages
import Primitives
import Records
import Testing

@testable import Node

@Suite struct ProcessReportTests {
    @Test func everyReportAndCommandIsReadBackFromItsLine() {
        let reports: [ProcessReport] =
            [
                .listening(port: 4_711), .epoch(Epoch(7)), .epoch(Epoch(.max)), .ready,
                .progress(.init(issued: 3, certified: 2, expired: 1)), .finished,
                .used(
                    ProcessUsage(
                        at: Instant(nanoseconds: 1), cpu: .nanoseconds(2), residentBytes: 3, peakResidentBytes: 4)),
                .used(
                    ProcessUsage(
                        at: Instant(nanoseconds: 1), cpu: .nanoseconds(2), residentBytes: 3, peakResidentBytes: 4,
                        deepestQueue: 5, durableBytes: 6)),
                .stopped, .failed("op-1.guard: byte 82: damaged"), .failed(""),
                .result(task: .zero, [1, 2]), .result(task: .zero, []), .result(task: .zero, nil),
            ]
            + Outcome.allCases.map { outcome in
                .receipt(ticket: .max, Receipt(instruction: .zero, outcome: outcome, slot: Slot(.max)))
            } + Specimens.statuses.map { .status($0) } + Specimens.tasks.map { .task($0) }
        for report in reports { #expect(ProcessReport(line: report.line) == report) }
        let plan = FaultPlan(party: Fixture.signer(0), behaviour: .silent, lasts: .duration(.seconds(30)))
        let longest = [UInt8](repeating: 255, count: ServiceTask.payloadLimit)
        let state = LinkState(terms: LinkTerms(latency: .milliseconds(80)), cutsSent: true, cutsReceived: true)
        let everyone = (0..<LinkUpdate.partyLimit).map { Fixture.signer(UInt32($0)) }
        let commands: [ProcessCommand] = [
            .links([]),
            .links([LinkUpdate(peers: [.ledger], state: state), LinkUpdate(peers: everyone, state: state)]),
            .begin(Instant(nanoseconds: 123)), .measure, .tellStatus, .tellResult(task: .zero),
            .submit(ticket: 7, payload: [1, 2]), .submit(ticket: .max, payload: longest),
            .submit(ticket: 0, payload: []), .forward(slots: 0), .forward(slots: .max),
            .drain, .perturb(.inject(plan)), .perturb(.clear), .pause, .resume, .stop,
        ]
        #expect(commands.allSatisfy { $0.line.utf8.count <= ProcessCommand.lineLimit })
        for command in commands { #expect(ProcessCommand(line: command.line) == command) }
    }

    /// What anybody can have the ledger told, from one amount to the evidence of an offence.
    @Test func instructionsAreReadBackFromTheirLine() throws {
        let key = Fixture.signers[0]
        func vote(_ result: UInt8) -> Attestation {
            let statement = Statement(
                voteKey: VoteKey(
                    network: .zero, service: ServiceID(0), subject: Subject(TaskSequence(1)), kind: .result),
                operatorSet: .zero, epoch: Epoch(0), task: .zero,
                result: Digest([UInt8](repeating: result, count: 32))!)
            return Attestation(statement: statement, signer: key.publicKey, signature: key.sign(statement.signedBytes))
        }
        let pair = try #require(Equivocation(vote(1), vote(2)))
        let instructions: [Instruction] = [
            .deposit(.native, Units(5)), .claimRewards, .submitEvidence(.equivocation(pair)),
        ]
        for instruction in instructions {
            let bytes = SignedInstruction.signedBytes(
                network: .zero, authority: key.publicKey, nonce: 3, instruction: instruction)
            let signed = SignedInstruction(
                network: .zero, authority: key.publicKey, nonce: 3, instruction: instruction, signature: key.sign(bytes)
            )
            let command = ProcessCommand.instruct(ticket: 9, signed)
            #expect(ProcessCommand(line: command.line) == command)
            #expect(
                ProcessCommand(line: command.line.dropLast(2)) == nil
                    && ProcessCommand(line: command.line + "00") == nil)
        }
    }

    @Test func linksWithAnythingAfterThemAreNoCommand() {
        let line = ProcessCommand.links([LinkUpdate(peers: [.ledger], state: LinkState(terms: .none))]).line
        #expect(ProcessCommand(line: line + "00") == nil && ProcessCommand(line: line.dropLast(2)) == nil)
    }

    @Test func aPayloadBeyondTheLimitIsNoCommand() {
        let payload = [UInt8](repeating: 0, count: ServiceTask.payloadLimit + 1)
        #expect(ProcessCommand(line: ProcessCommand.submit(ticket: 1, payload: payload).line) == nil)
    }

    /// What the parent reads of a node is pinned: the two may come from different builds.
    @Test func statusesAndTasksHaveTheirBytes() {
        let lines =
            Specimens.statuses.map { ProcessReport.status($0).line }
            + Specimens.tasks.map { ProcessReport.task($0).line }
        #expect(lines == Specimens.lines)
    }

    @Test func aFailureStaysOnOneLine() {
        #expect(ProcessReport.failed("one\ntwo\r\nthree").line == "failed one; two; three")
    }

    @Test(arguments: [
        "", "listening", "listening 70000", "listening x", "ready now", "progress 1 2", "progress 1 2 3 4",
        "progress 1 2 -3", "used 1 2 3", "used 1 2 3 4 5", "used 1 x 3 4", "used 1 9223372036854775808 3 4", "stop",
        "Ready", "status", "status 0", "status zz", "task", "task 00", "result", "result 00 00", "no-result 00",
        "epoch", "epoch x", "epoch -1", "epoch 1 2", "receipt", "receipt 1", "receipt x 00", "receipt 1 00",
        "receipt 1 zz",
    ])
    func anythingElseIsNoReport(line: String) { #expect(ProcessReport(line: line) == nil) }

    @Test(arguments: [
        "", "begin", "begin x", "begin -1", "begin 9223372036854775808", "begin 1 2", "stop now", "measure 1", "go",
        "status 1", "result", "result 00", "submit 1", "submit x 00", "submit 1 0", "submit 1 00 00", "drain 1",
        "perturb",
        "perturb 02", "perturb 0100", "pause 1", "resume 1", "instruct", "instruct 1", "instruct 1 00", "instruct x 00",
        "instruct 1 zz", "forward", "forward x", "forward -1", "forward 1 2",
    ])
    func anythingElseIsNoCommand(line: String) { #expect(ProcessCommand(line: line) == nil) }

    @Test func aProcessKnowsWhatItUses() {
        UsageMeter.begin()
        let first = UsageMeter.reading
        #expect(first.residentBytes > 0 && first.peakResidentBytes >= first.residentBytes && first.cpu >= .zero)
        let second = UsageMeter.reading
        #expect(second.cpu > first.cpu && second.at >= first.at)
    }

    @Test func linesComeOutHoweverTheyArrive() {
        var splitter = LineSplitter()
        #expect(splitter.take(Array("beg".utf8)) == [])
        #expect(splitter.take(Array("in 1\nstop\nst".utf8)) == ["begin 1", "stop"])
        #expect(splitter.take(Array("op\n".utf8)) == ["stop"])
        #expect(splitter.take([UInt8](repeating: 65, count: LineSplitter.limit + 1)).isEmpty)
        #expect(splitter.take(Array("\nstop\n".utf8)) == ["stop"])
        let longest = [UInt8](repeating: 65, count: LineSplitter.limit)
        #expect(splitter.take(longest + Array("\n".utf8)).map(\.utf8.count) == [LineSplitter.limit])
    }
}

private enum Specimens {
    static let statuses: [NodeStatus] = {
        let usage = ProcessUsage(
            at: Instant(nanoseconds: 1), cpu: .nanoseconds(2), residentBytes: 3, peakResidentBytes: 4)
        var signer = SignerStatus()
        signer.votes = 5
        signer.lastVote = SignerStatus.Vote(
            service: ServiceID(1), sequence: TaskSequence(6), at: Instant(nanoseconds: 7), delay: .nanoseconds(8))
        signer.refusal = "no"
        let plan = FaultPlan(party: Fixture.signer(0), behaviour: .silent, lasts: .untilTheEnd)
        var coordinator = CoordinatorStatus()
        coordinator.tasks = ProcessReport.TaskCount(issued: 3, certified: 2, expired: 1)
        coordinator.isRevoked = true
        coordinator.operatorSet = try! OperatorSet(
            network: .zero, service: ServiceID(0), epoch: Epoch(0), revision: Revision(0), threshold: .twoThirds,
            members: [
                OperatorSet.Member(signer: OperatorIndex(0), key: Fixture.signers[0].publicKey, weight: Lamports(9))
            ])
        coordinator.members = [
            CoordinatorStatus.Member(
                signer: OperatorIndex(0), lastVote: TaskSequence(2), latency: .milliseconds(1))
        ]
        coordinator.answered = Lamports(9)
        return [
            NodeStatus(usage: usage, role: .signer(signer), faults: [FaultState(plan: plan, stage: .on)]),
            NodeStatus(usage: usage, role: .signer(SignerStatus()), faults: []),
            NodeStatus(usage: usage, role: .coordinator(coordinator), faults: []),
            NodeStatus(usage: usage, role: .coordinator(CoordinatorStatus()), faults: []),
        ]
    }()

    static let tasks: [TaskReport] = [
        TaskReport(ticket: 1, stage: .refused(reason: "no")),
        TaskReport(ticket: 1, stage: .issued(TaskSequence(2))),
        TaskReport(
            ticket: 1,
            stage: .certified(
                TaskReport.Certified(
                    sequence: TaskSequence(2), task: .zero, result: .zero, latency: .nanoseconds(3),
                    signers: [OperatorIndex(4)], signed: Lamports(5), total: Lamports(6)))),
        TaskReport(
            ticket: 1,
            stage: .expired(
                TaskReport.Expired(
                    sequence: TaskSequence(2), voters: [OperatorIndex(4)], voted: Lamports(5), total: Lamports(6)))),
    ]

    static let lines: [String] = [
        "status 01000000000000000200000000000000030000000000000004000000000000000005000000000000000101000"
            + "000060000000000000007000000000000000800000000000000020000006e6f0100000000000000000600000073696c6"
            + "56e740000020100000000000000010000000000000000000000000000000000000000000000000000000000000000040"
            + "000006b6565700000000000000000000001",
        "status 01000000000000000200000000000000030000000000000004000000000000000000000000000000000000000"
            + "00000000000",
        "status 01000000000000000200000000000000030000000000000004000000000000000103000000000000000200000"
            + "000000000010000000000000001010000000000000000000000000000000000000000000000000000000000000000000"
            + "00000000000000000000000000000020000000000000003000000000000000100000000000000cecc1507dc1ddd72959"
            + "51c290888f095adb9044d1b73d696e6df065d683bd4fc090000000000000001000000000000000102000000000000000"
            + "140420f000000000001090000000000000000000000",
        "status 01000000000000000200000000000000030000000000000004000000000000000100000000000000000000000"
            + "00000000000000000000000000000000000000000000000",
        "task 010000000000000000020000006e6f",
        "task 0100000000000000010200000000000000",
        "task 0100000000000000020200000000000000000000000000000000000000000000000000000000000000000000000"
            + "000000000000000000000000000000000000000000000000000000000000000000000000300000000000000010000000"
            + "400000005000000000000000600000000000000",
        "task 0100000000000000030200000000000000010000000400000005000000000000000600000000000000",
    ]
}
