import Primitives

/// What anyone can check offline, with nothing else at hand.
package enum Proof: Hashable, Sendable {
    case evidence(Evidence)
    /// With the operator set that its statement names, which its signers and their stake are counted by.
    case certificate(Certificate, of: OperatorSet)
    /// An account of a restaking ledger, in the state of one root.
    case account(AccountProof)
}

/// Parts of a ledger's state, each with its way to the state's root: what time and network it is of, an account, and
/// all that the account's amounts rest on.
///
/// `struct AccountProof { root: [u8; 32], openings: Vec<Opening> }`
package struct AccountProof: Hashable, Sendable {
    /// In openings: those of an account that has stake of many assets with many operators.
    package static let limit = 65_536

    package var root: Digest
    package var openings: [Opening]

    /// `struct Opening { index: u64, leaf: Vec<u8>, path: Vec<[u8; 32]> }`
    package struct Opening: Hashable, Sendable {
        /// Of the leaf, in the tree.
        package var index: UInt64
        /// The part's bytes.
        package var leaf: [UInt8]
        /// The digests beside the way from the leaf to the top, from below; at most 64.
        package var path: [Digest]

        package init(index: UInt64, leaf: [UInt8], path: [Digest]) {
            self.index = index
            self.leaf = leaf
            self.path = path
        }
    }

    package init(root: Digest, openings: [Opening]) {
        self.root = root
        self.openings = openings
    }
}

extension AccountProof: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(root)
        encoder.encode(openings)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        self.init(root: try decoder.decode(), openings: try decoder.decode(limit: Self.limit))
    }
}

extension AccountProof.Opening: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(index)
        encoder.encode(leaf)
        encoder.encode(path)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        self.init(
            index: try decoder.decode(), leaf: try decoder.decodeBytes(limit: ProofFile.sizeLimit),
            path: try decoder.decode(limit: 64))
    }
}

extension Proof: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .evidence(let evidence):
            encoder.encode(UInt8(0))
            encoder.encode(evidence)
        case .certificate(let certificate, let set):
            encoder.encode(UInt8(1))
            encoder.encode(set)
            encoder.encode(certificate)
        case .account(let proof):
            encoder.encode(UInt8(2))
            encoder.encode(proof)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .evidence(try decoder.decode())
        case 1:
            let set: OperatorSet = try decoder.decode()
            self = .certificate(try decoder.decode(), of: set)
        case 2: self = .account(try decoder.decode())
        default: throw .unknownCase(type: "Proof", value: value)
        }
    }
}
