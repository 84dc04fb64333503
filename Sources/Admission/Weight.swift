import Primitives

/// What a sender counts for when a receiver has too much to do.
package struct Weight: Hashable, Comparable, Sendable {
    /// Millionths of the whole.
    package let parts: UInt64

    /// Of who has all the stake there is.
    package static let whole = Weight(parts: 1_000_000)
    /// Everybody's: who has no stake is heard too, now and then.
    package static let least = Weight(parts: 1_000)

    private init(parts: UInt64) { self.parts = parts }

    package init(of stake: Lamports, in total: Lamports) {
        let share = UInt128(stake.number) * UInt128(Self.whole.parts) / UInt128(max(1, total.number))
        parts = UInt64(min(max(share, UInt128(Self.least.parts)), UInt128(Self.whole.parts)))
    }

    package static func < (left: Self, right: Self) -> Bool { left.parts < right.parts }
}
