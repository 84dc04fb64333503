import Cryptography
import Primitives

/// A statement with one operator's signature: a vote.
package struct Attestation: Hashable, Sendable {
    package var statement: Statement
    package var signer: PublicKey
    package var signature: Signature

    package init(statement: Statement, signer: PublicKey, signature: Signature) {
        self.statement = statement
        self.signer = signer
        self.signature = signature
    }

    package var isValid: Bool {
        #if DEBUG
            if PlantedBug.skipSignature.isOn { return true }
        #endif
        return signature.isValid(for: statement.signedBytes, by: signer)
    }
}

extension Attestation: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(statement)
        encoder.encode(signer)
        encoder.encode(signature)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        statement = try decoder.decode()
        signer = try decoder.decode()
        signature = try decoder.decode()
    }
}
