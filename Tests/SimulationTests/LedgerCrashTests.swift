import Faults
import Messages
import Primitives
import Records
import TestSupport
import Testing
import TopologyFormat
import Verdicts

@testable import Simulation

/// A simulated ledger that dies and comes back with what it had committed.
@Suite(.computing) struct LedgerCrashTests {
    private static func topology(_ ledgerFaults: String) throws -> Topology {
        try Scene.topology(
            service: "load: {tasks: 60, rate: 50/s}\n    evidence-window: 1s",
            faults: "[{operator: op-3, does: equivocate, at: task 20}, \(ledgerFaults)]")
    }

    /// Whoever has a receipt has it for good: it is in the history, with the outcome that it says.
    static func forgotten(_ run: SimulatedRun) -> [Receipt] {
        let applied = Dictionary(
            uniqueKeysWithValues: RunHistory(run.records).applied.map { ($0.signed.digest, $0.outcome) })
        return run.records.nodes.flatMap(\.notes).compactMap { note in
            guard case .receiptArrived(let receipt) = note.observation, receipt.outcome.takesNonce,
                applied[receipt.instruction] != receipt.outcome
            else { return nil }
            return receipt
        }
    }

    @Test(arguments: ["receive", "persist", "acknowledge", nil], [400, 420, 1_300] as [Int])
    func whereverItDiesNothingAcknowledgedIsLost(point: String?, at time: Int) throws {
        let fault =
            "{does: ledger-crash, at: \(time)ms, for: 300ms\(point.map { ", point: \($0)" } ?? "")}"
        let run = try Simulator.run(try Scene.plan(try Self.topology(fault)))
        #expect(run.ending == .completed)
        let lives = run.records.nodes.filter { $0.party == .ledger }
        #expect(lives.map(\.incarnation) == [1, 2] && lives.map(\.isClosed) == [false, true])
        #expect(Scene.violations(run).isEmpty)
        let history = RunHistory(run.records)
        #expect(history.slashes.map(\.record.signer) == [OperatorIndex(2)])
        #expect(history.applied.map(\.sequence) == Array(1...UInt64(history.applied.count)))
        #expect(Self.forgotten(run).isEmpty)
        #expect(Scene.certified(run) == 60)
    }

    /// What each point means: how much of the instruction at which it dies is still there.
    @Test(arguments: [("receive", false, false), ("persist", true, false), ("acknowledge", true, true)])
    func aPointIsWhereItSays(point: String, isLogged: Bool, isTold: Bool) throws {
        // Nothing is submitted before the evidence.
        let topology = try Self.topology("{does: ledger-crash, at: start, for: 300ms, point: \(point)}")
        let run = try Simulator.run(try Scene.plan(topology))
        let lives = run.records.nodes.filter { $0.party == .ledger }
        let opened = lives[1].notes.lazy.compactMap { note -> UInt64? in
            if case .ledgerOpened(let sequence) = note.observation { sequence } else { nil }
        }.first
        let died = try #require(lives[0].notes.last?.at)
        let told = run.records.nodes.flatMap(\.notes).filter { note in
            if case .receiptArrived = note.observation { note.at < died + .milliseconds(250) } else { false }
        }
        #expect((opened ?? 0 > 0) == isLogged)
        #expect(!told.isEmpty == isTold)
        #expect(Scene.violations(run).isEmpty)
    }

    @Test func itDiesAsOftenAsItsFaultsSay() throws {
        let faults =
            "{does: ledger-crash, at: 300ms, for: 100ms}, {does: ledger-crash, at: 350ms, for: 50ms, point: persist}"
        let run = try Simulator.run(try Scene.plan(try Self.topology(faults)))
        #expect(run.records.nodes.filter { $0.party == .ledger }.map(\.incarnation) == [1, 2, 3])
        #expect(Scene.violations(run).isEmpty)
    }

    /// Its time is the log's: what has passed meanwhile is not made up for.
    @Test func itsClockStandsStillWhileItIsDead() throws {
        func lastEpoch(_ faults: String) throws -> UInt64 {
            let topology = try Scene.topology(
                service: "load: {tasks: 40, rate: 10/s}", faults: faults)
            let history = RunHistory(try Simulator.run(try Scene.plan(topology)).records)
            return history.openings.map(\.set.epoch.number).max() ?? 0
        }
        let quiet = try lastEpoch("[]")
        let away = try lastEpoch("[{does: ledger-crash, at: 1s, for: 2500ms}]")
        #expect(quiet >= 3 && away < quiet && away > 0, "\(quiet), \(away)")
    }

    @Test func twoRunsOfOneSeedAreOneRun() throws {
        let plan = try Scene.plan(try Self.topology("{does: ledger-crash, at: 400ms, for: 300ms, point: persist}"))
        #expect(try Simulator.run(plan).audit == Simulator.run(plan).audit)
    }
}
