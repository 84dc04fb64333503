import HeapModule
import Primitives

/// What is due when. Items of one time come out in the order they were put in.
package struct Agenda<Item: Sendable>: Sendable {
    private struct Entry: Comparable, Sendable {
        let due: Instant
        let order: UInt64
        let item: Item

        static func < (left: Self, right: Self) -> Bool { (left.due, left.order) < (right.due, right.order) }
        static func == (left: Self, right: Self) -> Bool { left.order == right.order }
    }

    private var heap = Heap<Entry>()
    private var order: UInt64 = 0
    private var wakeAsked: Instant?

    package init() {}

    package mutating func add(_ item: Item, at due: Instant) {
        heap.insert(Entry(due: due, order: order, item: item))
        order += 1
    }

    package mutating func next(upTo now: Instant) -> Item? {
        guard let first = heap.min, first.due <= now else { return nil }
        return heap.removeMin().item
    }

    /// A wake has come, whoever asked for it: what was asked for before may be forgotten by now.
    package mutating func woken() { wakeAsked = nil }

    /// The time to ask for, if it has not been asked for already.
    package mutating func wakeToAsk(at now: Instant) -> Instant? {
        if let asked = wakeAsked, asked <= now { wakeAsked = nil }
        guard let due = heap.min?.due else { return nil }
        if let asked = wakeAsked, asked <= due { return nil }
        wakeAsked = due
        return due
    }
}
