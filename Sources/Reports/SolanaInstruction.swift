import Cryptography
import Messages
import Primitives

/// Evidence as the data of one instruction for Solana's Ed25519 native program, which fails the transaction unless both
/// signatures are the accused's.
///
/// `u8` count, `u8` padding, for each signature seven `u16` that say where it, its key and its message lie, then the key,
/// which both share, the signatures and the messages. It has no accounts.
package struct SolanaInstruction: Hashable, Sendable {
    package static let program = "Ed25519SigVerify111111111111111111111111111"
    /// The most bytes that a serialized transaction may have.
    package static let transactionLimit = 1232
    private static let thisInstruction = UInt16.max
    private static let offsetsSize = 14

    package let data: [UInt8]
    package let messageSizes: [Int]

    /// What is signed has a fixed length, a small part of what a transaction can hold.
    package init(_ evidence: Evidence) {
        let signed = evidence.signedMessages
        messageSizes = signed.map(\.message.count)
        let keyOffset = 2 + signed.count * Self.offsetsSize
        var signatureOffset = keyOffset + 32
        var messageOffset = signatureOffset + signed.count * Signature.count
        var encoder = BorshEncoder()
        encoder.encode(UInt8(signed.count))
        encoder.encode(UInt8(0))
        for (message, _) in signed {
            let offsets = [
                UInt16(signatureOffset), Self.thisInstruction, UInt16(keyOffset), Self.thisInstruction,
                UInt16(messageOffset), UInt16(message.count), Self.thisInstruction,
            ]
            for offset in offsets { encoder.encode(offset) }
            signatureOffset += Signature.count
            messageOffset += message.count
        }
        data =
            encoder.bytes + evidence.accused.storage.bytes + signed.flatMap(\.signature.bytes)
            + signed.flatMap(\.message)
    }

    /// Of a legacy transaction with this instruction alone, whose one signer pays: count and signature, three bytes of
    /// header, count and keys of payer and program, a recent blockhash, count of instructions, and of this one the
    /// program's place, no accounts, and the data with two bytes of length.
    package var transactionSize: Int {
        (1 + Signature.count) + 3 + (1 + 2 * 32) + 32 + 1 + (1 + 1 + 2 + data.count)
    }
}
