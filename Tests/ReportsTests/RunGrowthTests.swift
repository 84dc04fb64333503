import Messages
import Primitives
import Records
import Testing

@testable import Reports

/// A reading every ten seconds for five minutes.
@Suite struct RunGrowthTests {
    private static let count: UInt64 = 31
    private static let mebibyte: UInt64 = 1 << 20

    private static func at(_ number: UInt64) -> Instant { Instant(nanoseconds: 1_000 + number * 10_000_000_000) }

    private static func node(_ name: String = "op-1", _ bytes: (UInt64) -> UInt64) -> NodeUsage {
        NodeUsage(
            name: name, party: .signer(OperatorIndex(0)), incarnation: 1,
            readings: (0..<count).map {
                ProcessUsage(at: at($0), cpu: .zero, residentBytes: bytes($0), peakResidentBytes: bytes($0))
            })
    }

    private static func files(_ kind: FileUsage.Kind, _ bytes: (UInt64) -> UInt64) -> FileUsage {
        FileUsage(kind: kind, readings: (0..<count).map { .init(at: at($0), bytes: bytes($0)) })
    }

    @Test func memoryThatStaysIsFlatHoweverItBegan() {
        let growth = RunGrowth(of: [Self.node { min($0, 8) * Self.mebibyte }], [])
        #expect(!growth.grows && growth.unknown.isEmpty)
        #expect(growth.memory.map(\.name) == ["op-1"] && growth.memory[0].perHour == 0)
    }

    @Test func memoryThatGoesOnGrowingIsFound() {
        let growth = RunGrowth(of: [Self.node { (20 + $0) * Self.mebibyte }], [])
        #expect(growth.grows && growth.memory[0].grows)
        // 6 MiB a minute.
        #expect(growth.memory[0].perHour == Int64(360 * Self.mebibyte))
        let slow = RunGrowth(of: [Self.node { 100 * Self.mebibyte + $0 * 1_000 }], [])
        #expect(!slow.grows && slow.memory[0].perHour > 0, "a tenth and 4 MiB are an allocator's")
    }

    /// It is small when it has just been started again, and is one process for all that.
    @Test func aProcessThatWasStartedAgainIsJudgedAcrossItsLives() {
        var first = Self.node { _ in 20 * Self.mebibyte }
        var second = first
        first.readings.removeLast(10)
        second.readings.removeFirst(21)
        second.incarnation = 2
        second.readings[0].residentBytes = 1
        #expect(RunGrowth(of: [first, second], []).memory.map(\.grows) == [false])
        for place in second.readings.indices { second.readings[place].residentBytes = 40 * Self.mebibyte }
        #expect(RunGrowth(of: [first, second], []).memory.map(\.grows) == [true])
    }

    @Test func filesMayGrowAsFastAsBeforeAndNotFaster() {
        let steady = RunGrowth(of: [], [Self.files(.guards) { $0 * Self.mebibyte }])
        #expect(
            !steady.grows && steady.files[0].middle == 10 * Self.mebibyte
                && steady.files[0].last == steady.files[0].middle)
        #expect(steady.files[0].perHour == Int64(360 * Self.mebibyte))
        let faster = RunGrowth(of: [], [Self.files(.logs) { $0 * $0 * Self.mebibyte }])
        #expect(faster.grows && faster.files[0].grows)
        let records = RunGrowth(of: [], [Self.files(.records) { $0 * $0 * Self.mebibyte }])
        #expect(!records.grows && !records.files[0].isJudged)
    }

    @Test func ofWhomTooLittleIsKnownNothingIsSaid() {
        var short = Self.node("op-2") { _ in 1 }
        short.readings.removeLast(9)
        let growth = RunGrowth(of: [Self.node { _ in 1 }, short], [])
        #expect(growth.memory.map(\.name) == ["op-1"] && growth.unknown == ["op-2"] && !growth.grows)
        #expect(RunGrowth(of: [], []).unknown.isEmpty)
    }
}
