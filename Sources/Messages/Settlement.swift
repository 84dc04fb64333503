import Cryptography
import Primitives

/// A task that the ledger has a certificate for, and who took part in it.
package struct Settlement: Hashable, Sendable {
    package var voteKey: VoteKey
    package var statement: Digest
    package var operatorSet: Digest
    package var participation: SignerSet

    package init(voteKey: VoteKey, statement: Digest, operatorSet: Digest, participation: SignerSet) {
        self.voteKey = voteKey
        self.statement = statement
        self.operatorSet = operatorSet
        self.participation = participation
    }
}

extension Settlement: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(voteKey)
        encoder.encode(statement)
        encoder.encode(operatorSet)
        encoder.encode(participation)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        voteKey = try decoder.decode()
        statement = try decoder.decode()
        operatorSet = try decoder.decode()
        participation = try decoder.decode()
    }
}
