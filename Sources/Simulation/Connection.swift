import Links
import Messages
import Primitives

/// One connection between two nodes, as TCP makes it: what is sent on it arrives, in order, as long as it is up; what was
/// under way when it breaks is lost.
struct Connection {
    let low: Place
    let high: Place
    /// Whether the two speak with each other: from the beginning, or since they share an AVS.
    var isWanted: Bool
    var isUp = false
    /// Changes whenever it comes up or breaks.
    var generation: UInt32 = 0
    var upSince = Instant(nanoseconds: 0)
    /// The wait before the next attempt.
    var retry = Connection.firstRetry
    /// Who does not know yet that the other end has lost power, and nobody will answer.
    var unaware: Place?
    /// Since when something is held up in either direction.
    var blockedSince: Instant?
    var towardHigh: Direction
    var towardLow: Direction

    struct Direction {
        /// Nil where nothing lies between the two.
        var link: Link?
        /// In flight, held up or not taken up yet.
        var pendingBytes = 0
        /// How many partitions block it.
        var blocks = 0
        /// What was sent while it was blocked, in order.
        var held: [Parcel] = []
        /// When what was held goes on its way after a blockage: nothing that is sent later goes before it.
        var resumes = Instant(nanoseconds: 0)
        /// When the last frame that was put on it arrives.
        var lastArrival = Instant(nanoseconds: 0)
        /// The beginning of a frame, and since when the rest is waited for.
        var partial: [UInt8] = []
        var partialSince: Instant?
        /// The generation whose frames still come: its sender is gone, and had sent them before.
        var draining: UInt32?
    }

    /// As the real transport dials.
    static let firstRetry = Duration.milliseconds(20)
    static let slowestRetry = Duration.seconds(1)
    static let settled = Duration.seconds(1)
    /// What may wait for one receiver; one that lets more pile up is disconnected.
    static let pendingLimit = 8 * 1024 * 1024
    /// A connection that is blocked for longer breaks, which both ends notice.
    static let blockagePatience = Duration.seconds(3)

    /// As the real transport waits for the rest of a frame.
    static let frameDeadline = Duration.seconds(5)

    subscript(towardHigh isTowardHigh: Bool) -> Direction {
        get { isTowardHigh ? towardHigh : towardLow }
        _modify { if isTowardHigh { yield &towardHigh } else { yield &towardLow } }
    }

    var isBlocked: Bool { towardHigh.blocks > 0 || towardLow.blocks > 0 }

    func other(than place: Place) -> Place { place == low ? high : low }
}

/// Which places there are, who speaks with whom, and where each connection stands in its table.
///
/// Everyone speaks with the ledger, coordinators with the operators of their AVS, and operators that share a mesh with each
/// other; who comes to be an operator of an AVS later does so from then on.
struct Wiring {
    let parties: [Party]
    private let services: Int
    private let signers: Int
    private let hasMesh: Bool

    init(_ genesis: Genesis) {
        parties = genesis.parties
        services = genesis.services.count
        signers = genesis.signers.count
        hasMesh = genesis.services.contains { $0.dissemination == .mesh }
    }

    func place(of party: Party) -> Place {
        switch party {
        case .ledger: .ledger
        case .coordinator(let service): Place(number: 1 + Int(service.number))
        case .signer(let signer): Place(number: 1 + services + Int(signer.number))
        }
    }

    /// - Returns: nil for two that never speak with each other, whoever they are.
    func connection(_ one: Place, _ other: Place) -> Int? {
        let (low, high) = one < other ? (one.number, other.number) : (other.number, one.number)
        guard low != high else { return nil }
        if low == 0 { return high - 1 }
        let firstSigner = 1 + services
        guard high >= firstSigner else { return nil }
        let signer = high - firstSigner
        let afterLedger = services + signers
        if low < firstSigner { return afterLedger + (low - 1) * signers + signer }
        guard hasMesh else { return nil }
        let lowSigner = low - firstSigner
        // Row by row: signer 1 with 0, 2 with 0 and 1...
        return afterLedger + services * signers + signer * (signer - 1) / 2 + lowSigner
    }

    /// Every pair that has a number, in the order of the numbers.
    func pairs() -> [(low: Place, high: Place)] {
        let firstSigner = 1 + services
        var pairs = (1..<parties.count).map { (low: Place.ledger, high: Place(number: $0)) }
        for service in 0..<services {
            for signer in 0..<signers {
                pairs.append((Place(number: 1 + service), Place(number: firstSigner + signer)))
            }
        }
        guard hasMesh else { return pairs }
        for high in 0..<signers {
            for low in 0..<high {
                pairs.append((Place(number: firstSigner + low), Place(number: firstSigner + high)))
            }
        }
        return pairs
    }

    /// Who speaks with whom, by the number of the connection.
    static func wanted(_ pairs: [(low: Place, high: Place)], _ parties: [Party], _ genesis: Genesis) -> [Bool] {
        let members = genesis.services.map { Set($0.optedIn) }
        return pairs.map { low, high in
            switch (parties[low.number], parties[high.number]) {
            case (.ledger, _): true
            case (.coordinator(let service), .signer(let signer)): members[Int(service.number)].contains(signer)
            case (.signer(let one), .signer(let other)):
                genesis.services.indices.contains {
                    genesis.services[$0].dissemination == .mesh && members[$0].contains(one)
                        && members[$0].contains(other)
                }
            default: false
            }
        }
    }
}
