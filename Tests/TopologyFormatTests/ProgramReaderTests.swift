import Foundation
import Primitives
import Services
import Testing

@testable import TopologyFormat

struct ProgramReaderTests {
    private static func sound(_ lines: String...) -> String {
        BadTopology.sound.replacingOccurrence(
            "    module: squaring\n", "    module: exec\n" + lines.map { "    \($0)\n" }.joined())
    }

    @Test func readsEverythingAndFillsInTheRest() throws {
        let text = Self.sound(
            "command: [python3, \"a & b\", \"\"]", "time-limit: 200ms", "memory-limit: 1.5 GiB",
            "output-limit: 512 bytes",
            "validate: results"
        ).replacingOccurrence("load: {", "load: {payload: [\"&x ${task}\", two], ")
        let service = try Topology.parse(text, file: "lab.yaml").services[0]
        #expect(
            service.program
                == ProgramPlan(
                    command: ["python3", "a & b", ""], position: SourcePosition(line: 12, column: 15),
                    timeLimit: .milliseconds(200), memoryLimit: .mebibytes(1536), outputLimit: ByteCount(512),
                    validation: .results))
        #expect(service.load.payloads == [try PayloadTemplate("&x ${task}"), try PayloadTemplate("two")])
        let short = try Topology.parse(Self.sound("command: [./a]"), file: "lab.yaml").services[0]
        #expect(
            short.program
                == ProgramPlan(
                    command: ["./a"], position: SourcePosition(line: 12, column: 15), timeLimit: .milliseconds(500),
                    memoryLimit: .mebibytes(256), outputLimit: .kibibytes(64), validation: .none))
        #expect(short.load.payloads == [.random])
        let one = Self.sound("command: [./a]").replacingOccurrence("load: {", "load: {payload: \"7\", ")
        #expect(try Topology.parse(one, file: "lab.yaml").services[0].load.payloads == [try PayloadTemplate("7")])
    }

    @Test(arguments: [
        ([], ["11:5: services.squares: command is missing; write command: [python3, service.py]"]),
        (["command: python3"], ["12:14: services.squares.command: python3 is not a list; write [python3, service.py]"]),
        (["command: []"], ["12:14: services.squares.command: a command names a program; write [python3, service.py]"]),
        (["command: [\"\"]"], ["12:15: services.squares.command[0]: an empty value is not a program; write python3"]),
        (
            ["command: [a, \"\\0\"]"],
            ["12:18: services.squares.command[1]: \u{FFFD} is not an argument; write service.py"]
        ),
        (
            ["command: [a]", "time-limit: 2s"],
            [
                "13:17: services.squares.time-limit: 2s is longer than the deadline, after which nobody needs an answer; "
                    + "write 1s or less"
            ]
        ),
        (
            ["command: [a]", "memory-limit: 10", "output-limit: 2 MiB", "validate: true"],
            [
                "13:19: services.squares.memory-limit: 10 has no unit; write 10 MiB",
                "14:19: services.squares.output-limit: 2 MiB is not within 64 bytes to 1 MiB",
                "15:15: services.squares.validate: true is not a kind of validation; write none or results",
            ]
        ),
        (
            ["command: [a]", "memory-limit: 10 MB", "output-limit: -1 KiB", "comand: [b]"],
            [
                "13:19: services.squares.memory-limit: 10 MB is not a size; its unit must be bytes, KiB, MiB or GiB",
                "14:19: services.squares.output-limit: -1 KiB is negative; a size is not",
                "15:5: services.squares: unknown key comand; did you mean command?",
            ]
        ),
    ])
    func refusesExactly(lines: [String], errors: [String]) throws {
        let text = BadTopology.sound.replacingOccurrence(
            "    module: squaring\n", "    module: exec\n" + lines.map { "    \($0)\n" }.joined())
        let refusal = try #require(throws: TopologyErrors.self) { try Topology.parse(text, file: "lab.yaml") }
        #expect(refusal.errors.map(\.description) == errors.map { "lab.yaml:" + $0 })
    }

    @Test(arguments: [
        ("\"${tusk}\"", "services.squares.load.payload: ${tusk} stands for nothing; write ${task} or ${random}"),
        ("[]", "services.squares.load.payload: an empty list is no payload; write \"${random}\""),
        ("[a, {b: c}]", "services.squares.load.payload[1]: a mapping is not a payload; write \"${random}\""),
        ("[a, ]", nil),
    ])
    func refusesPayloads(payload: String, error: String?) throws {
        let text = Self.sound("command: [a]").replacingOccurrence("load: {", "load: {payload: \(payload), ")
        var found: String?
        do throws(TopologyErrors) {
            _ = try Topology.parse(text, file: "lab.yaml")
        } catch {
            found = error.errors.map { "\($0.path): \($0.message)" }.joined(separator: "\n")
        }
        #expect(found == error)
    }

    @Test func otherModulesHaveNoProgram() throws {
        let text = BadTopology.sound.replacingOccurrence(
            "    module: squaring\n", "    module: squaring\n    command: [a]\n    validate: none\n"
        ).replacingOccurrence("load: {", "load: {payload: a, ")
        let refusal = try #require(throws: TopologyErrors.self) { try Topology.parse(text, file: "lab.yaml") }
        #expect(
            refusal.errors.map(\.description) == [
                "lab.yaml:12:14: services.squares.command: command is for module: exec; leave it out",
                "lab.yaml:13:15: services.squares.validate: validate is for module: exec; leave it out",
                "lab.yaml:16:21: services.squares.load.payload: payload is for module: exec; squaring draws its own",
            ])
    }

    @Test func programsAreLookedForBesideTheTopologyAndInThePath() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "programs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = folder.resolvingSymlinksInPath().path
        let file = folder.appending(path: "lab.yaml").path
        try Data("#!/bin/sh\n".utf8).write(to: folder.appending(path: "text"))
        func message(_ program: String) throws -> String? {
            let topology = try Topology.parse(Self.sound("command: [\(program)]"), file: file)
            do throws(TopologyErrors) {
                try topology.checkPrograms(file: file)
                return nil
            } catch {
                return "\(error)".replacing(file, with: "lab.yaml")
            }
        }
        #expect(try message("sh") == nil && message("/bin/sh") == nil)
        let start = "lab.yaml:12:15: services.squares.command: "
        #expect(try message("no-such-program") == start + "no-such-program is not in PATH; is it installed?")
        #expect(try message("text") == start + "text is not in PATH; write ./text for the one beside this file")
        #expect(try message("./text") == start + "./text cannot be run; is it a program, and executable (chmod +x)?")
        #expect(try message("./none") == start + "./none is not there; it is looked for from \(place)")
        #expect(try message("/bin") == start + "/bin cannot be run; is it a program, and executable (chmod +x)?")
        chmod(folder.appending(path: "text").path, 0o755)
        #expect(try message("./text") == nil)
    }
}
