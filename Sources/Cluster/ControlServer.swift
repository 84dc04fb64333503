import Foundation
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Answers the orders that come over a cluster's socket: one on a connection, with as many replies as it has, and then the
/// connection is closed.
///
/// Only this user's processes are listened to. Whoever says nothing, or too much, or more than the protocol has, is
/// told so or hung up on, and disturbs nobody else.
package struct ControlServer: Sendable {
    private let listener: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>
    private let replies: @Sendable (ControlOrder) -> AsyncStream<ControlReply>
    private let connections = Counter()

    /// At one time; the next one is hung up on.
    static let connectionLimit = 64
    /// How long an order may take to arrive.
    private static let orderPatience = TimeAmount.seconds(10)

    /// Listens on the socket of a name that this process has claimed.
    package init(
        _ claim: ClusterClaim, replies: @escaping @Sendable (ControlOrder) -> AsyncStream<ControlReply>
    ) async throws {
        self.replies = replies
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .bind(unixDomainSocketPath: claim.registry.socketPath(of: claim.name)) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ByteToMessageHandler(ControlFrameDecoder(limit: ControlProtocol.requestLimit)))
                    return try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(inboundType: ByteBuffer.self, outboundType: ByteBuffer.self))
                }
            }
    }

    /// Until cancelled. Whoever is being answered then is cut off.
    package func run() async {
        try? await listener.executeThenClose { arrivals in
            await withDiscardingTaskGroup { group in
                do {
                    for try await connection in arrivals {
                        guard connections.enter(limit: Self.connectionLimit) else {
                            connection.channel.close(promise: nil)
                            continue
                        }
                        group.addTask {
                            await serve(connection)
                            connections.leave()
                        }
                    }
                } catch {
                    // Nobody is heard any more: the signals of the terminal still are.
                }
                group.cancelAll()
            }
        }
    }

    /// Returns when every reply that is on its way has been taken, or patience is over.
    package func quiesce(patience: Duration) async {
        let deadline = ContinuousClock.now + patience
        while !connections.isEmpty, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(5)) }
    }

    private func serve(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
        let channel = connection.channel
        let patience = channel.eventLoop.scheduleTask(in: Self.orderPatience) { channel.close(promise: nil) }
        do {
            try await connection.executeThenClose { inbound, _ in
                guard await Self.peerIsOurs(channel) else { return }
                let order: ControlOrder
                do {
                    var messages = inbound.makeAsyncIterator()
                    guard let message = try await messages.next() else { return }
                    order = try ControlProtocol.decode(Data(message.readableBytesView))
                } catch let error as ControlError {
                    return try await send(.refused(error.description), over: channel)
                }
                patience.cancel()
                for await reply in replies(order) { try await send(reply, over: channel) }
            }
        } catch {
            // The other side is gone, and needs no answer.
        }
        patience.cancel()
    }

    /// Returns when the system has all of it: what is only on its way would be lost when the connection is closed. A
    /// reader that does not read is given up with the server.
    private func send(_ reply: ControlReply, over channel: any Channel) async throws {
        let message = ByteBuffer(bytes: ControlFrame.bytes(of: try ControlProtocol.encode(reply)))
        try await withTaskCancellationHandler {
            try await channel.writeAndFlush(message).get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    /// `struct ucred` of Linux, which the Glibc module leaves out.
    private struct Credentials {
        var process: pid_t = 0
        var user: uid_t = .max
        var group: gid_t = .max
    }

    private static func peerIsOurs(_ channel: any Channel) async -> Bool {
        guard let options = channel as? any SocketOptionProvider else { return false }
        let peer: Credentials? = try? await options.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        ).get()
        return peer?.user == getuid()
    }
}

/// How many there are.
private final class Counter: Sendable {
    private let count = Mutex(0)

    var isEmpty: Bool { count.withLock { $0 == 0 } }

    func enter(limit: Int) -> Bool {
        count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}
