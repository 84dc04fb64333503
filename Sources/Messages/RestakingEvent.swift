import Cryptography
import Primitives

/// What has happened in the restaking state that no instruction says by itself.
package enum RestakingEvent: Hashable, Sendable {
    /// At the close of an epoch: what the native pool yielded, before the protocol's fee, and what operators took of it.
    case yieldBooked(Epoch, gross: Units, fee: Units, commissions: Units)
    /// At the opening of an epoch: it earns nothing in it.
    case poolMoved(Epoch, PoolMove)
    /// At the close of an epoch: what an AVS paid, commissions among it.
    case rewardsPaid(Epoch, ServiceID, Lamports)
    /// Out of this AVS's operator sets from this epoch on.
    case jailed(OperatorIndex, ServiceID, from: Epoch)
    case listed(AssetID, AssetTerms, from: Epoch)
    case statusChanged(AssetID, AssetStatus)
    /// By its authority or, beyond the bound, by the council.
    case rateChanged(AssetID, from: ExchangeRate, to: ExchangeRate)
    case disputeOpened(DisputeID, VoteKey)
    /// By a vote or by executing the task again, which opens no dispute.
    case resultVoided(VoteKey)
    case disputeLost(DisputeID)
    case defunct(ServiceID)
}

/// Stake of the native pool that goes from one base validator to another, or to a first one.
package struct PoolMove: Hashable, Sendable {
    /// Nil: it was not staked before.
    package var from: ValidatorIndex?
    package var to: ValidatorIndex
    package var amount: Units

    package init(from: ValidatorIndex?, to: ValidatorIndex, amount: Units) {
        self.from = from
        self.to = to
        self.amount = amount
    }
}

extension PoolMove: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(from)
        encoder.encode(to)
        encoder.encode(amount)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        from = try decoder.decodeOptional()
        to = try decoder.decode()
        amount = try decoder.decode()
    }
}

extension RestakingEvent: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .yieldBooked(let epoch, let gross, let fee, let commissions):
            encoder.encode(UInt8(0))
            encoder.encode(epoch)
            encoder.encode(gross)
            encoder.encode(fee)
            encoder.encode(commissions)
        case .poolMoved(let epoch, let move):
            encoder.encode(UInt8(1))
            encoder.encode(epoch)
            encoder.encode(move)
        case .rewardsPaid(let epoch, let service, let amount):
            encoder.encode(UInt8(2))
            encoder.encode(epoch)
            encoder.encode(service)
            encoder.encode(amount)
        case .jailed(let signer, let service, let epoch):
            encoder.encode(UInt8(3))
            encoder.encode(signer)
            encoder.encode(service)
            encoder.encode(epoch)
        case .listed(let asset, let terms, let epoch):
            encoder.encode(UInt8(4))
            encoder.encode(asset)
            encoder.encode(terms)
            encoder.encode(epoch)
        case .statusChanged(let asset, let status):
            encoder.encode(UInt8(5))
            encoder.encode(asset)
            encoder.encode(status)
        case .rateChanged(let asset, let old, let new):
            encoder.encode(UInt8(6))
            encoder.encode(asset)
            encoder.encode(old)
            encoder.encode(new)
        case .disputeOpened(let dispute, let voteKey):
            encoder.encode(UInt8(7))
            encoder.encode(dispute)
            encoder.encode(voteKey)
        case .resultVoided(let voteKey):
            encoder.encode(UInt8(8))
            encoder.encode(voteKey)
        case .disputeLost(let dispute):
            encoder.encode(UInt8(9))
            encoder.encode(dispute)
        case .defunct(let service):
            encoder.encode(UInt8(10))
            encoder.encode(service)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0:
            self = .yieldBooked(
                try decoder.decode(), gross: try decoder.decode(), fee: try decoder.decode(),
                commissions: try decoder.decode())
        case 1: self = .poolMoved(try decoder.decode(), try decoder.decode())
        case 2: self = .rewardsPaid(try decoder.decode(), try decoder.decode(), try decoder.decode())
        case 3: self = .jailed(try decoder.decode(), try decoder.decode(), from: try decoder.decode())
        case 4: self = .listed(try decoder.decode(), try decoder.decode(), from: try decoder.decode())
        case 5: self = .statusChanged(try decoder.decode(), try decoder.decode())
        case 6: self = .rateChanged(try decoder.decode(), from: try decoder.decode(), to: try decoder.decode())
        case 7: self = .disputeOpened(try decoder.decode(), try decoder.decode())
        case 8: self = .resultVoided(try decoder.decode())
        case 9: self = .disputeLost(try decoder.decode())
        case 10: self = .defunct(try decoder.decode())
        default: throw .unknownCase(type: "RestakingEvent", value: value)
        }
    }
}
