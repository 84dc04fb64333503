import Cryptography
import Messages
import Primitives

/// A ledger's whole state in bytes, from which it goes on as if it had applied every instruction itself.
package struct LedgerSnapshot: Hashable, Sendable {
    /// A larger state is not kept: it would not fit an entry of the ledger's record, from which it can be replayed.
    package static let sizeLimit = 192 * 1024 * 1024

    package let bytes: [UInt8]
    package let root: Digest

    package init(bytes: [UInt8], root: Digest) {
        self.bytes = bytes
        self.root = root
    }

    /// Encodes everything once: the root is that of the leaves as they come.
    package init(of ledger: Ledger) {
        var encoder = BorshEncoder()
        let digests = ledger.leaves.map { leaf in
            let start = encoder.bytes.count
            ledger.encode(leaf, to: &encoder)
            return encoder.bytes.withUnsafeBytes {
                Domain.stateLeaf.digest(UnsafeRawBufferPointer(rebasing: $0[start...]))
            }
        }
        bytes = encoder.bytes
        root = MerkleTree.root(of: digests)
    }
}

extension LedgerSnapshot: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(bytes)
        encoder.encode(root)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        bytes = try decoder.decodeBytes(limit: Self.sizeLimit)
        root = try decoder.decode()
    }
}

/// Why bytes are no state of a ledger.
package enum SnapshotError: Error, Hashable, Sendable {
    case notDecodable(BorshError)
    case otherNetwork(expected: Digest, found: Digest)
    case otherRoot(expected: Digest, found: Digest)
    /// It is of another place in the log than it is offered for.
    case otherPlace(expected: UInt64, found: UInt64)
    case badBooks(InvariantViolation)
}

extension SnapshotError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notDecodable(let error): "not a snapshot of a ledger: \(error)"
        case .otherNetwork(let expected, let found): "a snapshot of network \(found), not of \(expected)"
        case .otherRoot(let expected, let found): "its state root is \(found), not \(expected)"
        case .otherPlace(let expected, let found): "it was taken after instruction \(found), not \(expected)"
        case .badBooks(let violation): "its books are wrong: \(violation)"
        }
    }
}

extension Ledger {
    /// - Parameter root: the root that the state must have.
    package init(genesis: Genesis, snapshot: [UInt8], root: Digest) throws(SnapshotError) {
        try self.init(
            genesis.parameters, network: genesis.network, snapshot: LedgerSnapshot(bytes: snapshot, root: root))
    }

    /// A later state of this same ledger.
    func later(_ snapshot: LedgerSnapshot) throws(SnapshotError) -> Ledger {
        try Ledger(parameters, network: network, snapshot: snapshot)
    }

    private init(
        _ parameters: LedgerParameters, network: Digest, snapshot: LedgerSnapshot
    ) throws(SnapshotError) {
        do {
            self = try Self.decode(snapshot.bytes, parameters)
        } catch {
            throw .notDecodable(error)
        }
        guard self.network == network else { throw .otherNetwork(expected: network, found: self.network) }
        let found = stateRoot
        guard found == snapshot.root else { throw .otherRoot(expected: snapshot.root, found: found) }
        do { try checkFullBooks() } catch { throw .badBooks(error) }
    }

    private static func decode(_ bytes: [UInt8], _ parameters: LedgerParameters) throws(BorshError) -> Ledger {
        var decoder = BorshDecoder(bytes)
        let ledger = try Ledger(parameters: parameters, from: &decoder)
        try decoder.finish()
        return ledger
    }

    private init(parameters: LedgerParameters, from decoder: inout BorshDecoder) throws(BorshError) {
        self.parameters = parameters
        let header: StateHeader = try decoder.decode()
        (network, slot, epoch, sequence) = (header.network, header.slot, header.epoch, header.sequence)
        let accountCount = try Self.count(header.accounts, in: decoder)
        let operatorCount = try Self.count(header.operators, in: decoder)
        let vaultCount = try Self.count(header.vaults, in: decoder)
        let serviceCount = try Self.count(header.services, in: decoder)

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
    private static func count(_ number: UInt32, in decoder: BorshDecoder) throws(BorshError) -> Int {
        let count = Int(number)
        guard count <= decoder.remaining else { throw .truncated(position: decoder.position, needed: count) }
        return count
    }
}
