import Attesting
import Cryptography
import Messages
import Primitives
import Testing

@testable import Faults

@Suite struct FaultScheduleTests {
    private let began = Instant(nanoseconds: 1_000_000_000)
    private let service = ServiceID(0)

    private func schedule(
        _ begins: FaultPlan.Beginning, _ lasts: FaultPlan.Extent, of behaviour: Behaviour = .silent,
        service: ServiceID? = nil, probability: Fraction = .one, seed: UInt64 = 1
    ) -> FaultSchedule {
        let plan = FaultPlan(
            party: .signer(OperatorIndex(0)), behaviour: behaviour, service: service, begins: begins, lasts: lasts,
            probability: probability)
        return FaultSchedule(plan, seed: seed)
    }

    private func task(_ sequence: UInt64, of service: ServiceID = ServiceID(0)) -> ServiceTask {
        ServiceTask(
            network: .zero, service: service, sequence: TaskSequence(sequence), epoch: Epoch(0), operatorSet: .zero,
            payload: [], issued: began, deadline: began)
    }

    /// Which of the tasks 0 to 9 it applies to, when they come one each 10 ms from the beginning.
    private func applied(_ schedule: FaultSchedule, countingUsed: Bool = false) -> [UInt64] {
        var schedule = schedule
        var hits: [UInt64] = []
        for number in 0..<UInt64(10) {
            let now = began + .milliseconds(10 * Int64(number))
            _ = schedule.passed(to: now, began: began)
            _ = schedule.saw(task(number), at: now)
            let used = countingUsed ? UInt64(hits.count) : 0
            if schedule.applies(to: service, Subject(number: number), used: used) { hits.append(number) }
        }
        return hits
    }

    @Test func beginningsAndExtents() {
        #expect(applied(schedule(.start, .untilTheEnd)) == Array(0..<10))
        #expect(applied(schedule(.task(TaskSequence(4)), .untilTheEnd)) == Array(4..<10))
        #expect(applied(schedule(.after(.milliseconds(35)), .untilTheEnd)) == Array(4..<10))
        #expect(applied(schedule(.start, .duration(.milliseconds(30)))) == [0, 1, 2])
        #expect(applied(schedule(.task(TaskSequence(3)), .duration(.milliseconds(20)))) == [3, 4])
        #expect(applied(schedule(.after(.milliseconds(15)), .duration(.milliseconds(20)))) == [2, 3])
    }

    @Test func tasksAreCountedFromTheFirstInTheSchedule() {
        #expect(applied(schedule(.start, .tasks(3))) == [0, 1, 2])
        #expect(applied(schedule(.task(TaskSequence(4)), .tasks(2))) == [4, 5])
        #expect(applied(schedule(.after(.milliseconds(35)), .tasks(2))) == [4, 5])
    }

    @Test func anEquivocationCountsWhatItHasFalsified() {
        let half = Fraction(1, over: 2)!
        let all = applied(schedule(.task(TaskSequence(2)), .untilTheEnd, of: .equivocate, probability: half))
        let three = applied(
            schedule(.task(TaskSequence(2)), .tasks(3), of: .equivocate, probability: half), countingUsed: true)
        #expect(three == Array(all.prefix(3)) && all.count > 3 && all.count < 8)
    }

    @Test func chanceIsDecidedBySeedAndTaskAlone() {
        func hits(seed: UInt64, order: [UInt64]) -> Set<UInt64> {
            var schedule = schedule(
                .start, .untilTheEnd, of: .equivocate, probability: Fraction(1, over: 4)!, seed: seed)
            _ = schedule.passed(to: began, began: began)
            _ = schedule.saw(task(0), at: began)
            return Set(order.filter { schedule.applies(to: service, Subject(number: $0), used: 0) })
        }
        let order = Array(UInt64(0)..<1_000)
        #expect(hits(seed: 1, order: order) == hits(seed: 1, order: order.reversed()))
        #expect(hits(seed: 1, order: order) != hits(seed: 2, order: order))
        #expect((200..<300).contains(hits(seed: 1, order: order).count))
    }

    @Test func aFaultInOneServiceLeavesTheOthersAlone() {
        var schedule = schedule(.task(TaskSequence(1)), .untilTheEnd, service: ServiceID(1))
        let begunByOther = schedule.saw(task(5), at: began)
        let begun = schedule.saw(task(5, of: ServiceID(1)), at: began)
        #expect(!begunByOther && begun)
        #expect(schedule.applies(to: ServiceID(1), Subject(number: 5), used: 0))
        #expect(!schedule.applies(to: service, Subject(number: 5), used: 0))
    }

    /// A clock is wrong in all AVSs, until its tasks have come in all of them; silence ends in each by itself.
    @Test(arguments: [Behaviour.clockStep, .silent]) func whatTheWholeNodeHasEndsOnce(behaviour: Behaviour) {
        let other = ServiceID(1)
        var board = FaultBoard(services: [service, other], seed: 1)
        board.add(FaultPlan(party: .signer(OperatorIndex(0)), behaviour: behaviour, begins: .start, lasts: .tasks(1)))
        _ = board.follow(.began(began), at: began)
        let ends = [(0, service), (0, other), (1, service), (1, other)].map { sequence, service in
            board.saw(task(UInt64(sequence), of: service), at: began).ended.map(\.1)
        }
        #expect(ends == (behaviour == .silent ? [[], [], [service], [other]] : [[], [], [], [nil]]))
    }

    @Test func itTellsWhenItMustBeWoken() {
        var timed = schedule(.after(.seconds(1)), .duration(.seconds(2)))
        #expect(timed.nextChange(began: began) == began + .seconds(1))
        let begun = timed.passed(to: began + .seconds(1), began: began)
        #expect(begun && timed.isOn && timed.nextChange(began: began) == began + .seconds(3))
        let begunAgain = timed.passed(to: began + .seconds(3), began: began)
        #expect(!begunAgain && !timed.isOn && timed.nextChange(began: began) == nil)
        #expect(schedule(.task(TaskSequence(1)), .untilTheEnd).nextChange(began: began) == nil)
    }

    // MARK: Processes that are started again

    @Test func whatIsOverForAProcessThatStartsLaterNeverBegins() {
        for begins in [FaultPlan.Beginning.start, .after(.seconds(2))] {
            var past = schedule(begins, .duration(.seconds(1)))
            let begun = past.passed(to: began + .seconds(10), began: began)
            #expect(!begun && past.hasBegun && !past.isOn, "\(begins)")
            #expect(
                past.takeEnds().isEmpty && past.nextChange(began: began) == nil, "nothing has begun in this process")
            #expect(past.state(used: 0, in: [service]).stage == .over)
        }
    }

    @Test func whatIsHalfOverEndsAtItsTime() {
        var half = schedule(.after(.seconds(2)), .duration(.seconds(10)))
        let begun = half.passed(to: began + .seconds(9), began: began)
        #expect(begun && half.isOn && half.nextChange(began: began) == began + .seconds(12))
        #expect(half.rest(at: began + .seconds(9)) == .seconds(3))
        _ = half.passed(to: began + .seconds(12), began: began)
        #expect(!half.isOn && half.takeEnds() == [nil])
        var endless = schedule(.after(.seconds(2)), .untilTheEnd)
        let begunAsWell = endless.passed(to: began + .seconds(9), began: began)
        #expect(begunAsWell && endless.isOn && endless.rest(at: began + .seconds(9)) == nil)
    }

    @Test func aPlanKnowsWhenNothingIsLeftOfIt() {
        func isOver(
            _ begins: FaultPlan.Beginning, _ lasts: FaultPlan.Extent, at elapsed: Duration, point: KillPoint? = nil
        ) -> Bool {
            var plan = schedule(begins, lasts, of: .crash).plan
            plan.point = point
            return plan.isOver(at: elapsed)
        }
        #expect(!isOver(.after(.seconds(2)), .duration(.seconds(1)), at: .milliseconds(2_999)))
        #expect(isOver(.after(.seconds(2)), .duration(.seconds(1)), at: .seconds(3)))
        #expect(isOver(.start, .duration(.seconds(1)), at: .seconds(1)))
        #expect(!isOver(.after(.seconds(2)), .untilTheEnd, at: .seconds(99)))
        #expect(!isOver(.task(TaskSequence(2)), .duration(.seconds(1)), at: .seconds(99)), "nobody knows when it came")
        #expect(!isOver(.after(.seconds(2)), .duration(.seconds(1)), at: .seconds(99), point: .sign), "it waits for it")
    }
}
