import Faults
import NIOCore
import NIOPosix
import Primitives
import Synchronization
import Testing

@testable import Node

@Suite(.timeLimit(.minutes(1))) struct PauseGateTests {
    private final class Journal: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    /// Runs a body beside an event loop that the gate holds.
    private func withGate(_ body: (PauseGate, any EventLoop, Journal) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await body(PauseGate(group.next()), group.next(), Journal())
        try await group.shutdownGracefully()
    }

    @Test func nothingHappensUntilItGoesOn() async throws {
        try await withGate { gate, loop, journal in
            #expect(!gate.passes(.pause))
            let work = loop.submit { journal.add("work") }
            journal.add("paused")
            #expect(!gate.passes(.resume))
            try await work.get()
            #expect(journal.all == ["paused", "work"])
        }
    }

    @Test func questionsAreNotAnsweredMeanwhileAndOrdersWait() async throws {
        try await withGate { gate, loop, _ in
            #expect(gate.passes(.tellStatus) && gate.passes(.tellResult(task: .zero)))
            #expect(!gate.passes(.pause))
            #expect(!gate.passes(.tellStatus) && !gate.passes(.tellResult(task: .zero)))
            for command in [ProcessCommand.drain, .submit(ticket: 1, payload: []), .perturb(.clear), .measure] {
                #expect(gate.passes(command))
            }
            #expect(!gate.passes(.resume) && gate.passes(.tellStatus))
            try await loop.submit {}.get()
        }
    }

    @Test func whoIsToldToStopGoesOnToDoIt() async throws {
        try await withGate { gate, loop, _ in
            for _ in 0..<2 { #expect(!gate.passes(.pause)) }
            #expect(gate.passes(.stop))
            try await loop.submit {}.get()
        }
    }

    @Test func whoIsPausedAgainWaitsAgain() async throws {
        try await withGate { gate, loop, journal in
            for round in 0..<3 {
                #expect(!gate.passes(.pause))
                let work = loop.submit { journal.add("work \(round)") }
                journal.add("paused \(round)")
                #expect(!gate.passes(.resume))
                try await work.get()
            }
            #expect(journal.all == (0..<3).flatMap { ["paused \($0)", "work \($0)"] })
        }
    }
}
