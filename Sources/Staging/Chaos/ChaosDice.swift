import Primitives

/// What the seed decides about one draw of a chaos. Each question has its own answer, whatever else is asked.
struct ChaosDice: Sendable {
    let seed: UInt64
    /// Which draw of the run it is.
    let number: UInt64

    private func draw(_ purpose: String, _ detail: String = "") -> UInt64 {
        var draws = SeededRandom(seed: seed, purpose: "chaos \(purpose)", "\(number)", detail)
        return draws.next()
    }

    /// In the order in which they are tried: where one is taken away, the others keep theirs.
    func ranked<Value>(_ values: [Value], _ purpose: String, by name: (Value) -> String) -> [Value] {
        let draws = values.map { draw(purpose, name($0)) }
        return values.indices.sorted { (draws[$0], $0) < (draws[$1], $1) }.map { values[$0] }
    }

    func roll(_ range: ClosedRange<UInt64>, _ purpose: String) -> UInt64 {
        range.lowerBound + draw(purpose) % (range.upperBound - range.lowerBound + 1)
    }

    /// In whole milliseconds, so that it reads well.
    func roll(_ range: ClosedRange<Duration>, _ purpose: String) -> Duration {
        let bounds = [range.lowerBound, range.upperBound].map { UInt64(max(0, $0.nanoseconds) / 1_000_000) }
        return .milliseconds(Int64(roll(bounds[0]...max(bounds[0], bounds[1]), purpose)))
    }

    /// So many times in a hundred.
    func hits(percent: UInt64, _ purpose: String) -> Bool { roll(0...99, purpose) < percent }

    /// Traps when there is nothing to pick from.
    func pick<Value>(_ values: [Value], _ purpose: String) -> Value {
        values[Int(roll(0...UInt64(values.count - 1), purpose))]
    }
}
