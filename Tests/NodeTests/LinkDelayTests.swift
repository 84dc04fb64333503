import Messages
import NIOCore
import NIOEmbedded
import Primitives
import Testing

@testable import Node

@Suite struct LinkDelayTests {
    private static func link(_ terms: LinkTerms) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: LinkDelay(terms) { _ in terms.draws(from: "op-1", to: "op-2") })
        try channel.connect(to: .loopback(port: 1)).wait()
        channel.pipeline.fireUserInboundEventTriggered(HelloHandshake.Completed(party: Fixture.signer(1)))
        return channel
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
        let channel = try Self.link(LinkTerms(latency: .milliseconds(2), jitter: .microseconds(500), seed: 7))
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
        let channel = try Self.link(LinkTerms(latency: .milliseconds(2), jitter: .milliseconds(1), seed: 42))
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

    @Test func aDelayIsNeverNegative() throws {
        let terms = LinkTerms(latency: .zero, jitter: .milliseconds(1), seed: 3)
        var draws = terms.draws(from: "a", to: "b")
        let delays = (0..<1_000).map { _ in terms.delay(&draws).nanoseconds }
        #expect(delays.allSatisfy { (0...1_000_000).contains($0) })
        #expect((350...650).contains(delays.filter { $0 == 0 }.count))
    }

    @Test func withoutADelayNothingWaits() throws {
        let channel = try Self.link(.none)
        Self.write(1, to: channel)
        #expect(try Self.arrived(channel) == [1])
        let toLedger = EmbeddedChannel(
            handler: LinkDelay(LinkTerms(latency: .seconds(1), jitter: .zero, seed: 0)) { _ in nil })
        toLedger.pipeline.fireUserInboundEventTriggered(HelloHandshake.Completed(party: .ledger))
        Self.write(2, to: toLedger)
        #expect(try Self.arrived(toLedger) == [2])
        _ = try channel.finish()
        _ = try toLedger.finish()
    }

    @Test func eachDirectionOfALinkDrawsItsOwn() {
        let terms = LinkTerms(latency: .milliseconds(2), jitter: .milliseconds(1), seed: 42)
        func delays(_ sender: String, _ receiver: String) -> [Int64] {
            var draws = terms.draws(from: sender, to: receiver)
            return (0..<4).map { _ in terms.delay(&draws).nanoseconds }
        }
        #expect(delays("a", "b") == delays("a", "b"))
        #expect(delays("a", "b") != delays("b", "a"))
    }
}
