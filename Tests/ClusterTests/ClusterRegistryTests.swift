import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Cluster

/// Names, locks and what the dead leave.
@Suite struct ClusterRegistryTests {
    private let scratch = try! Scratch()

    private var path: FilePath { scratch.path.appending("clusters") }

    private func record(_ name: String) -> ClusterRecord {
        ClusterRecord(
            name: name, topology: "lab.yaml", runDirectory: "/runs/\(name)", process: 4711,
            startedAt: Date(timeIntervalSince1970: 0), version: "1.2.3", services: ["squares"])
    }

    private func exists(_ name: String) -> Bool { access(path.appending(name).string, F_OK) == 0 }

    @Test func aNameIsHadByOneProcessAtATime() throws {
        let registry = try ClusterRegistry(path: path)
        let claim = try registry.claim("lab")
        try claim.write(record("lab"))
        #expect(registry.entry("lab") == .init(name: "lab", record: record("lab"), isAlive: true))
        let other = try ClusterRegistry(path: path)
        let error = #expect(throws: ClusterRegistryError.self) { try other.claim("lab") }
        #expect(
            error?.description == "a cluster named lab is up already (process 4711, lab.yaml, /runs/lab); "
                + "name this one differently: --name lab-2")
        let second = try other.claim("lab-2")
        #expect(try registry.entries().map(\.name) == ["lab", "lab-2"])
        claim.giveUp()
        second.giveUp()
        #expect(try registry.entries().isEmpty)
    }

    /// A process that another test starts has a copy of every lock until it is executed.
    private static let patience = Duration.seconds(60)

    @Test func whatADeadClusterLeftIsRecognisedAndTakenOver() async throws {
        let registry = try ClusterRegistry(path: path)
        // A claim that is let go of without being given up is what the end of a process leaves.
        try registry.claim("lab").write(record("lab"))
        try FileDescriptor.open(path.appending("lab.sock"), .writeOnly, options: .create, permissions: .ownerReadWrite)
            .close()
        #expect(await registry.watch("lab").awaitEnd(patience: Self.patience))
        #expect(registry.entry("lab") == .init(name: "lab", record: record("lab"), isAlive: false))
        let next = try registry.claim("lab")
        #expect(!exists("lab.sock"), "nobody listens there")
        try next.write(record("lab"))
        #expect(registry.entry("lab")?.isAlive == true)
        next.giveUp()
        #expect(!exists("lab.json"))
    }

    @Test func theEndOfAClusterIsWaitedFor() async throws {
        let registry = try ClusterRegistry(path: path)
        #expect(await registry.watch("lab").awaitEnd(patience: .zero), "there is none")
        var claim: ClusterClaim? = try registry.claim("lab")
        let watch = registry.watch("lab")
        #expect(await watch.awaitEnd(patience: .milliseconds(20)) == false)
        claim?.giveUp()
        #expect(watch.isAlive, "nobody finds it any more, but it is there")
        claim = nil
        #expect(await watch.awaitEnd(patience: Self.patience))
    }

    @Test func aDirectoryThatIsNotPrivateIsRefused() throws {
        #expect(mkdir(path.string, 0o700) == 0)
        #expect(chmod(path.string, 0o750) == 0)
        let open = #expect(throws: ClusterRegistryError.self) { try ClusterRegistry(path: path) }
        #expect(open == .notPrivate(path, isForeign: false))
        let link = scratch.path.appending("link")
        #expect(chmod(path.string, 0o700) == 0 && symlink(path.string, link.string) == 0)
        #expect(throws: ClusterRegistryError.self) { try ClusterRegistry(path: link) }
        let file = scratch.path.appending("file")
        try FileDescriptor.open(file, .writeOnly, options: .create, permissions: .ownerReadWrite).close()
        #expect(throws: ClusterRegistryError.self) { try ClusterRegistry(path: file) }
    }

    @Test(.enabled(if: getuid() == 0, "only root can give a directory away"))
    func aForeignDirectoryIsRefused() throws {
        #expect(mkdir(path.string, 0o700) == 0 && chown(path.string, 12_345, 12_345) == 0)
        let error = #expect(throws: ClusterRegistryError.self) { try ClusterRegistry(path: path) }
        #expect(error?.description.contains("belongs to another user; set XDG_RUNTIME_DIR") == true)
    }

    @Test func whatIsNoClustersRecordIsPassedOver() throws {
        let registry = try ClusterRegistry(path: path)
        func write(_ text: String, to name: String) throws {
            let file = try FileDescriptor.open(
                path.appending(name), .writeOnly, options: .create, permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
        }
        try write("{}", to: "Not A Name.json")
        try write("{}", to: "readme.txt")
        #expect(symlink("/etc/passwd", path.appending("link.json").string) == 0)
        #expect(mkfifo(path.appending("pipe.json").string, 0o600) == 0)
        try write("{ nonsense", to: "garbage.json")
        try write(String(decoding: record("new").json, as: UTF8.self).replacing(": 1", with: ": 99"), to: "new.json")
        let entries = try registry.entries()
        #expect(entries.map(\.name) == ["garbage", "new", "pipe"])
        #expect(entries.allSatisfy { $0.record == nil && !$0.isAlive })
    }
}
