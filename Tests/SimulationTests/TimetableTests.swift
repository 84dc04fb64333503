import Primitives
import Testing

@testable import Simulation

@Suite struct TimetableTests {
    private func at(_ number: UInt64) -> Instant { Instant(nanoseconds: number) }

    @Test func byTimeThenByOrderOfEntry() {
        var timetable = Timetable()
        timetable.add(.heals(partition: 3), at: at(20))
        timetable.add(.heals(partition: 1), at: at(10))
        timetable.add(.heals(partition: 2), at: at(10))
        timetable.add(.heals(partition: 0), at: at(5))
        var seen: [Int] = []
        while let (_, occurrence) = timetable.next() {
            guard case .heals(let number) = occurrence else { continue }
            seen.append(number)
            // What is put in while others come out takes up a place that is free again.
            if number == 1 { timetable.add(.heals(partition: 4), at: at(10)) }
        }
        #expect(seen == [0, 1, 2, 4, 3])
        #expect(timetable.longest == 4)
    }
}

@Suite struct ProcessorsTests {
    private let places = (1...4).map { Place(number: $0) }

    @Test func whoeverWaitsIsServedInTheOrderOfAsking() {
        var processors = Processors(.shared(2))
        var answers: [Bool] = []
        for place in places { answers.append(processors.ask(place)) }
        #expect(answers == [true, true, false, false])
        let served = (0..<3).map { _ in processors.release() }
        #expect(served == [places[2], places[3], nil])
        let mayWork = processors.ask(places[0])
        #expect(mayWork)
    }

    @Test func withACoreForEachNobodyWaits() {
        var processors = Processors(.perNode)
        for place in places {
            let mayWork = processors.ask(place)
            #expect(mayWork)
        }
        let next = processors.release()
        #expect(next == nil)
    }
}
