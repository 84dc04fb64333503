import Cryptography
import Primitives

/// A value with one canonical encoding in Borsh (<https://borsh.io>): little-endian numbers, `u32` lengths,
/// one byte for an enum's case.
package protocol BorshCodable: Sendable {
    func encode(to encoder: inout BorshEncoder)
    init(from decoder: inout BorshDecoder) throws(BorshError)
}

extension BorshCodable {
    package var borsh: [UInt8] {
        var encoder = BorshEncoder()
        encode(to: &encoder)
        return encoder.bytes
    }

    /// What is signed of it.
    func signedBytes(_ domain: Domain) -> [UInt8] {
        var encoder = BorshEncoder(after: domain.tag)
        encode(to: &encoder)
        return encoder.bytes
    }

    /// The whole of `bytes` as one value: trailing bytes are an error.
    package init(borsh bytes: [UInt8]) throws(BorshError) {
        var decoder = BorshDecoder(bytes)
        self = try Self(from: &decoder)
        try decoder.finish()
    }
}

/// An enum without payloads is the byte of its case.
extension BorshCodable where Self: RawRepresentable, RawValue == UInt8 {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(rawValue) }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        guard let known = Self(rawValue: value) else { throw .unknownCase(type: "\(Self.self)", value: value) }
        self = known
    }
}

/// Why bytes are not a value. Positions count from the first byte of what was decoded.
package enum BorshError: Error, Hashable, Sendable {
    case truncated(position: Int, needed: Int)
    case trailingBytes(count: Int)
    case unknownCase(type: String, value: UInt8)
    case tooLong(type: String, count: Int, limit: Int)
    /// The bytes could be read, but are not the one encoding of a value, or break what the type promises.
    case invalid(type: String, reason: String)
}

extension BorshError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated(let position, let needed): "ends at byte \(position), where \(needed) more are needed"
        case .trailingBytes(let count): "\(count) bytes follow the value"
        case .unknownCase(let type, let value): "\(type) has no case \(value)"
        case .tooLong(let type, let count, let limit): "\(type) of length \(count), at most \(limit) allowed"
        case .invalid(let type, let reason): "\(type): \(reason)"
        }
    }
}

package struct BorshEncoder {
    @usableFromInline package private(set) var bytes: [UInt8]

    /// - Parameter prefix: bytes to stand before all others: a domain's tag.
    package init(after prefix: some Sequence<UInt8> = EmptyCollection()) {
        bytes = []
        bytes.reserveCapacity(512)
        bytes.append(contentsOf: prefix)
    }

    @inlinable package mutating func encode(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { append($0) }
    }

    @usableFromInline mutating func append(_ raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }

    package mutating func encode(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    @inlinable package mutating func encode(_ value: some BorshCodable) { value.encode(to: &self) }

    @inlinable package mutating func encode(_ values: [some BorshCodable]) {
        encode(UInt32(values.count))
        for value in values { value.encode(to: &self) }
    }

    package mutating func encode(_ values: [UInt8]) {
        encode(UInt32(values.count))
        bytes.append(contentsOf: values)
    }

    package mutating func encode(_ text: String) { encode(Array(text.utf8)) }

    @inlinable package mutating func encode(_ value: (some BorshCodable)?) {
        encode(value != nil)
        if let value { value.encode(to: &self) }
    }

    /// Without a length: for what has a fixed one.
    package mutating func encode(fixed bytes: FixedBytes32) {
        bytes.withUnsafeBytes { append($0) }
    }

    /// Bytes as they are, without a length.
    package mutating func append(_ raw: [UInt8]) { bytes.append(contentsOf: raw) }

    /// A length that comes before: how many bytes `body` has encoded.
    package mutating func encodeCounted(_ body: (inout BorshEncoder) -> Void) {
        let start = bytes.count
        encode(UInt32(0))
        body(&self)
        let count = UInt32(bytes.count - start - 4)
        for place in 0..<4 { bytes[start + place] = UInt8(truncatingIfNeeded: count >> (8 * place)) }
    }

    /// Drops the first bytes; without a count, all of them. The space is kept.
    package mutating func remove(first count: Int? = nil) {
        if let count, count < bytes.count {
            bytes.removeFirst(count)
        } else {
            bytes.removeAll(keepingCapacity: true)
        }
    }
}

/// Reads values from the front of an array of bytes. Every loop is bounded by what is there: a length beyond the
/// bytes that remain is refused before anything is allocated.
package struct BorshDecoder {
    private let bytes: [UInt8]
    package private(set) var position = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var remaining: Int { bytes.count - position }

    package func finish() throws(BorshError) {
        guard remaining == 0 else { throw .trailingBytes(count: remaining) }
    }

    package mutating func decode<N: FixedWidthInteger>(_ type: N.Type = N.self) throws(BorshError) -> N {
        let size = MemoryLayout<N>.size
        try require(size)
        defer { position += size }
        return bytes.withUnsafeBytes { N(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: N.self)) }
    }

    package mutating func decode(_ type: Bool.Type = Bool.self) throws(BorshError) -> Bool {
        let byte: UInt8 = try decode()
        guard byte <= 1 else { throw .unknownCase(type: "bool", value: byte) }
        return byte == 1
    }

    @inlinable package mutating func decode<V: BorshCodable>(_ type: V.Type = V.self) throws(BorshError) -> V {
        try V(from: &self)
    }

    package mutating func decode<V: BorshCodable>(_ type: [V].Type = [V].self, limit: Int) throws(BorshError) -> [V] {
        let count = try length(of: "list", limit: limit)
        var values: [V] = []
        // An element may take more room in memory than on the wire: no more is set aside than the bytes that are there.
        values.reserveCapacity(min(count, remaining / MemoryLayout<V>.stride))
        for _ in 0..<count { values.append(try V(from: &self)) }
        return values
    }

    package mutating func decodeBytes(limit: Int) throws(BorshError) -> [UInt8] {
        let count = try length(of: "bytes", limit: limit)
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    package mutating func decodeText(limit: Int) throws(BorshError) -> String {
        guard let text = String(validating: try decodeBytes(limit: limit), as: UTF8.self) else {
            throw .invalid(type: "text", reason: "not UTF-8")
        }
        return text
    }

    package mutating func decodeOptional<V: BorshCodable>(_ type: V.Type = V.self) throws(BorshError) -> V? {
        try decode(Bool.self) ? try V(from: &self) : nil
    }

    package mutating func decodeFixed() throws(BorshError) -> FixedBytes32 {
        try require(FixedBytes32.count)
        defer { position += FixedBytes32.count }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: FixedBytes32.self) }
    }

    /// A length that the limit allows and the remaining bytes can hold: no element takes less than one byte.
    private mutating func length(of type: String, limit: Int) throws(BorshError) -> Int {
        let count = Int(try decode(UInt32.self))
        guard count <= limit else { throw .tooLong(type: type, count: count, limit: limit) }
        try require(count)
        return count
    }

    private func require(_ count: Int) throws(BorshError) {
        guard remaining >= count else { throw .truncated(position: bytes.count, needed: count - remaining) }
    }
}
