import Messages
import Primitives
import Records

/// A time in which nothing got from some parties to others, or not both ways, which comes to the same: what is sent over
/// a connection must be acknowledged. Or nothing got there in time.
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
            switch intervention.act.separation(tolerating: run.genesis.tolerableDelay) {
            case .begins(let number, let side):
                open[number, default: Open(start: intervention.at)].sides[intervention.party] = side
            // It heals for all at once.
            case .ends(let number):
                guard let healed = open.removeValue(forKey: number) else { continue }
                found.append(Separation(sides: healed.sides, start: healed.start, end: intervention.at))
            case nil: break
            }
        }
        found += open.sorted { $0.key < $1.key }.map {
            Separation(sides: $0.value.sides, start: $0.value.start, end: nil)
        }
        return found.sorted { $0.start < $1.start }
    }

    func separates(_ one: Party, from other: Party) -> Bool {
        guard let side = sides[one], let otherSide = sides[other] else { return false }
        return side.isApart(from: otherSide)
    }

    /// Both ends belong to it.
    func touches(from first: Instant, to last: Instant) -> Bool {
        start <= last && end.map { $0 >= first } ?? true
    }
}

/// What an intervention does to the network, as far as it keeps nodes apart.
enum SeparationStep: Hashable {
    case begins(number: UInt32, side: Intervention.Side)
    /// Maybe of a change that never kept anybody apart.
    case ends(number: UInt32)
}

extension Intervention.Act {
    /// Nil: nothing.
    ///
    /// - Parameter delay: on a link that is no slower, nodes do their part.
    func separation(tolerating tolerance: Duration) -> SeparationStep? {
        switch self {
        case .cutOff(let partition, let side): .begins(number: partition, side: side)
        case .slowed(let change, let side, let delay) where delay > tolerance:
            .begins(number: change, side: side)
        case .rejoined(let number), .restored(let number): .ends(number: number)
        case .killed, .paused, .resumed, .restarted, .slowed: nil
        }
    }
}

extension Genesis {
    /// One way. No two regions of the world are so far apart, and four of them are time enough for a task to be certified: what
    /// takes longer is the network's fault, not a node's.
    var tolerableDelay: Duration {
        services.map { $0.deadline / 4 }.reduce(.milliseconds(200), min)
    }
}
