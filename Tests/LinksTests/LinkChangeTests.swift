import Messages
import Primitives
import Testing

@testable import Links

@Suite struct LinkChangeTests {
    private static let hundredth = Fraction(1, over: 100)!

    private static func instant(_ milliseconds: Int) -> Instant {
        Instant(nanoseconds: 1_000_000_000) + .milliseconds(milliseconds)
    }

    @Test func whatIsNotGivenStays() {
        let terms = LinkTerms(latency: .milliseconds(2), jitter: .microseconds(500), loss: hundredth)
        let change = LinkChange(latency: .milliseconds(80), reordering: Self.hundredth)
        #expect(
            change.applied(to: terms)
                == LinkTerms(
                    latency: .milliseconds(80), jitter: .microseconds(500), loss: hundredth, reordering: hundredth))
        #expect(LinkChange().applied(to: terms) == terms && LinkChange().isEmpty && !change.isEmpty)
        #expect(!LinkChange(latency: .zero).isEmpty, "no latency is a term too")
    }

    private var hundredth: Fraction { Self.hundredth }

    // MARK: A link in use

    private func change(_ link: inout Link, to terms: LinkTerms) {
        link.change(to: terms, seed: 42, from: "op-1", to: "op-2")
    }

    @Test func whatIsUnderWayIsNotOvertaken() {
        var link = Link(LinkTerms(latency: .milliseconds(80)), seed: 42, from: "op-1", to: "op-2")
        #expect(link.arrivals(of: 100, sentAt: Self.instant(0)).first == Self.instant(80))
        change(&link, to: .none)
        #expect(link.arrivals(of: 100, sentAt: Self.instant(10)).first == Self.instant(80))
        #expect(link.arrivals(of: 100, sentAt: Self.instant(90)).first == Self.instant(90))
        change(&link, to: LinkTerms(latency: .milliseconds(5)))
        #expect(link.arrivals(of: 100, sentAt: Self.instant(100)).first == Self.instant(105))
    }

    /// So a run with a change is, before it and after it, the run without.
    @Test func theDrawsOfATermGoOnAndThoseOfANewOneBegin() {
        let plain = LinkTerms(latency: .milliseconds(20), jitter: .milliseconds(1))
        var worse = plain
        (worse.jitter, worse.loss, worse.duplication) = (.zero, Fraction(1, over: 3)!, Fraction(1, over: 3)!)
        var (link, unchanged) = (
            Link(plain, seed: 42, from: "op-1", to: "op-2"), Link(plain, seed: 42, from: "op-1", to: "op-2")
        )
        func frames(_ link: inout Link, from first: Int) -> [Link.Arrivals] {
            (first..<first + 10).map { link.arrivals(of: 100, sentAt: Self.instant($0 * 20_000)) }
        }
        #expect(frames(&link, from: 0) == frames(&unchanged, from: 0))
        change(&link, to: worse)
        let bad = frames(&link, from: 10)
        #expect(bad.contains { $0.losses > 0 } && bad.contains { $0.again != nil })
        #expect(
            bad.allSatisfy { $0.losses > 0 || ($0.first.nanoseconds - 1_020_000_000) % 20_000_000_000 == 0 },
            "no jitter")
        var fromTheStart = Link(worse, seed: 42, from: "op-1", to: "op-2")
        #expect(bad.map(\.losses) == frames(&fromTheStart, from: 10).map(\.losses))
        change(&link, to: plain)
        #expect(frames(&link, from: 1_000) == frames(&unchanged, from: 1_000))
    }

    @Test func aLineThatIsTakenUpStaysSo() {
        var link = Link(
            LinkTerms(bandwidth: Bandwidth(bitsPerSecond: 8_000)), seed: 42, from: "op-1", to: "op-2")
        #expect(link.arrivals(of: 1_000, sentAt: Self.instant(0)).first == Self.instant(1_000))
        change(&link, to: LinkTerms(bandwidth: Bandwidth(bitsPerSecond: 80_000)))
        #expect(link.arrivals(of: 1_000, sentAt: Self.instant(0)).first == Self.instant(1_100))
    }

    // MARK: How late a frame can be

    @Test func howLateAFrameCanBe() {
        #expect(LinkTerms.none.usualDelay == .zero)
        #expect(LinkTerms(latency: .milliseconds(80), jitter: .milliseconds(10)).usualDelay == .milliseconds(90))
        // Twice in a row one frame in ten thousand; noticed after 200 ms, and then after 400.
        #expect(LinkTerms(loss: Self.hundredth).usualDelay == .milliseconds(600))
        #expect(LinkTerms(latency: .milliseconds(50), loss: Self.hundredth).usualDelay == .milliseconds(950))
        #expect(LinkTerms(loss: Fraction(1, over: 10_001)!).usualDelay == .zero)
        // Overtaken, it is as much later again.
        #expect(LinkTerms(latency: .milliseconds(50), reordering: Self.hundredth).usualDelay == .milliseconds(100))
        // Never more than six times.
        #expect(LinkTerms(loss: Fraction(1, over: 2)!).usualDelay == .milliseconds(200 * 63))
        #expect(LinkTerms(bandwidth: Bandwidth(bitsPerSecond: 262_144)).usualDelay == .seconds(1))
    }

    // MARK: What a node is told

    @Test func statesThatAreAlikeAreToldTogether() throws {
        let (one, two, three) = (
            Party.signer(OperatorIndex(1)), Party.signer(OperatorIndex(2)), Party.coordinator(ServiceID(0))
        )
        let (cut, slow) = (
            LinkState(terms: .none, cutsSent: true), LinkState(terms: LinkTerms(latency: .milliseconds(80)))
        )
        let updates = LinkUpdate.grouped([(one, cut), (two, slow), (three, cut)])
        #expect(updates == [LinkUpdate(peers: [one, three], state: cut), LinkUpdate(peers: [two], state: slow)])
        for update in updates { #expect(try LinkUpdate(borsh: update.borsh) == update) }
        #expect(cut.isCut && !slow.isCut && LinkState(terms: .none, cutsReceived: true).isCut)
    }
}
