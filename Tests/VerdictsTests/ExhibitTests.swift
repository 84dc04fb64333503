import Foundation
import Messages
import Primitives
import Records
import SystemPackage
import TestSupport
import Testing
import Verdicts

/// Where a violation can be seen, there it is.
@Suite struct ExhibitTests {
    @Test(arguments: [Oracle.agreement, .validity, .innocence, .weight])
    func `File and byte lead to an entry that holds the exhibit's bytes`(_ oracle: Oracle) throws {
        var builder = try HistoryBuilder.sound()
        builder.note(
            HistoryBuilder.signer(2), at: 60,
            .certified(builder.certificate(builder.statement(3, result: 2), by: [1, 2, 3])))
        builder.note(HistoryBuilder.signer(3), at: 61, .certified(builder.certificate(builder.statement(1), by: [4])))
        builder.slash(3, on: builder.evidence(3, 1), at: 90)
        let run = try Scratch()
        _ = try run.write(builder.genesis.borsh, to: RunRecords.genesisName)
        try run.touch("\(RunRecords.directoryName)/none")
        try builder.records.write(into: run.path)
        let finding = oracle.judge(RunHistory(try RunRecords.load(directory: run.path)))
        #expect(finding.verdict == .violated)
        let exhibits = finding.violations.flatMap(\.exhibits)
        #expect(!exhibits.isEmpty)
        for exhibit in exhibits {
            let place = try #require(exhibit.place)
            let file = try Data(contentsOf: URL(filePath: run.path.pushing(FilePath(place.file)).string))
            let start = try #require(place.byte)
            let length = file[start..<start + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
            #expect(!exhibit.bytes.isEmpty)
            #expect(file[start..<start + 4 + length].range(of: Data(exhibit.bytes)) != nil, "\(exhibit.text)")
        }
    }
}
