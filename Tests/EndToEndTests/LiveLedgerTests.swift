import Cryptography
import Foundation
import LedgerNode
import Messages
import Primitives
import Verdicts
import Reports
import Records
import Restaking
import SystemPackage
import Testing

extension EndToEnd {
    /// `quorate ledger` of a cluster that is up: what somebody has it told, and what can be seen of that.
    @Suite(.timeLimit(.minutes(2))) struct LiveLedgerTests {
        private let session = try! CommandLineSession()
        /// No epoch ends in the course of a test, however slow the machine is.
        private static let topology =
            Networks.topology(tasks: 20)
            .replacing("op-2: {stake: 25 SOL}", with: "op-2: {stake: 25 SOL, commission: 10%}")
                + """
                ledger: {preset: fast, slots-per-epoch: 100000}
                restakers:
                  r-1: {deposit: 50 SOL, delegate: {op-1: 20 SOL}}

                """

        private var environment: [String: String] { ["XDG_RUNTIME_DIR": session.directory.path] }

        @discardableResult
        private func quorate(_ arguments: String...) async throws -> CommandLineSession.Outcome {
            try await session.run(arguments, environment: environment)
        }

        private func submit(_ words: String...) async throws -> CommandLineSession.Outcome {
            try await session.run(["ledger", "submit"] + words, environment: environment)
        }

        private func up() async throws {
            try session.write(Self.topology, to: "small.yaml")
            let up = try await quorate("up", "small.yaml", "--detach")
            #expect(up.status == 0, "\(up.output)\(up.errors)")
        }

        private func object(_ outcome: CommandLineSession.Outcome) throws -> [String: Any] {
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        }

        private func one(_ kind: String, _ name: String) async throws -> [String: Any] {
            let document = try object(try await quorate("ledger", "show", "--cluster", "small", "--json"))
            let all = try #require(document["\(kind)s"] as? [[String: Any]])
            return try #require(all.first { $0[kind] as? String == name })
        }

        private func units(_ value: Any?) -> [Int] {
            (value as? [[String: Any]] ?? []).map { Int(($0["units"] ?? $0["active_units"]) as? String ?? "") ?? -1 }
        }

        private var directory: FilePath { FilePath(session.directory.appending(path: "runs/latest").path) }

        private func write(_ evidence: Evidence, to name: String) throws {
            try Data(ProofFile(.evidence(evidence)).borsh).write(to: session.directory.appending(path: name))
        }

        @Test func whatIsSubmittedIsSeenAndWhatIsRefusedIsTold() async throws {
            try await up()
            try await stakeMoves()
            try await whatIsWrongIsNamed()
            try await evidenceOfAPunishedOffence()
            try await evidenceOfAnotherNetwork()

            let exported = try await quorate("ledger", "export", "--cluster", "small", "--into", "noon.ledger")
            let imported = try await quorate("ledger", "import", "noon.ledger", "--into", "noon")
            #expect(exported.status == 0 && imported.status == 0, "\(exported.errors)\(imported.errors)")
            let explained = try await quorate("ledger", "explain", "r-1", "noon")
            #expect(explained.output.contains("deposit") && explained.status == 0, "\(explained.errors)")

            let down = try await quorate("down")
            #expect(down.status == 0, "\(down.output)\(down.errors)")
            let late = try await submit("restaker=r-1", "deposit=5 SOL")
            #expect(late.status == 2 && late.errors.hasPrefix("no cluster is up"), "\(late.errors)")
        }

        private func stakeMoves() async throws {
            #expect(units(try await one("restaker", "r-1")["idle"]) == [30_000_000_000])
            let deposit = try await submit("restaker=r-1", "deposit=5 SOL")
            #expect(deposit.status == 0 && deposit.output == "applied\n", "\(deposit.errors)")
            #expect(units(try await one("restaker", "r-1")["idle"]) == [35_000_000_000])
            let undelegated = try await submit("restaker=r-1", "undelegate=25%", "from=op-1")
            #expect(undelegated.status == 0, "\(undelegated.output)\(undelegated.errors)")
            let account = try await one("restaker", "r-1")
            #expect(units(account["unbonding"]) == [5_000_000_000])
            #expect(units(account["delegations"]) == [15_000_000_000])
            #expect(try await one("operator", "op-2")["commission_bps"] as? Int == 1_000)
            #expect(try await submit("operator=op-2", "commission=5%").output == "applied\n")
            // A fall counts at once.
            #expect(try await one("operator", "op-2")["commission_bps"] as? Int == 500)
            let explained = try await quorate("ledger", "explain", "r-1", "--cluster", "small")
            #expect(explained.output.hasPrefix("r-1: 55.000000000 SOL in all"), "\(explained.output)")
            #expect(explained.output.contains("+5.000000000 SOL  55.000000000 SOL  deposit"), "\(explained.output)")

            let refused = try await submit("restaker=r-1", "undelegate=500 SOL", "from=op-1")
            #expect(refused.status == 1 && refused.output == "insufficientStake\n", "\(refused.errors)")
            #expect(units(try await one("restaker", "r-1")["delegations"]) == [15_000_000_000])
        }

        private func whatIsWrongIsNamed() async throws {
            let before = try await one("restaker", "r-1") as NSDictionary
            try session.write("no proof", to: "notes.borsh")
            let exported = try await quorate("ledger", "prove", "op-1", "--cluster", "small", "--output", "op-1.borsh")
            #expect(exported.status == 0, "\(exported.errors)")
            for (words, error) in [
                (["restaker=r-1", "depsit=5 SOL"], "unknown key depsit; did you mean deposit?"),
                (["restaker=r-1", "deposit=5"], "deposit: 5"),
                (["restaker=nobody", "deposit=5 SOL"], "nobody is not a restaker"),
                (["restaker=r-1", "deposit"], "deposit is not of the form key=value"),
                (["restaker=r-1", "undelegate=50%", "from=op-4"], "no SOL is with op-4"),
                (["restaker=r-1", "evidence=notes.borsh"], "notes.borsh: not a proof file"),
                (["restaker=r-1", "evidence=nowhere.borsh"], "nowhere.borsh: cannot be read"),
                (["restaker=r-1", "evidence=op-1.borsh"], "op-1.borsh: is an account of a ledger, no evidence"),
            ] {
                let outcome = try await session.run(["ledger", "submit"] + words, environment: environment)
                #expect(outcome.status == 2 && outcome.errors.contains(error), "\(words): \(outcome.errors)")
            }
            #expect(try await one("restaker", "r-1") as NSDictionary == before)
        }

        private func evidenceOfAPunishedOffence() async throws {
            #expect(try await quorate("fault", "inject", "op-3", "equivocate").status == 0)
            #expect(try await quorate("task", "submit", "squares", "7", "--wait").status == 0)
            let log = try InstructionLog(reading: directory.appending("ledger").appending("log.sqlite").string)
            var found: Evidence?
            try await session.until {
                found = try log.entries().compactMap { entry -> Evidence? in
                    guard case .submitEvidence(let evidence) = entry.signed.instruction else { return nil }
                    return evidence
                }.first
                return found != nil
            }
            // Records are written a little later than the log.
            try await session.until {
                let history = RunHistory(try RunRecords.load(directory: directory))
                return (try? EvidenceFile.find("op-3", in: history)) != nil
            }
            let exported = try await quorate(
                "export", "runs/latest", "--evidence", "op-3", "--output", "punished.borsh")
            #expect(exported.output.contains("check it with: quorate verify punished.borsh"), "\(exported.errors)")
            #expect(try await quorate("verify", "punished.borsh").status == 0)
            let offence = try #require(found).offence
            let bytes = try Data(contentsOf: session.directory.appending(path: "punished.borsh"))
            guard case .evidence(let evidence) = try ProofFile(borsh: [UInt8](bytes)).proof else { return }
            #expect(evidence.offence == offence)
            for who in ["restaker=r-1", "operator=op-1"] {
                let outcome = try await submit(who, "evidence=punished.borsh")
                #expect(outcome.status == 1 && outcome.output == "alreadySlashed\n", "\(outcome.errors)")
            }
            for (words, error) in [
                (["evidence=punished.borsh"], "who submits the evidence is missing"),
                (["restaker=nobody", "evidence=punished.borsh"], "nobody is not a restaker"),
                (
                    ["restaker=r-1", "deposit=1 SOL", "evidence=punished.borsh"],
                    "deposit does not go with the others here"
                ),
                (
                    ["restaker=r-1", "evidence=punished.borsh", "evidence=punished.borsh"],
                    "evidence: one file at a time"
                ),
            ] {
                let outcome = try await session.run(["ledger", "submit"] + words, environment: environment)
                #expect(outcome.status == 2 && outcome.errors.contains(error), "\(words): \(outcome.errors)")
            }
        }

        private func evidenceOfAnotherNetwork() async throws {
            let key = SigningKey(seed: FixedBytes32())
            try write(Self.evidence(against: key, network: .zero, operatorSet: .zero), to: "foreign.borsh")
            let outcome = try await submit("restaker=r-1", "evidence=foreign.borsh")
            #expect(outcome.status == 1 && outcome.output == "badEvidence\n", "\(outcome.errors)")
            let explained = try await quorate("ledger", "explain", "r-1", "--cluster", "small")
            #expect(explained.output.contains("fee for evidence that proved nothing"), "\(explained.output)")
        }

        /// Two votes for a task that there never was.
        private static func evidence(against key: SigningKey, network: Digest, operatorSet: Digest) -> Evidence {
            func vote(_ result: UInt8) -> Attestation {
                let statement = Statement(
                    voteKey: VoteKey(network: network, service: ServiceID(0), subject: Subject(number: 999_999)),
                    operatorSet: operatorSet, epoch: Epoch(0), task: .zero,
                    result: Digest([UInt8](repeating: result, count: 32))!)
                return Attestation(
                    statement: statement, signer: key.publicKey, signature: key.sign(statement.signedBytes))
            }
            return .equivocation(Equivocation(vote(1), vote(2))!)
        }

        private static func evidence(
            againstCoordinator key: SigningKey, network: Digest, operatorSet: Digest
        ) -> Evidence {
            func task(_ payload: UInt8) -> SignedTask {
                let task = ServiceTask(
                    network: network, service: ServiceID(0), sequence: TaskSequence(999_999), epoch: Epoch(0),
                    operatorSet: operatorSet, payload: [payload], issued: Instant(nanoseconds: 0),
                    deadline: Instant(nanoseconds: 1))
                return SignedTask(task: task, signature: key.sign(task.signedBytes))
            }
            return .taskEquivocation(TaskEquivocation(task(1), task(2), by: key.publicKey)!)
        }

        private func key(of node: String) throws -> SigningKey {
            try KeypairFile.read(from: directory.appending("nodes").appending("\(node).key.json"))
        }

        /// Somebody has their keys: the processes are honest, and what they never sent is signed all the same.
        @Test func evidenceThatNobodyElseHasIsAppliedAndPaidFor() async throws {
            try await up()
            let genesis = try RunRecords.genesis(ofRunIn: directory)
            let set = try #require(try Ledger(genesis: genesis).operatorSets.first)
            try write(
                Self.evidence(against: try key(of: "op-5"), network: genesis.network, operatorSet: set.digest),
                to: "stolen.borsh")
            #expect(try await one("operator", "op-5")["status"] as? String == "active")
            let outcome = try await submit("restaker=r-1", "evidence=stolen.borsh")
            #expect(outcome.status == 0 && outcome.output == "applied\n", "\(outcome.errors)")
            #expect(try await one("operator", "op-5")["status"] as? String == "slashed")
            let explained = try await quorate("ledger", "explain", "r-1", "--cluster", "small")
            #expect(explained.output.contains("reporter's reward for the slash of op-5"), "\(explained.output)")

            try write(
                Self.evidence(
                    againstCoordinator: try key(of: "coordinator-squares"), network: genesis.network,
                    operatorSet: set.digest), to: "tasks.borsh")
            #expect(try await one("service", "squares")["revoked"] as? Bool == false)
            #expect(try await submit("operator=op-1", "evidence=tasks.borsh").output == "applied\n")
            #expect(try await one("service", "squares")["revoked"] as? Bool == true)
            let again = try await submit("operator=op-2", "evidence=tasks.borsh")
            #expect(again.status == 1 && again.output == "alreadySlashed\n", "\(again.errors)")
            // Whoever judges the run knows what they have sent.
            let down = try await quorate("down")
            let words = down.output.replacing(/\s+/, with: " ")
            #expect(down.status == 1 && words.contains("it sent no two different votes for it"), "\(down.output)")
            #expect(words.contains("(and 1 more)"), "\(down.output)")
        }
    }
}
