import Messages
import NIOCore

/// A frame's bytes on the wire: encoded once, shared by all its recipients.
package struct EncodedFrame: Sendable {
    package let kind: Frame.Kind
    package let bytes: ByteBuffer

    /// Throws `tooLong` for a frame that no receiver would take.
    package init(_ frame: Frame) throws(FrameError) {
        let wire = frame.wireBytes
        let payload = wire.count - Frame.headerSize
        guard payload <= frame.kind.payloadLimit else {
            throw .tooLong(frame.kind, count: payload, limit: frame.kind.payloadLimit)
        }
        kind = frame.kind
        bytes = ByteBuffer(bytes: wire)
    }
}

/// Why bytes on a connection are not frames.
package enum FrameError: Error, Hashable, Sendable {
    /// A length of 0: not even a kind follows.
    case empty
    case unknownKind(UInt8)
    case tooLong(Frame.Kind, count: Int, limit: Int)
    case malformed(Frame.Kind, BorshError)
    /// The connection ended inside a frame.
    case truncated(missing: Int)
}

extension FrameError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "a frame of length 0"
        case .unknownKind(let value): "a frame of the unknown kind \(value)"
        case .tooLong(let kind, let count, let limit):
            "a \(kind) frame with a payload of \(count) bytes, at most \(limit) allowed"
        case .malformed(let kind, let error): "a \(kind) frame that cannot be decoded: \(error)"
        case .truncated(let missing): "the connection ended inside a frame, \(missing) bytes before its end"
        }
    }
}
