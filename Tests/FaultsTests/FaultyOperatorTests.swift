import Attesting
import Cryptography
import Messages
import Primitives
import Services
import Testing

@testable import Faults

@Suite struct FaultyOperatorTests {
    private let key = SigningKey(seed: FixedBytes32(Array(repeating: 1, count: 32))!)
    private let coordinatorKey = SigningKey(seed: FixedBytes32(Array(repeating: 9, count: 32))!)
    private let began = Instant(nanoseconds: 1_000_000_000)
    private let coordinator = Party.coordinator(ServiceID(0))

    private var genesis: Genesis {
        let others = (2..<5).map { SigningKey(seed: FixedBytes32(Array(repeating: $0, count: 32))!).publicKey }
        return Genesis(
            runID: .zero,
            parameters: LedgerParameters(slotDuration: .seconds(1), slotsPerEpoch: 10, unbondingEpochs: 1),
            clock: coordinatorKey.publicKey,
            signers: ([key.publicKey] + others).enumerated().map { Genesis.Signer(name: "op-\($0)", key: $1) },
            restakers: [],
            services: [
                Genesis.Service(
                    name: "squares", module: Squaring.name, coordinator: coordinatorKey.publicKey,
                    threshold: .twoThirds, dissemination: .mesh, deadline: .seconds(1), evidenceWindow: .seconds(2),
                    optedIn: (0..<4).map { OperatorIndex($0) }, slash: SlashTerms(equivocation: .basisPoints(500)))
            ])
    }

    /// Drives one operator by hand: everybody answers, requests are granted at once.
    private struct Bench {
        let test: FaultyOperatorTests
        var machine: any NodeMachine
        var effects: [NodeEffect] = []
        var now: Instant
        var executesNothing = false

        init(_ test: FaultyOperatorTests, _ plans: [FaultPlan], isLive: Bool = false) {
            self.test = test
            now = test.began
            let role = NodeRole.signer(OperatorIndex(0), faults: plans, seed: 1, isLive: isLive)
            machine = role.makeMachine(genesis: test.genesis)!
            handle(.started(recorded: []))
            for party in (1..<4).map({ Party.signer(OperatorIndex($0)) }) + [test.coordinator] {
                handle(.connected(party))
                handle(.received(.ownVotes([]), from: party))
            }
            handle(.received(.notice(.operatorSet(test.operatorSet)), from: .ledger))
            handle(.began(test.began))
        }

        mutating func handle(_ event: NodeEvent) {
            var pending = [event]
            while !pending.isEmpty {
                var answer: [NodeEffect] = []
                machine.handle(pending.removeFirst(), at: now, effects: &answer)
                machine.checkInvariants()
                for effect in answer {
                    switch effect {
                    case .verify(let id, let request): pending.append(.verified(id, valid: request.isValid))
                    case .execute(let execution) where !executesNothing:
                        pending.append(.executed(task: execution.task, Squaring.execute(execution.payload)))
                    case .sign(let id, .statement(let statement)):
                        pending.append(.signed(id, test.key.sign(statement.signedBytes)))
                    default: break
                    }
                }
                effects += answer
            }
        }

        var executions: [TaskExecution] {
            effects.compactMap { if case .execute(let execution) = $0 { execution } else { nil } }
        }

        mutating func task(_ sequence: UInt64, payload: UInt64? = nil) {
            let task = ServiceTask(
                network: test.genesis.network, service: ServiceID(0), sequence: TaskSequence(sequence),
                epoch: Epoch(0), operatorSet: test.operatorSet.digest, payload: Squaring.bytes(payload ?? sequence),
                issued: now,
                deadline: now + .seconds(1))
            let signed = SignedTask(task: task, signature: test.coordinatorKey.sign(task.signedBytes))
            handle(.received(.task(signed), from: test.coordinator))
        }

        /// The results it has told this party for a task.
        func votes(to party: Party, task: UInt64) -> Set<Digest> {
            var results: Set<Digest> = []
            for case .send(.attestation(let vote), let recipients) in effects
            where recipients.contains(party) && vote.statement.voteKey.subject.number == task {
                #expect(vote.isValid)
                results.insert(vote.statement.result)
            }
            return results
        }

        var recoveries: [Observation] {
            effects.compactMap { effect in
                if case .note(let observation) = effect, case .recovered = observation { observation } else { nil }
            }
        }

        var injections: [Injection] {
            effects.compactMap { if case .note(.injected(let injection)) = $0 { injection } else { nil } }
        }
    }

    private var operatorSet: OperatorSet {
        try! OperatorSet(
            network: genesis.network, service: ServiceID(0), epoch: Epoch(0), revision: Revision(0),
            threshold: .twoThirds,
            members: genesis.signers.enumerated().map { number, signer in
                OperatorSet.Member(signer: OperatorIndex(UInt32(number)), key: signer.key, weight: Lamports(1))
            })
    }

    private func plan(
        _ behaviour: Behaviour, _ begins: FaultPlan.Beginning = .start, _ lasts: FaultPlan.Extent = .tasks(1)
    ) -> FaultPlan {
        FaultPlan(party: .signer(OperatorIndex(0)), behaviour: behaviour, begins: begins, lasts: lasts)
    }

    @Test func withoutFaultsTheMachineIsTheHonestOne() {
        var bench = Bench(self, [])
        bench.task(0)
        #expect(bench.votes(to: .signer(OperatorIndex(1)), task: 0).count == 1 && bench.injections.isEmpty)
        #expect(bench.machine is OperatorMachine)
    }

    @Test func equivocateSendsBothVotesToEverybodyInItsTaskAlone() {
        var bench = Bench(self, [plan(.equivocate, .task(TaskSequence(1)))])
        for sequence: UInt64 in 0..<3 { bench.task(sequence) }
        for party in [Party.signer(OperatorIndex(1)), .signer(OperatorIndex(3)), coordinator] {
            #expect((0..<3).map { bench.votes(to: party, task: $0).count } == [1, 2, 1])
        }
        #expect(bench.injections.map(\.subject) == [Subject(number: 1)])
        #expect(bench.injections[0].votes.count == 2)
    }

    @Test func aSplitShowsEachHalfOneVoteAndTheSameOneWhenSentAgain() {
        var bench = Bench(self, [plan(.equivocateSplit)])
        bench.task(0)
        let parties = [
            Party.signer(OperatorIndex(1)), coordinator, .signer(OperatorIndex(2)), .signer(OperatorIndex(3)),
        ]
        let before = parties.map { bench.votes(to: $0, task: 0) }
        #expect(before.allSatisfy { $0.count == 1 })
        #expect(before[0] == before[1] && before[2] == before[3] && before[0] != before[2])
        for party in parties {
            bench.handle(.disconnected(party))
            bench.handle(.connected(party))
        }
        bench.now = began + .milliseconds(300)
        bench.handle(.woke)
        #expect(parties.map { bench.votes(to: $0, task: 0) } == before)
        let recipients = bench.injections[0].votes.map { Set($0.recipients) }
        #expect(recipients[0].isDisjoint(with: recipients[1]))
    }

    @Test func theSecondResultIsMadeFromTheFirst() {
        var bench = Bench(self, [plan(.equivocate)])
        bench.task(12)
        let results = [144, 145].map { Domain.resultDigest.digest(Squaring.bytes(UInt128($0))) }
        #expect(bench.votes(to: coordinator, task: 12) == Set(results))
    }

    /// A colluder executes the other task too, and holds its vote back for so long.
    @Test(arguments: [true, false])
    func aColluderExecutesBothTasks(secondHasAResult: Bool) throws {
        var collusion = plan(.collusion)
        collusion.service = ServiceID(0)
        collusion.accomplices = [OperatorIndex(0)]
        var bench = Bench(self, [collusion])
        bench.task(0, payload: 5)
        #expect((0..<4).allSatisfy { bench.votes(to: .signer(OperatorIndex($0)), task: 0).isEmpty })
        bench.executesNothing = true
        bench.task(0, payload: 6)
        bench.task(0, payload: 6)
        #expect(bench.executions.map(\.payload) == [5, 6].map { Squaring.bytes(UInt64($0)) })
        let second = try #require(bench.executions.last)
        bench.handle(
            .executed(
                task: second.task,
                secondHasAResult ? Squaring.execute(second.payload) : .refused(reason: "the program is gone")))
        let results = [25, 36].map { Domain.resultDigest.digest(Squaring.bytes(UInt128($0))) }
        #expect(bench.votes(to: coordinator, task: 0) == Set(secondHasAResult ? results : [results[0]]))
        // That it colludes is noted whatever comes of it.
        #expect(bench.injections.map(\.votes.count) == (secondHasAResult ? [0, 2] : [0]))
    }

    /// One adversary to a task: its two votes are those on the two tasks.
    @Test func aColluderDoesNotEquivocateBesides() {
        var collusion = plan(.collusion)
        collusion.service = ServiceID(0)
        collusion.accomplices = [OperatorIndex(0)]
        var bench = Bench(self, [plan(.equivocate), collusion])
        bench.task(0, payload: 5)
        bench.task(0, payload: 6)
        let results = [25, 36].map { Domain.resultDigest.digest(Squaring.bytes(UInt128($0))) }
        #expect(bench.votes(to: coordinator, task: 0) == Set(results))
        #expect(bench.injections.map(\.behaviour) == ["collusion", "collusion"])
    }

    @Test func theSecondVoteIsNeverRecordedInTheGuard() {
        var bench = Bench(self, [plan(.equivocate)])
        bench.task(0)
        #expect(bench.effects.count { if case .persist = $0 { true } else { false } } == 1)
    }

    @Test func silenceEndsAfterItsTasks() {
        var bench = Bench(self, [plan(.silent, .task(TaskSequence(1)), .tasks(2))])
        for sequence: UInt64 in 0..<5 { bench.task(sequence) }
        #expect((0..<5).map { bench.votes(to: coordinator, task: $0).count } == [1, 0, 0, 1, 1])
        #expect(bench.injections.map(\.behaviour) == ["silent"])
    }

    @Test func theFirstTaskAfterASilenceEndsIt() {
        var bench = Bench(self, [plan(.silent, .task(TaskSequence(1)), .tasks(2))])
        for sequence: UInt64 in 0..<3 { bench.task(sequence) }
        #expect(bench.recoveries.isEmpty)
        bench.task(3)
        bench.task(4)
        #expect(bench.recoveries == [.recovered(behaviour: "silent", service: ServiceID(0))])
        #expect(bench.votes(to: coordinator, task: 3).count == 1)
    }

    @Test func aSilenceInTimeEndsWhenItIsWokenForIt() {
        var bench = Bench(self, [plan(.silent, .start, .duration(.seconds(5)))])
        #expect(bench.effects.contains(.wake(at: began + .seconds(5))))
        bench.now = began + .seconds(4)
        bench.handle(.woke)
        #expect(bench.recoveries.isEmpty)
        for _ in 0..<2 {
            bench.now = began + .seconds(5)
            bench.handle(.woke)
        }
        #expect(bench.recoveries == [.recovered(behaviour: "silent", service: nil)])
    }

    /// A process that starts again after the tasks of its silence begins it and ends it with the first task that it sees.
    @Test func aSilenceThatIsOverOnARestartEndsAtOnce() {
        var bench = Bench(self, [plan(.silent, .task(TaskSequence(1)), .tasks(2)), plan(.equivocate)])
        bench.task(7)
        #expect(bench.injections.first?.behaviour == "silent" && bench.recoveries.count == 1)
        #expect(bench.votes(to: coordinator, task: 7).count == 2)
    }

    @Test func aCrashAtATimeAsksToBeWokenAndDies() {
        var bench = Bench(self, [plan(.crash, .after(.seconds(5)), .untilTheEnd)])
        #expect(bench.effects.contains(.wake(at: began + .seconds(5))))
        // Somebody else's wake comes first: it asks again.
        bench.effects = []
        bench.now = began + .seconds(3)
        bench.handle(.woke)
        #expect(bench.effects.contains(.wake(at: began + .seconds(5))) && !bench.effects.contains(.crash))
        bench.now = began + .seconds(5)
        bench.handle(.woke)
        #expect(bench.effects.last == .crash && bench.injections.count == 1)
    }

    @Test func aCrashAtATaskDiesBeforeItIsAnswered() {
        var bench = Bench(self, [plan(.crash, .task(TaskSequence(1)), .untilTheEnd)])
        bench.task(0)
        bench.task(1)
        #expect(bench.effects.last == .crash && bench.votes(to: coordinator, task: 1).isEmpty)
    }

    private func inject(_ plan: FaultPlan) -> NodeEvent { .perturbed(Perturbation.inject(plan).borsh) }

    private func stages(_ bench: Bench) -> [FaultState.Stage] {
        (bench.machine as? any PerturbableMachine)?.faultStates.map(\.stage) ?? []
    }

    @Test func aLiveMachineEquivocatesWhenItIsTold() {
        var bench = Bench(self, [], isLive: true)
        bench.task(0)
        bench.handle(inject(plan(.equivocate)))
        #expect(stages(bench) == [.on])
        for sequence: UInt64 in 1..<3 { bench.task(sequence) }
        #expect((0..<3).map { bench.votes(to: coordinator, task: $0).count } == [1, 2, 1])
        #expect(stages(bench) == [.over])
    }

    @Test func aSilenceIsInjectedAndCleared() {
        var bench = Bench(self, [plan(.silent, .after(.seconds(60)), .untilTheEnd)], isLive: true)
        bench.now = began + .seconds(1)
        bench.handle(inject(plan(.silent, .start, .duration(.seconds(30)))))
        #expect(bench.effects.contains(.wake(at: began + .seconds(31))) && stages(bench) == [.waiting, .on])
        bench.task(0)
        bench.handle(.perturbed(Perturbation.clear.borsh))
        bench.task(1)
        #expect(bench.votes(to: coordinator, task: 0).isEmpty && bench.votes(to: coordinator, task: 1).count == 1)
        #expect(bench.recoveries == [.recovered(behaviour: "silent", service: nil)])
        #expect(stages(bench) == [.over, .over])
        bench.now = began + .seconds(70)
        bench.handle(.woke)
        bench.task(2)
        #expect(bench.votes(to: coordinator, task: 2).count == 1 && bench.injections.count == 1)
    }

    @Test func aCrashIsAtOnceWhenItIsInjected() {
        var bench = Bench(self, [], isLive: true)
        bench.handle(inject(plan(.crash, .start, .duration(.seconds(2)))))
        #expect(bench.effects.last == .crash && bench.injections.map(\.behaviour) == ["crash"])
    }

    @Test func whatIsNoPerturbationChangesNothing() {
        var bench = Bench(self, [], isLive: true)
        bench.handle(.perturbed([9, 9]))
        bench.task(0)
        #expect(stages(bench).isEmpty && bench.votes(to: coordinator, task: 0).count == 1)
    }

    @Test func plansAndRolesGoRound() throws {
        let begins: [FaultPlan.Beginning] = [.start, .task(TaskSequence(3)), .after(.seconds(1))]
        let extents: [FaultPlan.Extent] = [.tasks(2), .duration(.seconds(1)), .untilTheEnd]
        var plans: [FaultPlan] = []
        for behaviour in Behaviour.allCases {
            for (begin, extent) in zip(begins, extents) { plans.append(plan(behaviour, begin, extent)) }
        }
        let load = TaskLoad(tasks: 1, interval: .seconds(1), arrival: .fixed, seed: 4)
        for role in [
            NodeRole.signer(OperatorIndex(0), faults: plans, seed: 3),
            .coordinator(ServiceID(0), load, faults: plans, seed: 3),
            .signer(OperatorIndex(0), faults: [], seed: 3, isLive: true),
            .coordinator(ServiceID(0), load, faults: [], seed: 3, isLive: true),
        ] {
            #expect(try NodeRole(borsh: role.borsh) == role)
        }
    }

    @Test func thereIsNoMachineForWhoIsNotInGenesis() {
        let load = TaskLoad(tasks: 1, interval: .seconds(1), arrival: .fixed, seed: 4)
        #expect(NodeRole.signer(OperatorIndex(4), faults: [], seed: 0).makeMachine(genesis: genesis) == nil)
        #expect(NodeRole.coordinator(ServiceID(1), load, faults: [], seed: 3).makeMachine(genesis: genesis) == nil)
    }
}
