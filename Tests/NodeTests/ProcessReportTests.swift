import Primitives
import Records
import Testing

@testable import Node

@Suite struct ProcessReportTests {
    @Test func everyReportAndCommandIsReadBackFromItsLine() {
        let reports: [ProcessReport] = [
            .listening(port: 4_711), .ready, .progress(.init(issued: 3, certified: 2, expired: 1)), .finished,
            .used(
                ProcessUsage(
                    at: Instant(nanoseconds: 1), cpu: .nanoseconds(2), residentBytes: 3, peakResidentBytes: 4)),
            .stopped, .failed("op-1.guard: byte 82: damaged"), .failed(""),
        ]
        for report in reports { #expect(ProcessReport(line: report.line) == report) }
        let commands: [ProcessCommand] = [.begin(Instant(nanoseconds: 123)), .measure, .stop]
        for command in commands { #expect(ProcessCommand(line: command.line) == command) }
    }

    @Test func aFailureStaysOnOneLine() {
        #expect(ProcessReport.failed("one\ntwo\r\nthree").line == "failed one; two; three")
    }

    @Test(arguments: [
        "", "listening", "listening 70000", "listening x", "ready now", "progress 1 2", "progress 1 2 3 4",
        "progress 1 2 -3", "used 1 2 3", "used 1 2 3 4 5", "used 1 x 3 4", "used 1 9223372036854775808 3 4", "stop",
        "Ready",
    ])
    func anythingElseIsNoReport(line: String) { #expect(ProcessReport(line: line) == nil) }

    @Test(arguments: [
        "", "begin", "begin x", "begin -1", "begin 9223372036854775808", "begin 1 2", "stop now", "measure 1", "go",
    ])
    func anythingElseIsNoCommand(line: String) { #expect(ProcessCommand(line: line) == nil) }

    @Test func aProcessKnowsWhatItUses() {
        UsageMeter.begin()
        let first = UsageMeter.reading
        #expect(first.residentBytes > 0 && first.peakResidentBytes >= first.residentBytes && first.cpu >= .zero)
        let second = UsageMeter.reading
        #expect(second.cpu > first.cpu && second.at >= first.at)
    }

    @Test func linesComeOutHoweverTheyArrive() {
        var splitter = LineSplitter()
        #expect(splitter.take(Array("beg".utf8)) == [])
        #expect(splitter.take(Array("in 1\nstop\nst".utf8)) == ["begin 1", "stop"])
        #expect(splitter.take(Array("op\n".utf8)) == ["stop"])
        #expect(splitter.take([UInt8](repeating: 65, count: LineSplitter.limit + 1)).isEmpty)
        #expect(splitter.take(Array("\nstop\n".utf8)) == ["stop"])
        let longest = [UInt8](repeating: 65, count: LineSplitter.limit)
        #expect(splitter.take(longest + Array("\n".utf8)).map(\.utf8.count) == [LineSplitter.limit])
    }
}
