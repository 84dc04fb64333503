import Messages
import Primitives
import Records

/// A time in which nothing got from some parties to others, or not both ways, which comes to the same: what is sent over
/// a connection must be acknowledged.
struct Separation: Hashable, Sendable {
    let sides: [Party: Intervention.Side]
    let start: Instant
    /// Nil: to the end of the run.
    let end: Instant?

    /// In the order in which they began.
    static func all(in run: RunRecords) -> [Separation] {
        struct Open {
            var sides: [Party: Intervention.Side] = [:]
            var start: Instant
        }
        var open: [UInt32: Open] = [:]
        var found: [Separation] = []
        for intervention in run.interventions {
            switch intervention.act {
            case .cutOff(let partition, let side):
                open[partition, default: Open(start: intervention.at)].sides[intervention.party] = side
            // It heals for all at once.
            case .rejoined(let partition):
                guard let healed = open.removeValue(forKey: partition) else { continue }
                found.append(Separation(sides: healed.sides, start: healed.start, end: intervention.at))
            default: break
            }
        }
        found += open.sorted { $0.key < $1.key }.map {
            Separation(sides: $0.value.sides, start: $0.value.start, end: nil)
        }
        return found.sorted { $0.start < $1.start }
    }

    func separates(_ one: Party, from other: Party) -> Bool {
        guard let side = sides[one], let otherSide = sides[other] else { return false }
        return side != otherSide
    }

    /// Both ends belong to it.
    func touches(from first: Instant, to last: Instant) -> Bool {
        start <= last && end.map { $0 >= first } ?? true
    }
}
