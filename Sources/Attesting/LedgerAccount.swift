import Cryptography
import Messages
import Primitives

/// A node's account at the ledger: numbers its instructions, has them signed, keeps each until its receipt is here,
/// and sends them again after a lost connection.
package struct LedgerAccount: Sendable {
    private let network: Digest
    private let authority: PublicKey
    private var nextNonce: UInt64?
    private var isConnected = false
    private var unnumbered: [Instruction] = []
    private var unsigned: [RequestID: (Instruction, UInt64)] = [:]
    private var unanswered: [Unanswered] = []

    private struct Unanswered: Sendable { let digest: Digest; let signed: SignedInstruction }

    package init(network: Digest, authority: PublicKey) {
        self.network = network
        self.authority = authority
    }

    /// Whether every instruction has its receipt.
    package var isSettled: Bool { unnumbered.isEmpty && unsigned.isEmpty && unanswered.isEmpty }

    package mutating func submit(_ instruction: Instruction, ids: inout RequestCounter, effects: inout [NodeEffect]) {
        guard let nonce = nextNonce else { return unnumbered.append(instruction) }
        nextNonce = nonce + 1
        let id = ids.next()
        unsigned[id] = (instruction, nonce)
        effects.append(.sign(id, .instruction(instruction, nonce: nonce)))
    }

    /// The ledger has told the nonce that it expects; what it has not answered is sent again.
    package mutating func connected(
        expecting nonce: UInt64, ids: inout RequestCounter, effects: inout [NodeEffect]
    ) {
        isConnected = true
        for entry in unanswered { effects.append(.send(.submit(entry.signed), to: [.ledger])) }
        guard nextNonce == nil else { return }
        nextNonce = nonce
        let waiting = unnumbered
        unnumbered = []
        for instruction in waiting { submit(instruction, ids: &ids, effects: &effects) }
    }

    package mutating func disconnected() { isConnected = false }

    /// - Returns: false when the request is not one of this account's.
    package mutating func signed(_ id: RequestID, _ signature: Signature, effects: inout [NodeEffect]) -> Bool {
        guard let (instruction, nonce) = unsigned.removeValue(forKey: id) else { return false }
        let signed = SignedInstruction(
            network: network, authority: authority, nonce: nonce, instruction: instruction, signature: signature)
        unanswered.append(Unanswered(digest: signed.digest, signed: signed))
        if isConnected { effects.append(.send(.submit(signed), to: [.ledger])) }
        return true
    }

    /// - Returns: the instruction that is answered; nil for a receipt of something else.
    package mutating func answered(by receipt: Receipt) -> Instruction? {
        guard let place = unanswered.firstIndex(where: { $0.digest == receipt.instruction }) else { return nil }
        return unanswered.remove(at: place).signed.instruction
    }
}

/// Numbers a machine's requests.
package struct RequestCounter: Sendable {
    private var last: UInt64 = 0
    package init() {}

    package mutating func next() -> RequestID {
        last += 1
        return RequestID(last)
    }
}
