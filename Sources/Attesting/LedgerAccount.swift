import Cryptography
import Messages
import Primitives

/// A node's account at the ledger: numbers its instructions, has them signed, sends them in the order of their
/// numbers, keeps each until its receipt is here, and sends it again after a lost connection. It remembers how far the
/// ledger has come by its own word, and takes none for it that has forgotten any of that.
package struct LedgerAccount: Sendable {
    private let network: Digest
    private let authority: PublicKey
    private var nextNonce: UInt64?
    private var isConnected = false
    private var unnumbered: [Instruction] = []
    private var signing: [RequestID: UInt64] = [:]
    /// In ascending order of nonce; receipts come in that order too, so the front is what goes.
    private var unanswered: ArraySlice<Entry> = []
    /// Whatever has a lower nonce has been sent on the present connection.
    private var nextToSend: UInt64 = 0
    /// Every number below it is used up, and the ledger's time has come so far: what it has told is in its log for good.
    private var usedUp: UInt64 = 0
    private var slot = Slot(0)

    private struct Entry: Sendable {
        let nonce: UInt64
        let instruction: Instruction
        var signed: SignedInstruction?
        var digest: Digest?
        /// On how many connections it has been sent; on each at most once.
        var sendings = 0
    }

    package init(network: Digest, authority: PublicKey) {
        self.network = network
        self.authority = authority
    }

    /// Whether every instruction has its receipt.
    package var isSettled: Bool { unnumbered.isEmpty && unanswered.isEmpty }

    package mutating func submit(_ instruction: Instruction, ids: inout RequestCounter, effects: inout [NodeEffect]) {
        guard let nonce = nextNonce else { return unnumbered.append(instruction) }
        nextNonce = nonce + 1
        let id = ids.next()
        signing[id] = nonce
        unanswered.append(Entry(nonce: nonce, instruction: instruction))
        effects.append(.sign(id, .instruction(instruction, nonce: nonce)))
    }

    /// What shows that whoever says that it is the ledger has an older log than the ledger once had, by the number that it
    /// expects next; nil: nothing does.
    package func rollback(expecting nonce: UInt64) -> String? {
        guard nonce < usedUp else { return nil }
        return
            "the ledger expects our instruction \(nonce) next, but had \(usedUp) of them before: its log is older than "
            + "what it has told us"
    }

    /// The same by its slot, which is remembered.
    package mutating func rollback(at slot: Slot) -> String? {
        guard slot < self.slot else {
            self.slot = slot
            return nil
        }
        return
            "the ledger is in slot \(slot), but has been in slot \(self.slot) before: its log is older than what it has "
            + "told us"
    }

    /// The ledger has told the nonce that it expects; what it has not answered is sent again.
    package mutating func connected(
        expecting nonce: UInt64, ids: inout RequestCounter, effects: inout [NodeEffect]
    ) {
        isConnected = true
        usedUp = max(usedUp, nonce)
        nextToSend = 0
        sendNext(effects: &effects)
        // Nobody counts this far: what is beyond is no nonce, and must not overflow.
        nextNonce = max(nextNonce ?? 0, min(nonce, .max / 2))
        let waiting = unnumbered
        unnumbered = []
        for instruction in waiting { submit(instruction, ids: &ids, effects: &effects) }
    }

    package mutating func disconnected() { isConnected = false }

    /// - Returns: false when the request is not one of this account's.
    package mutating func signed(_ id: RequestID, _ signature: Signature, effects: inout [NodeEffect]) -> Bool {
        guard let nonce = signing.removeValue(forKey: id) else { return false }
        let place = place(of: nonce)
        let signed = SignedInstruction(
            network: network, authority: authority, nonce: nonce, instruction: unanswered[place].instruction,
            signature: signature)
        unanswered[place].signed = signed
        unanswered[place].digest = signed.digest
        sendNext(effects: &effects)
        return true
    }

    /// Settles what the receipt is for. Where somebody else has used up its number (whoever else signs with this
    /// key), it is submitted again under the next one.
    ///
    /// - Returns: the instruction that is answered; nil for a receipt of something else.
    package mutating func answered(
        by receipt: Receipt, ids: inout RequestCounter, effects: inout [NodeEffect]
    ) -> Instruction? {
        guard let place = unanswered.firstIndex(where: { $0.digest == receipt.instruction }) else { return nil }
        // A hole before it, which sending everything again on the next connection closes.
        if receipt.outcome == .nonceAhead { return nil }
        let entry = unanswered[place]
        slot = max(slot, receipt.slot)
        if receipt.outcome.takesNonce || receipt.outcome == .nonceUsed { usedUp = max(usedUp, entry.nonce + 1) }
        if place == unanswered.startIndex { unanswered.removeFirst() } else { unanswered.remove(at: place) }
        // Sent once and used already: not by us. Sent again and used already: its receipt was lost.
        if receipt.outcome == .nonceUsed, entry.sendings == 1 {
            submit(entry.instruction, ids: &ids, effects: &effects)
        }
        return entry.instruction
    }

    /// In the order of their numbers: the ledger takes none before its turn.
    private mutating func sendNext(effects: inout [NodeEffect]) {
        guard isConnected else { return }
        for place in place(of: nextToSend)..<unanswered.endIndex {
            guard let signed = unanswered[place].signed else { return }
            unanswered[place].sendings += 1
            nextToSend = signed.nonce + 1
            effects.append(.send(.submit(signed), to: [.ledger]))
        }
    }

    /// Of the first instruction with this nonce or a later one.
    private func place(of nonce: UInt64) -> Int {
        var (low, high) = (unanswered.startIndex, unanswered.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if unanswered[middle].nonce < nonce { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func checkInvariants() {
        for (earlier, later) in zip(unanswered, unanswered.dropFirst()) {
            precondition(earlier.nonce < later.nonce, "instructions stand in the order of their nonces")
        }
        precondition(unanswered.allSatisfy { $0.nonce < nextNonce! }, "a nonce is given out once")
        precondition(nextNonce == nil || unnumbered.isEmpty, "nothing waits for a nonce that is known")
        precondition(
            signing.values.allSatisfy { nonce in unanswered.contains { $0.nonce == nonce && $0.signed == nil } },
            "only what has no signature is being signed")
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
