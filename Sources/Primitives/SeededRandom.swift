/// Randomness that a seed decides, split by purpose: drawing more for one purpose shifts no draw of another.
///
/// SplitMix64 (Steele, Lea, Flood 2014). Not for keys.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// - Parameters:
    ///   - purpose: what is drawn, and for whom: `link op-1 op-2`.
    package init(seed: UInt64, purpose: String) {
        self.init(seed: seed, purposeHash: Self.hash(purpose))
    }

    /// As with the purpose `link op-1 op-2`, whose text is never put together: a large network has thousands of them.
    package init(seed: UInt64, purpose: String, _ first: String, _ second: String) {
        let hash = Self.hash(first, after: Self.hash(" ", after: Self.hash(purpose)))
        self.init(seed: seed, purposeHash: Self.hash(second, after: Self.hash(" ", after: hash)))
    }

    private init(seed: UInt64, purposeHash: UInt64) {
        state = Self.mix(seed &+ 0x9e37_79b9_7f4a_7c15) ^ Self.mix(purposeHash)
    }

    /// FNV-1a, which can be taken up where it left off.
    private static func hash(_ text: String, after hash: UInt64 = 0xcbf2_9ce4_8422_2325) -> UInt64 {
        text.utf8.reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Self.mix(state)
    }

    /// One draw that depends on nothing but its arguments, in whatever order such draws are made.
    package static func draw(seed: UInt64, purpose: String, _ numbers: UInt64...) -> UInt64 {
        var generator = SeededRandom(seed: seed, purpose: purpose)
        for number in numbers { generator.state = mix(generator.next() ^ mix(number)) }
        return generator.next()
    }

    /// Uniform in 0 ..< 1.
    package static func unit(_ draw: UInt64) -> Double { Double(draw >> 11) * 0x1p-53 }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
