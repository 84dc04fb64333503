/// Which members of an operator set signed: one bit a member.
package struct SignerSet: Hashable, Sendable {
    /// The number of members that the set ranges over.
    package let size: Int
    package private(set) var bits: [UInt8]

    /// Nobody, of `size` members.
    package init(size: Int) {
        self.size = size
        bits = Array(repeating: 0, count: Self.byteCount(size: size))
    }

    /// - Returns: nil when the bits do not fit the size exactly, or one past the last member is set.
    package init?(size: Int, bits: [UInt8]) {
        guard size >= 0, bits.count == Self.byteCount(size: size) else { return nil }
        let used = size % 8
        if used > 0, let last = bits.last, last >> used != 0 { return nil }
        self.size = size
        self.bits = bits
    }

    package static func byteCount(size: Int) -> Int { size / 8 + (size % 8).signum() }

    package func contains(_ member: MemberIndex) -> Bool {
        member.place < size && bits[member.place / 8] & (1 << (member.place % 8)) != 0
    }

    /// - Returns: whether the member was not in it before.
    @discardableResult
    package mutating func insert(_ member: MemberIndex) -> Bool {
        precondition(member.place < size, "member \(member) outside an operator set of \(size)")
        let fresh = !contains(member)
        bits[member.place / 8] |= 1 << (member.place % 8)
        return fresh
    }

    package var count: Int { bits.reduce(0) { $0 + $1.nonzeroBitCount } }
    package var isEmpty: Bool { bits.allSatisfy { $0 == 0 } }

    /// The members in it, in their order.
    package var members: [MemberIndex] {
        (0..<size).map(MemberIndex.init).filter(contains)
    }

    package func isSuperset(of other: SignerSet) -> Bool {
        size == other.size && zip(bits, other.bits).allSatisfy { $0 & $1 == $1 }
    }
}
