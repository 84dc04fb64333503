import Glibc
import SystemPackage
import TestSupport
import Testing

import Cluster

@Suite struct RunDirectoryTests {
    private let scratch = try! Scratch()

    @Test func twoRunsOfOneSecondHaveTwoDirectoriesAndLatestLeadsToTheSecond() throws {
        let runs = scratch.path.appending("runs")
        let first = try RunDirectory.makeDefault(name: "small", at: 1_773_500_966, below: runs)
        let second = try RunDirectory.makeDefault(name: "small", at: 1_773_500_966, below: runs)
        #expect(first.path.lastComponent?.string == "small-20260314T150926Z")
        #expect(second.path.lastComponent?.string == "small-20260314T150926Z-2")
        var target = [CChar](repeating: 0, count: 256)
        let count = readlink(runs.appending("latest").string, &target, target.count)
        #expect(
            String(decoding: target.prefix(max(0, count)).map(UInt8.init), as: UTF8.self) == "small-20260314T150926Z-2")
        for name in ["records", "evidence", "logs", "nodes", "ledger"] {
            #expect(access(second.path.appending(name).string, W_OK) == 0)
        }
    }

    @Test func givenDirectoryMustBeEmpty() throws {
        let path = scratch.path.appending("deep").appending("run")
        _ = try RunDirectory.make(at: path)
        let error = #expect(throws: RunDirectoryError.self) { try RunDirectory.make(at: path) }
        #expect(error == .occupied(path))
        let empty = scratch.path.appending("empty")
        mkdir(empty.string, 0o755)
        _ = try RunDirectory.make(at: empty)
    }

    @Test func errorsNameThePath() throws {
        let file = scratch.path.appending("file")
        try FileDescriptor.open(file, .writeOnly, options: [.create], permissions: .ownerReadWrite).close()
        let error = #expect(throws: RunDirectoryError.self) { try RunDirectory.make(at: file) }
        #expect(error?.description == "\(file): cannot use the run directory: Not a directory")
        let below = #expect(throws: RunDirectoryError.self) { try RunDirectory.make(at: file.appending("run")) }
        #expect(below?.description == "\(file.appending("run")): cannot make the run directory: Not a directory")
        let directory = try RunDirectory.make(at: scratch.path.appending("run"))
        let full = #expect(throws: RunDirectoryError.self) {
            try directory.write([1], to: "/dev/full", permissions: .ownerReadWrite)
        }
        #expect(full?.description == "/dev/full: cannot write: No space left on device")
    }
}
