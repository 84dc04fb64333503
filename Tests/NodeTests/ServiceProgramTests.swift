import Attesting
import Foundation
import NIOCore
import Primitives
import Services
import SystemPackage
import TestSupport
import Testing

@testable import Node

/// Real little programs, in every way in which they can be wrong: each task has one clear outcome, and nobody is left.
/// One after the other: some take all that the machine has.
@Suite(.serialized, .timeLimit(.minutes(4))) struct ServiceProgramTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    /// What came of the tasks from 0 on.
    private func outcomes(
        _ command: [String], tasks: UInt64 = 1, payload: String = "12", deadline: Duration = .seconds(60),
        timeLimit: Duration = .seconds(20), memoryLimit: ByteCount = .mebibytes(256),
        outputLimit: ByteCount = .kibibytes(64), validates: Bool = false
    ) async throws -> [String] {
        let outcomes = try await onEventLoop { [scratch] stage in
            let bench = ProgramBench(
                command, in: scratch, on: stage.eventLoop, timeLimit: timeLimit, memoryLimit: memoryLimit,
                outputLimit: outputLimit, validates: validates)
            bench.give(0..<tasks, payload: payload, deadline: deadline)
            try await bench.until(Int(tasks)).get()
            bench.program.close()
            #expect(bench.outcomes.values.allSatisfy { $0.count == 1 }, "one outcome each")
            return (0..<tasks).map(bench.text)
        }
        try await expectNobodyIsLeft()
        return outcomes
    }

    /// Who has been killed is gone in a moment; the suite has a time limit.
    private func expectNobodyIsLeft() async throws { try await ProgramBench.untilNobodyIsLeft(in: scratch) }

    /// Answers every task with its number.
    private static let echo = """
        while read -r line; do n=${line#'{"task": '}; n=${n%%,*}; echo "{\\"task\\": $n, \\"result\\": \\"r$n\\"}"; done
        """

    private static func python(_ script: String) -> [String] {
        ["python3", "-u", "-c", "import sys, json, time, os\n" + script]
    }

    @Test func tasksAreAnsweredInTheirOrderByOneProcess() async throws {
        let script =
            "for n, line in enumerate(sys.stdin):\n"
            + "    t = json.loads(line); print(json.dumps({'task': t['task'], 'result': [t['payload'], str(n), os.environ['QUORATE_OPERATOR'], t['service']].__str__(), 'more': [1]}))"
        let found = try await outcomes(Self.python(script), tasks: 3, payload: "zw\"ölf\n\u{0}")
        #expect(found == (0..<3).map { "['zw\"ölf\\n\\x00', '\($0)', 'op-3', 'factors']" })
    }

    @Test func numbersAreTakenAsWrittenAndErrorsAreToldOn() async throws {
        let script = """
            for line in sys.stdin:
                t = json.loads(line)['task']
                print([f'{{"task": {t}, "result": -5}}', f'{{"task": {t}, "error": "12 is no task"}}',
                       f'{{"task": {t}, "result": 1.5}}', f'{{"task": {t}, "result": "x", "error": null}}'][t])
            """
        #expect(
            try await outcomes(Self.python(script), tasks: 4) == [
                "-5", "- the program says: 12 is no task",
                "- the program answered a result that is neither text nor a whole number", "x",
            ])
    }

    @Test func whatIsNotThereIsSaidAndTriedAgain() async throws {
        let found = try await outcomes(["./no-such-program"], tasks: 2)
        #expect(
            Set(found).isSubset(of: [
                "- the program cannot be run: ./no-such-program: No such file or directory",
                "- the program is being started again: it cannot be run: ./no-such-program: No such file or directory",
            ]), "\(found)")
    }

    @Test(arguments: [
        ("echo hello", "answered what is no JSON object: \"hello\""),
        ("echo '[1]'", "answered what is no JSON object: \"[1]\""),
        ("echo", "answered what is no JSON object: an empty line"),
        ("echo '{\"task\": 0, \"task\": 0, \"result\": 1}'", nil),
        ("echo '{\"task\": 7, \"result\": 1}'", "answered for another task than 0: \"{\"task\": 7, \"result\": 1}\""),
        ("echo '{\"result\": 1}'", "answered without the number of a task: \"{\"result\": 1}\""),
        (
            "echo '{\"task\": 0}'",
            "answered with not exactly one of result, error and valid: \"{\"task\": 0}\""
        ),
        ("echo '{\"task\": 0, \"valid\": true}'", "answered whether a result is valid where it was asked for one"),
        ("exit 3", "exited with status 3"),
        ("echo 'no disk' >&2; exit 3", "exited with status 3: no disk"),
        ("kill -15 $$", "was ended by signal 15"),
    ])
    func garbageAndDeathAreTheOutcome(script: String, misdeed: String?) async throws {
        let found = try await outcomes(["sh", "-c", "read -r line; \(script); sleep 1000"])
        if let misdeed { #expect(found == ["- the program \(misdeed)"]) } else { #expect(found[0].hasPrefix("- ")) }
    }

    @Test func whoHangsIsEndedAndTheNextTaskIsAnotherProcess() async throws {
        let script = Self.echo.replacing("n=${n%%,*};", with: "n=${n%%,*}; [ $n = 1 ] && exec sleep 1000;")
        let found = try await outcomes(["sh", "-c", script], tasks: 4, timeLimit: .milliseconds(1500))
        #expect(found == ["r0", "- the program gave no answer within 1500ms", "r2", "r3"])
    }

    /// Each process that it takes down costs other tasks their time.
    @Test func whatWasTooSlowIsTriedAgainOnlyWhileThereIsTime() async throws {
        let script = Self.echo.replacing("n=${n%%,*};", with: "n=${n%%,*}; [ $n = 1 ] && exec sleep 1000;")
        let (found, starts) = try await onEventLoop { [scratch] stage in
            let bench = ProgramBench(
                ["sh", "-c", "echo started >&2; " + script], in: scratch, on: stage.eventLoop,
                timeLimit: .milliseconds(1500))
            bench.give(0..<2)
            try await bench.until(2).get()
            bench.give(1..<2, deadline: .milliseconds(1400))
            bench.give(2..<3)
            try await bench.until(3).get()
            bench.program.close()
            return (bench.outcomes[TaskSequence(1)], bench.lines.all.count { $0.hasSuffix("started\n") })
        }
        #expect(found == Array(repeating: .refused(reason: "the program gave no answer within 1500ms"), count: 2))
        #expect(starts <= 2)
        try await expectNobodyIsLeft()
    }

    /// The first answer of a process may take longer than a task: whoever loads much is not killed over and over.
    @Test func whoStartsSlowlyIsWaitedFor() async throws {
        let script =
            "time.sleep(1)\nfor line in sys.stdin:\n    t = json.loads(line)['task']\n"
            + "    print(json.dumps({'task': t, 'result': str(os.getpid())}))"
        let found = try await onEventLoop { [scratch] stage in
            let bench = ProgramBench(
                Self.python(script), in: scratch, on: stage.eventLoop, timeLimit: .milliseconds(500))
            bench.give(0..<2, deadline: .milliseconds(200))
            bench.give(2..<4)
            try await bench.until(4).get()
            bench.program.close()
            return (0..<4).map(bench.text)
        }
        let lost = "- the program had not answered anything yet when the deadline passed"
        #expect(found[..<2] == [lost, lost])
        #expect(Int(found[2]) != nil && found[2] == found[3], "\(found)")
        try await expectNobodyIsLeft()
    }

    @Test func whoIsBusyUntilAfterTheDeadlineLosesTheTask() async throws {
        let script =
            "for line in sys.stdin:\n    t = json.loads(line)['task']; time.sleep(0.4)\n"
            + "    print(json.dumps({'task': t, 'result': str(t)}))"
        let found = try await onEventLoop { [scratch] stage in
            let bench = ProgramBench(Self.python(script), in: scratch, on: stage.eventLoop)
            bench.give(0..<1)
            try await bench.until(1).get()
            bench.give(1..<2)
            bench.give(2..<4, deadline: .milliseconds(100))
            try await bench.until(4).get()
            bench.program.close()
            return (0..<4).map(bench.text)
        }
        let lost = "- the program was busy until after the deadline"
        #expect(found == ["0", "1", lost, lost])
        try await expectNobodyIsLeft()
    }

    @Test func moreThanCanWaitAreRefused() async throws {
        let tasks = UInt64(ServiceProgram.waitingLimit + 3)
        let found = try await outcomes(
            ["sleep", "1000"], tasks: tasks, deadline: .milliseconds(100), timeLimit: .milliseconds(300))
        #expect(found.contains("- more than 1024 tasks wait for the program"))
        #expect(found.contains("- the program had not answered anything yet when the deadline passed"))
    }

    @Test func whoLeavesOutTheNewlineIsToldSo() async throws {
        let script =
            "for line in sys.stdin:\n    print(json.dumps({'task': 0, 'result': 'x'}), end='', flush=True)"
        let found = try await outcomes(
            Self.python(script), tasks: 1, deadline: .seconds(1), timeLimit: .milliseconds(300))
        #expect(found == ["- the program wrote 26 bytes and no end of the line when the deadline passed"])
    }

    @Test func whoAnswersTwiceIsStartedAgain() async throws {
        let script =
            "for line in sys.stdin:\n    t = json.loads(line)['task']\n"
            + "    for _ in range(2 if t == 1 else 1): print(json.dumps({'task': t, 'result': str(t)}))\n"
            + "    if t == 1: time.sleep(1000)"
        let found = try await outcomes(Self.python(script), tasks: 4)
        #expect(found[0] == "0" && found[1] == "1" && found[3] == "3")
        #expect(
            ["2", "- the program answered for another task than 2: \"{\"task\": 1, \"result\": \"1\"}\""]
                .contains(found[2]), "\(found)")
    }

    @Test(arguments: ["head -c 1073741824 /dev/zero", "yes", "yes '{\"task\": 0}' | head -c 1073741824"])
    func aGigabyteOfOutputIsNotRead(script: String) async throws {
        let found = try await outcomes(["sh", "-c", "read -r line; \(script)"], outputLimit: .kibibytes(4))
        #expect(found[0].hasPrefix("- the program "), "\(found)")
        #expect(found[0].utf8.count < 1024)
    }

    @Test func aGigabyteOfComplaintsIsDrainedAndHardlyLogged() async throws {
        // What was left out is told when the second is over, or the process.
        let flood = "touch flooded; yes 'so many words' | head -c 1073741824 >&2; read -r line; exit 3"
        let script = "[ -e flooded ] || { \(flood); }\n" + Self.echo
        let lines = try await onEventLoop { [scratch] stage in
            let bench = ProgramBench(["sh", "-c", script], in: scratch, on: stage.eventLoop, timeLimit: .seconds(100))
            bench.give(0..<1)
            try await bench.until(1).get()
            #expect(bench.text(0).hasPrefix("- the program exited with status 3: so many"), "\(bench.text(0))")
            bench.give(1..<2)
            try await bench.until(2).get()
            #expect(bench.text(1) == "r1")
            bench.program.close()
            return bench.lines.all
        }
        #expect(lines.first?.hasSuffix("info factors: so many words\n") == true)
        #expect(lines.contains { $0.contains("left out ...") })
        #expect(lines.count <= 21 * 60)
        try await expectNobodyIsLeft()
    }

    @Test func whoNeedsTooMuchMemoryIsEnded() async throws {
        let script = "sys.stdin.readline()\nhoard = []\nwhile True: hoard.append(bytearray(1 << 20))"
        let found = try await outcomes(Self.python(script), memoryLimit: .mebibytes(64))
        #expect(found == ["- the program used more than 64 MiB of memory"])
    }

    /// With what it has started itself, even what holds its pipes open.
    @Test func itsWholeGroupGoesWithIt() async throws {
        let found = try await outcomes(["sh", "-c", "sleep 1000 & read -r line; exit 1"])
        #expect(found == ["- the program exited with status 1"])
        let script = "trap '' TERM HUP; sleep 1000 & " + Self.echo
        let hung = try await outcomes(
            ["sh", "-c", script.replacing("n=${n%%,*};", with: "n=${n%%,*}; [ $n = 1 ] && wait;")], tasks: 2,
            timeLimit: .milliseconds(1500))
        #expect(hung == ["r0", "- the program gave no answer within 1500ms"])
    }

    @Test func whoIgnoresTheEndOfItsInputIsEnded() async throws {
        #expect(try await outcomes(["sh", "-c", Self.echo + "; exec sleep 1000"]) == ["r0"])
    }

    @Test func theProgramHasSignalsAsUsualAndNoOtherDescriptors() async throws {
        let script = """
            import signal
            sys.stdin.readline()
            handlers = [signal.getsignal(s) == signal.SIG_DFL for s in (signal.SIGTERM, signal.SIGHUP)]
            blocked = len(signal.pthread_sigmask(signal.SIG_BLOCK, []))
            descriptors = [n for n in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + n)]
            print(json.dumps({'task': 0, 'result': str([handlers, blocked, len(descriptors), os.getpgid(0) == os.getpid()])}))
            time.sleep(1000)
            """
        #expect(try await outcomes(Self.python(script)) == ["[[True, True], 0, 3, True]"])
    }

    @Test func resultsAreConfirmedBeforeTheyCount() async throws {
        let script = """
            for line in sys.stdin:
                q = json.loads(line)
                if 'validate' in q:
                    t = q['validate']
                    print(json.dumps({'task': t, 'valid': q['result'] == '0', 'reason': None if t < 2 else 'it is ' + q['result']}))
                else: print(json.dumps({'task': q['task'], 'result': str(q['task'])}))
            """
        #expect(
            try await outcomes(Self.python(script), tasks: 3, validates: true) == [
                "0", "- the program does not confirm its own result",
                "- the program does not confirm its own result: it is 2",
            ])
    }

    @Test func payloadsThatAreNoTextStandInDigits() async throws {
        let script =
            "t = json.loads(sys.stdin.readline())\n"
            + "print(json.dumps({'task': t['task'], 'result': t['payload_hex']}))\ntime.sleep(1000)"
        let text = try await onEventLoop { [scratch] stage in
            let bench = ProgramBench(Self.python(script), in: scratch, on: stage.eventLoop)
            bench.give(0, [0xff, 0x00])
            try await bench.until(1).get()
            bench.program.close()
            return bench.text(0)
        }
        #expect(text == "ff00")
        try await expectNobodyIsLeft()
    }

    /// Several in a row that never answer: then tasks are refused until the pause is over.
    @Test func whoDiesAgainAndAgainIsWaitedFor() async throws {
        let found = try await onEventLoop { [scratch] stage in
            let bench = ProgramBench(["sh", "-c", "exit 1"], in: scratch, on: stage.eventLoop)
            var (number, seen) = (UInt64(0), Set<String>())
            while !seen.contains("- the program is being started again: it exited with status 1") {
                bench.give(number..<number + 1)
                try await bench.until(Int(number) + 1).get()
                seen.insert(bench.text(number))
                number += 1
            }
            bench.program.close()
            return seen
        }
        #expect(found.allSatisfy { $0.contains("exited with status 1") }, "\(found)")
        try await expectNobodyIsLeft()
    }
}
