import Attesting
import Cryptography
import Messages
import Primitives
import Services
import Testing

@testable import Faults

@Suite struct FaultyCoordinatorTests {
    private let coordinatorKey = SigningKey(seed: FixedBytes32(Array(repeating: 9, count: 32))!)
    private let keys = (0..<4).map { SigningKey(seed: FixedBytes32(Array(repeating: UInt8($0 + 1), count: 32))!) }
    private let began = Instant(nanoseconds: 1_000_000_000)

    private var module = Squaring.name

    private var genesis: Genesis {
        Genesis(
            runID: .zero,
            parameters: LedgerParameters(slotDuration: .seconds(1), slotsPerEpoch: 10, unbondingEpochs: 1),
            clock: SigningKey(seed: FixedBytes32()).publicKey,
            signers: keys.enumerated().map { Genesis.Signer(name: "op-\($0)", key: $1.publicKey) }, restakers: [],
            services: [
                Genesis.Service(
                    name: "squares", module: module, coordinator: coordinatorKey.publicKey,
                    threshold: .twoThirds, dissemination: .mesh, deadline: .seconds(1), evidenceWindow: .seconds(2),
                    optedIn: (0..<4).map { OperatorIndex($0) }, slash: SlashTerms(equivocation: .basisPoints(500)))
            ])
    }

    /// Drives a coordinator by hand; signatures are granted at once.
    private struct Bench {
        let test: FaultyCoordinatorTests
        var machine: any NodeMachine
        var effects: [NodeEffect] = []
        var now: Instant

        init(
            _ test: FaultyCoordinatorTests, _ plans: [FaultPlan], tasks: UInt64 = 3, payloads: [String] = [],
            isLive: Bool = false
        ) throws {
            self.test = test
            now = test.began
            let load = TaskLoad(
                tasks: tasks, pacing: .open(interval: .milliseconds(10), .fixed), seed: 1,
                payloads: try payloads.map(PayloadTemplate.init))
            machine = try #require(
                NodeRole.coordinator(ServiceID(0), load, faults: plans, seed: 1, isLive: isLive)
                    .makeMachine(genesis: test.genesis))
            let set = try OperatorSet(
                network: test.genesis.network, service: ServiceID(0), epoch: Epoch(0), revision: Revision(0),
                threshold: .twoThirds,
                members: test.keys.enumerated().map { number, key in
                    OperatorSet.Member(signer: OperatorIndex(UInt32(number)), key: key.publicKey, weight: Lamports(1))
                })
            for event in [
                NodeEvent.started(recorded: []), .connected(.ledger),
                .received(.notice(.account(nextNonce: 0)), from: .ledger),
                .received(.notice(.operatorSet(set)), from: .ledger), .began(test.began), .woke,
            ] {
                handle(event)
            }
        }

        mutating func handle(_ event: NodeEvent) {
            var pending = [event]
            while !pending.isEmpty {
                var answer: [NodeEffect] = []
                machine.handle(pending.removeFirst(), at: now, effects: &answer)
                machine.checkInvariants()
                for effect in answer {
                    switch effect {
                    case .sign(let id, .task(let task)):
                        pending.append(.signed(id, test.coordinatorKey.sign(task.signedBytes)))
                    case .sign(let id, .instruction(let instruction, let nonce)):
                        let bytes = SignedInstruction.signedBytes(
                            network: test.genesis.network, authority: test.coordinatorKey.publicKey, nonce: nonce,
                            instruction: instruction)
                        pending.append(.signed(id, test.coordinatorKey.sign(bytes)))
                    case .verify(let id, let request): pending.append(.verified(id, valid: request.isValid))
                    default: break
                    }
                }
                effects += answer
            }
        }

        mutating func pass(_ time: Duration) {
            now = now + time
            handle(.woke)
        }

        /// The payloads that this operator was sent under a number.
        func payloads(to number: UInt32, task: UInt64) -> Set<[UInt8]> {
            var payloads: Set<[UInt8]> = []
            for case .send(.task(let signed), let recipients) in effects
            where signed.task.sequence.number == task && recipients.contains(.signer(OperatorIndex(number))) {
                #expect(signed.signature.isValid(for: signed.task.signedBytes, by: test.coordinatorKey.publicKey))
                payloads.insert(signed.task.payload)
            }
            return payloads
        }

        /// Operator 3 has said two things about the first task.
        mutating func contradict() {
            for case .send(.task(let signed), _) in effects where signed.task.sequence.number == 0 {
                for result: UInt8 in [1, 2] {
                    let statement = Statement(for: signed.task, digest: signed.task.digest, result: [result])
                    let vote = Attestation(
                        statement: statement, signer: test.keys[3].publicKey,
                        signature: test.keys[3].sign(statement.signedBytes))
                    handle(.received(.attestation(vote), from: .signer(OperatorIndex(3))))
                }
                return
            }
        }

        var injections: [Injection] {
            effects.compactMap { if case .note(.injected(let injection)) = $0 { injection } else { nil } }
        }
    }

    private func equivocation(accomplices: [UInt32] = []) -> FaultPlan {
        FaultPlan(
            party: .coordinator(ServiceID(0)), behaviour: .coordinatorEquivocates, service: ServiceID(0),
            begins: .task(TaskSequence(1)), lasts: .tasks(1), accomplices: accomplices.map(OperatorIndex.init))
    }

    @Test(arguments: [
        (["${random}"], nil), (["${task}"], "2"), (["a", "b"], "a"), (["a"], "a "), (["a", "a"], "a "),
    ])
    func theSecondTaskDiffersWhateverThePayload(templates: [String], expected: String?) throws {
        var test = self
        test.module = Exec.name
        var bench = try Bench(test, [equivocation()], payloads: templates)
        bench.pass(.milliseconds(30))
        let payloads = (0..<4).reduce(into: Set()) { $0.formUnion(bench.payloads(to: $1, task: 1)) }
        #expect(payloads.count == 2)
        if let expected { #expect(payloads.contains(Array(expected.utf8))) }
    }

    @Test func eachHalfIsShownAnotherTaskAndAccomplicesBoth() throws {
        var bench = try Bench(self, [equivocation(accomplices: [3])])
        bench.pass(.milliseconds(30))
        let shown = (0..<4).map { bench.payloads(to: $0, task: 1) }
        #expect(shown.map(\.count) == [1, 1, 1, 2])
        #expect(shown[3] == shown[0].union(shown[1]).union(shown[2]))
        #expect(Set(shown.prefix(3)).count == 2)
        for task: UInt64 in [0, 2] {
            #expect(Set((0..<4).map { bench.payloads(to: $0, task: task) }).count == 1)
        }
        let injection = try #require(bench.injections.first)
        #expect(bench.injections.count == 1 && injection.behaviour == "coordinator-equivocates")
        #expect(injection.tasks.count == 2 && injection.subject == Subject(number: 1))
        #expect(Set(injection.tasks.map(\.header.voteKey)).count == 1)
        // The honest record has one task a number: the other was signed past it.
        let recorded = bench.effects.count { if case .persist(.task) = $0 { true } else { false } }
        #expect(recorded == 3)
    }

    /// Sent again to whoever has not voted, each half gets what it got before.
    @Test func nobodyIsEverShownTheOthersTask() throws {
        var bench = try Bench(self, [equivocation()])
        for _ in 0..<3 { bench.pass(.milliseconds(310)) }
        bench.handle(.connected(.signer(OperatorIndex(2))))
        let shown = (0..<4).map { bench.payloads(to: $0, task: 1) }
        #expect(shown.allSatisfy { $0.count == 1 } && Set(shown).count == 2)
    }

    @Test func votesOnItsOtherTaskAreKeptFromTheHonestMachine() throws {
        var bench = try Bench(self, [equivocation()])
        bench.pass(.milliseconds(30))
        let sent = bench.injections[0].tasks
        for task in sent {
            let statement = Statement(
                voteKey: task.header.voteKey, operatorSet: task.header.operatorSet, epoch: task.header.epoch,
                task: task.header.digest, result: .zero)
            let vote = Attestation(
                statement: statement, signer: keys[3].publicKey, signature: keys[3].sign(statement.signedBytes))
            bench.handle(.received(.attestation(vote), from: .signer(OperatorIndex(3))))
        }
        #expect(!bench.effects.contains { if case .note(.evidenceFound) = $0 { true } else { false } })
    }

    @Test(
        arguments: [
            (KillPoint.detect, persisted: 0, submitted: 0), (.persist, 1, 0), (.submit, 1, 1), (.acknowledge, 1, 1),
        ] as [(KillPoint, persisted: Int, submitted: Int)])
    func itDiesAtItsPointAndDoesNothingAfterIt(_ point: KillPoint, _ persisted: Int, _ submitted: Int) throws {
        let crash = FaultPlan(
            party: .coordinator(ServiceID(0)), behaviour: .coordinatorCrash, service: ServiceID(0),
            lasts: .duration(.milliseconds(1)), point: point)
        var bench = try Bench(self, [crash])
        // How long it stays away does not say when it dies.
        bench.pass(.milliseconds(30))
        bench.contradict()
        let submissions = bench.effects.compactMap { effect -> SignedInstruction? in
            if case .send(.submit(let signed), _) = effect { signed } else { nil }
        }
        if point == .acknowledge {
            #expect(!bench.effects.contains(.crash))
            let receipt = Receipt(
                instruction: try #require(submissions.first).digest, outcome: .applied, slot: Slot(1))
            bench.handle(.received(.receipt(receipt), from: .ledger))
        }
        #expect(bench.effects.last == .crash)
        #expect(bench.injections.map(\.behaviour) == ["coordinator-crash"])
        #expect(bench.effects.count { if case .persist(.evidence) = $0 { true } else { false } } == persisted)
        #expect(submissions.count == submitted)
        #expect(!bench.effects.contains { if case .persist(.answered) = $0 { true } else { false } })
        let count = bench.effects.count
        bench.pass(.seconds(3))
        #expect(bench.effects.count == count)
    }

    @Test func withoutAPointItDiesAtItsTime() throws {
        let crash = FaultPlan(
            party: .coordinator(ServiceID(0)), behaviour: .coordinatorCrash, service: ServiceID(0),
            begins: .task(TaskSequence(1)), lasts: .untilTheEnd)
        var bench = try Bench(self, [crash])
        bench.pass(.milliseconds(30))
        #expect(bench.effects.last == .crash)
        // The number was recorded before anything was signed under it.
        #expect(bench.effects.count { if case .persist(.task) = $0 { true } else { false } } == 2)
        #expect(bench.payloads(to: 0, task: 1).isEmpty && !bench.payloads(to: 0, task: 0).isEmpty)
    }

    @Test func outsideItsScheduleItIsTheHonestOne() throws {
        var plan = equivocation()
        plan.begins = .task(TaskSequence(99))
        var faulty = try Bench(self, [plan])
        var honest = try Bench(self, [])
        for _ in 0..<3 {
            faulty.pass(.milliseconds(310))
            honest.pass(.milliseconds(310))
        }
        #expect(faulty.effects == honest.effects)
    }

    @Test func aLiveCoordinatorEquivocatesWhenItIsTold() throws {
        var bench = try Bench(self, [], tasks: 1, isLive: true)
        let plan = FaultPlan(
            party: .coordinator(ServiceID(0)), behaviour: .coordinatorEquivocates, service: ServiceID(0),
            lasts: .tasks(1))
        bench.handle(.perturbed(Perturbation.inject(plan).borsh))
        for ticket: UInt64 in 1..<3 {
            bench.handle(.submitted(ticket: ticket, payload: Squaring.bytes(ticket)))
        }
        let payloads = (0..<3).map { task in Set((0..<4).flatMap { bench.payloads(to: $0, task: task) }).count }
        #expect(payloads == [1, 2, 1])
        #expect((bench.machine as? any PerturbableMachine)?.faultStates == [FaultState(plan: plan, stage: .over)])
    }

    @Test func aCrashAtAPointCanBeInjectedAndCleared() throws {
        for isCleared in [false, true] {
            var bench = try Bench(self, [], isLive: true)
            let plan = FaultPlan(
                party: .coordinator(ServiceID(0)), behaviour: .coordinatorCrash, lasts: .untilTheEnd, point: .detect)
            bench.handle(.perturbed(Perturbation.inject(plan).borsh))
            if isCleared { bench.handle(.perturbed(Perturbation.clear.borsh)) }
            bench.contradict()
            #expect(bench.effects.contains(.crash) != isCleared)
        }
    }
}
