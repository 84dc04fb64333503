import Cluster
import Foundation
import SystemPackage
import Testing

extension EndToEnd {
    /// Live clusters, as a user would handle them.
    @Suite(.timeLimit(.minutes(4))) struct LiveSessionTests {
        private let session = try! CommandLineSession()
        private static let topology = Networks.topology(tasks: 20, deadline: "800ms", window: "1200ms")

        /// The registry of clusters lies in the session's own directory: nobody's clusters meet.
        private var environment: [String: String] { ["XDG_RUNTIME_DIR": session.directory.path] }

        @discardableResult
        private func quorate(_ arguments: String...) async throws -> CommandLineSession.Outcome {
            let child = try session.start(arguments, environment: environment)
            await child.ended()
            return try session.outcome(of: child)
        }

        private func script(_ arguments: String...) async throws -> CommandLineSession.Outcome {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let child = try session.start(
                arguments, environment: environment.merging(["QUORATE": CommandLineSession.quorate.path]) { $1 },
                executable: root.appending(path: "Scripts/cluster"))
            await child.ended()
            return try session.outcome(of: child)
        }

        private func document(_ outcome: CommandLineSession.Outcome) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        }

        private func up(_ arguments: String...) async throws -> CommandLineSession.Outcome {
            try session.write(Self.topology, to: "small.yaml")
            let child = try session.start(["up", "small.yaml", "--detach"] + arguments, environment: environment)
            await child.ended()
            return try session.outcome(of: child)
        }

        /// The process of a cluster, by what it says of itself.
        private func process(of name: String) async throws -> Int32 {
            let clusters = try document(try await quorate("clusters", "--json"))["clusters"] as? [[String: Any]]
            let cluster = try #require(clusters?.first { $0["name"] as? String == name })
            return Int32(try #require(cluster["process"] as? Int))
        }

        @Test func aSessionFromUpToDown() async throws {
            let up = try await up()
            #expect(
                up.status == 0 && up.output.hasPrefix("small is up: small: 5 operators"), "\(up.output)\(up.errors)")
            let task = try document(try await quorate("task", "submit", "squares", "12", "--wait", "--json"))
            #expect(task["outcome"] as? String == "certified" && task["result"] as? String == "144")
            #expect((task["signers"] as? [[String: String]])?.first?["stake_lamports"] != nil)

            let injected = try await quorate("fault", "inject", "op-3", "equivocate")
            #expect(injected.status == 0 && injected.output == "op-3: equivocate is injected\n", "\(injected.errors)")
            try await quorate("task", "submit", "squares", "7", "--wait")
            let killed = try await quorate("kill", "op-5")
            #expect(killed.output == "op-5 is killed\n", "\(killed.errors)")
            let again = try await quorate("kill", "op-5")
            #expect(again.status == 2 && again.errors.contains("quorate restart op-5"), "\(again.errors)")
            #expect(try await quorate("pause", "op-4").output == "op-4 is paused\n")
            let status = try document(try await quorate("status", "--json"))
            let operators = try #require(status["operators"] as? [[String: Any]])
            #expect(operators.map { $0["state"] as? String } == ["up", "up", "up", "paused", "dead"])
            #expect(operators[2]["remarks"] as? [String] == ["no seat in squares"])
            #expect(try await quorate("resume", "op-4").output == "op-4 goes on\n")
            #expect(try await quorate("restart", "op-5").output == "op-5 is started again, as its process 2\n")
            let log = try await quorate("logs", "op-5", "--lines", "1")
            #expect(log.output.split(separator: "\n").count == 1 && log.status == 0, "\(log.errors)")
            let faults = try await quorate("fault", "list")
            #expect(faults.output.contains("injected  over"), "\(faults.output)")

            let down = try await quorate("down")
            #expect(down.status == 0, "\(down.output)\(down.errors)")
            #expect(down.output.contains("injected live   equivocate of op-3"), "\(down.output)")
            #expect(down.errors.contains("draining"), "\(down.errors)")
            #expect((try session.results()["slashes"] as? [Any])?.count == 1)
            #expect(session.processes().isEmpty)
            let replay = try await quorate("replay", "runs/latest")
            #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
            #expect(try await quorate("status").errors == "no cluster is up; start one: quorate up TOPOLOGY\n")
        }

        @Test func aGuardThatIsOldOrLostSignsNothingThatCouldContradictIt() async throws {
            #expect(try await up().status == 0)
            try await quorate("task", "submit", "squares", "1", "--wait")
            #expect(try await quorate("restart", "op-4", "--disk", "older").status == 0)
            #expect(try await quorate("restart", "op-5", "--disk", "empty").status == 0)
            let ledger = try await quorate("restart", "coordinator-squares", "--disk", "empty")
            #expect(ledger.status == 2 && ledger.errors.contains("would issue its numbers again"), "\(ledger.errors)")
            // What is left, 70 of 100, certifies.
            #expect(try await quorate("task", "submit", "squares", "2", "--wait").status == 0)
            let down = try await quorate("down")
            #expect(down.status == 0, "\(down.output)\(down.errors)")
            #expect(down.output.contains("slashed         nobody"), "\(down.output)")
        }

        @Test func severalClustersAreToldApartByName() async throws {
            #expect(try await up().status == 0)
            let taken = try await up()
            #expect(taken.status == 2 && taken.errors.contains("--name small-2"), "\(taken.errors)")
            #expect(try await up("--name", "other").status == 0)
            let which = try await quorate("status")
            #expect(which.status == 2 && which.errors == "which cluster? --cluster NAME, of other, small\n")
            let issued = try await quorate("task", "submit", "squares", "3", "--cluster", "other")
            #expect(issued.status == 0 && issued.output.hasSuffix(" of squares\n"), "\(issued.errors)")
            let now = try await quorate("down", "--cluster", "other", "--now")
            #expect(now.status == 130, "\(now.output)\(now.errors)")
            let json = try await quorate("down", "--json")
            let verdict = try document(json)["verdict"] as? String
            #expect(json.status == 0 && verdict == "holds", "\(json.errors)")
            #expect(session.processes().isEmpty)
        }

        /// Whoever waits for its name waits for its process.
        @Test func itsNameIsHeldUntilItsProcessIsGone() async throws {
            #expect(try await up().status == 0)
            let process = try await process(of: "small")
            let registry = try ClusterRegistry(path: FilePath(session.directory.path).appending("quorate"))
            let cluster = registry.watch("small")
            #expect(cluster.isAlive && !session.isEnding(process))
            kill(process, SIGTERM)
            await session.until { !cluster.isAlive }
            #expect(session.isEnding(process))
        }

        /// However it ends: also the children that do nothing but hold their lifeline.
        @Test func whenTheClusterIsKilledNobodyIsLeftNotEvenThePaused() async throws {
            #expect(try await up().status == 0)
            #expect(try await quorate("pause", "op-2").status == 0)
            kill(try await process(of: "small"), SIGKILL)
            await session.until { session.processes().isEmpty }
            let status = try await quorate("status")
            #expect(status.status == 2 && status.errors.contains("cluster small is dead"), "\(status.errors)")
            let down = try await quorate("down")
            #expect(down.status == 3 && down.errors.contains("its records: quorate report /"), "\(down.errors)")
            #expect(try await quorate("clusters").output.isEmpty)
            // Of a dead one that nobody has cleared away, the name can be had again.
            #expect(try await up().status == 0)
            kill(try await process(of: "small"), SIGKILL)
            await session.until { session.processes().isEmpty }
            #expect(try await up().status == 0)
            #expect(try await quorate("down").status == 0)
        }

        /// A terminal that is closed says so twice.
        @Test(arguments: [[SIGINT], [SIGHUP, SIGHUP], [SIGTERM]])
        func inTheForegroundASignalTakesItDownInGoodOrder(signals: [Int32]) async throws {
            try session.write(Self.topology, to: "small.yaml")
            let child = try session.start(["up", "small.yaml"], environment: environment)
            try await session.until { try session.errors(of: child).contains("small stays up") }
            for signal in signals { kill(child.identifier, signal) }
            await child.ended()
            let outcome = try session.outcome(of: child)
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            #expect(session.processes().isEmpty)
        }

        @Test func whatDoesNotComeUpLeavesNothing() async throws {
            try session.write(Self.topology, to: "small.yaml")
            let child = try session.start(
                ["up", "small.yaml", "--detach"],
                environment: environment.merging(["QUORATE_NODE": "/bin/false"]) { $1 })
            await child.ended()
            let outcome = try session.outcome(of: child)
            #expect(outcome.status == 2 && outcome.errors.contains("at start"), "\(outcome.errors)")
            await session.until { session.processes().isEmpty }
            let missing = try await quorate("up", "nowhere.yaml", "--detach")
            #expect(missing.status == 2 && missing.errors.contains("nowhere.yaml"), "\(missing.errors)")
            #expect(try await quorate("clusters").output.isEmpty)
        }

        @Test func whoeverWaitsForItInVainTakesItWithHim() async throws {
            // A node that never says that it is ready.
            try session.write("#!/bin/sh\nexec cat >/dev/null\n", to: "mute")
            let mute = session.directory.appending(path: "mute").path
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: mute)
            try session.write(Self.topology, to: "small.yaml")
            let child = try session.start(
                ["up", "small.yaml", "--detach"], environment: environment.merging(["QUORATE_NODE": mute]) { $1 })
            try await session.until { try session.errors(of: child).contains("starting 7 processes") }
            kill(child.identifier, SIGKILL)
            await child.ended()
            await session.until { session.processes().isEmpty }
        }

        @Test func theScriptShowsAWholeSession() async throws {
            for step in ["up", "up", "measure", "inject"] {
                let outcome = try await script(step)
                #expect(outcome.status == 0, "\(step): \(outcome.output)\(outcome.errors)")
            }
            let down = try await script("down")
            #expect(down.status == 0 && down.output.contains("op-3 signed two different results"), "\(down.output)")
            #expect(try await script("down").status == 0)
            #expect(session.processes().isEmpty)
        }

        @Test func aStormEndsWithItsVerdict() async throws {
            let outcome = try await script("storm", "--seed", "4", "--steps", "8")
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            #expect(outcome.errors.contains("nobody is left"), "\(outcome.errors)")
            #expect(session.processes().isEmpty)
        }
    }
}
