import Foundation
import Testing

extension EndToEnd {
    /// What a run proves, checked by whoever has nothing but the files: with `quorate verify`, by another
    /// implementation, and on Solana.
    @Suite(.timeLimit(.minutes(3))) struct ProofTests {
        /// op-1 holds more than two thirds, and signs both of two tasks of which the coordinator shows each half one: so
        /// there is evidence against both, and two certificates.
        private static let topology = Networks.topology(
            tasks: 12,
            faults:
                "[{coordinator: squares, does: coordinator-equivocates, at: task 5}, "
                + "{operator: op-1, does: collusion}]",
            expect: "{slashed: [op-1], revoked: [squares], "
                + "verdicts: {agreement: not-applicable, accountability: holds}}",
            deadline: "1s", window: "1s"
        ).replacing("op-1: {stake: 30 SOL}", with: "op-1: {stake: 200 SOL}")

        private static let certificates = (1...2).map { "runs/latest/evidence/squares-task-5-certificate-\($0).borsh" }

        private struct Proofs {
            let session: CommandLineSession
            let ofVotes: String
            let ofTasks: String
        }

        private func proofs() async throws -> Proofs {
            let session = try CommandLineSession()
            try session.write(Self.topology, to: "small.yaml")
            let run = try await session.run("run", "small.yaml")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            let slashes = try #require(try session.results()["slashes"] as? [[String: Any]])
            let proof = try #require(slashes.first?["proof"] as? String)
            #expect(run.output.replacing(/\s+/, with: " ").contains("; proof: \(proof)"), "\(run.output)")
            let directory = session.directory.appending(path: "runs/latest/evidence")
            let evidence = try FileManager.default.contentsOfDirectory(atPath: directory.path)
                .filter { $0.hasSuffix(".borsh") && !$0.contains("certificate") }.map { "evidence/\($0)" }
            #expect(evidence.count == 2 && evidence.contains(proof), "\(evidence)")
            let other = try #require(evidence.first { $0 != proof })
            return Proofs(session: session, ofVotes: "runs/latest/\(proof)", ofTasks: "runs/latest/\(other)")
        }

        @Test func aRunLeavesProofsThatCanBeVerifiedWithoutIt() async throws {
            let proofs = try await proofs()
            let (session, evidence) = (proofs.session, proofs.ofVotes)
            let hint = try await session.run("verify", evidence.replacing(".borsh", with: ".json"))
            #expect(hint.status == 2 && hint.errors.contains("give \(evidence) instead"), "\(hint.errors)")
            let exported = try await session.run("export", "runs/latest", "--certificate", "task 3")
            #expect(exported.status == 0, "\(exported.errors)")
            #expect(
                exported.output.hasSuffix("check it with: quorate verify squares-task-3.borsh\n"), "\(exported.output)")

            let own = try await session.run("export", "runs/latest", "--evidence", "op-1", "--output", "own.borsh")
            #expect(own.status == 0, "\(own.errors)")
            let files = try ["own.borsh", evidence].map { try Data(contentsOf: session.directory.appending(path: $0)) }
            #expect(files[0] == files[1])
            let nobodys = try await session.run("export", "runs/latest", "--evidence", "op-2")
            #expect(
                nobodys.status == 2 && nobodys.errors.contains("there is no evidence against op-2"), "\(nobodys.errors)"
            )
            let both = try await session.run("export", "runs/latest", "--evidence", "op-1", "--certificate", "3")
            #expect(both.status == 2 && both.errors.contains("say what to write"), "\(both.errors)")

            let names = ["votes.borsh", "tasks.borsh", "one.borsh", "other.borsh"]
            for (file, name) in zip([evidence, proofs.ofTasks] + Self.certificates, names) {
                try FileManager.default.copyItem(
                    at: session.directory.appending(path: file), to: session.directory.appending(path: name))
            }
            try FileManager.default.removeItem(at: session.directory.appending(path: "runs"))
            var kinds: [String?] = []
            var results: [String] = []
            for name in names + ["squares-task-3.borsh"] {
                let verified = try await session.run("verify", name)
                #expect(verified.status == 0, "\(name): \(verified.output)\(verified.errors)")
                let json = Data(try await session.run("verify", name, "--json").output.utf8)
                let document = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
                #expect(document["valid"] as? Bool == true)
                kinds.append(document["kind"] as? String)
                if let result = document["result"] as? String { results.append(result) }
            }
            #expect(kinds == ["equivocation", "task-equivocation", "certificate", "certificate", "certificate"])
            #expect(results.count == 3 && results[0] != results[1], "the conflicting certificates are for two results")
        }

        @Test func whatIsNotValidIsExitStatusOneAndWhatIsNoProofTwo() async throws {
            let proofs = try await proofs()
            let (session, evidence) = (proofs.session, proofs.ofVotes)
            let proof = try Data(contentsOf: session.directory.appending(path: evidence))
            func verify(_ bytes: Data, _ options: String...) async throws -> CommandLineSession.Outcome {
                try bytes.write(to: session.directory.appending(path: "changed.borsh"))
                let child = try session.start(["verify", "changed.borsh"] + options)
                await child.ended()
                return try session.outcome(of: child)
            }
            var changed = proof
            changed[changed.count - 1] ^= 1
            let invalid = try await verify(changed)
            #expect(invalid.status == 1)
            #expect(invalid.output.hasSuffix("verdict         invalid: signature 2 of 2 is not the accused's\n"))
            let refused = try await session.run("export", "changed.borsh", "--solana")
            #expect(refused.status == 1 && refused.output.isEmpty, "\(refused.errors)")
            #expect(!FileManager.default.fileExists(atPath: session.directory.appending(path: "changed.ed25519").path))

            let cut = try await verify(proof.dropLast())
            #expect(cut.status == 2 && cut.errors.hasPrefix("changed.borsh: not a proof file: "), "\(cut.errors)")
            let large = try await verify(proof + Data(count: 2 << 20))
            #expect(
                large.status == 2 && large.errors.contains("longer than the 2097152 bytes allowed"), "\(large.errors)")
            let certificate = try Data(contentsOf: session.directory.appending(path: Self.certificates[0]))
            let pinned = try await verify(certificate, "--set-digest", String(repeating: "ab", count: 32))
            #expect(pinned.status == 1 && pinned.output.contains("invalid: the operator set is not the pinned one"))
            for digest in ["ab", String(repeating: "x", count: 64)] {
                let malformed = try await verify(certificate, "--set-digest", digest)
                #expect(malformed.status == 2 && malformed.errors.contains("is not a digest"), "\(malformed.errors)")
            }
            #expect(try await verify(proof, "--set-digest", String(repeating: "ab", count: 32)).status == 2)
        }

        @Test(.enabled(if: ExternalChecks.isSetUp, ExternalChecks.reason))
        func anotherImplementationAgreesOnEveryProof() async throws {
            let proofs = try await proofs()
            let exported = try await proofs.session.run("export", "runs/latest", "--certificate", "3")
            #expect(exported.status == 0, "\(exported.errors)")
            let files = [proofs.ofVotes, proofs.ofTasks, "squares-task-3.borsh"] + Self.certificates
            let outcome = try await ExternalChecks.run("agrees_with_quorate.py", on: files, in: proofs.session)
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            #expect(outcome.output.split(separator: "\n").count == files.count, "\(outcome.output)")
        }

        @Test(.enabled(if: ExternalChecks.isSetUp, ExternalChecks.reason))
        func solanaTakesTheEvidenceAndNothingThatIsMadeFromIt() async throws {
            let proofs = try await proofs()
            let files = [proofs.ofVotes, proofs.ofTasks]
            let outcome = try await ExternalChecks.run("runs_on_solana.py", on: files, in: proofs.session)
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == 2, "\(outcome.output)")
            #expect(lines.first?.contains("transaction of 702 bytes, 530 left") == true, "votes: \(outcome.output)")
            #expect(lines.last?.contains("transaction of 652 bytes, 580 left") == true, "tasks: \(outcome.output)")
        }
    }
}
