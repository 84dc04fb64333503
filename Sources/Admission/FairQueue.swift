import HeapModule

/// What waits for one receiver, from several senders: under pressure each sender's share of the receiver's attention follows
/// its weight, whatever it sends.
///
/// Start-time fair queueing: everything that waits has a tag, and the lowest comes first. A sender's next tag is its last
/// one, or the present time of the queue if that is later, and the cost of the new thing over the sender's weight. So who
/// sends little is hardly ever behind others, and who floods waits behind itself. What one sender sends keeps its order.
///
/// Source: Goyal, Vin, Cheng, Start-time Fair Queueing (1996); what the Solana world calls stake-weighted quality of service.
package struct FairQueue<Sender: Hashable, Element> {
    private struct Entry: Comparable {
        let tag: UInt64
        let order: UInt64
        let slot: Int

        static func < (left: Self, right: Self) -> Bool {
            left.tag == right.tag ? left.order < right.order : left.tag < right.tag
        }
    }

    private var heap = Heap<Entry>()
    private var slots: [(sender: Sender?, element: Element)?] = []
    private var freeSlots: [Int] = []
    private var order: UInt64 = 0
    /// The queue's own time: the tag of what was taken last.
    private var time: UInt64 = 0
    /// By sender: the tag of its last, and how many of its wait.
    private var lanes: [Sender: (tag: UInt64, count: Int)] = [:]
    private var weights: [Sender: Weight] = [:]

    /// Of a sender of the whole weight, one unit of cost takes this much of the queue's time.
    private static var unit: UInt64 { 1_000 }
    package init() {}

    package var count: Int { heap.count }
    package var isEmpty: Bool { heap.isEmpty }

    /// How much of this sender's waits.
    package func count(from sender: Sender) -> Int { lanes[sender]?.count ?? 0 }

    package mutating func setWeight(_ weight: Weight, of sender: Sender) { weights[sender] = weight }

    /// - Parameters:
    ///   - sender: nil: the receiver itself, whose own things wait for nobody else's.
    ///   - cost: of this one, in whatever unit all others have too.
    package mutating func append(_ element: Element, from sender: Sender?, cost: UInt64 = 1) {
        var tag = time
        if let sender {
            let lane = lanes[sender] ?? (0, 0)
            let weight = weights[sender] ?? .least
            // At the least weight it takes decades of a full line to overflow.
            tag = max(time, lane.tag) + max(1, cost) * (Self.unit * Weight.whole.parts / weight.parts)
            lanes[sender] = (tag, lane.count + 1)
        }
        let slot = freeSlots.popLast() ?? slots.endIndex
        if slot == slots.endIndex { slots.append((sender, element)) } else { slots[slot] = (sender, element) }
        heap.insert(Entry(tag: tag, order: order, slot: slot))
        order += 1
    }

    package mutating func popFirst() -> Element? { popFirstWithSender()?.element }

    package mutating func popFirstWithSender() -> (sender: Sender?, element: Element)? {
        guard let entry = heap.popMin() else { return nil }
        let taken = slots[entry.slot]!
        slots[entry.slot] = nil
        freeSlots.append(entry.slot)
        time = max(time, entry.tag)
        if let sender = taken.sender, let lane = lanes[sender] { lanes[sender] = (lane.tag, lane.count - 1) }
        return taken
    }

    /// As after it was made, but for the weights.
    package mutating func removeAll() {
        let weights = weights
        self = Self()
        self.weights = weights
    }
}
