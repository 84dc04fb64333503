import Admission
import Messages
import Primitives

/// What waits for a driver's machine: who is heard next, and of whom nothing more is read meanwhile.
package struct Intake<Event> {
    private var queue = FairQueue<Party, Event>()
    private var weights = StakeWeights()
    private var backlog = Backlog()
    private var deepest = 0

    package init() {}

    package var isEmpty: Bool { queue.isEmpty }

    package mutating func learn(_ set: OperatorSet) {
        for (party, weight) in weights.learn(set) { queue.setWeight(weight, of: party) }
    }

    /// - Parameters:
    ///   - party: from whom it comes; nil: from nobody who could send too much.
    ///   - others: what waits besides, for something else than the machine.
    package mutating func append(
        _ event: Event, from party: Party?, cost: UInt64 = 1, besides others: Int = 0,
        at now: @autoclosure () -> Instant, on transport: Transport
    ) {
        queue.append(event, from: party, cost: cost)
        backlog.came(at: now(), waiting: queue.count)
        let waiting = queue.count + others
        if waiting > deepest {
            deepest = waiting
            UsageMeter.saw(queueOf: waiting)
        }
        if waiting > IntakeMarks.high { transport.isReading = false }
        if let party, queue.count(from: party) > IntakeMarks.highOfOne, !transport.heldUp.contains(party) {
            transport.setReading(false, of: party)
        }
    }

    /// - Returns: the next event, and for how long one had to wait, where that was long.
    package mutating func popFirst(at now: @autoclosure () -> Instant) -> (event: Event, stall: Duration?)? {
        queue.popFirst().map { ($0, backlog.taken(at: now())) }
    }

    /// Some of it has been handled.
    package mutating func readOn(besides others: Int = 0, on transport: Transport) {
        if queue.count + others < IntakeMarks.low { transport.isReading = true }
        guard !transport.heldUp.isEmpty else { return }
        for party in transport.heldUp.sorted() where queue.count(from: party) < IntakeMarks.lowOfOne {
            transport.setReading(true, of: party)
        }
    }
}

package enum IntakeMarks {
    /// With more than this many waiting, nothing more is read until most of them are handled.
    package static let high = 4096
    package static let low = 512
    /// The same of one party alone.
    package static let highOfOne = 256
    package static let lowOfOne = 64
}
