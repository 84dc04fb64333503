import Links
import Messages
import NIOCore
import NIOPosix
import Primitives
import Records

/// What a transport tells whoever drives a machine with it. Called on its event loop.
package protocol TransportDelegate: AnyObject {
    /// The handshake is done: frames may be sent.
    func connected(_ party: Party)
    /// Also when the connection was ended on this side.
    func disconnected(_ party: Party, reason: String)
    func received(_ frame: Frame, from party: Party)
    /// Somebody was turned away; `party` is who it said it was, or who was dialled, as far as that is known.
    func refused(_ party: Party?, _ error: HandshakeError)
}

/// A node's connections: at most one with each party. Listens, dials and dials again, as long as it is open.
///
/// Confined to its event loop, from which every call must come. It knows who is who, not what frames mean.
package final class Transport {
    package let eventLoop: any EventLoop
    package weak var delegate: (any TransportDelegate)?

    private let own: Hello
    private let genesis: Genesis
    private let links: OutboundLinks
    private let blockage: TimeAmount
    private var table: LinkTable
    private var connections: [Party: PeerConnection] = [:]
    private var unflushed: [PeerConnection] = []
    private var strangers: [ObjectIdentifier: PeerConnection] = [:]
    private var targets: [Party: DialTarget] = [:]
    private var listener: (any Channel)?
    /// Of whom nothing is read, on whatever connection.
    package private(set) var heldUp: Set<Party> = []
    private var isOpen = true

    /// - Parameters:
    ///   - own: what this node says of itself; names the network too.
    ///   - links: what is laid over the host's own network.
    ///   - blockage: after so long a connection breaks on which nothing has got through.
    package init(
        own: Hello, genesis: Genesis, links: OutboundLinks = .none,
        blockage: TimeAmount = TransportLimits.blockage, eventLoop: any EventLoop
    ) {
        eventLoop.preconditionInEventLoop()
        self.own = own
        self.genesis = genesis
        self.links = links
        self.blockage = blockage
        table = LinkTable(links)
        self.eventLoop = eventLoop
    }

    /// Whoever is connected, in their order.
    package var connectedParties: [Party] { connections.keys.sorted() }

    package func isConnected(_ party: Party) -> Bool { connections[party] != nil }

    /// False: nothing more is read, so that whoever sends too much is held up; true: go on.
    package var isReading = true {
        didSet {
            guard isReading != oldValue else { return }
            for (party, connection) in connections { connection.setReading(isReading && !heldUp.contains(party)) }
        }
    }

    /// The same for one party alone, on whatever connection.
    package func setReading(_ isReading: Bool, of party: Party) {
        if isReading { heldUp.remove(party) } else { heldUp.insert(party) }
        if self.isReading { connections[party]?.setReading(isReading) }
    }

    /// Listens on 127.0.0.1, on a port that the kernel chooses.
    package func listen() -> EventLoopFuture<UInt16> {
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        return ServerBootstrap(group: eventLoop)
            .serverChannelOption(.backlog, value: TransportLimits.backlog)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: Self.waterMark)
            .childChannelOption(.recvAllocator, value: Self.receiveAllocator)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try this.value.furnish(channel, dialled: nil) }
            }
            .bind(to: .loopback(port: 0))
            .flatMapThrowing { channel in
                this.value.listener = channel
                guard let port = channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
                return UInt16(port)
            }
    }

    /// Connects with a party and keeps it connected; another address replaces the one before.
    package func dial(_ party: Party, at address: SocketAddress) {
        if let target = targets[party] {
            guard target.address != address else { return }
            target.move(to: address)
            if let connection = connections[party] { drop(connection, reason: "it has moved") }
            if target.isWaiting { attempt(target) }
        } else {
            let target = DialTarget(party: party, address: address)
            targets[party] = target
            attempt(target)
        }
    }

    /// Sends to each of these that is connected; the others do not get it. Leaves with `flush`.
    package func send(_ frame: EncodedFrame, to parties: [Party]) { send(frame.bytes, to: parties) }

    /// As `send`, of bytes that need be no frame.
    package func send(_ bytes: ByteBuffer, to parties: [Party]) {
        for party in parties {
            guard let connection = connections[party] else { continue }
            if connection.write(bytes) { unflushed.append(connection) }
        }
    }

    package func flush() {
        for connection in unflushed { connection.flush() }
        unflushed.removeAll(keepingCapacity: true)
    }

    package func disconnect(_ party: Party, reason: String) {
        guard let connection = connections[party] else { return }
        connection.flush()
        drop(connection, reason: reason)
    }

    /// Ends everything; nothing is dialled again, and the delegate hears nothing more.
    package func close() {
        isOpen = false
        delegate = nil
        table.close()
        for target in targets.values { target.cancel() }
        listener?.close(promise: nil)
        for connection in Array(connections.values) + Array(strangers.values) {
            connection.close(reason: "we are closing")
        }
    }

    // Small reads first: most frames have a few hundred bytes, and a node may have hundreds of connections.
    private static let receiveAllocator = AdaptiveRecvByteBufferAllocator(
        minimum: 1024, initial: 2048, maximum: 65_536)
    /// Past the high mark a channel is not writable any more, which ends the connection.
    private static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(
        low: TransportLimits.pendingBytes / 2, high: TransportLimits.pendingBytes)

    private func furnish(_ channel: any Channel, dialled: PeerConnection.Dialled?) throws {
        let pipeline = channel.pipeline.syncOperations
        let side = dialled.map { HelloHandshake.Side.dialling($0.party) } ?? .accepting
        try pipeline.addHandler(ByteToMessageHandler(FrameDecoder()))
        try pipeline.addHandler(
            HelloHandshake(own: own, genesis: genesis, side: side) { [weak self] in self?.refusal(of: $0) })
        let delay = links.isNone ? nil : LinkDelay { [weak self] in self?.link(to: $0) }
        if let delay { try pipeline.addHandler(delay) }
        try pipeline.addHandler(PeerConnection(transport: self, dialled: dialled, delay: delay))
    }

    /// - Returns: nil where every frame arrives as it leaves, to the end.
    private func link(to party: Party) -> (LinkState, LinkDelay.Ends)? {
        let state = table.state(to: party)
        guard links.canChange || !state.terms.isNone, let sender = genesis.name(of: own.party),
            let receiver = genesis.name(of: party)
        else { return nil }
        return (state, LinkDelay.Ends(seed: links.seed, sender: sender, receiver: receiver))
    }
}

// MARK: - Links that change

extension Transport {
    /// Links are others than they were, from now on. Nothing comes of it where `links` does not say that they can change.
    package func change(_ updates: [LinkUpdate]) {
        guard isOpen, links.canChange else { return }
        for update in updates {
            for party in update.peers { change(party, to: update.state) }
        }
    }

    private func change(_ party: Party, to state: LinkState) {
        table.update(party, to: state) {
            eventLoop.assumeIsolated().scheduleTask(in: blockage) { [weak self] in
                self?.giveUp(party)
            }
        }
        connections[party]?.change(to: state)
        guard state.isCut else { return }
        // A handshake gets no further; whoever has not said who it is is turned away when it does.
        for stranger in Array(strangers.values) where stranger.dialled?.party == party {
            stranger.close(reason: "\(HandshakeError.cutOff(party))")
        }
    }

    /// A connection on which nothing has got through for too long breaks, as TCP has it, and both ends notice.
    private func giveUp(_ party: Party) {
        guard isOpen, table.isCut(party), let connection = connections[party] else { return }
        drop(connection, reason: "nothing gets through")
    }
}

// MARK: - What connections tell

extension Transport {
    func opened(_ connection: PeerConnection) {
        guard isOpen else { return connection.close(reason: "we are closing") }
        guard connection.dialled != nil || strangers.count < TransportLimits.strangers else {
            refused(connection, .tooManyStrangers)
            return connection.close(reason: "\(HandshakeError.tooManyStrangers)")
        }
        if let dialled = connection.dialled, table.isCut(dialled.party) {
            return connection.close(reason: "\(HandshakeError.cutOff(dialled.party))")
        }
        strangers[ObjectIdentifier(connection)] = connection
    }

    /// A connection of a party that is connected already is refused, unless the older one seems dead.
    private func refusal(of party: Party) -> HandshakeError? {
        guard !table.isCut(party) else { return .cutOff(party) }
        guard let older = connections[party] else { return nil }
        guard eventLoop.now - older.lastHeard >= TransportLimits.silence else { return .secondConnection(party) }
        drop(older, reason: "silent, and replaced by a newer connection")
        return nil
    }

    func established(_ connection: PeerConnection, as party: Party) {
        strangers[ObjectIdentifier(connection)] = nil
        guard isOpen else { return connection.close(reason: "we are closing") }
        if let dialled = connection.dialled, targets[party]?.address != dialled.address {
            return connection.close(reason: "it has moved")
        }
        guard !table.isCut(party) else { return connection.close(reason: "\(HandshakeError.cutOff(party))") }
        // A dialled one has not been through `refusal`; two nodes that both dial would come here.
        if connections[party] != nil {
            refused(connection, .secondConnection(party))
            return connection.close(reason: "\(HandshakeError.secondConnection(party))")
        }
        connections[party] = connection
        if !isReading || heldUp.contains(party) { connection.setReading(false) }
        delegate?.connected(party)
    }

    func received(_ frame: Frame, from party: Party) { delegate?.received(frame, from: party) }

    func refused(_ connection: PeerConnection, _ error: HandshakeError) {
        let claimed: Party? =
            switch error {
            case .secondConnection(let party), .wrongKey(let party), .otherParty(let party, _), .cutOff(let party):
                party
            default: connection.dialled?.party
            }
        delegate?.refused(claimed, error)
    }

    func closed(_ connection: PeerConnection) {
        strangers[ObjectIdentifier(connection)] = nil
        forget(connection)
        guard let dialled = connection.dialled, let target = targets[dialled.party] else { return }
        let hasSettled =
            connection.party != nil && eventLoop.now - connection.established >= TransportLimits.settled
        attemptEnded(target, attempt: dialled.attempt, wasGood: hasSettled)
    }

    /// Out of the table at once, so that nothing is sent to it any more, whenever the socket's end is noticed.
    private func drop(_ connection: PeerConnection, reason: String) {
        connection.close(reason: reason)
        forget(connection)
    }

    private func forget(_ connection: PeerConnection) {
        guard let party = connection.party, connections[party] === connection else { return }
        connections[party] = nil
        delegate?.disconnected(party, reason: connection.closeReason ?? "closed")
    }
}

// MARK: - Dialling

extension Transport {
    private func attempt(_ target: DialTarget) {
        guard isOpen else { return }
        let dialled = PeerConnection.Dialled(
            party: target.party, address: target.address, attempt: target.beginAttempt())
        // Nobody would answer.
        guard !table.isCut(target.party) else {
            return attemptEnded(target, attempt: dialled.attempt, wasGood: false)
        }
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(TransportLimits.connect)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.writeBufferWaterMark, value: Self.waterMark)
            .channelOption(.recvAllocator, value: Self.receiveAllocator)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try this.value.furnish(channel, dialled: dialled) }
            }
            .connect(to: target.address)
            .assumeIsolated()
            .whenFailure { [weak self] _ in self?.attemptEnded(target, attempt: dialled.attempt, wasGood: false) }
    }

    private func attemptEnded(_ target: DialTarget, attempt: UInt64, wasGood: Bool) {
        guard isOpen, let wait = target.attemptEnded(attempt, wasGood: wasGood) else { return }
        target.waits(
            eventLoop.assumeIsolated().scheduleTask(in: wait) { [weak self] in self?.attempt(target) })
    }
}
