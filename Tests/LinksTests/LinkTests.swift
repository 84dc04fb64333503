import Primitives
import Testing

@testable import Links

@Suite struct LinkTests {
    private static let tenth = Fraction(1, over: 10)!

    private static func link(_ terms: LinkTerms, seed: UInt64 = 42, from sender: String = "op-1") -> Link {
        Link(terms, seed: seed, from: sender, to: "op-2")
    }

    /// What becomes of so many frames of `bytes`, one every `interval`.
    private static func arrivals(
        _ link: Link, frames: Int, every interval: Duration = .milliseconds(1), bytes: Int = 200
    ) -> [Link.Arrivals] {
        var link = link
        return (0..<frames).map { link.arrivals(of: bytes, sentAt: sent($0, interval)) }
    }

    private static func sent(_ frame: Int, _ interval: Duration) -> Instant {
        Instant(nanoseconds: 1_000_000_000) + interval * frame
    }

    private static func delays(_ arrivals: [Link.Arrivals], every interval: Duration = .milliseconds(1)) -> [Duration] {
        arrivals.enumerated().map { $1.first - sent($0, interval) }
    }

    @Test func withoutTermsAFrameArrivesAsItLeaves() {
        #expect(LinkTerms.none.isNone)
        let arrivals = Self.arrivals(Self.link(.none), frames: 3)
        #expect(Self.delays(arrivals) == [.zero, .zero, .zero] && arrivals.allSatisfy { $0.again == nil })
    }

    @Test func framesAreInFlightSideBySide() {
        let terms = LinkTerms(latency: .milliseconds(50))
        #expect(Set(Self.delays(Self.arrivals(Self.link(terms), frames: 100))) == [.milliseconds(50)])
    }

    /// Far apart, so that none waits for the one before: the draws alone.
    @Test func jitterSpreadsEvenlyAroundTheLatency() {
        let terms = LinkTerms(latency: .milliseconds(2), jitter: .milliseconds(1))
        let delays = Self.delays(
            Self.arrivals(Self.link(terms), frames: 10_000, every: .milliseconds(10)), every: .milliseconds(10)
        ).map(\.inMilliseconds)
        #expect(delays.allSatisfy { (1...3).contains($0) })
        #expect(delays.min()! < 1.01 && delays.max()! > 2.99)
        #expect(abs(delays.reduce(0, +) / 10_000 - 2) < 0.02)
    }

    /// These decide every seeded run of a topology that has jitter. Computed apart from SplitMix64's definition.
    @Test func jitterIsPinned() {
        let terms = LinkTerms(latency: .milliseconds(2), jitter: .microseconds(500))
        let delays = Self.delays(
            Self.arrivals(Self.link(terms), frames: 3, every: .milliseconds(10)), every: .milliseconds(10))
        #expect(delays.map(\.nanoseconds) == [1_683_841, 1_529_190, 1_535_896])
    }

    @Test func aDelayIsNeverNegative() {
        let terms = LinkTerms(jitter: .milliseconds(1))
        let delays = Self.delays(
            Self.arrivals(Self.link(terms), frames: 1_000, every: .seconds(1)), every: .seconds(1))
        #expect(delays.allSatisfy { (.zero ... .milliseconds(1)).contains($0) })
        #expect((350...650).contains(delays.filter { $0 == .zero }.count))
    }

    @Test func aFrameWithAShorterDelayWaitsForThoseBeforeIt() {
        let terms = LinkTerms(latency: .milliseconds(10), jitter: .milliseconds(9))
        let arrivals = Self.arrivals(Self.link(terms), frames: 1_000, every: .microseconds(100)).map(\.first)
        #expect(zip(arrivals, arrivals.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(zip(arrivals, arrivals.dropFirst()).contains { $0 == $1 }, "some did wait")
    }

    // MARK: Loss

    @Test func aLostFrameIsSentAgainAndLaterEachTime() {
        let terms = LinkTerms(latency: .milliseconds(30), loss: Fraction(1, over: 2)!)
        let delays = Self.delays(
            Self.arrivals(Self.link(terms), frames: 10_000, every: .seconds(60)), every: .seconds(60))
        // The round trip and 200 ms, then twice that, and so on; after six the frame gets through.
        let steps = (0...6).map { Duration.milliseconds(30 + 260 * ((1 << $0) - 1)) }
        let counts = steps.map { step in delays.filter { $0 == step }.count }
        #expect(counts.reduce(0, +) == 10_000, "no other delay")
        for (losses, count) in counts.enumerated() {
            let expected = 10_000 >> min(losses + 1, 6)
            #expect(abs(count - expected) < expected / 4 + 40, "\(losses) losses: \(count), not \(expected)")
        }
    }

    @Test func aLostFrameHoldsUpThoseBehindIt() throws {
        let terms = LinkTerms(latency: .milliseconds(1), loss: Self.tenth)
        let arrivals = Self.arrivals(Self.link(terms), frames: 1_000)
        let lost = try #require(Self.delays(arrivals).firstIndex { $0 > .milliseconds(200) })
        #expect(arrivals[lost + 1].first >= arrivals[lost].first)
        #expect(zip(arrivals, arrivals.dropFirst()).allSatisfy { $0.first <= $1.first })
    }

    // MARK: Duplicates and overtaking

    @Test func aFrameThatComesTwiceComesAtOnceAndThenAgain() {
        let terms = LinkTerms(latency: .milliseconds(5), duplication: Self.tenth)
        let arrivals = Self.arrivals(Self.link(terms), frames: 10_000)
        let twice = arrivals.filter { $0.again != nil }
        #expect((900...1_100).contains(twice.count))
        #expect(twice.allSatisfy { $0.again! >= $0.first && $0.again! - $0.first < .milliseconds(5) })
        #expect(Set(Self.delays(arrivals)) == [.milliseconds(5)], "the first is as it would have been")
    }

    @Test func aReorderedFrameIsOvertakenAndHoldsNobodyUp() {
        let terms = LinkTerms(latency: .milliseconds(5), reordering: Self.tenth)
        let delays = Self.delays(Self.arrivals(Self.link(terms), frames: 10_000))
        let late = delays.filter { $0 > .milliseconds(5) }
        #expect((900...1_100).contains(late.count) && late.allSatisfy { $0 < .milliseconds(10) })
        #expect(delays.filter { $0 == .milliseconds(5) }.count == 10_000 - late.count)
    }

    @Test func framesAreOvertakenWithoutLatencyToo() {
        let delays = Self.delays(Self.arrivals(Self.link(LinkTerms(reordering: Self.tenth)), frames: 1_000))
        let late = delays.filter { $0 > .zero }
        #expect((60...140).contains(late.count) && late.allSatisfy { $0 < .milliseconds(1) })
    }

    // MARK: Bandwidth

    @Test func aLineTakesUpOneFrameAfterAnother() {
        let terms = LinkTerms(latency: .milliseconds(5), bandwidth: Bandwidth(bitsPerSecond: 1_000_000))
        // 125 bytes take 1 ms; all three are put on the line at once.
        let together = Self.arrivals(Self.link(terms), frames: 3, every: .zero, bytes: 125)
        #expect(Self.delays(together, every: .zero) == [.milliseconds(6), .milliseconds(7), .milliseconds(8)])
        // Nothing adds up when each has gone before the next one comes.
        let apart = Self.arrivals(Self.link(terms), frames: 3, every: .milliseconds(2), bytes: 125)
        #expect(Set(Self.delays(apart, every: .milliseconds(2))) == [.milliseconds(6)])
    }

    @Test func aLineThatIsFullForEverNeverTraps() {
        var link = Self.link(LinkTerms(latency: .seconds(60), bandwidth: Bandwidth(bitsPerSecond: 1)))
        let end = Instant(nanoseconds: UInt64(Int64.max))
        for _ in 0..<3 { #expect(link.arrivals(of: .max, sentAt: end).first == end) }
    }

    // MARK: Draws

    private static let everything = LinkTerms(
        latency: .milliseconds(5), jitter: .milliseconds(4), loss: tenth, duplication: tenth, reordering: tenth,
        bandwidth: Bandwidth(bitsPerSecond: 10_000_000))

    @Test func theSameSeedGivesTheSame() {
        let first = Self.arrivals(Self.link(Self.everything), frames: 1_000)
        #expect(first == Self.arrivals(Self.link(Self.everything), frames: 1_000))
        #expect(first != Self.arrivals(Self.link(Self.everything, seed: 43), frames: 1_000))
        #expect(first != Self.arrivals(Self.link(Self.everything, from: "op-3"), frames: 1_000))
    }

    @Test func eachDirectionDrawsItsOwn() {
        let terms = LinkTerms(latency: .milliseconds(2), jitter: .milliseconds(1))
        let there = Link(terms, seed: 42, from: "a", to: "b")
        let back = Link(terms, seed: 42, from: "b", to: "a")
        #expect(Self.arrivals(there, frames: 4) != Self.arrivals(back, frames: 4))
    }

    /// Each term its own sequence, or what befalls a frame would hang together. Computed apart, as the jitter above.
    @Test func whichFramesAreDrawnIsPinned() {
        let interval = Duration.seconds(60)
        func places(_ terms: LinkTerms, where isDrawn: (Duration, Link.Arrivals) -> Bool) -> [Int] {
            let arrivals = Self.arrivals(Self.link(terms), frames: 60, every: interval)
            let delays = Self.delays(arrivals, every: interval)
            return arrivals.indices.filter { isDrawn(delays[$0], arrivals[$0]) }
        }
        #expect(
            places(LinkTerms(loss: Self.tenth)) { delay, _ in delay > .zero } == [
                4, 14, 22, 27, 40, 41, 43, 49, 53, 57,
            ])
        #expect(
            places(LinkTerms(duplication: Self.tenth)) { _, arrivals in arrivals.again != nil } == [
                4, 10, 30, 31, 36, 49,
            ])
        #expect(places(LinkTerms(reordering: Self.tenth)) { delay, _ in delay > .zero } == [15, 24, 31, 32, 48])
    }

    /// What no frame waited for is what was drawn for it alone.
    @Test func anotherTermShiftsNoDraw() {
        let jitter = LinkTerms(latency: .milliseconds(5), jitter: .milliseconds(4))
        let interval = Duration.seconds(60)
        let plain = Self.delays(Self.arrivals(Self.link(jitter), frames: 1_000, every: interval), every: interval)
        var terms = jitter
        (terms.duplication, terms.loss, terms.reordering) = (Self.tenth, Self.tenth, Self.tenth)
        let busy = Self.delays(Self.arrivals(Self.link(terms), frames: 1_000, every: interval), every: interval)
        let untouched = zip(plain, busy).filter { $0 == $1 }.count
        #expect((720...900).contains(untouched), "81 % are neither lost nor late: \(untouched)")
        terms.loss = .zero
        let unlost = Self.arrivals(Self.link(terms), frames: 1_000, every: interval).map { $0.again == nil }
        terms.loss = Self.tenth
        let lost = Self.arrivals(Self.link(terms), frames: 1_000, every: interval).map { $0.again == nil }
        #expect(unlost == lost, "the same frames come twice")
    }
}
