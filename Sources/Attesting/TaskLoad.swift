import Messages
import Primitives

/// An AVS's open-loop load: when each task is meant to be issued, whatever becomes of those before it.
package struct TaskLoad: Hashable, Sendable {
    package enum Arrival: UInt8, Hashable, Sendable {
        /// Evenly spaced.
        case fixed = 0
        /// Exponential gaps of the same mean, drawn from the seed.
        case poisson = 1
    }

    package var tasks: UInt64
    /// The mean time from one task to the next.
    package var interval: Duration
    package var arrival: Arrival
    package var seed: UInt64

    package init(tasks: UInt64, interval: Duration, arrival: Arrival, seed: UInt64) {
        self.tasks = tasks
        self.interval = interval
        self.arrival = arrival
        self.seed = seed
    }

    /// The time from the task before this one (for the first: from the beginning of the run) to this one.
    func gap(before sequence: TaskSequence) -> Duration {
        switch arrival {
        case .fixed: return sequence.number == 0 ? .zero : interval
        case .poisson:
            let unit = SeededRandom.unit(SeededRandom.draw(seed: seed, purpose: "arrival", sequence.number))
            // At most 37 intervals; cut where that would not fit.
            return .nanoseconds(Int64(min(-Self.logarithm(1 - unit) * Double(interval.nanoseconds), 0x1p62)))
        }
    }

    /// The natural logarithm of a positive number, from operations alone that IEEE 754 defines to the last bit: a C
    /// library's own differs from one host to the next, and a replay with it.
    static func logarithm(_ number: Double) -> Double {
        var (exponent, significand) = (Double(number.exponent), number.significand)
        // To 2/3 ... 4/3, around 1: so the two parts of the sum never cancel each other out.
        if significand * 3 > 4 { (exponent, significand) = (exponent + 1, significand / 2) }
        // ln s = 2 artanh((s - 1) / (s + 1)), whose series gains a factor of 25 a term here.
        let ratio = (significand - 1) / (significand + 1)
        let square = ratio * ratio
        var sum = 0.0
        for odd in stride(from: 25, through: 1, by: -2) { sum = sum * square + 1 / Double(odd) }
        return exponent * 0x1.62e42fefa39efp-1 + 2 * ratio * sum
    }
}

extension TaskLoad: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(tasks)
        encoder.encode(interval)
        encoder.encode(arrival.rawValue)
        encoder.encode(seed)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        tasks = try decoder.decode()
        interval = try decoder.decode()
        let value: UInt8 = try decoder.decode()
        guard let arrival = Arrival(rawValue: value) else { throw .unknownCase(type: "Arrival", value: value) }
        self.arrival = arrival
        seed = try decoder.decode()
    }
}
