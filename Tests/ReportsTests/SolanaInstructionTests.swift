import Cryptography
import Messages
import Primitives
import Reports
import TestSupport
import Testing

/// That Solana takes it is for the end-to-end tests to say, which execute it.
@Suite struct SolanaInstructionTests {
    @Test func offsetsLeadToKeySignaturesAndMessages() throws {
        let evidence = try HistoryBuilder().evidence(4, 2)
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

    @Test func votesLeaveRoomInATransaction() throws {
        let instruction = SolanaInstruction(try HistoryBuilder().evidence(4, 2))
        #expect(instruction.messageSizes == [171, 171] && instruction.data.count == 532)
        #expect(instruction.transactionSize == 702 && SolanaInstruction.transactionLimit == 1232)
    }
}
