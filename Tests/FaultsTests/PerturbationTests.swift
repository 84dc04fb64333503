import Attesting
import Messages
import Primitives
import Testing

@testable import Faults

/// Faults that begin and end while a node runs.
@Suite struct PerturbationTests {
    private let began = Instant(nanoseconds: 1_000_000_000)
    private let services = [ServiceID(0), ServiceID(1)]

    private func plan(
        _ begins: FaultPlan.Beginning, _ lasts: FaultPlan.Extent, _ behaviour: Behaviour = .silent,
        service: ServiceID? = nil
    ) -> FaultPlan {
        FaultPlan(
            party: .signer(OperatorIndex(0)), behaviour: behaviour, service: service, begins: begins, lasts: lasts)
    }

    private func task(_ sequence: UInt64, of service: ServiceID = ServiceID(0)) -> ServiceTask {
        ServiceTask(
            network: .zero, service: service, sequence: TaskSequence(sequence), epoch: Epoch(0), operatorSet: .zero,
            payload: [], issued: began, deadline: began)
    }

    private func stage(_ schedule: FaultSchedule, used: UInt64 = 0) -> FaultState.Stage {
        schedule.state(used: used, in: services).stage
    }

    @Test func itsTimeCountsFromTheInjection() {
        let injected = began + .seconds(7)
        var schedule = FaultSchedule(plan(.after(.seconds(2)), .duration(.seconds(3))), seed: 1, injected: injected)
        #expect(schedule.nextChange(began: nil) == injected + .seconds(2))
        let early = schedule.passed(to: injected + .seconds(1), began: began)
        #expect(!early && stage(schedule) == .waiting)
        let inTime = schedule.passed(to: injected + .seconds(2), began: began)
        #expect(inTime && stage(schedule) == .on)
        #expect(schedule.nextChange(began: began) == injected + .seconds(5))
        _ = schedule.passed(to: injected + .seconds(5), began: began)
        #expect(stage(schedule) == .over && schedule.nextChange(began: began) == nil)
    }

    @Test func itsTasksCountFromTheNextOne() {
        var schedule = FaultSchedule(plan(.start, .tasks(2)), seed: 1, injected: began)
        _ = schedule.passed(to: began, began: nil)
        var hits: [UInt64] = []
        for number: UInt64 in 40..<45 {
            _ = schedule.saw(task(number), at: began)
            if schedule.applies(to: ServiceID(0), Subject(number: number), used: 0) { hits.append(number) }
        }
        #expect(hits == [40, 41] && stage(schedule) == .on)
        for number: UInt64 in [9, 11] { _ = schedule.saw(task(number, of: ServiceID(1)), at: began) }
        #expect(stage(schedule) == .over)
    }

    @Test func atATaskThatHasComeItBeginsWithTheNext() {
        var schedule = FaultSchedule(plan(.task(TaskSequence(10)), .tasks(1), .equivocate), seed: 1, injected: began)
        let early = schedule.saw(task(9), at: began)
        #expect(!early && stage(schedule) == .waiting)
        let next = schedule.saw(task(12), at: began)
        #expect(next && schedule.applies(to: ServiceID(0), Subject(number: 12), used: 0))
        #expect(stage(schedule) == .on && stage(schedule, used: 1) == .over)
    }

    @Test func whatIsEndedBeforeItsTimeNeverBegins() {
        for begins in [FaultPlan.Beginning.after(.seconds(1)), .task(TaskSequence(3))] {
            var schedule = FaultSchedule(plan(begins, .untilTheEnd), seed: 1, injected: began)
            schedule.end(in: services)
            let passed = schedule.passed(to: began + .seconds(9), began: began)
            let saw = schedule.saw(task(5), at: began)
            #expect(!passed && !saw && schedule.takeEnds().isEmpty && stage(schedule) == .over)
            #expect(schedule.nextChange(began: began) == nil)
        }
    }

    /// Where it has ended by itself it is not told again.
    @Test func anEndIsToldOnceForEachService() {
        var everywhere = FaultSchedule(plan(.start, .untilTheEnd), seed: 1, injected: began)
        _ = everywhere.passed(to: began, began: nil)
        for _ in 0..<2 { everywhere.end(in: services) }
        #expect(everywhere.takeEnds() == [nil])
        var partly = FaultSchedule(plan(.start, .tasks(1)), seed: 1, injected: began)
        _ = partly.passed(to: began, began: nil)
        for number: UInt64 in 0..<2 { _ = partly.saw(task(number), at: began) }
        #expect(partly.takeEnds() == [ServiceID(0)])
        partly.end(in: services)
        #expect(partly.takeEnds() == [ServiceID(1)])
    }

    @Test func aCrashThatWaitsForItsPointLastsUntilItHasHappened() {
        var crash = plan(.start, .duration(.seconds(1)), .coordinatorCrash)
        crash.point = .persist
        var schedule = FaultSchedule(crash, seed: 1, injected: began)
        _ = schedule.passed(to: began, began: nil)
        _ = schedule.passed(to: began + .seconds(60), began: nil)
        #expect(stage(schedule) == .on && schedule.nextChange(began: nil) == nil)
    }

    @Test func perturbationsAndStatesGoRound() throws {
        for perturbation in [Perturbation.clear, .inject(plan(.task(TaskSequence(3)), .tasks(2), .equivocate))] {
            #expect(try Perturbation(borsh: perturbation.borsh) == perturbation)
        }
        #expect(Perturbation.clear.borsh == [1])
        #expect(throws: BorshError.unknownCase(type: "Perturbation", value: 2)) { try Perturbation(borsh: [2]) }
        let state = FaultState(plan: plan(.start, .untilTheEnd), stage: .over)
        #expect(try FaultState(borsh: state.borsh) == state)
        #expect(state.borsh.last == 2)
        #expect(throws: BorshError.unknownCase(type: "FaultState.Stage", value: 3)) {
            try FaultState(borsh: state.borsh.dropLast() + [3])
        }
    }
}
