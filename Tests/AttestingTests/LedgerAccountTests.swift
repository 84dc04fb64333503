import Cryptography
import Messages
import Primitives
import TestSupport
import Testing

@testable import Attesting

@Suite(.computing) struct LedgerAccountTests {
    /// An account with a ledger that answers as it is told.
    private struct Desk {
        let key = SigningKey(seed: FixedBytes32())
        var account: LedgerAccount
        var ids = RequestCounter()
        var effects: [NodeEffect] = []

        init() { account = LedgerAccount(network: .zero, authority: key.publicKey) }

        mutating func submit(_ amount: UInt64) {
            account.submit(.deposit(.native, Units(amount)), ids: &ids, effects: &effects)
        }

        /// Signs what is asked for, the last first if `reversed`; gives what was sent.
        mutating func sign(reversed: Bool = false) -> [SignedInstruction] {
            let requests = effects.compactMap { effect -> (RequestID, [UInt8])? in
                guard case .sign(let id, .instruction(let instruction, let nonce)) = effect else { return nil }
                let bytes = SignedInstruction.signedBytes(
                    network: .zero, authority: key.publicKey, nonce: nonce, instruction: instruction)
                return (id, bytes)
            }
            for (id, bytes) in reversed ? requests.reversed() : requests {
                effects.removeAll { if case .sign(id, _) = $0 { true } else { false } }
                let isOwn = account.signed(id, key.sign(bytes), effects: &effects)
                #expect(isOwn)
                account.checkInvariants()
            }
            return takeSent()
        }

        mutating func connect(_ nonce: UInt64) {
            account.connected(expecting: nonce, ids: &ids, effects: &effects)
            account.checkInvariants()
        }

        mutating func takeSent() -> [SignedInstruction] {
            defer { effects.removeAll { if case .send = $0 { true } else { false } } }
            return effects.compactMap { if case .send(.submit(let signed), _) = $0 { signed } else { nil } }
        }

        mutating func answer(_ signed: SignedInstruction, _ outcome: Outcome) {
            let receipt = Receipt(instruction: signed.digest, outcome: outcome, slot: Slot(0))
            _ = account.answered(by: receipt, ids: &ids, effects: &effects)
            account.checkInvariants()
        }
    }

    @Test func whatIsSubmittedBeforeTheLedgerIsThereWaitsForItsNumber() {
        var desk = Desk()
        desk.submit(1)
        desk.submit(2)
        #expect(desk.effects.isEmpty && !desk.account.isSettled)
        desk.connect(7)
        let sent = desk.sign()
        #expect(sent.map(\.nonce) == [7, 8] && sent.allSatisfy(\.isSignatureValid))
        for signed in sent { desk.answer(signed, .applied) }
        #expect(desk.account.isSettled)
    }

    /// By the numbers that it has answered, and by its slot.
    @Test func aLedgerThatHasForgottenWhatItHasToldIsKnownByIt() {
        var desk = Desk()
        desk.connect(7)
        desk.submit(1)
        let sent = desk.sign()
        #expect(desk.account.rollback(expecting: 7) == nil, "whether it has come is not known")
        desk.answer(sent[0], .applied)
        #expect(desk.account.rollback(expecting: 8) == nil)
        #expect(desk.account.rollback(expecting: 7)?.contains("expects our instruction 7 next, but had 8") == true)
        desk.account.disconnected()
        desk.connect(12)
        #expect(desk.account.rollback(expecting: 11) != nil, "what it told when it greeted us counts as well")

        #expect(desk.account.rollback(at: Slot(40)) == nil && desk.account.rollback(at: Slot(40)) == nil)
        #expect(desk.account.rollback(at: Slot(39))?.contains("slot 39, but has been in slot 40") == true)
    }

    @Test func instructionsGoOutInTheOrderOfTheirNumbersHoweverTheyAreSigned() {
        var desk = Desk()
        desk.connect(0)
        for amount: UInt64 in 1...3 { desk.submit(amount) }
        let sent = desk.sign(reversed: true)
        #expect(sent.map(\.nonce) == [0, 1, 2])
    }

    @Test func withoutAReceiptItIsSentAgainOnTheNextConnectionAlone() {
        var desk = Desk()
        desk.connect(0)
        desk.submit(1)
        desk.submit(2)
        let sent = desk.sign()
        desk.answer(sent[0], .applied)
        desk.account.disconnected()
        desk.submit(3)
        let sentWithoutConnection = desk.sign()
        #expect(sentWithoutConnection.isEmpty)
        desk.connect(1)
        let sentAgain = desk.takeSent()
        #expect(sentAgain.map(\.nonce) == [1, 2])
        // The ledger had applied it, and its receipt was lost: nothing to do again.
        desk.answer(sent[1], .nonceUsed)
        let sentOnceMore = desk.sign()
        #expect(sentOnceMore.isEmpty)
    }

    @Test func aNumberThatSomebodyElseUsedIsExchangedForTheNext() {
        var desk = Desk()
        desk.connect(0)
        desk.submit(1)
        desk.answer(desk.sign()[0], .nonceUsed)
        #expect(!desk.account.isSettled)
        let again = desk.sign()
        #expect(again.map(\.nonce) == [1] && again.map(\.instruction) == [.deposit(.native, Units(1))])
    }

    @Test func whatCameAheadOfItsTurnStaysUntilItIsAnswered() {
        var desk = Desk()
        desk.connect(0)
        desk.submit(1)
        desk.answer(desk.sign()[0], .nonceAhead)
        #expect(!desk.account.isSettled)
        desk.account.disconnected()
        desk.connect(0)
        let sentAgain = desk.takeSent()
        #expect(sentAgain.map(\.nonce) == [0])
    }

    @Test func aReceiptForSomethingElseChangesNothing() {
        var desk = Desk()
        desk.connect(0)
        desk.submit(1)
        var other = desk.sign()[0]
        other.nonce = 5
        desk.answer(other, .applied)
        #expect(!desk.account.isSettled)
    }
}
