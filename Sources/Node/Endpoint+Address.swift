import Messages
import NIOCore

extension Endpoint {
    package var socketAddress: SocketAddress { .ipv4(address, port: port) }
}

extension SocketAddress {
    package static func loopback(port: UInt16) -> SocketAddress { .ipv4(Endpoint.loopback, port: port) }

    /// - Parameter address: the first byte of the dotted form weighs most.
    static func ipv4(_ address: UInt32, port: UInt16) -> SocketAddress {
        do {
            return try SocketAddress(packedIPAddress: ByteBuffer(integer: address), port: Int(port))
        } catch {
            preconditionFailure("four bytes are an IPv4 address: \(error)")
        }
    }
}
