import Cryptography
import Messages
import Primitives
import Restaking

/// A ledger in one file that can be handed on: genesis, every entry of its log, and what they must come to. Lengths are
/// Borsh's.
///
/// ```
/// magic: [u8; 8], version: u16, signatures: Signatures, network: [u8; 32], genesis: Vec<u8>
/// for each entry: Vec<u8>, a LogEntry
/// 0: u32
/// instructions: u64, chain: [u8; 32], state root: [u8; 32]
/// digest: [u8; 32] of the tag "quorate/digest/ledger-archive/1" and of every byte before it
///
/// enum Signatures { Ed25519, Modelled { secret: [u8; 32] } }
/// ```
///
/// The entries are the log's own, each with its chain. Whoever reads the file needs nothing else, and no word of whoever
/// wrote it: it checks each signature and each outcome, and works the state root out.
package enum LedgerArchive {
    package static let magic = Array("quoledge".utf8)
    package static let currentVersion: UInt16 = 1
    static let lengthSize = 4
    /// In bytes. The largest instructions are certificates, of 1.1 MB.
    static let entryLimit = 2 << 20
    static let genesisLimit = 256 << 20

    /// All that stands before the first entry.
    static func beginning(_ genesis: Genesis, _ signatures: SignatureScheme) -> [UInt8] {
        var encoder = BorshEncoder(after: magic)
        encoder.encode(currentVersion)
        switch signatures {
        case .ed25519: encoder.encode(UInt8(0))
        case .modelled(let secret):
            encoder.encode(UInt8(1))
            encoder.encode(fixed: secret)
        }
        encoder.encode(genesis.network)
        encoder.encode(genesis.borsh)
        return encoder.bytes
    }

    /// What the entries come to.
    struct End: Hashable, Sendable, BorshCodable {
        static let size = 8 + 2 * FixedBytes32.count

        var head: LogHead
        var root: Digest

        init(head: LogHead, root: Digest) {
            self.head = head
            self.root = root
        }

        func encode(to encoder: inout BorshEncoder) {
            encoder.encode(head)
            encoder.encode(root)
        }

        init(from decoder: inout BorshDecoder) throws(BorshError) {
            head = try decoder.decode()
            root = try decoder.decode()
        }
    }
}

/// A ledger that stands whole in a file.
package struct ArchivedLedger: Sendable {
    /// After its last instruction.
    package let ledger: Ledger
    /// The last entry.
    package let head: LogHead
    package let root: Digest
    /// Of the file, as it stands at its end.
    package let digest: Digest
    /// Of the file, in bytes.
    package let size: Int
}
