import Cryptography
import Primitives

/// An instruction with its authority's signature over network, authority, nonce and instruction.
package struct SignedInstruction: Hashable, Sendable {
    package var network: Digest
    package var authority: PublicKey
    /// Counts from 0 for each authority; the ledger takes exactly the next one.
    package var nonce: UInt64
    package var instruction: Instruction
    package var signature: Signature

    package init(
        network: Digest, authority: PublicKey, nonce: UInt64, instruction: Instruction, signature: Signature
    ) {
        self.network = network
        self.authority = authority
        self.nonce = nonce
        self.instruction = instruction
        self.signature = signature
    }

    package static func signedBytes(
        network: Digest, authority: PublicKey, nonce: UInt64, instruction: Instruction
    ) -> [UInt8] {
        var encoder = BorshEncoder()
        encoder.encode(network)
        encoder.encode(authority)
        encoder.encode(nonce)
        encoder.encode(instruction)
        return Domain.instruction.signedBytes(encoder.bytes)
    }

    package var isSignatureValid: Bool {
        signature.isValid(
            for: Self.signedBytes(network: network, authority: authority, nonce: nonce, instruction: instruction),
            by: authority)
    }

    package var digest: Digest { Domain.instructionDigest.digest(borsh) }
}

extension SignedInstruction: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(network)
        encoder.encode(authority)
        encoder.encode(nonce)
        encoder.encode(instruction)
        encoder.encode(signature)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        network = try decoder.decode()
        authority = try decoder.decode()
        nonce = try decoder.decode()
        instruction = try decoder.decode()
        signature = try decoder.decode()
    }
}
