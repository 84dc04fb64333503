import Faults
import Messages
import Primitives
import Testing

@testable import TopologyFormat

struct FaultReaderTests {
    @Test(arguments: mistakes)
    func refusesExactly(topology: BadTopology) throws {
        try topology.expectErrors()
    }

    @Test func aSplitNeedsPeersToShowAnotherVote() throws {
        let star = BadTopology.sound.replacingOccurrence("name: lab\n", "name: lab\nnetwork: {dissemination: star}\n")
        #expect(throws: Never.self) { try Topology.parse(star, file: "lab.yaml") }
        let split = star.replacingOccurrence("does: equivocate", "does: equivocate-split")
        let refusal = try #require(throws: TopologyErrors.self) { try Topology.parse(split, file: "lab.yaml") }
        #expect(
            "\(refusal)"
                == "lab.yaml:19:28: faults[0].does: in a star votes go to the coordinator alone, so nobody can "
                + "be shown another one; write equivocate, or dissemination: mesh")
    }

    static let mistakes = [
        BadTopology(
            "operator: op-3", "operator: op-9",
            "18:16: faults[0].operator: op-9 is not an operator; the operators are op-1, op-2, op-3"),
        BadTopology(
            "operators: all", "operators: [op-1, op-2]",
            "18:16: faults[0].operator: op-3 is an operator of no service"),
        BadTopology(
            "at: task 500", "at: task 1000",
            "18:44: faults[0].at: task 1000 is beyond the load of squares: tasks 0 to 999"),
        BadTopology(
            "at: task 500", "service: cubes",
            "18:49: faults[0].service: cubes is not a service; write squares"),
        BadTopology(
            "at: task 500}", "service: squares, at: task 99999}",
            "18:62: faults[0].at: task 99999 is beyond the load of squares: tasks 0 to 999"),
        BadTopology(
            "operators: all\n", "operators: [op-1, op-2]\n",
            "18:16: faults[0].operator: op-3 is an operator of no service"),
        BadTopology(
            "does: equivocate", "does: equivocat",
            "18:28: faults[0].does: equivocat is not a behaviour; did you mean equivocate?"),
        BadTopology(
            "does: equivocate, at: task 500", "does: crash, for: 3 tasks",
            "18:40: faults[0].for: a crash lasts a time, not a number of tasks; write 2s, or leave it out "
                + "for good"),
        BadTopology(
            "does: equivocate", "does: crash, probability: 1/10",
            "18:48: faults[0].probability: crash takes no probability; it takes at, for, service, point, disk"),
        BadTopology(
            "does: equivocate, at: task 500", "does: power-loss, at: task 5, service: squares",
            "18:44: faults[0].at: power is lost at a time, not at a task; write 2s",
            "18:61: faults[0].service: power-loss takes no service; it takes at, for"),
        BadTopology(
            "does: equivocate", "does: slow", "18:28: faults[0].does: slow needs delay; write delay: 50ms"),
        BadTopology(
            "does: equivocate", "does: selective", "18:28: faults[0].does: selective needs to; write to: [op-1, op-2]"),
        BadTopology(
            "does: equivocate", "does: clock-step, by: 2",
            "18:44: faults[0].by: 2 has no unit; write 2ms"),
        BadTopology(
            "does: equivocate", "does: replay, as: same-vote",
            "18:40: faults[0].as: same-vote is not a way; write task, epoch, service or network"),
        BadTopology(
            "does: equivocate", "does: flood, rate: 5",
            "18:41: faults[0].rate: 5 is not a rate of frames; write 2000/s"),
        BadTopology(
            "does: equivocate", "does: crash, disk: full",
            "18:41: faults[0].disk: full is not a disk; write keep, older or empty"),
        BadTopology(
            "does: equivocate", "does: twin",
            "18:38: faults[0].at: a twin is there from the start: later its guard would be older than what others hold"),
        BadTopology(
            "does: equivocate, at: task 500", "does: amnesia",
            "18:28: faults[0].does: an amnesia needs something to forget; write at: task 100"),
        BadTopology(
            "does: equivocate", "does: pause, for: 3 tasks",
            "18:40: faults[0].for: a pause lasts a time, not a number of tasks; write 2s"),
        BadTopology(
            "at: task 500", "probability: 0%, for: 0 tasks, at: noon",
            "18:53: faults[0].probability: 0% means never; write 1/10",
            "18:62: faults[0].for: 0 is not within 1 to 1000000000",
            "18:75: faults[0].at: noon is not a time or a task; write start, task 500 or 2s"),
        BadTopology(
            "op-3: {stake: 100 SOL}", "op-3: {stake: 0 SOL}",
            "18:16: faults[0].operator: op-3 has no stake, so it votes on nothing; give it some"),
        BadTopology("operator: op-3, ", "", "18:5: faults[0]: operator is missing; write operator: op-3"),
        BadTopology(
            "operator: op-3", "operators: []", "18:17: faults[0].operators: names nobody; write [op-1, op-2]"),
        BadTopology(
            "operator: op-3, does: equivocate, at: task 500", "does: coordinator-crash",
            "18:5: faults[0]: coordinator is missing; write coordinator: squares"),
        BadTopology(
            "at: task 500", "probability: 0",
            "18:53: faults[0].probability: 0 means never; write 1/10"),
        BadTopology(
            "{operator: op-3, does: equivocate, at: task 500}", "op-3",
            "18:5: faults[0]: op-3 is not a mapping; write {operator: op-3, does: equivocate, at: task 500}"),
        BadTopology(
            "  - {operator: op-3, does: equivocate, at: task 500}", "  op-3: equivocate",
            "18:3: faults: a mapping is not a list; write [{operator: op-3, does: equivocate, at: task 500}]"),
        BadTopology(
            "slashed: [op-3]", "slashed: [op-7]",
            "20:13: expect.slashed[0]: op-7 is not an operator; the operators are op-1, op-2, op-3"),
        BadTopology(
            "slashed: [op-3]", "certified: 101%",
            "20:14: expect.certified: 101% is more than the whole; at most 100%"),
        BadTopology(
            "slashed: [op-3]", "quorum-latency: {p95: {at-most: 1s}}",
            "20:20: expect.quorum-latency: unknown key p95; did you mean p90?"),
        BadTopology(
            "slashed: [op-3]", "quorum-latency: {p99: {}}",
            "20:25: expect.quorum-latency.p99: at-most is missing; write at-most: 250ms"),
        BadTopology(
            "slashed: [op-3]", "verdicts: {agrement: holds, liveness: fine}",
            "20:14: expect.verdicts: unknown key agrement; did you mean agreement?",
            "20:41: expect.verdicts.liveness: fine is not a verdict; write holds, violated, unknown or "
                + "not-applicable"),
    ]

    @Test(arguments: [
        ("does: silent", FaultPlan(party: .signer(OperatorIndex(2)), behaviour: .silent, lasts: .untilTheEnd)),
        (
            "does: equivocate-split, at: task 999, for: 3 tasks, probability: 1/10, service: squares",
            FaultPlan(
                party: .signer(OperatorIndex(2)), behaviour: .equivocateSplit, service: ServiceID(0),
                begins: .task(TaskSequence(999)), lasts: .tasks(3), probability: Fraction(1, over: 10)!)
        ),
        (
            "does: crash, at: 1.5s, for: 200ms",
            FaultPlan(
                party: .signer(OperatorIndex(2)), behaviour: .crash, begins: .after(.milliseconds(1500)),
                lasts: .duration(.milliseconds(200)))
        ),
        (
            "does: equivocate, at: start",
            FaultPlan(party: .signer(OperatorIndex(2)), behaviour: .equivocate, lasts: .tasks(1))
        ),
    ])
    func readsFaults(text: String, plan: FaultPlan) throws {
        let text = BadTopology.sound.replacingOccurrence("does: equivocate, at: task 500", text)
        #expect(try Topology.parse(text, file: "lab.yaml").faults == [plan])
    }
}
