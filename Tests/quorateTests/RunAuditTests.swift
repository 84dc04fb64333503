import Cluster
import Cryptography
import LedgerNode
import Messages
import Node
import Primitives
import Records
import SystemPackage
import TestSupport
import Testing

@testable import quorate

@Suite struct RunAuditTests {
    private let directory: RunDirectory
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        directory = try RunDirectory.make(at: scratch.path.appending("run"))
    }

    private func account(of records: RunRecords) -> String? {
        do {
            try RunAudit(directory: directory, records: records).check(nil)
            return nil
        } catch { return "\(error)" }
    }

    /// The record is flushed before the log: that of a ledger which was killed may tell of more than was committed.
    @Test func onlyAClosedRecordSaysWhereTheLogMustEnd() throws {
        _ = try InstructionLog(path: directory.instructionLog.string)
        var builder = try HistoryBuilder.sound()
        var genesis = builder.genesis
        // A ledger wants a key of its own.
        genesis.clock = SigningKey(seed: FixedBytes32()).publicKey
        #expect(
            account(of: RunRecords(genesis: genesis, nodes: builder.records.nodes))?
                .hasSuffix("the log has been cut off") == true)
        builder.endings[.ledger] = .cut
        #expect(account(of: RunRecords(genesis: genesis, nodes: builder.records.nodes)) == nil)
    }

    @Test func everyIssuedTaskMustBeInItsCoordinatorsGuard() throws {
        var builder = try HistoryBuilder()
        let guardFile = try GuardFile.create(
            directory.guardFile(of: "coordinator-squares"), network: builder.genesis.network,
            key: builder.keys[4].publicKey, mode: .written)
        for number in 1...2 as ClosedRange<UInt64> { builder.issue(number) }
        try guardFile.append([.task(builder.task(1, issued: 10).header)])
        #expect(account(of: builder.records)?.contains("issued under number 2: the guard has been cut off") == true)
        try guardFile.append([.submission(builder.task(2, issued: 20).header, payload: [2], ticket: 1, count: 1)])
        #expect(account(of: builder.records) == nil)
    }

    @Test func everySignedStatementMustBeInItsGuard() throws {
        var builder = try HistoryBuilder()
        let guardFile = try GuardFile.create(
            directory.guardFile(of: "op-1"), network: builder.genesis.network, key: builder.keys[0].publicKey,
            mode: .written)
        for number in 1...2 as ClosedRange<UInt64> {
            builder.note(HistoryBuilder.signer(1), at: number, .attested(builder.vote(1, builder.statement(number))))
        }
        var rolledBack = builder
        rolledBack.secondSigners[1] = []
        rolledBack.intervene(HistoryBuilder.signer(1), at: 5, .restarted(.keep), incarnation: 2)
        #expect(account(of: rolledBack.records) != nil)
        rolledBack.intervene(HistoryBuilder.signer(1), at: 5, .restarted(.older), incarnation: 2)
        #expect(account(of: rolledBack.records) == nil)
        try guardFile.append([.statement(builder.statement(1))])
        #expect(account(of: builder.records)?.contains("signed for subject 2: the guard has been cut off") == true)
        try guardFile.append([.statement(builder.statement(2))])
        #expect(account(of: builder.records) == nil)
    }
}
