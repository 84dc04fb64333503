import Cryptography
import Messages
import Primitives

/// Tells the ledger where an operator listens, before the operator's machine is given its account.
///
/// The machine numbers its own instructions from the nonce that the ledger tells. So the first account notice is kept
/// from it, the registration takes that nonce, and the machine is told the next one once the receipt is here.
struct EndpointRegistration {
    private let network: Digest
    private let key: SigningKey
    private let endpoint: Endpoint
    private var pending: SignedInstruction?
    private(set) var isDone = false

    enum Step: Hashable {
        /// Not about the registration: for the machine.
        case passOn
        case submit(SignedInstruction)
        /// Registered: the machine's account begins with this nonce.
        case registered(nextNonce: UInt64)
        /// The nonce was taken by what an earlier process of this operator had sent: ask for the next one anew.
        case reconnect
        case refused(Outcome)
    }

    init(network: Digest, key: SigningKey, endpoint: Endpoint) {
        self.network = network
        self.key = key
        self.endpoint = endpoint
    }

    /// The ledger has told the nonce that it expects.
    mutating func account(nextNonce: UInt64) -> Step {
        guard !isDone else { return .passOn }
        // After a lost connection the same instruction again, unless the nonce has gone: then it may be the
        // registration that took it, and once more does no harm.
        if let pending, pending.nonce == nextNonce { return .submit(pending) }
        let instruction = Instruction.registerEndpoint(endpoint)
        let signedBytes = SignedInstruction.signedBytes(
            network: network, authority: key.publicKey, nonce: nextNonce, instruction: instruction)
        let signed = SignedInstruction(
            network: network, authority: key.publicKey, nonce: nextNonce, instruction: instruction,
            signature: key.sign(signedBytes))
        pending = signed
        return .submit(signed)
    }

    mutating func receipt(_ receipt: Receipt) -> Step {
        guard !isDone, let pending, receipt.instruction == pending.digest else { return .passOn }
        switch receipt.outcome {
        case .applied:
            isDone = true
            self.pending = nil
            return .registered(nextNonce: pending.nonce + 1)
        case .nonceUsed, .nonceAhead:
            self.pending = nil
            return .reconnect
        default: return .refused(receipt.outcome)
        }
    }
}
