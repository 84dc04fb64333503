import Links
import Messages
import NIOCore
import NIOEmbedded
import Primitives
import Testing

@testable import Node

@Suite struct LinkDelayTests {
    private static func link(_ terms: LinkTerms, seed: UInt64 = 42) throws -> EmbeddedChannel {
        try delayed(LinkState(terms: terms), seed: seed).channel
    }

    private static func delayed(
        _ state: LinkState, seed: UInt64 = 42
    ) throws -> (channel: EmbeddedChannel, delay: LinkDelay) {
        let delay = LinkDelay { _ in (state, LinkDelay.Ends(seed: seed, sender: "op-1", receiver: "op-2")) }
        let channel = EmbeddedChannel(handler: delay)
        try channel.connect(to: .loopback(port: 1)).wait()
        channel.pipeline.fireUserInboundEventTriggered(HelloHandshake.Completed(party: Fixture.signer(1)))
        return (channel, delay)
    }

    private static func arrived(_ channel: EmbeddedChannel) throws -> [Int] {
        var numbers: [Int] = []
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
            numbers.append(Int(bytes.getInteger(at: 0, as: UInt32.self)!))
        }
        return numbers
    }

    private static func write(_ number: Int, to channel: EmbeddedChannel) {
        channel.writeAndFlush(ByteBuffer(integer: UInt32(number)), promise: nil)
    }

    @Test func framesArriveInTheirOrderAndInFlightSideBySide() throws {
        let channel = try Self.link(LinkTerms(latency: .milliseconds(2), jitter: .microseconds(500)), seed: 7)
        for number in 0..<200 {
            Self.write(number, to: channel)
            channel.embeddedEventLoop.advanceTime(by: .microseconds(10))
        }
        // The first was written 2 ms ago, the last 10 us ago.
        var numbers = try Self.arrived(channel)
        #expect(!numbers.isEmpty && numbers.count < 100)
        channel.embeddedEventLoop.advanceTime(by: .microseconds(2_500))
        numbers += try Self.arrived(channel)
        #expect(numbers == Array(0..<200))
        _ = try channel.finish()
    }

    @Test func delaysSpreadEvenlyAroundTheLatency() throws {
        let channel = try Self.link(LinkTerms(latency: .milliseconds(2), jitter: .milliseconds(1)), seed: 42)
        let step = TimeAmount.microseconds(10)
        var delays: [Double] = []
        for number in 0..<1_000 {
            Self.write(number, to: channel)
            var steps = 0
            repeat {
                channel.embeddedEventLoop.advanceTime(by: step)
                steps += 1
            } while try Self.arrived(channel).isEmpty && steps < 1_000
            delays.append(Double(steps) / 100)
        }
        let mean = delays.reduce(0, +) / Double(delays.count)
        #expect(abs(mean - 2) < 0.06, "mean \(mean) ms")
        #expect(delays.min()! >= 1 && delays.min()! < 1.05, "least \(delays.min()!) ms")
        #expect(delays.max()! <= 3.01 && delays.max()! > 2.95, "most \(delays.max()!) ms")
        _ = try channel.finish()
    }

    @Test func withoutADelayNothingWaits() throws {
        let channel = try Self.link(.none)
        Self.write(1, to: channel)
        #expect(try Self.arrived(channel) == [1])
        let toLedger = EmbeddedChannel(handler: LinkDelay { _ in nil })
        toLedger.pipeline.fireUserInboundEventTriggered(HelloHandshake.Completed(party: .ledger))
        Self.write(2, to: toLedger)
        #expect(try Self.arrived(toLedger) == [2])
        _ = try channel.finish()
        _ = try toLedger.finish()
    }

    /// Frame by frame, whatever the terms: when a frame comes out is what the link says.
    @Test func everyFrameComesOutWhenTheLinkSaysSo() throws {
        let often = Fraction(1, over: 4)!
        let terms = LinkTerms(
            latency: .milliseconds(2), jitter: .milliseconds(1), loss: Fraction(1, over: 50)!, duplication: often,
            reordering: often, bandwidth: Bandwidth(bitsPerSecond: 1_000_000))
        var model = Link(terms, seed: 42, from: "op-1", to: "op-2")
        var expected: [(due: Instant, number: Int)] = []
        let channel = try Self.link(terms)
        let step = TimeAmount.microseconds(100)
        var seen: [(at: Instant, number: Int)] = []
        func now() -> Instant { Instant(nanoseconds: channel.embeddedEventLoop.now.uptimeNanoseconds) }
        for number in 0..<8_000 {
            if number < 500 {
                let arrivals = model.arrivals(of: 4, sentAt: now())
                expected.append((arrivals.first, number))
                if let again = arrivals.again { expected.append((again, number)) }
                Self.write(number, to: channel)
            }
            channel.embeddedEventLoop.advanceTime(by: step)
            seen += try Self.arrived(channel).map { (now(), $0) }
        }
        expected.sort { $0.due < $1.due }
        #expect(seen.count == expected.count && seen.count > 550)
        #expect(seen.map(\.number) != seen.map(\.number).sorted(), "some were overtaken")
        for (seen, expected) in zip(seen, expected) {
            #expect(seen.at >= expected.due && seen.at - expected.due <= .microseconds(100))
        }
        #expect(seen.map(\.number) == expected.map(\.number))
        _ = try channel.finish()
    }

    @Test func aFrameThatIsOvertakenIsPassedByOneWithoutDelay() throws {
        let channel = try Self.link(LinkTerms(reordering: Fraction(1, over: 2)!))
        for number in 0..<64 { Self.write(number, to: channel) }
        let prompt = try Self.arrived(channel)
        #expect((16...48).contains(prompt.count) && prompt == prompt.sorted())
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(Set(prompt + (try Self.arrived(channel))) == Set(0..<64))
        _ = try channel.finish()
    }

    @Test func whoeverIsSentMoreThanTheLineTakesIsGivenUp() throws {
        let channel = try Self.link(LinkTerms(bandwidth: Bandwidth(bitsPerSecond: 8)))
        let frame = ByteBuffer(repeating: 0, count: TransportLimits.pendingBytes / 2)
        for _ in 0..<2 { channel.writeAndFlush(frame, promise: nil) }
        try channel.throwIfErrorCaught()
        channel.writeAndFlush(ByteBuffer(integer: UInt8(0)), promise: nil)
        #expect(throws: ConnectionError.doesNotRead) { try channel.throwIfErrorCaught() }
        _ = try? channel.finish()
    }

    // MARK: Partitions

    private static let slow = LinkTerms(latency: .milliseconds(2))
    /// After the round trip and 200 ms, as TCP has it.
    private static let retransmission = TimeAmount.milliseconds(204)

    @Test func whatIsUnderWayStillArrivesAndWhatIsSentLaterWaits() throws {
        let (channel, delay) = try Self.delayed(LinkState(terms: Self.slow))
        Self.write(1, to: channel)
        delay.change(to: LinkState(terms: Self.slow, cutsSent: true))
        Self.write(2, to: channel)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(2))
        #expect(try Self.arrived(channel) == [1])
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(try Self.arrived(channel).isEmpty)
        delay.change(to: LinkState(terms: Self.slow))
        Self.write(3, to: channel)
        channel.embeddedEventLoop.advanceTime(by: Self.retransmission)
        #expect(try Self.arrived(channel).isEmpty, "it still has its way to go")
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(2))
        #expect(try Self.arrived(channel) == [2, 3], "in their order")
        Self.write(4, to: channel)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(2))
        #expect(try Self.arrived(channel) == [4], "as ever")
        _ = try channel.finish()
    }

    @Test func nothingIsLostOfALinkWithoutTermsAndNothingWaitsThatWasNotHeldUp() throws {
        let (channel, delay) = try Self.delayed(LinkState(terms: .none, cutsSent: true))
        delay.change(to: LinkState(terms: .none))
        Self.write(1, to: channel)
        #expect(try Self.arrived(channel) == [1], "nothing was held up, so nothing is sent again")
        delay.change(to: LinkState(terms: .none, cutsSent: true))
        for number in 2..<5 { Self.write(number, to: channel) }
        delay.change(to: LinkState(terms: .none))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(199))
        #expect(try Self.arrived(channel).isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(try Self.arrived(channel) == [2, 3, 4])
        _ = try channel.finish()
    }

    @Test func whoIsCutOffInTheOtherDirectionAloneStillSends() throws {
        let (channel, _) = try Self.delayed(LinkState(terms: .none, cutsReceived: true))
        Self.write(1, to: channel)
        #expect(try Self.arrived(channel) == [1])
        _ = try channel.finish()
    }

    @Test func whatWaitsForTheEndOfAPartitionIsCountedLikeTheRest() throws {
        let (channel, delay) = try Self.delayed(LinkState(terms: .none, cutsSent: true))
        let frame = ByteBuffer(repeating: 0, count: TransportLimits.pendingBytes / 2)
        channel.writeAndFlush(frame, promise: nil)
        delay.change(to: LinkState(terms: .none))
        delay.change(to: LinkState(terms: .none, cutsSent: true))
        channel.writeAndFlush(frame, promise: nil)
        try channel.throwIfErrorCaught()
        channel.writeAndFlush(ByteBuffer(integer: UInt8(0)), promise: nil)
        #expect(throws: ConnectionError.doesNotRead) { try channel.throwIfErrorCaught() }
        _ = try? channel.finish()
    }

    @Test func whatWaitsWhenTheConnectionEndsIsTold() throws {
        let (channel, _) = try Self.delayed(LinkState(terms: .none, cutsSent: true))
        let promise = channel.eventLoop.makePromise(of: Void.self)
        channel.writeAndFlush(ByteBuffer(integer: UInt32(1)), promise: promise)
        _ = try channel.finish()
        #expect(throws: ChannelError.ioOnClosedChannel) { try promise.futureResult.wait() }
    }

    @Test func newTermsHoldForWhatIsSentFromThenOn() throws {
        let (channel, delay) = try Self.delayed(LinkState(terms: .none))
        delay.change(to: LinkState(terms: LinkTerms(latency: .milliseconds(80))))
        Self.write(1, to: channel)
        delay.change(to: LinkState(terms: .none))
        Self.write(2, to: channel)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(79))
        #expect(try Self.arrived(channel).isEmpty, "the second does not overtake the first")
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(try Self.arrived(channel) == [1, 2])
        Self.write(3, to: channel)
        #expect(try Self.arrived(channel) == [3])
        _ = try channel.finish()
    }
}
