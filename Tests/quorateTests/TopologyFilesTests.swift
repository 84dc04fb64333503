import SystemPackage
import TestSupport
import Testing

@testable import quorate

@Suite struct TopologyFilesTests {
    private let scratch = try! Scratch()

    init() throws {
        for name in ["set/b.yaml", "set/a.yaml", "set/deep/c.yaml", "set/.hidden/d.yaml", "set/notes.txt", "e.yml"] {
            try scratch.touch(name)
        }
        // What a run leaves, its topology among it.
        for name in ["set/runs/a-1/run.json", "set/runs/a-1/topology.yaml", "set/runs/a-1/records/x.qrec"] {
            try scratch.touch(name)
        }
        try scratch.touch("empty/notes.txt")
    }

    private func labels(_ names: String...) throws -> [String] {
        try TopologyFiles(names.map { "\(scratch.path)/\($0)" }).files.map(\.label)
    }

    @Test func aFolderStandsForAllBelowItInOrderButWhatRunsHaveLeft() throws {
        #expect(try labels("set") == ["a", "b", "deep/c"])
        #expect(try labels("e.yml", "set/deep") == ["e", "c"], "a file that is named may be called anything")
    }

    @Test func aFileThatIsNamedTwiceIsRunOnce() throws {
        #expect(try labels("set/b.yaml", "set", "set/deep") == ["b", "a", "deep/c"])
    }

    @Test func namesakesAreToldApartByTheirPaths() throws {
        try scratch.touch("other/a.yaml")
        let (first, second) = ("\(scratch.path)/set/a.yaml", "\(scratch.path)/other/a.yaml")
        #expect(try TopologyFiles([first, second]).files.map(\.label) == [first, second])
    }

    @Test func aFolderWithoutAnyAndAPathThatIsNotThereAreMistakes() throws {
        let empty = #expect(throws: CommandFailure.self) { try labels("set", "empty") }
        #expect(empty?.description == "\(scratch.path)/empty: there is no *.yaml in it or below it")
        let absent = #expect(throws: CommandFailure.self) { try labels("no.yaml") }
        #expect(absent?.description == "\(scratch.path)/no.yaml: cannot be tested: No such file or directory")
    }
}
