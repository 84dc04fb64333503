import Faults
import Messages
import Primitives
import Testing

@testable import TopologyFormat

/// Faults of coordinators, of several operators at once, and of those who collude.
struct CoordinatorFaultTests {
    private static let fault = "{operator: op-3, does: equivocate, at: task 500}"

    private static func plans(_ faults: String...) throws -> [FaultPlan] {
        let text = BadTopology.sound.replacingOccurrence(
            "  - \(fault)", faults.map { "  - \($0)" }.joined(separator: "\n"))
        return try Topology.parse(text, file: "lab.yaml").faults
    }

    private static func op(_ number: UInt32) -> Party { .signer(OperatorIndex(number - 1)) }

    @Test func oneEntryForSeveralOperators() throws {
        let plans = try Self.plans("{operators: [op-1..op-2], does: silent, for: 2s}")
        #expect(plans.map(\.party) == [Self.op(1), Self.op(2)])
        #expect(plans.allSatisfy { $0.behaviour == .silent && $0.lasts == .duration(.seconds(2)) })
    }

    @Test func whoColludesActsWithItsCoordinatorAndEachKnowsTheOthers() throws {
        let plans = try Self.plans(
            "{coordinator: squares, does: coordinator-equivocates, at: task 150}",
            "{operators: [op-1, op-3], does: collusion}")
        #expect(plans.map(\.party) == [.coordinator(ServiceID(0)), Self.op(1), Self.op(3)])
        #expect(plans.map(\.behaviour) == [.coordinatorEquivocates, .collusion, .collusion])
        for plan in plans {
            #expect(plan.service == ServiceID(0) && plan.begins == .task(TaskSequence(150)) && plan.lasts == .tasks(1))
            #expect(plan.accomplices == [OperatorIndex(0), OperatorIndex(2)])
        }
    }

    @Test func aCoordinatorDiesAtATimeOrAtAPoint() throws {
        let plans = try Self.plans(
            "{coordinator: squares, does: coordinator-crash, at: 2s}",
            "{coordinator: squares, does: coordinator-crash, point: acknowledge, for: 300ms}")
        #expect(
            plans == [
                FaultPlan(
                    party: .coordinator(ServiceID(0)), behaviour: .coordinatorCrash, service: ServiceID(0),
                    begins: .after(.seconds(2)), lasts: .untilTheEnd),
                FaultPlan(
                    party: .coordinator(ServiceID(0)), behaviour: .coordinatorCrash, service: ServiceID(0),
                    lasts: .duration(.milliseconds(300)), point: .acknowledge),
            ])
    }

    @Test(arguments: mistakes)
    func refusesExactly(topology: BadTopology) throws { try topology.expectErrors() }

    static let mistakes = [
        BadTopology(
            fault, "{does: silent}", "18:5: faults[0]: operator is missing; write operator: op-3"),
        BadTopology(
            fault, "{operator: op-3, operators: [op-1], does: silent}",
            "18:33: faults[0].operators: operator says already whose fault it is; leave this out"),
        BadTopology(
            fault, "{operators: [op-1, op-9], does: silent}",
            "18:24: faults[0].operators[1]: op-9 is not an operator; the operators are op-1, op-2, op-3"),
        BadTopology(
            fault, "{coordinator: cubes, does: coordinator-crash}",
            "18:19: faults[0].coordinator: cubes is not a service; write squares"),
        BadTopology(
            fault, "{coordinator: squares, does: silent}",
            "18:34: faults[0].does: silent is an operator's fault; of a coordinator write coordinator-equivocates, "
                + "coordinator-crash"),
        BadTopology(
            fault, "{operator: op-3, does: coordinator-crash}",
            "18:28: faults[0].does: coordinator-crash is a coordinator's fault; of an operator write equivocate, "
                + "equivocate-split, collusion, silent, crash, power-loss"),
        BadTopology(
            fault, "{coordinator: squares, does: coordinator-crash, service: squares}",
            "18:62: faults[0].service: coordinator names the service already; leave this out"),
        BadTopology(
            fault, "{coordinator: squares, does: coordinator-crash, point: detekt}",
            "18:60: faults[0].point: detekt is not a point; did you mean detect?"),
        BadTopology(
            fault, "{operator: op-3, does: crash, point: detect}",
            "18:42: faults[0].point: crash has no point; only coordinator-crash, ledger-crash have"),
        BadTopology(
            fault, "{coordinator: squares, does: coordinator-crash, for: 3 tasks}",
            "18:58: faults[0].for: a crash lasts a time, not a number of tasks; write 2s, or leave it out for good"),
        BadTopology(
            fault, "{coordinator: squares, does: coordinator-equivocates, at: task 1000}",
            "18:63: faults[0].at: task 1000 is beyond the load of squares: tasks 0 to 999"),
        BadTopology(
            fault, "{operator: op-3, does: collusion}",
            "18:28: faults[0].does: a collusion needs a coordinator that equivocates; write {coordinator: squares, "
                + "does: coordinator-equivocates, at: task 500}"),
        BadTopology(
            fault,
            "{coordinator: squares, does: coordinator-equivocates}\n  - {operator: op-3, does: collusion, at: 2s}",
            "19:43: faults[1].at: a collusion happens when its coordinator equivocates; leave this out"),
        BadTopology(
            fault,
            "{coordinator: squares, does: coordinator-equivocates}\n"
                + "  - {coordinator: squares, does: coordinator-equivocates, at: task 9}",
            "19:34: faults[1].does: this coordinator equivocates already, and is revoked for it"),
        BadTopology(
            "slashed: [op-3]", "revoked: [cubes]",
            "20:13: expect.revoked[0]: cubes is not a service; write squares"),
        BadTopology(
            "slashed: [op-3]", "certified: {at-most: 150%}",
            "20:24: expect.certified.at-most: 150% is more than the whole; at most 100%"),
        BadTopology(
            "slashed: [op-3]", "certified: {at-least: 1/2, at-most: 1/3}",
            "20:14: expect.certified: at-least is more than at-most; exchange them"),
    ]

    @Test func whoColludesIsAnOperatorOfTheService() throws {
        let text = BadTopology.sound.replacingOccurrence(
            Self.fault,
            "{coordinator: squares, does: coordinator-equivocates}\n  - {operators: [op-1, op-2], does: collusion}"
        ).replacingOccurrence(
            "    operators: all\n",
            "    operators: [op-1, op-3]\n"
        ).replacingOccurrence(
            "faults:", "  cubes: {module: squaring}\nfaults:")
        let refusal = try #require(throws: TopologyErrors.self) { try Topology.parse(text, file: "lab.yaml") }
        #expect("\(refusal)" == "lab.yaml:20:37: faults[1].does: op-2 is not an operator of squares")
    }

    @Test func twoTasksUnderOneNumberNeedPeersToSeeThem() throws {
        let star = BadTopology.sound.replacingOccurrence("name: lab\n", "name: lab\nnetwork: {dissemination: star}\n")
            .replacingOccurrence(Self.fault, "{coordinator: squares, does: coordinator-equivocates}")
        let refusal = try #require(throws: TopologyErrors.self) { try Topology.parse(star, file: "lab.yaml") }
        #expect(
            "\(refusal)"
                == "lab.yaml:19:34: faults[0].does: in a star nobody but the coordinator sees two tasks under one "
                + "number; write dissemination: mesh")
    }

    @Test func readsWhatIsExpectedOfCoordinatorsAndOfCertificates() throws {
        let text = BadTopology.sound.replacingOccurrence(
            "slashed: [op-3]", "{revoked: [squares], certified: {at-least: 10%, at-most: 90%}}")
        let expect = try Topology.parse(text, file: "lab.yaml").expect
        #expect(expect.revoked == [ServiceID(0)])
        #expect(expect.certified == .basisPoints(1000) && expect.certifiedAtMost == .basisPoints(9000))
    }
}
