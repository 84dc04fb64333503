import Cryptography
import Primitives

/// Asks for the vote of one operator for the statement with this digest.
package struct VoteRequest: Hashable, Sendable {
    package var voteKey: VoteKey
    package var statement: Digest
    package var signer: PublicKey

    package init(voteKey: VoteKey, statement: Digest, signer: PublicKey) {
        self.voteKey = voteKey
        self.statement = statement
        self.signer = signer
    }
}

extension VoteRequest: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(voteKey)
        encoder.encode(statement)
        encoder.encode(signer)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        voteKey = try decoder.decode()
        statement = try decoder.decode()
        signer = try decoder.decode()
    }
}
