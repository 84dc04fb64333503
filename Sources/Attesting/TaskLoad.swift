import Messages
import Primitives
import Services

/// How many tasks an AVS's coordinator issues, and when.
package struct TaskLoad: Hashable, Sendable {
    package enum Pacing: Hashable, Sendable {
        /// Each task has its time, whatever becomes of those before it.
        ///
        /// - Parameter interval: the mean time from one task to the next.
        case open(interval: Duration, Arrival)
        /// So many tasks are in flight: the next one is issued the moment one is certified or expires.
        ///
        /// - Parameter lasting: after this time from the beginning none is issued any more; nil: until all are.
        case closed(inFlight: UInt64, lasting: Duration?)
    }

    package enum Arrival: UInt8, Hashable, Sendable {
        /// Evenly spaced.
        case fixed = 0
        /// Exponential gaps of the same mean, drawn from the seed.
        case poisson = 1
    }

    /// None beyond these.
    package var tasks: UInt64
    package var pacing: Pacing
    package var seed: UInt64
    /// What the payloads are made from; none: what the module makes them from by itself.
    package var payloads: [PayloadTemplate]

    package init(tasks: UInt64, pacing: Pacing, seed: UInt64, payloads: [PayloadTemplate] = []) {
        self.tasks = tasks
        self.pacing = pacing
        self.seed = seed
        self.payloads = payloads
    }

    package init(tasks: UInt64, interval: Duration, arrival: Arrival, seed: UInt64) {
        self.init(tasks: tasks, pacing: .open(interval: interval, arrival), seed: seed)
    }

    /// The time from the task before this one (for the first: from the beginning of the run) to this one. None in a
    /// closed loop, where it is not the clock that decides.
    func gap(before sequence: TaskSequence) -> Duration {
        guard case .open(let interval, let arrival) = pacing else { return .zero }
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
        encoder.encode(pacing)
        encoder.encode(seed)
        encoder.encode(payloads)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        tasks = try decoder.decode()
        pacing = try decoder.decode()
        seed = try decoder.decode()
        payloads = try decoder.decode(limit: PayloadTemplate.listLimit)
    }
}

extension PayloadTemplate: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(text) }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let text = try decoder.decodeText(limit: Self.lengthLimit)
        do {
            try self.init(text)
        } catch {
            throw .invalid(type: "PayloadTemplate", reason: error.description)
        }
    }
}

/// One byte for both: 0 fixed, 1 Poisson, 2 closed loop.
extension TaskLoad.Pacing: BorshCodable {
    private static let closedLoop: UInt8 = 2

    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .open(let interval, let arrival):
            encoder.encode(arrival.rawValue)
            encoder.encode(interval)
        case .closed(let inFlight, let lasting):
            encoder.encode(Self.closedLoop)
            encoder.encode(inFlight)
            encoder.encode(lasting)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        if let arrival = TaskLoad.Arrival(rawValue: value) {
            self = .open(interval: try decoder.decode(), arrival)
        } else if value == Self.closedLoop {
            self = .closed(inFlight: try decoder.decode(), lasting: try decoder.decodeOptional())
        } else {
            throw .unknownCase(type: "Pacing", value: value)
        }
    }
}
