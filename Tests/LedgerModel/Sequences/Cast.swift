import Cryptography
import Primitives

/// Everyone who plays a part, with their keys.
package enum Cast: Hashable, Sendable {
    case clock
    case signer(Int)
    case restaker(Int)
    case coordinator(Int)
    case councillor(Int)
    /// Tells rates and yields.
    case authority
    case resolver
    /// Where slashed funds may go.
    case address
    /// Whom the ledger does not know.
    case stranger

    package static let signers = 4
    /// The last two are operators too: 3, and 0.
    package static let restakers = 6
    package static let services = 2
    package static let councillors = 3

    package var key: SigningKey { Self.keys[number]! }

    private var number: UInt8 {
        switch self {
        case .clock: 1
        case .authority: 2
        case .resolver: 3
        case .address: 4
        case .stranger: 5
        case .signer(let place): 10 + UInt8(place)
        case .restaker(4): 13
        case .restaker(5): 10
        case .restaker(let place): 30 + UInt8(place)
        case .coordinator(let place): 50 + UInt8(place)
        case .councillor(let place): 60 + UInt8(place)
        }
    }

    private static let keys: [UInt8: SigningKey] = {
        var cast: [Cast] = [.clock, .authority, .resolver, .address, .stranger]
        cast += (0..<signers).map(Cast.signer) + (0..<restakers).map(Cast.restaker)
        cast += (0..<services).map(Cast.coordinator) + (0..<councillors).map(Cast.councillor)
        return Dictionary(
            cast.map { ($0.number, SigningKey(seed: FixedBytes32(Array(repeating: $0.number, count: 32))!)) },
            uniquingKeysWith: { first, _ in first })
    }()
}

extension Cast: CustomStringConvertible {
    package var description: String {
        switch self {
        case .clock: "the clock"
        case .signer(let place): "operator \(place)"
        case .restaker(let place): "restaker \(place)"
        case .coordinator(let place): "the coordinator of AVS \(place)"
        case .councillor(let place): "councillor \(place)"
        case .authority: "the authority"
        case .resolver: "the resolver"
        case .address: "the addressee"
        case .stranger: "a stranger"
        }
    }
}
