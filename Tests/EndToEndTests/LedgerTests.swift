import Foundation
import Testing

extension EndToEnd {
    /// What a user would see of `quorate ledger`, of runs that are simulated.
    @Suite(.timeLimit(.minutes(5))) struct LedgerTests {
        private static let project = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()

        private static func session(of topology: String) async throws -> CommandLineSession {
            let session = try CommandLineSession()
            let file = project.appending(path: "Topologies/\(topology).yaml").path
            let run = try await session.run("simulate", file)
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            return session
        }

        private static func object(_ text: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }

        @Test func theReadmesRestakerIsExplained() async throws {
            let session = try await Self.session(of: "delegated")
            let readme = try String(contentsOf: Self.project.appending(path: "README.md"), encoding: .utf8)
            let explained = try await session.run("ledger", "explain", "bob")
            #expect(explained.status == 0)
            #expect(readme.contains(explained.output.trimmingCharacters(in: .newlines)), "\(explained.output)")

            let history = try await session.run("ledger", "history", "op-3")
            #expect(history.status == 0 && history.output.contains("slashed"), "\(history.output)")
            let shown = try Self.object(try await session.run("ledger", "show", "--json").output)
            let replayed = try Self.object(try await session.run("ledger", "replay", "--json").output)
            #expect(shown["state_root"] as? String == replayed["state_root"] as? String)
        }

        @Test func anAccountIsProvenAgainstTheRootThatEverybodyWasTold() async throws {
            let session = try await Self.session(of: "delegated")
            let proven = try await session.run("ledger", "prove", "bob", "--epoch", "3")
            #expect(proven.status == 0, "\(proven.errors)")
            let root = try await session.run("ledger", "replay", "--epoch", "3")
                .output.trimmingCharacters(in: .newlines)
            #expect(root.count == 64 && proven.output.contains(root))
            let listed = try await session.run("ledger", "replay", "--epochs")
            #expect(listed.output.contains(root))

            let pinned = try await session.run("verify", "bob-epoch-3.borsh", "--state-root", root, "--json")
            #expect(pinned.status == 0)
            let amounts = try #require(try Self.object(pinned.output)["amounts"] as? [[String: Any]])
            let sum = ["idle", "delegated", "unbonding", "earned"].reduce(0) {
                $0 + (Int(amounts[0]["\($1)_units"] as? String ?? "") ?? 0)
            }
            // As explain has it, after the last instruction of epoch 2.
            #expect(amounts.count == 1 && sum == 195_444_773_610)

            let unpinned = try await session.run("verify", "bob-epoch-3.borsh")
            #expect(unpinned.status == 0 && unpinned.output.contains("told of a pinned state root only"))
            let other = try await session.run(
                "verify", "bob-epoch-3.borsh", "--state-root", String(root.reversed()))
            #expect(other.status == 1 && other.output.contains("invalid: its state root is not the pinned one"))
        }

        @Test(arguments: [
            (["prove", "nobody"], "nobody is neither a public key nor an account; there are op-1"),
            (["prove", "op-1", "--epoch", "9"], "epoch 9 did not begin by an instruction of its own"),
            (["explain", "nobody"], "nobody is not a restaker; there are op-1"),
            (["history", "nobody"], "nobody is not an operator; there are op-1"),
            (["replay", "--epoch", "9"], "epoch 9 did not begin"),
            (["replay", "--epoch", "0", "--json"], "--epoch prints a root and nothing else"),
            (["show", "nowhere"], "nowhere"),
            (["submit", "restaker=op-1", "claim=rewards"], "cluster"),
        ])
        func whatThereIsNotIsNamed(arguments: [String], error: String) async throws {
            let session = try CommandLineSession()
            let file = Self.project.appending(path: "Topologies/live.yaml").path
            #expect(try await session.run("simulate", file, "--tasks", "20", "--costs", "none").status == 0)
            let outcome = try await session.run(["ledger"] + arguments)
            #expect(outcome.status == 2 && outcome.errors.contains(error), "\(outcome.errors)")
        }

        @Test func theLedgerOfAModelledRunIsReadAsAnyOther() async throws {
            let session = try CommandLineSession()
            let file = Self.project.appending(path: "Topologies/live.yaml").path
            let options = ["--tasks", "20", "--costs", "none", "--signatures", "modelled"]
            #expect(try await session.run(["simulate", file] + options).status == 0)
            for command in [
                ["show"], ["explain", "op-1"], ["history", "op-1"], ["prove", "op-1"], ["replay", "--epochs"],
            ] {
                let outcome = try await session.run(["ledger"] + command)
                #expect(outcome.status == 0, "\(command): \(outcome.errors)")
            }
        }

        /// 182 epochs: three streams, each by the sum that anybody can work out.
        @Test func aYearIsByItsClosedForms() async throws {
            let session = try await Self.session(of: "year")
            let account = try Self.object(try await session.run("ledger", "explain", "carol", "--json").output)
            let changes = try #require(account["changes"] as? [[String: Any]])
            func units(_ cause: String) -> [Double] {
                changes.filter { ($0["cause"] as? String)?.hasPrefix(cause) == true }
                    .map { Double($0["change_units"] as? String ?? "") ?? .nan }
            }
            let (yields, rewards) = (units("base yield of epoch"), units("rewards of squares for epoch"))
            #expect(yields.count == 182 && rewards.count == 182)

            // 7 % a year in 182.5 epochs, less the protocol's 7 % of it.
            let growth = 0.07 / 182.5 * (1 - 0.07)
            // Of op-2's pool the operator takes a tenth of what it gains, and leaves it idle.
            var (first, second, others) = (1_500.0, 1_500.0, 2_000.0)
            var (reward, points) = (0.0, 0.0)
            for _ in 0..<182 {
                points += 3 * (first + 0.9 * second) / 3
                reward += 0.1 * (first + 0.9 * second) / 3 / (first + second + others)
                first *= 1 + growth
                second *= 1 + 0.9 * growth
                others *= 1 + growth
            }
            let gain = (first + second) / 3 - 1_000
            let tolerance = 1e-6
            #expect(abs(yields.reduce(0, +) / 1e9 / gain - 1) < tolerance)
            // What is settled in an epoch is of the epoch before, too, with the weights of then.
            #expect(abs(rewards.reduce(0, +) / 1e9 / reward - 1) < 10 * tolerance)
            let parts = try #require(Double(account["point_parts"] as? String ?? ""))
            #expect(abs(parts / 1e9 / points - 1) < tolerance, "\(parts / 1e9), not \(points)")
        }
    }
}
