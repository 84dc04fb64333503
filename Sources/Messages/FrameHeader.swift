/// What stands before a frame's payload on the wire: judged before anything is set aside for the rest.
package struct FrameHeader: Hashable, Sendable {
    package let kind: Frame.Kind
    /// Of the payload.
    package let count: Int

    /// - Parameters:
    ///   - length: of what follows it.
    ///   - kind: nil when that byte is not here yet.
    /// - Returns: nil without a kind.
    package init?(length: UInt32, kind value: UInt8?) throws(FrameError) {
        guard length > 0 else { throw .empty }
        guard let value else { return nil }
        guard let kind = Frame.Kind(rawValue: value) else { throw .unknownKind(value) }
        self.kind = kind
        count = Int(length) - 1
        guard count <= kind.payloadLimit else { throw .tooLong(kind, count: count, limit: kind.payloadLimit) }
    }
}

extension Frame {
    /// Takes one frame off the front.
    ///
    /// - Returns: nil when it is not all there; nothing is taken then.
    package static func take(from bytes: inout [UInt8]) throws(FrameError) -> Frame? {
        guard bytes.count >= 4 else { return nil }
        let length = bytes.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard let header = try FrameHeader(length: length, kind: bytes.count > 4 ? bytes[4] : nil) else { return nil }
        let end = headerSize + header.count
        guard bytes.count >= end else { return nil }
        let payload = Array(bytes[headerSize..<end])
        bytes.removeFirst(end)
        do {
            return try Frame(kind: header.kind, payload: payload)
        } catch {
            throw .malformed(header.kind, error)
        }
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
    /// Its beginning came, and for too long not its end.
    case overdue
}

extension FrameError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "a frame of length 0"
        case .unknownKind(let value): "a frame of the unknown kind \(value)"
        case .tooLong(let kind, let count, let limit):
            "a \(kind) frame with a payload of \(count) bytes, at most \(limit) allowed"
        case .malformed(let kind, let error): "a \(kind) frame that cannot be decoded: \(error)"
        case .overdue: "a frame that does not come to its end"
        case .truncated(let missing): "the connection ended inside a frame, \(missing) bytes before its end"
        }
    }
}
