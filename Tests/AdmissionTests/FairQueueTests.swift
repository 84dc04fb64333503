import Messages
import Primitives
import Testing

@testable import Admission

@Suite struct FairQueueTests {
    private func queue(_ weights: [(String, UInt64)] = []) -> FairQueue<String, Int> {
        var queue = FairQueue<String, Int>()
        for (sender, stake) in weights {
            queue.setWeight(Weight(of: Lamports(stake), in: Lamports(100)), of: sender)
        }
        return queue
    }

    private func taken(_ queue: inout FairQueue<String, Int>, _ count: Int) -> [String] {
        (0..<count).compactMap { _ in queue.popFirstWithSender()?.sender }
    }

    @Test func whatComesAloneKeepsTheOrderOfItsArrival() {
        var queue = queue([("a", 1), ("b", 90)])
        for number in 0..<10 {
            queue.append(number, from: number.isMultiple(of: 2) ? "a" : "b")
            #expect(queue.popFirst() == number)
        }
        #expect(queue.popFirst() == nil && queue.isEmpty)
    }

    @Test func underPressureEachHasTheShareOfItsStake() {
        var queue = queue([("a", 10), ("b", 30), ("c", 60)])
        for number in 0..<1_000 { for sender in ["a", "b", "c"] { queue.append(number, from: sender) } }
        let counts = Dictionary(grouping: taken(&queue, 1_000)) { $0 }.mapValues(\.count)
        for (sender, share) in [("a", 100), ("b", 300), ("c", 600)] {
            #expect(abs(counts[sender, default: 0] - share) <= 5, "\(sender): \(counts)")
        }
    }

    @Test func whoFloodsWaitsBehindItself() {
        var queue = queue([("flood", 50), ("small", 5)])
        for number in 0..<5_000 { queue.append(number, from: "flood") }
        queue.append(-1, from: "small")
        #expect(taken(&queue, 21).contains("small"), "behind no more than its share allows")
        #expect(queue.count(from: "small") == 0 && queue.count(from: "flood") == 4_980)
    }

    @Test func whoHasBeenQuietHasNoClaimOnThePast() {
        var queue = queue([("a", 50), ("b", 50)])
        for number in 0..<1_000 { queue.append(number, from: "a") }
        _ = taken(&queue, 1_000)
        for number in 0..<100 { for sender in ["a", "b"] { queue.append(number, from: sender) } }
        let counts = Dictionary(grouping: taken(&queue, 100)) { $0 }.mapValues(\.count)
        #expect(counts["a"] == 50 && counts["b"] == 50)
    }

    @Test func whatIsItsOwnWaitsForNobodyAndWhatOneSendsKeepsItsOrder() {
        var queue = queue([("a", 50), ("b", 20)])
        for number in 0..<100 { queue.append(number, from: number.isMultiple(of: 3) ? "b" : "a") }
        queue.append(1_000, from: nil)
        queue.append(1_001, from: nil)
        #expect(queue.popFirst() == 1_000 && queue.popFirst() == 1_001)
        var last: [String: Int] = [:]
        while let (sender, element) = queue.popFirstWithSender() {
            #expect(last[sender!, default: -1] < element)
            last[sender!] = element
        }
        #expect(last == ["a": 98, "b": 99])
    }

    @Test func costCountsLikeManyOfOne() {
        var queue = queue([("dear", 50), ("cheap", 50)])
        for number in 0..<1_000 {
            queue.append(number, from: "dear", cost: 9)
            queue.append(number, from: "cheap")
        }
        let counts = Dictionary(grouping: taken(&queue, 1_000)) { $0 }.mapValues(\.count)
        #expect(abs(counts["dear", default: 0] - 100) <= 2, "\(counts)")
    }

    @Test func nobodyIsLeftOutForGood() {
        var queue = queue([("all", 100), ("nobody", 0)])
        for number in 0..<5_000 { queue.append(number, from: "all") }
        queue.append(-1, from: "nobody")
        queue.append(-2, from: "stranger")
        #expect(Set(taken(&queue, 1_010)).isSuperset(of: ["nobody", "stranger"]))
    }

    @Test func theSameComesOutEveryTime() {
        func order() -> [String] {
            var queue = queue((0..<20).map { ("op-\($0)", UInt64($0)) })
            for number in 0..<500 { queue.append(number, from: "op-\(number * 7 % 20)", cost: UInt64(number % 3)) }
            return taken(&queue, 500)
        }
        #expect(order() == order())
    }
}
