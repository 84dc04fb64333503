import Messages
import Primitives

/// Of which network and time a state is, and how many leaves of each kind it has.
package struct StateHeader: Hashable, Sendable {
    package var network: Digest
    package var slot: Slot
    package var epoch: Epoch
    /// Of the last instruction.
    package var sequence: UInt64
    var accounts: UInt32
    var operators: UInt32
    var vaults: UInt32
    var services: UInt32

    /// In the order of the tree.
    var leaves: [StateLeaf] { kinds.flatMap { count, leaf in (0..<count).map(leaf) } }

    var leafCount: Int { kinds.reduce(0) { $0 + $1.count } }

    /// - Returns: nil when there are not so many.
    func leaf(at index: Int) -> StateLeaf? {
        var place = index
        for (count, leaf) in kinds {
            if place < count { return leaf(place) }
            place -= count
        }
        return nil
    }

    private var kinds: [(count: Int, leaf: (Int) -> StateLeaf)] {
        let signers = Int(operators)
        return [
            (1, { _ in .header }), (Int(accounts), StateLeaf.account),
            (signers, { .signer(OperatorIndex(UInt32($0))) }), (Int(vaults), { .vault(AssetID($0)) }),
            (
                Int(vaults) * signers,
                { .stake(AssetID($0 / signers), OperatorIndex(UInt32($0 % signers))) }
            ),
            (Int(services), { .service(ServiceID(UInt32($0))) }), (Int(services), { .inbox(ServiceID(UInt32($0))) }),
            (1, { _ in .nativePool }), (1, { _ in .governance }), (1, { _ in .slashes }), (1, { _ in .operatorSets }),
            (1, { _ in .settlements }), (1, { _ in .disputes }),
        ]
    }
}

extension StateHeader: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(network)
        encoder.encode(slot)
        encoder.encode(epoch)
        encoder.encode(sequence)
        for count in [accounts, operators, vaults, services] { encoder.encode(count) }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        network = try decoder.decode()
        slot = try decoder.decode()
        epoch = try decoder.decode()
        sequence = try decoder.decode()
        accounts = try decoder.decode()
        operators = try decoder.decode()
        vaults = try decoder.decode()
        services = try decoder.decode()
        guard UInt64(vaults) * UInt64(operators) < 1 << 48 else {
            throw .invalid(type: "StateHeader", reason: "\(vaults) vaults times \(operators) operators")
        }
    }
}
