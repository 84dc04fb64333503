import Attesting
import NIOCore
import Primitives
import Testing

@testable import Node

/// The lines themselves, as the page about services of one's own documents them.
@Suite struct ProgramProtocolTests {
    private func request(_ payload: [UInt8], result: [UInt8]? = nil) -> String {
        let execution = TaskExecution(
            task: .zero, service: ServiceID(0), sequence: TaskSequence(17), payload: payload,
            deadline: Instant(nanoseconds: 1))
        return String(
            decoding: ProgramRequest(execution: execution, service: "factors", result: result).line, as: UTF8.self)
    }

    @Test func requestsAreOneLineEach() {
        #expect(request(Array("91".utf8)) == "{\"task\": 17, \"service\": \"factors\", \"payload\": \"91\"}\n")
        #expect(
            request(Array("91".utf8), result: Array("7 13".utf8))
                == "{\"validate\": 17, \"service\": \"factors\", \"payload\": \"91\", \"result\": \"7 13\"}\n")
        #expect(
            request(Array("ö\"\\\n\u{0}".utf8))
                == "{\"task\": 17, \"service\": \"factors\", \"payload\": \"ö\\\"\\\\\\n\\u0000\"}\n")
        #expect(request([0xff, 0]) == "{\"task\": 17, \"service\": \"factors\", \"payload_hex\": \"ff00\"}\n")
        #expect(request([]) == "{\"task\": 17, \"service\": \"factors\", \"payload\": \"\"}\n")
    }

    private func answer(_ line: String) throws(ProgramMistake) -> ProgramAnswer { try ProgramAnswer(line: line.utf8) }

    @Test func answersAreRead() throws {
        let task = TaskSequence(17)
        #expect(try answer(#"{"task": 17, "result": "7 13", "took_ms": [1, {}]}"#) == .result(task, Array("7 13".utf8)))
        #expect(
            try answer(#"  {"result":9223372036854775807,"task":17}  "#)
                == .result(task, Array("9223372036854775807".utf8)))
        #expect(try answer(#"{"task": 17, "result": ""}"#) == .result(task, []))
        #expect(try answer(#"{"task": 17, "error": "no\n\u001b[31m"}"#) == .error(task, "no  [31m"))
        #expect(try answer(#"{"task": 17, "error": 5}"#) == .error(task, "no text"))
        #expect(
            try answer(#"{"task": 17, "valid": false, "reason": "7 x 14"}"#)
                == .validity(task, isValid: false, reason: "7 x 14"))
        let failure = ProgramAnswer.launchFailure("x: No such file")
        #expect(try answer(String(failure.dropLast())) == .notLaunched("x: No such file"))
    }

    @Test(arguments: [
        "", "{", "null", "[]", "hello", #"{"task": 17, "task": 17, "result": ""}"#, #"{"task": "17", "result": ""}"#,
        #"{"task": 17, "result": {}}"#, #"{"task": 17, "result": "", "error": ""}"#, #"{"task": 17, "valid": 1}"#,
        #"{"task": 17, "result": 9223372036854775808}"#, #"{"task": 17, "result": "a"} {"#,
        String(repeating: "[", count: 100_000), #"{"task": 17, "result": "\ud800"}"#,
    ])
    func whatIsNoAnswerIsSaid(line: String) {
        let mistake = #expect(throws: ProgramMistake.self) { try answer(line) }
        #expect((mistake?.description.utf8.count ?? 0) < 512)
    }

    /// Print the seed, to repeat it: whatever bytes come, there is an answer or a mistake.
    @Test func noBytesEndTheNode() {
        let seed = UInt64.random(in: 0..<1 << 32)
        var random = SeededRandom(seed: seed, purpose: "answers")
        let good = Array(#"{"task": 17, "result": "7\u00f6 13", "valid": true, "error": null}"#.utf8)
        for _ in 0..<2_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do throws(ProgramMistake) {
                _ = try ProgramAnswer(line: bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            } catch {
                #expect(!error.description.isEmpty, "seed \(seed)")
            }
        }
    }

    @Test func complaintsAreCutAndCounted() {
        var lines: [String] = []
        var errors = ProgramErrors { lines.append($0) }
        func take(_ text: String, at second: UInt64) {
            var buffer = ByteBuffer()
            buffer.writeString(text)
            errors.take(buffer.readableBytesView, at: Instant(nanoseconds: second * 1_000_000_000))
        }
        take("one\n\ntwo", at: 1)
        take(" words\n" + String(repeating: "x", count: 5_000), at: 1)
        take("yyy\nlast", at: 1)
        #expect(lines == ["one", "two words", String(repeating: "x", count: 400) + "..."])
        take(String(repeating: "\nline", count: 100), at: 1)
        #expect(lines.count == ProgramErrors.linesPerSecond && lines.last == "line")
        take("end of a line\nnext\n", at: 2)
        #expect(lines.suffix(2) == ["... 419 bytes left out ...", "next"])
        #expect(errors.lastLine == "next")
    }
}
