import Cryptography
import Messages
import Primitives

extension Ledger {
    /// The digest of the whole state: two ledgers with one root answer every instruction alike.
    ///
    /// Goes over everything, restakers too: for once an epoch, not for each instruction.
    package var stateRoot: Digest {
        var encoder = BorshEncoder()
        encode(to: &encoder)
        return Domain.stateRoot.digest(encoder.bytes)
    }

    /// Everything that instructions can change, lists in their order, look-ups by ascending key.
    private func encode(to encoder: inout BorshEncoder) {
        encoder.encode(network)
        encoder.encode(slot)
        encoder.encode(epoch)
        encoder.encode(sequence)
        encoder.encode(slashRecords)
        encoder.encode(accounts)
        encoder.encode(operators)
        encoder.encode(stakes)
        encoder.encode(restakers)
        encoder.encode(services)
        encoder.encode(vault)
        encoder.encode(archive.chronological)
        encoder.encode(settlementBook)
    }
}

/// A value that the state root covers. It is encoded to be compared, never to be read back.
protocol RootEncodable {
    func encode(to encoder: inout BorshEncoder)
}

extension BorshEncoder {
    fileprivate mutating func encode(_ value: some RootEncodable) { value.encode(to: &self) }

    fileprivate mutating func encode(_ values: [some RootEncodable]) {
        encode(UInt32(values.count))
        for value in values { value.encode(to: &self) }
    }

    fileprivate mutating func encode(_ value: (some RootEncodable)?) {
        encode(value != nil)
        if let value { value.encode(to: &self) }
    }
}

extension Account: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(key)
        encoder.encode(nextNonce)
        encoder.encode(reward)
    }
}

extension OperatorRecord: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(endpoint)
        encoder.encode(tombstoned)
    }
}

extension ServiceRecord: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        for membership in memberships { encoder.encode(membership) }
        encoder.encode(revocation)
    }
}

extension ServiceRecord.Membership: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(from)
        encoder.encode(until)
    }
}

extension NativeVault: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        for amount in [entered, idle, withdrawn, burned, rewarded, residue] { encoder.encode(amount) }
    }
}

extension SharePool: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(assets)
        encoder.encode(shares)
        encoder.encode(generation)
    }
}

extension SharePool.Holding: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(shares)
        encoder.encode(generation)
    }
}

extension OperatorStake: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(active)
        encoder.encode(joins)
        encoder.encode(buckets)
        encoder.encode(slashes)
        encoder.encode(activating)
        encoder.encode(unbonding)
    }
}

extension OperatorStake.JoinBatch: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(epoch)
        encoder.encode(amount)
        switch state {
        case .pending: encoder.encode(UInt8(0))
        case .merged(let holding):
            encoder.encode(UInt8(1))
            encoder.encode(holding)
        case .returned: encoder.encode(UInt8(2))
        }
    }
}

extension OperatorStake.Joining: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(epoch)
        encoder.encode(amount)
    }
}

extension OperatorStake.UnbondingBucket: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(epoch)
        encoder.encode(pool)
    }
}

extension OperatorStake.EpochSlash: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(epoch)
        encoder.encode(amount)
    }
}

extension RestakerAccount: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(idle)
        encoder.encode(delegations)
        encoder.encode(claims)
    }
}

extension RestakerAccount.DelegationRecord: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(signer)
        encoder.encode(holding)
        encoder.encode(joining)
    }
}

extension RestakerAccount.UnbondingClaim: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(epoch)
        encoder.encode(signer)
        encoder.encode(holding)
    }
}

extension SettlementBook: RootEncodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(UInt32(epochs.count))
        for entry in epochs {
            encoder.encode(entry.epoch)
            encoder.encode(entry.keys.map { settlements[$0]! })
        }
        encoder.encode(UInt32(floors.count))
        for line in floors.keys.sorted() {
            encoder.encode(line.service)
            encoder.encode(line.scope)
            encoder.encode(line.kind)
            encoder.encode(floors[line]!)
        }
    }
}
