import Cryptography
import Messages
import Primitives

/// A ledger's whole state in bytes, from which it goes on as if it had applied every instruction itself.
package struct LedgerSnapshot: Sendable {
    package let bytes: [UInt8]
    package let root: Digest

    package init(of ledger: Ledger) {
        var encoder = BorshEncoder()
        for leaf in ledger.leaves { ledger.encode(leaf, to: &encoder) }
        bytes = encoder.bytes
        root = ledger.stateRoot
    }
}

/// Why bytes are no state of a ledger.
package enum SnapshotError: Error, Hashable, Sendable {
    case notDecodable(BorshError)
    case otherNetwork(expected: Digest, found: Digest)
    case otherRoot(expected: Digest, found: Digest)
    case badBooks(InvariantViolation)
}

extension SnapshotError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notDecodable(let error): "not a snapshot of a ledger: \(error)"
        case .otherNetwork(let expected, let found): "a snapshot of network \(found), not of \(expected)"
        case .otherRoot(let expected, let found): "its state root is \(found), not \(expected)"
        case .badBooks(let violation): "its books are wrong: \(violation)"
        }
    }
}

extension Ledger {
    /// - Parameter root: the root that the state must have.
    package init(genesis: Genesis, snapshot: [UInt8], root: Digest) throws(SnapshotError) {
        do {
            self = try Self.decode(snapshot, genesis)
        } catch {
            throw .notDecodable(error)
        }
        guard network == genesis.network else {
            throw .otherNetwork(expected: genesis.network, found: network)
        }
        let found = stateRoot
        guard found == root else { throw .otherRoot(expected: root, found: found) }
        do { try checkFullBooks() } catch { throw .badBooks(error) }
    }

    private static func decode(_ bytes: [UInt8], _ genesis: Genesis) throws(BorshError) -> Ledger {
        var decoder = BorshDecoder(bytes)
        let ledger = try Ledger(parameters: genesis.parameters, from: &decoder)
        try decoder.finish()
        return ledger
    }

    private init(parameters: LedgerParameters, from decoder: inout BorshDecoder) throws(BorshError) {
        self.parameters = parameters
        network = try decoder.decode()
        slot = try decoder.decode()
        epoch = try decoder.decode()
        sequence = try decoder.decode()
        let accountCount = try Self.count(from: &decoder)
        let operatorCount = try Self.count(from: &decoder)
        let vaultCount = try Self.count(from: &decoder)
        let serviceCount = try Self.count(from: &decoder)

        for place in 0..<accountCount {
            let account: Account = try decoder.decode()
            let restaker: RestakerAccount? = try decoder.decodeOptional()
            guard places.updateValue(place, forKey: account.key) == nil else {
                throw .invalid(type: "Ledger", reason: "two accounts of one key")
            }
            accounts.append(account)
            if account.signer != nil { operatorPlaces.append(place) }
            guard let index = account.restaker, let restaker else { continue }
            while restakers.count <= Int(index.number), restakers.count <= accountCount {
                restakers.append(RestakerAccount())
                restakerPlaces.append(place)
            }
            guard Int(index.number) < restakers.count else {
                throw .invalid(type: "Ledger", reason: "restaker \(index) of \(accountCount) accounts")
            }
            restakers[Int(index.number)] = restaker
            restakerPlaces[Int(index.number)] = place
        }
        guard operatorPlaces.count == operatorCount else {
            throw .invalid(type: "Ledger", reason: "\(operatorPlaces.count) operators' accounts of \(operatorCount)")
        }
        for _ in 0..<operatorCount { operators.append(try decoder.decode()) }
        vaults = []
        for _ in 0..<vaultCount { vaults.append(try decoder.decode()) }
        stakes = []
        for _ in 0..<vaultCount {
            var pools: [OperatorStake] = []
            for _ in 0..<operatorCount { pools.append(try decoder.decode()) }
            stakes.append(pools)
        }
        for _ in 0..<serviceCount { services.append(try decoder.decode()) }
        inboxes = []
        for _ in 0..<serviceCount { inboxes.append(try decoder.decode()) }
        nativePool = try decoder.decode()
        governance = try decoder.decode()
        slashRecords = try decoder.decodeList()
        pendingSlashes = try decoder.decodeList()
        archive = try decoder.decode()
        settlementBook = try decoder.decode()
        disputeBook = try decoder.decode()
        guard vaultCount > 0, archive.sets.count == serviceCount else {
            throw .invalid(type: "Ledger", reason: "the lists do not fit each other")
        }
    }

    /// Each of what it counts takes a byte at least.
    private static func count(from decoder: inout BorshDecoder) throws(BorshError) -> Int {
        let count = Int(try decoder.decode(UInt32.self))
        guard count <= decoder.remaining else { throw .truncated(position: decoder.position, needed: count) }
        return count
    }
}
