import Cryptography
import Glibc
import Messages
import NIOCore
import NIOPosix
import Node
import Primitives
import Records
import Staging
import SystemPackage
import TopologyFormat

/// A hub and its peers, each on a thread of its own, that send each other frames over loopback TCP: to find what a turn, a
/// frame and a connection cost.
///
/// What the work of one node is made of differs from exchange to exchange, and is counted; its price is what fits all of
/// them (`LeastSquares`).
final class TransportBench {
    static let peerCount = 6
    private static let hub = Party.coordinator(ServiceID(0))
    private static let peers = (0..<peerCount).map { Party.signer(OperatorIndex(UInt32($0))) }

    private let group: MultiThreadedEventLoopGroup
    private let nodes: [NIOLoopBound<EchoNode>]

    /// One pattern of sending.
    private struct Pattern {
        /// Of the peers, from the first one on.
        var peers: Int
        /// From the hub to each of these.
        var out: Int
        /// From each that answers back.
        var back: Int
        /// Only the last of them answers.
        var lastAnswers = false
    }

    private static let patterns = [
        Pattern(peers: 1, out: 1, back: 1), Pattern(peers: 1, out: 16, back: 1), Pattern(peers: 1, out: 1, back: 16),
        Pattern(peers: peerCount, out: 1, back: 1), Pattern(peers: peerCount, out: 1, back: 1, lastAnswers: true),
        Pattern(peers: peerCount, out: 4, back: 4),
    ]

    /// What one pass over all patterns came to.
    struct Prices {
        var wake: Duration
        var receive: Duration
        var send: Duration
        var flush: Duration
        var transit: Duration
    }

    init(directory: FilePath) throws {
        let topology = try Topology.calibration(operators: Self.peerCount, dissemination: .star)
        let keys = NetworkKeys.derived(from: 1, for: topology)
        let genesis = GenesisBuilder.genesis(of: topology, keys: keys, runID: GenesisBuilder.simulatedRunID(seed: 1))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1 + Self.peerCount)
        self.group = group
        let statement = Statement(
            voteKey: VoteKey(network: genesis.network, service: ServiceID(0), subject: Subject(number: 1)),
            operatorSet: .zero, epoch: Epoch(0), task: .zero, result: .zero)
        let vote = Attestation(
            statement: statement, signer: keys.signers[0].publicKey,
            signature: keys.signers[0].sign(statement.signedBytes))
        nodes = try ([Self.hub] + Self.peers).map { party in
            let header = RecordHeader(
                node: genesis.name(of: party)!, party: party, incarnation: 1, network: genesis.network,
                configuration: [])
            let record = try RecordWriter(path: directory.appending(header.fileName), header: header)
            let hello = Hello(network: genesis.network, party: party, key: genesis.key(of: party)!)
            let eventLoop = group.next()
            return try eventLoop.submit {
                NIOLoopBound(
                    try EchoNode(
                        hello, genesis: genesis, frame: .attestation(vote), record: record, eventLoop: eventLoop),
                    eventLoop: eventLoop)
            }.wait()
        }
        try connect()
    }

    func close() throws {
        for node in nodes { try node.eventLoop.submit { node.value.close() }.wait() }
        try group.syncShutdownGracefully()
    }

    private func connect() throws {
        let hub = nodes[0]
        for (party, peer) in zip(Self.peers, nodes.dropFirst()) {
            let port = try peer.eventLoop.flatSubmit { peer.value.transport.listen() }.wait()
            try hub.eventLoop.submit { hub.value.transport.dial(party, at: .loopback(port: port)) }.wait()
        }
        try hub.eventLoop.flatSubmit { hub.value.connections(reach: Self.peerCount) }.wait()
        for peer in nodes.dropFirst() { try peer.eventLoop.flatSubmit { peer.value.connections(reach: 1) }.wait() }
    }

    private func exchange(_ pattern: Pattern, times: Int) throws -> (hub: EchoNode.Work, peers: EchoNode.Work, elapsed: Duration) {
        for (place, peer) in nodes.dropFirst().enumerated() {
            let answers = place < pattern.peers && (!pattern.lastAnswers || place == pattern.peers - 1)
            let exchange = EchoNode.Exchange(
                awaits: answers ? pattern.out : .max, sends: pattern.back, recipients: [Self.hub], times: .max)
            try peer.eventLoop.submit { _ = peer.value.perform(exchange, beginning: false) }.wait()
        }
        let hub = nodes[0]
        let answering = pattern.lastAnswers ? 1 : pattern.peers
        let exchange = EchoNode.Exchange(
            awaits: pattern.back * answering, sends: pattern.out, recipients: Array(Self.peers.prefix(pattern.peers)),
            times: times)
        let start = MonotonicClock.now
        let work = try hub.eventLoop.flatSubmit {
            hub.value.perform(exchange, beginning: true).map { hub.value.workDone }
        }.wait()
        let elapsed = MonotonicClock.now - start
        var peersWork = EchoNode.Work()
        for peer in nodes.dropFirst() {
            let work = try peer.eventLoop.submit { peer.value.workDone }.wait()
            peersWork.turns += work.turns
            peersWork.received += work.received
            peersWork.sent += work.sent
            peersWork.flushes += work.flushes
            peersWork.time += work.time
        }
        return (work, peersWork, elapsed)
    }

    func debug() throws {
        var rows: [LeastSquares.Row] = []
        for pattern in Self.patterns {
            _ = try exchange(pattern, times: 50)
            let (hub, peers, elapsed) = try exchange(pattern, times: 300)
            print(pattern, elapsed / 300)
            for work in [hub, peers] {
                print("   ", Double(work.turns) / 300, Double(work.received) / 300, Double(work.sent) / 300, Double(work.flushes) / 300, Double(work.time.nanoseconds) / 300_000)
                rows.append(work.row)
            }
        }
        let prices = LeastSquares.prices(rows)
        print(prices as Any)
        if let prices {
            for row in rows {
                let fit = zip(prices, row.amounts).map(*).reduce(0, +)
                print(row.total / 300_000, fit / 300_000, fit / row.total)
            }
        }
    }
}
