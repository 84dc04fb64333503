import Cluster
import Foundation
import Glibc
import Reports
import SystemPackage
import TestSupport
import Testing
import TopologyFormat

@testable import quorate

/// Runs by what they have left, in directories made by hand.
@Suite struct RunListTests {
    private let scratch = try! Scratch()
    private var runs: FilePath { scratch.path.appending("runs") }

    private static let results = """
        {"ending": "completed", "tasks": {"issued": 10, "certified": 9, "never_issued": 2},
         "quorum_latency_ms": {"p99": 14.451}, "slashes": [{"operator": "op-3"}, {"operator": "op-3"}],
         "revocations": [{"service": "squares"}], "verdict": "violated"}
        """

    @discardableResult
    private func make(_ name: String, at seconds: Double, outcome: RunOutcome? = nil, results: String? = nil) throws
        -> RunDirectory
    {
        let directory = try RunDirectory.make(at: runs.appending(name))
        let manifest = RunManifest(
            topology: try Fixture.parsed(), file: "lab.yaml", overrides: .init(), seed: .max, keepGoing: false,
            startedAt: Date(timeIntervalSince1970: seconds), version: "1", build: "debug",
            host: .init(cores: 2, kernel: "6.1", os: "Linux", architecture: "x86_64", transport: "tcp loopback"))
        try directory.write(manifest.json, to: directory.manifest)
        try outcome?.write(to: directory)
        if let results { try directory.write(Array(results.utf8), to: directory.path.appending("results.json")) }
        return directory
    }

    private func outcome(_ ending: RunOutcome.Ending, began: Bool = true) -> RunOutcome {
        RunOutcome(ending: ending, failures: [], startup: began ? .seconds(1) : nil)
    }

    @Test func newestFirstAndEachByWhatItLeft() throws {
        try make("old", at: 1000, outcome: outcome(.completed), results: Self.results)
        try make("dead", at: 3000)
        try make("never", at: 4000, outcome: outcome(.interrupted, began: false))
        try make("mute", at: 5000, outcome: outcome(.completed))
        let held = try make("held", at: 6000)
        let interrupted = Self.results.replacing("completed", with: "interrupted")
        try make("stopped", at: 2000, outcome: outcome(.interrupted), results: interrupted)
        try make("lab-10", at: 500)
        try make("lab-9", at: 500)
        #expect(symlink("held", runs.appending("latest").string) == 0)
        let hold = try RunHold(held)
        let list = try withExtendedLifetime(hold) { try RunList(below: runs, last: 50) }
        #expect(
            list.runs.map { $0.directory.path.lastComponent?.string } == [
                "held", "mute", "never", "dead", "stopped", "old", "lab-10", "lab-9",
            ])
        #expect(
            list.runs.prefix(6).map(\.verdict) == [
                "going on", "not judged", "never began", "cut short", "violated, interrupted", "violated",
            ])
        #expect(list.runs.prefix(6).map(\.status) == [nil, nil, 130, nil, 130, 1])
        #expect(list.broken.isEmpty && list.older == 0)
        let lines = RunsCommand.table(Array(list.runs.suffix(3))).text.split(separator: "\n")
        #expect(
            lines[1]
                == "1970-01-01 00:16:40  small  processes  18446744073709551615  violated    9/12  14.5 ms  op-3          1  old"
        )
        #expect(lines[0].hasPrefix("started              name"))
    }

    @Test func noMoreAreReadThanAreAskedFor() throws {
        for number in 1...5 { try make("lab-\(number)", at: Double(number), results: "{") }
        let list = try RunList(below: runs, last: 2)
        #expect(list.older == 3 && list.broken.map(\.directory) == ["lab-5", "lab-4"].map { runs.appending($0) })
        #expect(list.broken.first?.reason.contains("lab-5/results.json: is no results.json that this quorate") == true)
    }

    @Test func whatIsNoRunIsNamedAndTheOthersAreListed() throws {
        try make("good", at: 1)
        try scratch.touch("runs/notes/x")
        try scratch.touch("runs/file")
        let damaged = try make("damaged", at: 2)
        try damaged.write(Array("{".utf8), to: damaged.manifest)
        let list = try RunList(below: runs, last: 50)
        #expect(list.runs.map(\.directory.path) == [runs.appending("good")])
        #expect(
            list.broken.map(\.reason) == [
                "\(runs)/damaged/run.json: is not readable as JSON: unexpected end of file during JSON parse",
                "\(runs)/notes/run.json: cannot be read: No such file or directory",
            ])
        let document = RunsCommand.document(list).document
        let json = try #require(try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any])
        #expect((json["broken"] as? [Any])?.count == 2)
        #expect((json["runs"] as? [[String: Any]])?.first?["seed"] as? String == "18446744073709551615")
        let nowhere = #expect(throws: CommandFailure.self) { try RunList(below: "/nowhere", last: 1) }
        #expect(nowhere?.description == "/nowhere: cannot be listed: No such file or directory")
    }

    @Test func anImportedLedgerIsNoRunAndIsNamed() throws {
        try make("good", at: 1)
        let imported = RunDirectory(path: runs.appending("published"))
        try scratch.touch("runs/published/import.json")
        let list = try RunList(below: runs, last: 50)
        #expect(list.runs.map(\.directory.path) == [runs.appending("good")] && list.broken.isEmpty)
        #expect(list.imported == [imported.path])
        #expect(RunsCommand.document(list).document.contains("published"))
        #expect(try RunArgument.ledgerDirectory("published", below: runs) == imported)
        let refused = #expect(throws: CommandFailure.self) { try RunArgument.directory("published", below: runs) }
        #expect(
            refused?.description == "\(imported.path): is an imported ledger, with no records of a run that could be "
                + "judged; quorate ledger show \(imported.path) looks at it")
    }

    @Test func aRunIsNamedByItsPathOrItsNameOrNotAtAll() throws {
        let directory = try make("lab-1", at: 1)
        #expect(try RunArgument.directory("lab-1", below: runs) == directory)
        #expect(try RunArgument.directory(directory.path.string) == directory)
        let none = #expect(throws: CommandFailure.self) { try RunArgument.directory(nil, below: runs) }
        #expect(none?.description == "\(runs)/latest: there is no run yet; quorate run TOPOLOGY makes one")
        #expect(symlink("lab-1", runs.appending("latest").string) == 0)
        #expect(try RunArgument.directory(nil, below: runs) == directory, "by the run's own name")
        let unknown = #expect(throws: CommandFailure.self) { try RunArgument.directory("lab-2", below: runs) }
        #expect(unknown?.description.hasPrefix("lab-2: there is no such run") == true)
        let other = #expect(throws: CommandFailure.self) { try RunArgument.directory(scratch.path.string) }
        #expect(other?.description == "\(scratch.path): is no run directory: it has no run.json")
    }

    @Test func everyNetworkHearsOfAnInterruptionAlsoOfAnEarlierOne() async {
        let interruptions = Interruptions()
        var early = interruptions.stream().makeAsyncIterator()
        #expect(!interruptions.haveCome)
        interruptions.arrive()
        interruptions.arrive()
        var late = interruptions.stream().makeAsyncIterator()
        for _ in 1...2 {
            #expect(await early.next() != nil)
            #expect(await late.next() != nil)
        }
        #expect(interruptions.haveCome)
    }
}
