import Cryptography
import Primitives

/// In a mesh, the votes that an operator has come to hold since its last summary.
package struct VoteSummary: Hashable, Sendable {
    package static let entryLimit = 1024

    /// `signers`: those of whom the sender holds a verified vote for the statement with this digest.
    package struct Entry: Hashable, Sendable {
        package var voteKey: VoteKey
        package var statement: Digest
        package var operatorSet: Digest
        package var signers: SignerSet

        package init(voteKey: VoteKey, statement: Digest, operatorSet: Digest, signers: SignerSet) {
            self.voteKey = voteKey
            self.statement = statement
            self.operatorSet = operatorSet
            self.signers = signers
        }
    }

    package var entries: [Entry]
    package init(entries: [Entry]) { self.entries = entries }
}

extension VoteSummary.Entry: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(voteKey)
        encoder.encode(statement)
        encoder.encode(operatorSet)
        encoder.encode(signers)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        voteKey = try decoder.decode()
        statement = try decoder.decode()
        operatorSet = try decoder.decode()
        signers = try decoder.decode()
    }
}
