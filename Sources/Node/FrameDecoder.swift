import Messages
import NIOCore

/// Cuts a stream of bytes into frames.
///
/// Kind and length are judged as soon as the five bytes of a header are there, so that a peer cannot make a node set
/// aside more than one frame of an allowed size. The first frame must be a hello, so that a stranger cannot make it set
/// aside more than that. After the first error nothing more is decoded: it goes up the
/// pipeline and the connection is closed.
package struct FrameDecoder: ByteToMessageDecoder {
    package typealias InboundOut = Frame

    private var hasHello = false
    private let patience = FramePatience()

    package init() {}

    package mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let frame = try take(from: &buffer) else {
            if buffer.readableBytes > 0 { patience.wait(context) }
            return .needMoreData
        }
        patience.end()
        context.fireChannelRead(Self.wrapInboundOut(frame))
        return .continue
    }

    package func decoderRemoved(context: ChannelHandlerContext) { patience.end() }

    package mutating func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
    ) throws -> DecodingState {
        if let frame = try take(from: &buffer) {
            context.fireChannelRead(Self.wrapInboundOut(frame))
            return .continue
        }
        if seenEOF, buffer.readableBytes > 0 { throw FrameError.truncated(missing: Self.missing(in: buffer)) }
        return .needMoreData
    }

    /// Throws `FrameError`, or `HandshakeError.noHello`.
    private mutating func take(from buffer: inout ByteBuffer) throws -> Frame? {
        if !hasHello, let kind = Self.kind(in: buffer), kind != .hello { throw HandshakeError.noHello(kind) }
        guard let frame = try Self.next(in: &buffer) else { return nil }
        hasHello = true
        return frame
    }

    private static func kind(in buffer: ByteBuffer) -> Frame.Kind? {
        buffer.getInteger(at: buffer.readerIndex + 4, as: UInt8.self).flatMap(Frame.Kind.init)
    }

    /// Takes one frame off the front.
    ///
    /// - Returns: nil when it is not all there; nothing is taken then.
    package static func next(in buffer: inout ByteBuffer) throws(FrameError) -> Frame? {
        let start = buffer.readerIndex
        guard let length = buffer.getInteger(at: start, endianness: .little, as: UInt32.self) else { return nil }
        let value = buffer.getInteger(at: start + 4, as: UInt8.self)
        guard let header = try FrameHeader(length: length, kind: value) else { return nil }
        guard let payload = buffer.getBytes(at: start + Frame.headerSize, length: header.count) else { return nil }
        buffer.moveReaderIndex(forwardBy: Frame.headerSize + header.count)
        do {
            return try Frame(kind: header.kind, payload: payload)
        } catch {
            throw .malformed(header.kind, error)
        }
    }

    private static func missing(in buffer: ByteBuffer) -> Int {
        let length = buffer.getInteger(at: buffer.readerIndex, endianness: .little, as: UInt32.self)
        let whole = length.map { Int($0) + Frame.headerSize - 1 } ?? Frame.headerSize
        return whole - buffer.readableBytes
    }
}
