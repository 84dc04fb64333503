import Cryptography
import Messages
import NIOCore
import NIOPosix
import Node
import Primitives
import Records
import Simulation
import Staging
import SystemPackage
import TopologyFormat

/// A hub and its peers, each on a thread of its own, that send each other frames over loopback TCP: to find what a turn, a
/// frame and a connection cost, and how long a frame is under way.
///
/// What a thread has done is counted, and differs from pattern to pattern; the prices are those that fit all of them
/// (`LeastSquares`).
final class TransportBench {
    static let peerCount = 6
    private static let hub = Party.coordinator(ServiceID(0))
    private static let peers = (0..<peerCount).map { Party.signer(OperatorIndex(UInt32($0))) }

    private let group: MultiThreadedEventLoopGroup
    /// The hub first.
    private let nodes: [NIOLoopBound<EchoNode>]

    /// Who sends how much to whom.
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
        Pattern(peers: 1, out: 1, back: 1), Pattern(peers: 1, out: 4, back: 1), Pattern(peers: 1, out: 1, back: 4),
        Pattern(peers: peerCount, out: 1, back: 1), Pattern(peers: peerCount, out: 1, back: 1, lastAnswers: true),
        Pattern(peers: peerCount, out: 4, back: 4),
    ]

    /// - Parameter directory: for the records; must exist.
    init(directory: FilePath) throws {
        let topology = try Topology.calibration(operators: Self.peerCount, dissemination: .star)
        let keys = NetworkKeys.derived(from: 1, for: topology)
        let genesis = GenesisBuilder.genesis(of: topology, keys: keys, runID: GenesisBuilder.simulatedRunID(seed: 1))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1 + Self.peerCount)
        self.group = group
        let statement = Statement.calibration
        let vote = Frame.attestation(
            Attestation(
                statement: statement, signer: keys.signers[0].publicKey,
                signature: keys.signers[0].sign(statement.signedBytes)))
        nodes = try ([Self.hub] + Self.peers).map { party in
            let header = RecordHeader(
                node: genesis.name(of: party)!, party: party, incarnation: 1, network: genesis.network,
                configuration: [])
            let record = try RecordWriter(path: directory.appending(header.fileName), header: header)
            let hello = Hello(network: genesis.network, party: party, key: genesis.key(of: party)!)
            let eventLoop = group.next()
            return try eventLoop.submit {
                NIOLoopBound(
                    try EchoNode(hello, genesis: genesis, frame: vote, record: record, eventLoop: eventLoop),
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

    /// One pass over everything.
    ///
    /// - Parameter times: how often each pattern is gone through.
    func measure(times: Int, into samples: inout CostSamples) throws {
        var rows: [LeastSquares.Row] = []
        for pattern in Self.patterns {
            let (hub, peers, _) = try exchange(pattern, times: times)
            rows += [hub.row, peers.row]
        }
        if let prices = LeastSquares.prices(rows) {
            for (item, price) in zip([CostItem.turn, .receive, .send, .flush], prices) {
                samples.add(.nanoseconds(Int64(price)), to: item)
            }
        }
        try measureTransit(times: times, into: &samples)
    }

    // MARK: One pattern

    private func exchange(
        _ pattern: Pattern, times: Int
    ) throws -> (hub: EchoNode.Work, peers: EchoNode.Work, roundTrips: [Duration]) {
        for (place, peer) in nodes.dropFirst().enumerated() {
            let answers = place < pattern.peers && (!pattern.lastAnswers || place == pattern.peers - 1)
            let exchange = EchoNode.Exchange(
                awaits: answers ? pattern.out : .max, sends: pattern.back, recipients: [Self.hub], times: .max)
            try peer.eventLoop.submit { _ = peer.value.perform(exchange, beginning: false) }.wait()
        }
        let hub = nodes[0]
        let exchange = EchoNode.Exchange(
            awaits: pattern.back * (pattern.lastAnswers ? 1 : pattern.peers), sends: pattern.out,
            recipients: Array(Self.peers.prefix(pattern.peers)), times: times)
        let (work, roundTrips) = try hub.eventLoop.flatSubmit {
            hub.value.perform(exchange, beginning: true).map { (hub.value.workDone, hub.value.roundTrips) }
        }.wait()
        let peers = try nodes.dropFirst().map { peer in try peer.eventLoop.submit { peer.value.workDone }.wait() }
        return (work, peers.reduce(EchoNode.Work(), +), roundTrips)
    }

    // MARK: Distance

    /// With both ends on one core, all of a round trip is work of one of them but what is left here.
    private func measureTransit(times: Int, into samples: inout CostSamples) throws {
        let processors = ThreadPlace.allowed
        for node in nodes.prefix(2) { try bind(node, to: Array(processors.prefix(1))) }
        let (hub, peer, roundTrips) = try exchange(Self.patterns[0], times: times)
        for node in nodes.prefix(2) { try bind(node, to: processors) }
        let work = (hub.time + peer.time) / max(1, times)
        samples.add(max(.zero, (roundTrips.sorted()[roundTrips.count / 2] - work) / 2), to: .transit)
    }

    private func bind(_ node: NIOLoopBound<EchoNode>, to processors: [Int]) throws {
        try node.eventLoop.submit { ThreadPlace.take(processors) }.wait()
    }
}
