import Primitives

/// What the council decides: executed with the approval that carries it past the quorum of genesis.
package enum Motion: Hashable, Sendable {
    /// Lists an asset that a vote has accepted; it can be deposited from the next epoch.
    case list(ProposalID)
    case setStatus(AssetID, AssetStatus)
    /// Beyond the bound that binds the asset's authority.
    case setRate(AssetID, ExchangeRate)
    /// An AVS that is no more: stake that no other uses may leave at once.
    case markDefunct(ServiceID)
}

extension Motion: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .list(let proposal):
            encoder.encode(UInt8(0))
            encoder.encode(proposal)
        case .setStatus(let asset, let status):
            encoder.encode(UInt8(1))
            encoder.encode(asset)
            encoder.encode(status)
        case .setRate(let asset, let rate):
            encoder.encode(UInt8(2))
            encoder.encode(asset)
            encoder.encode(rate)
        case .markDefunct(let service):
            encoder.encode(UInt8(3))
            encoder.encode(service)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .list(try decoder.decode())
        case 1: self = .setStatus(try decoder.decode(), try decoder.decode())
        case 2: self = .setRate(try decoder.decode(), try decoder.decode())
        case 3: self = .markDefunct(try decoder.decode())
        default: throw .unknownCase(type: "Motion", value: value)
        }
    }
}
