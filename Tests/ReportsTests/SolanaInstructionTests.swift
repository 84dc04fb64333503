import Cryptography
import Messages
import Primitives
import Reports
import TestSupport
import Testing

/// That Solana takes it is for the end-to-end tests to say, which execute it.
@Suite struct SolanaInstructionTests {
    @Test(arguments: [false, true]) func offsetsLeadToKeySignaturesAndMessages(ofTasks: Bool) throws {
        let builder = try HistoryBuilder()
        let evidence = ofTasks ? builder.taskEvidence(2) : builder.evidence(4, 2)
        let instruction = SolanaInstruction(evidence)
        let signed = evidence.signedMessages
        var decoder = BorshDecoder(instruction.data)
        #expect(try decoder.decode(UInt8.self) == 2 && decoder.decode(UInt8.self) == 0)
        for (message, signature) in signed {
            let numbers = try (0..<7).map { _ in Int(try decoder.decode(UInt16.self)) }
            func part(_ offset: Int, _ count: Int) -> [UInt8] { Array(instruction.data[offset..<offset + count]) }
            #expect(part(numbers[0], 64) == signature.bytes)
            #expect(part(numbers[2], 32) == evidence.accused.storage.bytes)
            #expect(part(numbers[4], numbers[5]) == message)
            #expect([numbers[1], numbers[3], numbers[6]] == [65_535, 65_535, 65_535], "this instruction")
        }
        let parts = [2, 2 * 14, 32, 2 * 64] + signed.map(\.message.count)
        #expect(instruction.data.count == parts.reduce(0, +))
    }

    @Test func evidenceLeavesRoomInATransaction() throws {
        let ofVotes = SolanaInstruction(try HistoryBuilder().evidence(4, 2))
        #expect(ofVotes.messageSizes == [171, 171] && ofVotes.data.count == 532 && ofVotes.transactionSize == 702)
        let ofTasks = SolanaInstruction(try HistoryBuilder().taskEvidence(2))
        #expect(ofTasks.messageSizes == [146, 146] && ofTasks.data.count == 482 && ofTasks.transactionSize == 652)
    }
}
