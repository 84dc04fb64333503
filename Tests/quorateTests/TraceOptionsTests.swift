import ArgumentParser
import Primitives
import Testing
import TopologyFormat

@testable import quorate

@Suite struct TraceOptionsTests {
    @Test func tasksAreANumberOrARange() throws {
        #expect(try TraceOptions.parse(["--trace", "--task", "12"]).task == TaskSequence(12)...TaskSequence(12))
        #expect(
            try TraceOptions.parse(["--trace-all", "--task", "10..20"]).task == TaskSequence(10)...TaskSequence(20))
        for wrong in ["20..10", "1.2", "1..", "..3", "1..2..3", "one", "-1", ""] {
            #expect(throws: (any Error).self, "\(wrong)") { try TraceOptions.parse(["--trace", "--task", wrong]) }
        }
    }

    @Test func timesHaveUnitsAndGoForward() throws {
        let options = try TraceOptions.parse(["--trace", "--from", "1.2s", "--until", "2s"])
        #expect(options.from == .milliseconds(1200) && options.until == .seconds(2))
        #expect(throws: (any Error).self) { try TraceOptions.parse(["--trace", "--from", "2s", "--until", "1s"]) }
        #expect(throws: (any Error).self) { try TraceOptions.parse(["--trace", "--from", "2"]) }
    }

    @Test func whatNarrowsATraceNeedsOne() throws {
        for narrowed in [["--only", "op-1"], ["--task", "1"], ["--from", "1s"], ["--until", "1s"]] {
            #expect(throws: (any Error).self) { try TraceOptions.parse(narrowed) }
            _ = try TraceOptions.parse(["--trace"] + narrowed)
        }
    }

    @Test func aDocumentAndATraceDoNotShareStandardOutput() throws {
        #expect(throws: (any Error).self) { try SimulateCommand.parse(["lab.yaml", "--json", "--trace"]) }
        _ = try SimulateCommand.parse(["lab.yaml", "--trace"])
    }
}
