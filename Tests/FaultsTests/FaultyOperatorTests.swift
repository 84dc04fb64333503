import Attesting
import Cryptography
import Messages
import Primitives
import Services
import Testing

@testable import Faults

@Suite struct FaultyOperatorTests {
    private let fixture = OperatorFixture()
    private var began: Instant { fixture.began }
    private var coordinator: Party { fixture.coordinator }

    private func plan(
        _ behaviour: Behaviour, _ begins: FaultPlan.Beginning = .start, _ lasts: FaultPlan.Extent = .tasks(1)
    ) -> FaultPlan {
        FaultPlan(party: .signer(OperatorIndex(0)), behaviour: behaviour, begins: begins, lasts: lasts)
    }

    @Test func withoutFaultsTheMachineIsTheHonestOne() {
        var bench = OperatorBench([])
        bench.task(0)
        #expect(bench.votes(to: .signer(OperatorIndex(1)), task: 0).count == 1 && bench.injections.isEmpty)
        #expect(bench.machine is OperatorMachine)
    }

    @Test func equivocateSendsBothVotesToEverybodyInItsTaskAlone() {
        var bench = OperatorBench([plan(.equivocate, .task(TaskSequence(1)))])
        for sequence: UInt64 in 0..<3 { bench.task(sequence) }
        for party in [Party.signer(OperatorIndex(1)), .signer(OperatorIndex(3)), coordinator] {
            #expect((0..<3).map { bench.votes(to: party, task: $0).count } == [1, 2, 1])
        }
        #expect(bench.injections.map(\.subject) == [Subject(number: 1)])
        #expect(bench.injections[0].votes.count == 2)
    }

    @Test func aSplitShowsEachHalfOneVoteAndTheSameOneWhenSentAgain() {
        var bench = OperatorBench([plan(.equivocateSplit)])
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
        var bench = OperatorBench([plan(.equivocate)])
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
        var bench = OperatorBench([collusion])
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
        var bench = OperatorBench([plan(.equivocate), collusion])
        bench.task(0, payload: 5)
        bench.task(0, payload: 6)
        let results = [25, 36].map { Domain.resultDigest.digest(Squaring.bytes(UInt128($0))) }
        #expect(bench.votes(to: coordinator, task: 0) == Set(results))
        #expect(bench.injections.map(\.behaviour) == ["collusion", "collusion"])
    }

    @Test func theSecondVoteIsNeverRecordedInTheGuard() {
        var bench = OperatorBench([plan(.equivocate)])
        bench.task(0)
        #expect(bench.effects.count { if case .persist = $0 { true } else { false } } == 1)
    }

    @Test func silenceEndsAfterItsTasks() {
        var bench = OperatorBench([plan(.silent, .task(TaskSequence(1)), .tasks(2))])
        for sequence: UInt64 in 0..<5 { bench.task(sequence) }
        #expect((0..<5).map { bench.votes(to: coordinator, task: $0).count } == [1, 0, 0, 1, 1])
        #expect(bench.injections.map(\.behaviour) == ["silent"])
    }

    @Test func theFirstTaskAfterASilenceEndsIt() {
        var bench = OperatorBench([plan(.silent, .task(TaskSequence(1)), .tasks(2))])
        for sequence: UInt64 in 0..<3 { bench.task(sequence) }
        #expect(bench.recoveries.isEmpty)
        bench.task(3)
        bench.task(4)
        #expect(bench.recoveries == [.recovered(behaviour: "silent", service: ServiceID(0))])
        #expect(bench.votes(to: coordinator, task: 3).count == 1)
    }

    @Test func aSilenceInTimeEndsWhenItIsWokenForIt() {
        var bench = OperatorBench([plan(.silent, .start, .duration(.seconds(5)))])
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
        var bench = OperatorBench([plan(.silent, .task(TaskSequence(1)), .tasks(2)), plan(.equivocate)])
        bench.task(7)
        #expect(bench.injections.first?.behaviour == "silent" && bench.recoveries.count == 1)
        #expect(bench.votes(to: coordinator, task: 7).count == 2)
    }

    @Test func aCrashAtATimeAsksToBeWokenAndDies() {
        var bench = OperatorBench([plan(.crash, .after(.seconds(5)), .untilTheEnd)])
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
        var bench = OperatorBench([plan(.crash, .task(TaskSequence(1)), .untilTheEnd)])
        bench.task(0)
        bench.task(1)
        #expect(bench.effects.last == .crash && bench.votes(to: coordinator, task: 1).isEmpty)
    }

    private func inject(_ plan: FaultPlan) -> NodeEvent { .perturbed(Perturbation.inject(plan).borsh) }

    private func stages(_ bench: OperatorBench) -> [FaultState.Stage] {
        (bench.machine as? any PerturbableMachine)?.faultStates.map(\.stage) ?? []
    }

    @Test func aLiveMachineEquivocatesWhenItIsTold() {
        var bench = OperatorBench([], isLive: true)
        bench.task(0)
        bench.handle(inject(plan(.equivocate)))
        #expect(stages(bench) == [.on])
        for sequence: UInt64 in 1..<3 { bench.task(sequence) }
        #expect((0..<3).map { bench.votes(to: coordinator, task: $0).count } == [1, 2, 1])
        #expect(stages(bench) == [.over])
    }

    @Test func aSilenceIsInjectedAndCleared() {
        var bench = OperatorBench([plan(.silent, .after(.seconds(60)), .untilTheEnd)], isLive: true)
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
        var bench = OperatorBench([], isLive: true)
        bench.handle(inject(plan(.crash, .start, .duration(.seconds(2)))))
        #expect(bench.effects.last == .crash && bench.injections.map(\.behaviour) == ["crash"])
    }

    @Test func whatIsNoPerturbationChangesNothing() {
        var bench = OperatorBench([], isLive: true)
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
        #expect(NodeRole.signer(OperatorIndex(4), faults: [], seed: 0).makeMachine(genesis: fixture.genesis) == nil)
        #expect(
            NodeRole.coordinator(ServiceID(1), load, faults: [], seed: 3).makeMachine(genesis: fixture.genesis) == nil)
    }
}
