import Foundation
import Glibc
import NIOCore
import SystemPackage
import TestSupport
import Testing
import TopologyFormat

@testable import Cluster

/// The socket of a cluster: what good clients get, and what bad ones do not break.
@Suite(.timeLimit(.minutes(1))) struct ControlSocketTests {
    private let scratch = try! Scratch()

    /// Answers `kill` by the node's name, everything else by a progress and an end.
    private static func replies(to order: ControlOrder) -> AsyncStream<ControlReply> {
        AsyncStream { feed in
            if case .kill(let node) = order {
                feed.yield(.done("\(node) is killed"))
            } else {
                feed.yield(.progress("on the way"))
                feed.yield(.over(summary: String(repeating: "x", count: 300_000), status: 3))
            }
            feed.finish()
        }
    }

    private func serve(_ names: [String] = ["lab"], _ body: (ClusterRegistry) async throws -> Void) async throws {
        let registry = try ClusterRegistry(path: scratch.path.appending("clusters"))
        var servers: [ControlServer] = []
        var claims: [ClusterClaim] = []
        for name in names {
            let claim = try registry.claim(name)
            claims.append(claim)
            servers.append(
                try await ControlServer(claim) { order in
                    name == "lab"
                        ? Self.replies(to: order)
                        : AsyncStream {
                            $0.yield(.done(name)); $0.finish()
                        }
                })
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for server in servers { group.addTask { await server.run() } }
            try await body(registry)
            group.cancelAll()
        }
    }

    /// A client blocks: not on a thread that the server needs.
    private func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
        }
    }

    private func ask(
        _ order: ControlOrder, _ registry: ClusterRegistry, name: String = "lab"
    ) async throws -> [ControlReply] {
        try await blocking {
            let client = try ControlClient(name, in: registry)
            try client.send(order)
            var replies: [ControlReply] = []
            while let reply = try client.reply() { replies.append(reply) }
            return replies
        }
    }

    /// Sends bytes as they are, in pieces if so wanted, and reads to the end.
    private func speak(
        _ pieces: [[UInt8]], _ registry: ClusterRegistry, hangsUp: Bool = false
    ) async throws -> [UInt8] {
        try await blocking {
            let client = try RawClient(registry.socketPath(of: "lab"))
            for piece in pieces { client.send(piece) }
            if hangsUp { client.finish() }
            return client.readAll()
        }
    }

    private func reply(in bytes: [UInt8]) throws -> ControlReply {
        try ControlProtocol.decode(Data(bytes.dropFirst(4)))
    }

    @Test func ordersAreAnsweredInFull() async throws {
        try await serve { registry in
            let killed = try await ask(.kill(node: "op-2"), registry)
            #expect(killed == [.done("op-2 is killed")])
            let down = try await ask(.down(now: false, form: .plain), registry)
            #expect(down.count == 2 && down.first == .progress("on the way"))
            guard case .over(let summary, 3)? = down.last else { return #expect(Bool(false)) }
            #expect(summary.count == 300_000)
        }
    }

    @Test func twoClustersHaveTwoSockets() async throws {
        try await serve(["lab", "other"]) { registry in
            let answers = (try await ask(.status, registry, name: "other"), try await ask(.kill(node: "x"), registry))
            #expect(answers.0 == [.done("other")])
            #expect(answers.1 == [.done("x is killed")])
        }
    }

    @Test(arguments: [
        [UInt8](), [1], [255, 255, 255, 255], [0, 0, 16, 1], [9, 0, 0, 0, 1, 2, 3],
    ])
    func whatIsNoMessageIsHungUpOn(bytes: [UInt8]) async throws {
        try await serve { registry in
            let answer = try await speak([bytes], registry, hangsUp: true)
            #expect(answer.isEmpty)
            let replies = try await ask(.kill(node: "op-2"), registry)
            #expect(replies == [.done("op-2 is killed")], "others are not disturbed")
        }
    }

    @Test func aMessageThatMeansNothingIsToldSo() async throws {
        try await serve { registry in
            for text in ["", "nonsense", "{\"version\":1}", "{\"version\":1,\"content\":{\"fly\":{}}}"] {
                let answer = try reply(in: try await speak([ControlFrame.bytes(of: Data(text.utf8))], registry))
                #expect(answer == .refused("\(ControlError.unreadable)"), "\(text)")
            }
        }
    }

    @Test func anotherVersionIsToldSo() async throws {
        try await serve { registry in
            let answer = try reply(
                in: try await speak([ControlFrame.bytes(of: Data("{\"version\":2,\"content\":7}".utf8))], registry))
            guard case .refused(let reason) = answer else { return #expect(Bool(false)) }
            #expect(reason.contains("version 2") && reason.contains("use the quorate that started the cluster"))
        }
    }

    /// In pieces, and with something after it.
    @Test func aMessageMayComeInPieces() async throws {
        try await serve { registry in
            let bytes = ControlFrame.bytes(of: try ControlProtocol.encode(ControlOrder.kill(node: "op-2")))
            let answer = try await speak(bytes.map { [$0] } + [bytes], registry)
            #expect(try reply(in: answer) == .done("op-2 is killed"))
        }
    }

    @Test func aClusterThatIsNotThereIsNamed() throws {
        let registry = try ClusterRegistry(path: scratch.path.appending("clusters"))
        let error = #expect(throws: ControlError.self) { try ControlClient("lab", in: registry) }
        #expect(error?.description == "cluster lab does not answer: No such file or directory")
    }

    @Test func everyOrderAndReplySurvivesTheWay() throws {
        let orders: [ControlOrder] = [
            .status, .submit(service: "squares", payload: "12", waits: true),
            .inject(FaultWords(party: "op-1", behaviour: "silent", lasts: "2s")), .clearFaults(party: nil),
            .kill(node: "a"), .pause(node: "b"), .resume(node: "c"), .restart(node: "d", disk: "older"),
            .down(now: true, form: .json),
            .instruct([LedgerWord(key: "restaker", value: "r-1"), LedgerWord(key: "deposit", value: "5 SOL")]),
            .submitEvidence([LedgerWord(key: "operator", value: "op-1")], evidence: Data([0, 1, 255])),
        ]
        for order in orders { #expect(try ControlProtocol.decode(try ControlProtocol.encode(order)) == order) }
        let replies: [ControlReply] = [
            .done("applied"), .refused("x"), .notApplied("alreadySlashed"), .lost("x"),
            .issued(service: "squares", sequence: .max), .progress("x"),
            .over(summary: "x", status: 130),
        ]
        for reply in replies { #expect(try ControlProtocol.decode(try ControlProtocol.encode(reply)) == reply) }
    }
}

/// A socket without manners.
private final class RawClient {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    func readAll() -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }
}
