import HeapModule
import Primitives

/// What happens when. Of two things that are due at one time, the one that was put in first comes first.
struct Timetable {
    /// Small, because a heap moves its elements about; the thing itself waits in a slot.
    private struct Entry: Comparable {
        let due: UInt64
        let order: UInt64
        let slot: Int

        static func < (left: Self, right: Self) -> Bool {
            left.due == right.due ? left.order < right.order : left.due < right.due
        }
    }

    private var heap = Heap<Entry>()
    private var slots: [Occurrence?] = []
    private var freeSlots: [Int] = []
    private var order: UInt64 = 0
    /// The most that were ever in it.
    private(set) var longest = 0

    mutating func add(_ occurrence: Occurrence, at due: Instant) {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            slots[slot] = occurrence
        } else {
            slot = slots.count
            slots.append(occurrence)
        }
        heap.insert(Entry(due: due.nanoseconds, order: order, slot: slot))
        order += 1
        longest = max(longest, heap.count)
    }

    mutating func next() -> (due: Instant, occurrence: Occurrence)? {
        guard let entry = heap.popMin() else { return nil }
        let occurrence = slots[entry.slot]!
        slots[entry.slot] = nil
        freeSlots.append(entry.slot)
        return (Instant(nanoseconds: entry.due), occurrence)
    }
}
