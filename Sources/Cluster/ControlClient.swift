import Foundation
import Glibc

/// One order to a cluster, and its replies: a plain blocking socket, since a command has nothing else to do.
package final class ControlClient {
    private let name: String
    private let socket: Int32

    /// How long a cluster may take to take an order, and to answer where it can at once.
    package static let patience = Duration.seconds(10)

    package init(_ name: String, in registry: ClusterRegistry) throws(ControlError) {
        self.name = name
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        // From here on `deinit` closes it, whatever is thrown.
        guard socket >= 0 else { throw .unreachable(name: name, reason: Self.reason) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(registry.socketPath(of: name).utf8)
        precondition(path.count < MemoryLayout.size(ofValue: address.sun_path), "a path through a descriptor is short")
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        wait(Self.patience)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw .unreachable(name: name, reason: Self.reason) }
    }

    deinit { close(socket) }

    package func send(_ order: ControlOrder) throws {
        var rest = ControlFrame.bytes(of: try ControlProtocol.encode(order))[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ControlError.unreachable(name: name, reason: Self.reason) }
            rest = rest.dropFirst(count)
        }
    }

    /// - Parameter patience: nil: as long as the cluster is there.
    /// - Returns: nil when there are no more.
    package func reply(patience: Duration? = ControlClient.patience) throws -> ControlReply? {
        wait(patience)
        guard let header = try read(4) else { return nil }
        let length = header.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= ControlProtocol.replyLimit else { throw ControlError.tooLong(length) }
        guard let message = try read(length) else { throw ControlError.hungUp(name: name) }
        return try ControlProtocol.decode(Data(message))
    }

    /// - Returns: nil when the connection ends instead of beginning one.
    private func read(_ count: Int) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { recv(socket, $0.baseAddress! + filled, count - filled, 0) }
            if got < 0, errno == EINTR { continue }
            if got < 0, errno != ECONNRESET { throw ControlError.unreachable(name: name, reason: Self.reason) }
            guard got > 0 else {
                if filled == 0 { return nil }
                throw ControlError.hungUp(name: name)
            }
            filled += got
        }
        return bytes
    }

    /// Of every call that follows; nil: for ever.
    private func wait(_ patience: Duration?) {
        var time = timeval(tv_sec: Int(patience?.components.seconds ?? 0), tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    private static var reason: String {
        errno == EAGAIN ? "it took longer than \(patience.components.seconds) s" : String(cString: strerror(errno))
    }
}
