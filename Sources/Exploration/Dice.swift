import Primitives

/// What a seed draws for one purpose, in terms of choices. Of the standard library's own ways to draw nothing is used: the
/// same seed must draw the same with every version of it.
struct Dice {
    private var draws: SeededRandom

    init(seed: UInt64, purpose: String) { draws = SeededRandom(seed: seed, purpose: "scenario \(purpose)") }

    mutating func roll(_ range: ClosedRange<UInt64>) -> UInt64 {
        let (width, overflows) = (range.upperBound - range.lowerBound).addingReportingOverflow(1)
        return overflows ? draws.next() : range.lowerBound + draws.next() % width
    }

    mutating func roll(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(roll(0...UInt64(range.upperBound - range.lowerBound)))
    }

    /// In whole milliseconds, so that it reads well in a file.
    mutating func roll(_ range: ClosedRange<Duration>) -> Duration {
        let bounds = [range.lowerBound, range.upperBound].map { $0.nanoseconds / 1_000_000 }
        return .milliseconds(roll(Int(bounds[0])...Int(bounds[1])))
    }

    /// So many times in a hundred.
    mutating func hits(percent: UInt64) -> Bool { roll(0...99) < percent }

    /// Traps when there is nothing to pick from.
    mutating func pick<Value>(_ values: [Value]) -> Value { values[roll(0...values.count - 1)] }

    /// Each as often as it weighs; at least one must weigh something.
    mutating func pick<Value>(_ weighted: [(weight: UInt64, value: Value)]) -> Value {
        var place = roll(0...weighted.map(\.weight).reduce(0, +) - 1)
        for (weight, value) in weighted {
            guard place >= weight else { return value }
            place -= weight
        }
        preconditionFailure("the place lies within the weights")
    }

    /// So many different ones, in their order.
    mutating func sample<Value>(_ count: Int, of values: [Value]) -> [Value] {
        var places = Array(values.indices)
        while places.count > max(0, count) { places.remove(at: roll(0...places.count - 1)) }
        return places.map { values[$0] }
    }
}
