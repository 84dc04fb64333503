import Foundation
import Testing

extension EndToEnd {
    /// From nothing to a first run: Scripts/install and `quorate init`, with the commands that the tests are built with.
    @Suite(.timeLimit(.minutes(2))) struct InstallTests {
        private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Scripts/install")
        private static let built = CommandLineSession.quorate.deletingLastPathComponent().path

        private func install(_ session: CommandLineSession, _ options: String...) async throws
            -> CommandLineSession.Outcome
        {
            let child = try session.start(options, executable: Self.script)
            await child.ended()
            return try session.outcome(of: child)
        }

        private func files(_ session: CommandLineSession) throws -> [String] {
            let prefix = session.directory.appending(path: "prefix").path
            let all = try #require(FileManager.default.enumerator(atPath: prefix))
            return all.compactMap { $0 as? String }.filter { name in
                var isFolder = ObjCBool(false)
                return FileManager.default.fileExists(atPath: "\(prefix)/\(name)", isDirectory: &isFolder)
                    && !isFolder.boolValue
            }.sorted()
        }

        private static let installed = [
            "bin/quorate", "bin/quorate-node", "share/bash-completion/completions/quorate",
            "share/fish/vendor_completions.d/quorate.fish", "share/zsh/site-functions/_quorate",
        ]

        @Test func whatIsInstalledRunsWhatInitWrites() async throws {
            let session = try CommandLineSession()
            for _ in 1...2 {
                let outcome = try await install(session, "--prefix", "prefix", "--from", Self.built)
                #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
                #expect(outcome.output.contains("prefix/bin:$PATH\""), "\(outcome.output)")
                #expect(try files(session) == Self.installed)
            }
            let quorate = session.directory.appending(path: "prefix/bin/quorate")
            func run(_ arguments: String...) async throws -> CommandLineSession.Outcome {
                let child = try session.start(arguments, executable: quorate)
                await child.ended()
                return try session.outcome(of: child)
            }
            #expect(try await run("init", "first.yaml").status == 0)
            #expect(try await run("init", "own/second.yaml", "--module", "exec").status == 2, "there is no such folder")
            try FileManager.default.createDirectory(
                at: session.directory.appending(path: "own"), withIntermediateDirectories: true)
            let own = try await run("init", "own/second.yaml", "--module", "exec")
            #expect(own.status == 0 && own.output.contains("own/service.py"), "\(own.output)\(own.errors)")
            let test = try await run("test", "first.yaml", "own", "--jobs", "2")
            #expect(test.status == 0, "\(test.output)\(test.errors)")
            #expect(
                test.output.matches(of: /ok .* 100 of 100 certified, .*slashed op-3\n/).count == 2, "\(test.output)")

            try await completionsWork(session)
            let gone = try await install(session, "--prefix=prefix", "--uninstall")
            #expect(gone.status == 0)
            #expect(try files(session).isEmpty)
        }

        /// As bash calls it when somebody presses the tab key.
        private func completionsWork(_ session: CommandLineSession) async throws {
            let script = """
                source prefix/share/bash-completion/completions/quorate
                complete() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
                  COMPREPLY=(); _quorate quorate "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                  printf '%s\\n' "${COMPREPLY[*]}"; }
                complete quorate ""; complete quorate run ""; complete quorate run --run; complete quorate topology s
                """
            try session.write(script, to: "complete.bash")
            try session.write("", to: "notes.txt")
            let child = try session.start(["complete.bash"], executable: URL(filePath: "/bin/bash"))
            await child.ended()
            let lines = try session.outcome(of: child).output.split(separator: "\n").map { $0.split(separator: " ") }
            #expect(lines.count == 4)
            #expect(Set(lines[0]).isSuperset(of: ["run", "test", "init", "runs", "report", "topology"]))
            #expect(!lines[0].contains("ledger-process"))
            #expect(lines[1].contains("first.yaml") && !lines[1].contains("notes.txt"))
            #expect(lines[2] == ["--run-directory"])
            #expect(lines[3].sorted() == ["schema", "show"])
        }

        @Test func aPlaceThatCannotBeIsSaid() async throws {
            let session = try CommandLineSession()
            try session.write("", to: "file")
            for (options, message) in [
                (["--prefix", "file", "--from", Self.built], "file/bin: cannot be made or written to"),
                (["--prefix"], "--prefix needs a directory"), (["--prefix="], "--prefix needs a directory"),
                (["--prefix", "prefix", "--from", "file"], "file/quorate: there is no such command"),
                (["--perfix", "x"], "unknown option '--perfix'"),
            ] {
                let child = try session.start(options, executable: Self.script)
                await child.ended()
                let outcome = try session.outcome(of: child)
                #expect(outcome.status == 2 && outcome.errors.contains(message), "\(options): \(outcome.errors)")
            }
        }
    }
}
