import Foundation
import Testing

extension EndToEnd {
    /// Bad input: a clear message that says what and where, exit status 2, and nothing lost.
    @Suite(.timeLimit(.minutes(2))) struct BadInputTests {
        @Test func everyMistakeOfATopologyIsReportedAtOnce() async throws {
            let session = try CommandLineSession()
            let text = Networks.topology().replacing("threshold: 2/3", with: "threshold: 0.67")
                .replacing("seed: 7", with: "sed: 7")
            try session.write(text, to: "lab.yaml")
            for arguments in [["topology", "check", "lab.yaml"], ["run", "lab.yaml"]] {
                let child = try session.start(arguments)
                await child.ended()
                let outcome = try session.outcome(of: child)
                #expect(outcome.status == 2)
                #expect(
                    outcome.errors.contains("lab.yaml:3:1: unknown key sed; did you mean seed?"), "\(outcome.errors)")
                #expect(outcome.errors.contains("services.squares.threshold: 0.67 is not a fraction; write 2/3"))
            }
            #expect(!FileManager.default.fileExists(atPath: session.directory.appending(path: "runs").path))
        }

        @Test func aRunDirectoryThatIsNotEmptyIsLeftAlone() async throws {
            let session = try CommandLineSession()
            try session.write(Networks.topology(tasks: 1), to: "lab.yaml")
            let outcome = try await session.run("run", "lab.yaml", "--run-directory", ".")
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("the run directory is not empty"), "\(outcome.errors)")
        }

        @Test func whatIsDamagedAfterARunIsNamed() async throws {
            let session = try CommandLineSession()
            try session.write(Networks.topology(tasks: 3, deadline: "1s", window: "1s"), to: "lab.yaml")
            #expect(try await session.run("run", "lab.yaml").status == 0)
            let run = session.directory.appending(path: "runs/latest").resolvingSymlinksInPath()

            func replay(damaging file: String, _ damage: (inout Data) -> Void) async throws -> String {
                let url = run.appending(path: file)
                let whole = try Data(contentsOf: url)
                var damaged = whole
                damage(&damaged)
                try damaged.write(to: url)
                let outcome = try await session.run("replay", "runs/latest")
                try whole.write(to: url)
                #expect(outcome.status == 2, "\(outcome.output)")
                return outcome.errors
            }
            let record = try await replay(damaging: "records/op-2.1.qrec") { $0[$0.count / 2] ^= 1 }
            #expect(
                record.contains("op-2.1.qrec: byte ") && record.contains("the checksum does not match"), "\(record)")
            let altered = try await replay(damaging: "nodes/op-2.guard") { $0[200] ^= 1 }
            #expect(altered.contains("op-2.guard: byte "), "\(altered)")
            // A whole entry less: nothing in the file itself shows it.
            let cut = try await replay(damaging: "nodes/op-2.guard") { $0.removeLast(170) }
            #expect(cut.contains("op-2.guard: lacks the statement that op-2 signed for subject 2"), "\(cut)")
            let genesis = try await replay(damaging: "genesis.borsh") { $0.removeLast() }
            #expect(genesis.contains("genesis.borsh: "), "\(genesis)")
            #expect(try await session.run("replay", "runs/latest").status == 0)
        }

        @Test func aNodeThatCannotStartIsNamedAndNobodyIsLeft() async throws {
            let session = try CommandLineSession()
            try session.write(Networks.topology(tasks: 3), to: "lab.yaml")
            let outcome = try await session.run("run", "lab.yaml", environment: ["QUORATE_NODE": "/bin/false"])
            #expect(outcome.status != 0)
            #expect(outcome.errors.contains("at start"), "\(outcome.errors)")
            #expect(session.processes().isEmpty)
        }

        @Test(arguments: [
            ["run"], ["run", "no-such.yaml"], ["run", "--rate", "fast", "x.yaml"], ["fly"], ["replay", "nowhere"],
        ])
        func wrongWordsAreExitStatusTwo(arguments: [String]) async throws {
            let session = try CommandLineSession()
            let child = try session.start(arguments)
            await child.ended()
            let outcome = try session.outcome(of: child)
            #expect(outcome.status == 2, "\(outcome.errors)")
            #expect(!outcome.errors.isEmpty && outcome.output.isEmpty)
        }
    }
}
