import Cryptography
import Messages
import Primitives
import Records
import SystemPackage
import TestSupport
import Testing

/// Records that were never those of a process, written as one would have left them.
@Suite struct RecordWritingTests {
    private let scratch = try! Scratch()

    private func records(_ endings: [NodeRecord.Ending]) throws -> RunRecords {
        let genesis = try HistoryBuilder().genesis
        let nodes = endings.enumerated().map { place, ending in
            let header = RecordHeader(
                node: "op-1", party: .signer(OperatorIndex(0)), incarnation: UInt32(place + 1),
                network: genesis.network, configuration: [1, 2])
            // More than are handed over at once.
            var entries = (0..<1000).map { number in
                RecordEntry.input(
                    at: Instant(nanoseconds: number), event: [UInt8(number % 256)], effects: .zero)
            }
            if case .closed(let time) = ending { entries.append(.closed(at: time)) }
            return NodeRecord(
                path: FilePath("op-1.\(place + 1).qrec"), header: header, entries: entries, ending: ending)
        }
        return RunRecords(
            genesis: genesis, nodes: nodes,
            interventions: [
                Intervention(
                    at: Instant(nanoseconds: 5), party: .signer(OperatorIndex(0)), incarnation: 1, act: .killed)
            ])
    }

    @Test func whatIsWrittenReadsBack() throws {
        let records = try records([.cut, .closed(at: Instant(nanoseconds: 2000))])
        try scratch.touch("\(RunRecords.directoryName)/.keep")
        try records.write(into: scratch.path)
        let genesis = scratch.path.appending(RunRecords.genesisName)
        _ = try scratch.write(records.genesis.borsh, to: RunRecords.genesisName)
        #expect(try scratch.bytes(of: genesis) == records.genesis.borsh)
        for node in records.nodes {
            let path = scratch.path.appending(RunRecords.directoryName).appending(node.header.fileName)
            let read = try RecordFile.read(path)
            #expect(read.header == node.header)
            #expect(read.entries == node.entries)
            #expect(read.ending == node.ending)
        }
        let loaded = try RunRecords.load(directory: scratch.path)
        #expect(loaded.interventions == records.interventions)
        #expect(loaded.nodes.map(\.isClosed) == [false, true])
    }

    @Test func aRunInWhichNobodyIntervenedHasNoLogOfIt() throws {
        var records = try records([.cut])
        records.interventions = []
        try scratch.touch("\(RunRecords.directoryName)/.keep")
        try records.write(into: scratch.path)
        #expect(throws: (any Error).self) {
            try scratch.bytes(of: scratch.path.appending(InterventionLog.fileName))
        }
    }
}
