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
