import Cryptography
import Messages
import Node
import Primitives
import Testing
import TopologyFormat

import Cluster

/// What somebody has the ledger of a live network told, and what becomes of it.
@Suite struct LedgerOrderTests {
    private static let key = SigningKey(seed: FixedBytes32())
    private static let claim = LedgerOrder.act(.claimRewards(.restaker(RestakerIndex(0))))
    private static let accusation: LedgerOrder = {
        func vote(_ result: UInt8) -> Attestation {
            let statement = Statement(
                voteKey: VoteKey(network: .zero, service: ServiceID(0), subject: Subject(number: 1)),
                operatorSet: .zero,
                epoch: Epoch(0), task: .zero, result: Digest([UInt8](repeating: result, count: 32))!)
            return Attestation(statement: statement, signer: key.publicKey, signature: key.sign(statement.signedBytes))
        }
        let pair = Equivocation(vote(1), vote(2))!
        return .submitEvidence(.equivocation(pair), by: .signer(OperatorIndex(1)))
    }()

    private func stage() -> Stage {
        var stage = Stage(drainPatience: .seconds(20))
        stage.begin()
        return stage
    }

    private func signed(_ nonce: UInt64) -> SignedInstruction {
        let bytes = SignedInstruction.signedBytes(
            network: .zero, authority: Self.key.publicKey, nonce: nonce, instruction: .claimRewards)
        return SignedInstruction(
            network: .zero, authority: Self.key.publicKey, nonce: nonce, instruction: .claimRewards,
            signature: Self.key.sign(bytes))
    }

    private func receipt(_ outcome: Outcome) -> Conductor.Event {
        .said(
            .ledger, ProcessReport.receipt(ticket: 0, Receipt(instruction: .zero, outcome: outcome, slot: Slot(1))).line
        )
    }

    @Test(arguments: [claim, accusation])
    func itIsPreparedToldAndAnsweredByItsReceipt(order: LedgerOrder) {
        var stage = stage()
        #expect(stage.tell(.ordered(.instruct(order), ticket: 4)) == [.prepare(order)])
        #expect(stage.tell(.prepared([signed(0)])) == [.tell(.ledger, .instruct(ticket: 0, signed(0)))])
        #expect(stage.tell(receipt(.applied)) == [.answer(ticket: 4, .done("applied"))])
        stage.tell(.ordered(.instruct(order), ticket: 5))
        stage.tell(.prepared([signed(1)]))
        #expect(stage.tell(receipt(.alreadySlashed)) == [.answer(ticket: 5, .notApplied("alreadySlashed"))])
    }

    @Test func oneOrderFollowsTheOther() {
        var stage = stage()
        #expect(stage.tell(.ordered(.instruct(Self.claim), ticket: 1)) == [.prepare(Self.claim)])
        #expect(stage.tell(.ordered(.instruct(Self.accusation), ticket: 2)).isEmpty)
        stage.tell(.prepared([signed(0), signed(1)]))
        #expect(stage.tell(receipt(.applied)) == [.tell(.ledger, .instruct(ticket: 0, signed(1)))])
        #expect(
            stage.tell(receipt(.nothingEarned))
                == [.answer(ticket: 1, .notApplied("applied, nothingEarned")), .prepare(Self.accusation)])
    }
}
