import Faults
import Messages
import Primitives
import Testing
import TopologyFormat

/// The ledger's own fault: whose it is, it says by its name.
@Suite struct LedgerFaultTests {
    private static let fault = "{operator: op-3, does: equivocate, at: task 500}"

    @Test func itIsReadAndWrittenBack() throws {
        let text = BadTopology.sound.replacingOccurrence(
            Self.fault, "{does: ledger-crash, at: 2s, for: 500ms, point: persist}")
        let topology = try Topology.parse(text, file: "lab.yaml")
        let plan = FaultPlan(
            party: .ledger, behaviour: .ledgerCrash, begins: .after(.seconds(2)), lasts: .duration(.milliseconds(500)),
            point: .persist)
        #expect(topology.faults == [plan])
        #expect(try FaultPlan(borsh: plan.borsh) == plan)
        #expect(try Topology.parse(topology.yaml, file: "again.yaml").faults == [plan])
    }

    @Test func oneIsInjectedByWords() throws {
        let topology = try Topology.parse(BadTopology.sound, file: "lab.yaml")
        #expect(
            try topology.fault(
                FaultWords(party: "ledger", behaviour: "ledger-crash", lasts: "1s", parameters: ["point": "receive"]))
                == FaultPlan(
                    party: .ledger, behaviour: .ledgerCrash, lasts: .duration(.seconds(1)), point: .receive))
        #expect(throws: GrammarMistake.self) {
            try topology.fault(FaultWords(party: "ledger", behaviour: "silent", lasts: "1s"))
        }
    }

    @Test(arguments: [
        BadTopology(
            fault, "{does: ledger-crash, at: 2s}",
            "18:12: faults[0].does: a run does not come to its end without its ledger; write for: 500ms"),
        BadTopology(
            fault, "{does: ledger-crash, at: task 500, for: 1s}",
            "18:30: faults[0].at: the ledger dies at a time, not at a task; write 2s"),
        BadTopology(
            fault, "{operator: op-3, does: ledger-crash, for: 1s}",
            "18:16: faults[0].operator: ledger-crash is the ledger's fault; leave this out"),
        BadTopology(
            fault, "{does: ledger-crash, for: 3 tasks}",
            "18:31: faults[0].for: a crash lasts a time, not a number of tasks; write 2s"),
        BadTopology(
            fault, "{does: ledger-crash, for: 1s, service: squares}",
            "18:44: faults[0].service: ledger-crash takes no service; it takes at, for, point"),
        BadTopology(
            fault, "{does: ledger-crash, for: 1s, point: detect}",
            "18:42: faults[0].point: detect is not a point; write receive, persist or acknowledge"),
    ]) func mistakesAreNamed(topology: BadTopology) throws {
        try topology.expectErrors()
    }
}
