import NIOCore
import NIOEmbedded
import Primitives
import Testing

@testable import Node

/// Lateness is told, and only lateness.
@Suite struct HeartbeatTests {
    private static func lateness(of clock: [TimeAmount]) -> [Duration] {
        let eventLoop = EmbeddedEventLoop()
        var (beats, late) = (0, [Duration]())
        let heartbeat = Heartbeat(eventLoop: eventLoop) {
            defer { beats += 1 }
            return eventLoop.now + clock[min(beats, clock.count - 1)]
        }
        heartbeat.start { late.append($0) }
        eventLoop.advanceTime(by: .seconds(1))
        heartbeat.stop()
        eventLoop.advanceTime(by: .seconds(1))
        #expect(beats == 5, "five beats in a second, and none after it was stopped")
        return late
    }

    @Test func `What comes in time, or nearly, is no stall`() {
        #expect(Self.lateness(of: [.zero]).isEmpty)
        #expect(Self.lateness(of: [.milliseconds(49)]).isEmpty)
    }

    @Test func `What comes late tells by how much`() {
        #expect(Self.lateness(of: [.zero, .milliseconds(1_500), .zero]) == [.milliseconds(1_500)])
        #expect(Self.lateness(of: [.milliseconds(50), .zero]) == [.milliseconds(50)])
    }
}
