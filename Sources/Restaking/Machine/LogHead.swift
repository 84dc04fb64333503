import Cryptography
import Messages
import Primitives

/// How far a log has come.
package struct LogHead: Hashable, Sendable {
    /// The number of the last entry; 0 of an empty log.
    package var sequence: UInt64
    /// The chain of the last entry; of an empty log, the network.
    package var chain: Digest

    package init(sequence: UInt64, chain: Digest) {
        self.sequence = sequence
        self.chain = chain
    }
}

extension LogHead: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(sequence)
        encoder.encode(chain)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        sequence = try decoder.decode()
        chain = try decoder.decode()
    }
}
