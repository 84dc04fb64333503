import Links
import Primitives
import Testing

@testable import TopologyFormat

struct ServiceReaderTests {
    @Test(arguments: mistakes)
    func refusesExactly(topology: BadTopology) throws {
        try topology.expectErrors()
    }

    static let mistakes = [
        BadTopology(
            "module: squaring", "module: squarring",
            "11:13: services.squares.module: squarring is not a service module; did you mean squaring?"),
        BadTopology(
            "    module: squaring\n", "",
            "11:5: services.squares: module is missing; write module: squaring or exec"),
        BadTopology("2/3", "0.67", "12:16: services.squares.threshold: 0.67 is not a fraction; write 2/3"),
        BadTopology("2/3", "67%", "12:16: services.squares.threshold: 67% is not a fraction; write 2/3"),
        BadTopology(
            "2/3", "1/2",
            "12:16: services.squares.threshold: 1/2 does not exceed 1/2, so two results could be certified "
                + "and nobody proven guilty; write 2/3, or set accountability: none"),
        BadTopology(
            "2/3", "1/1",
            "12:16: services.squares.threshold: 1/1 is not between 0 and 1; a quorum is strictly more than it"),
        BadTopology(
            "2/3", "0/3",
            "12:16: services.squares.threshold: 0/3 is not between 0 and 1; a quorum is strictly more than it"),
        BadTopology("2/3", "2/0", "12:16: services.squares.threshold: 2/0 is not a fraction; write 2/3"),
        BadTopology(
            "operators: all", "operators: [op-1, op-9]",
            "13:23: services.squares.operators[1]: op-9 is not an operator; the operators are op-1, op-2, op-3"),
        BadTopology(
            "operators: all", "operators: [op-1..op-2, op-2]",
            "13:29: services.squares.operators[1]: op-2 is listed twice"),
        BadTopology(
            "operators: all", "operators: op-3..op-1",
            "13:16: services.squares.operators: op-3..op-1 runs backwards; write op-1..op-3"),
        BadTopology(
            "operators: all", "operators: []",
            "13:16: services.squares.operators: a service has at least one operator"),
        BadTopology(
            "load: {tasks: 1000, rate: 200/s}", "load: {tasks: 0, rate: fast}",
            "14:19: services.squares.load.tasks: 0 is not within 1 to 1000000000",
            "14:28: services.squares.load.rate: fast is not a rate; write 200/s"),
        BadTopology(
            "200/s", "2000000/s",
            "14:31: services.squares.load.rate: 2000000/s is too fast; at most 1000000/s"),
        BadTopology(
            "200/s", "0.5/s",
            "14:31: services.squares.load.rate: 0.5/s is not a whole number of tasks; write 30/min for 0.5/s"),
        BadTopology(
            "tasks: 1000, rate: 200/s", "tasks: 1000000000, rate: 1/h",
            "14:11: services.squares.load: 1000000000 tasks at 1/h take longer than 8760h"),
        BadTopology(
            "tasks: 1000, rate: 200/s", "tasks: 1000, rate: 200/s, in-flight: 64",
            "14:11: services.squares.load: in-flight makes a closed loop, in which the network sets the pace; leave "
                + "out rate, or in-flight"),
        BadTopology(
            "tasks: 1000, rate: 200/s", "in-flight: 64, arrival: poisson",
            "14:11: services.squares.load: in-flight makes a closed loop, in which the network sets the pace; leave "
                + "out arrival, or in-flight"),
        BadTopology(
            "tasks: 1000, rate: 200/s", "in-flight: 0",
            "14:23: services.squares.load.in-flight: 0 is not within 1 to 10000"),
        BadTopology(
            "tasks: 1000, rate: 200/s", "in-fligt: 64",
            "14:12: services.squares.load: unknown key in-fligt; did you mean in-flight?"),
        BadTopology(
            "deadline: 1s", "deadline: 3s",
            "16:22: services.squares.evidence-window: 2s is shorter than the deadline, 3s; the "
                + "evidence-window is counted from a task's issue and includes the deadline"),
        BadTopology(
            "evidence-window: 2s", "evidence-window: 10s",
            "16:22: services.squares.evidence-window: 10s and 550ms to submit what was seen outlast the ledger's "
                + "evidence horizon, 3200ms (unbonding-epochs x slots-per-epoch x slot); write 2650ms or less"),
        BadTopology(
            "evidence-window: 2s", "evidence-window: 2651ms",
            "16:22: services.squares.evidence-window: 2651ms and 550ms to submit what was seen outlast the ledger's "
                + "evidence horizon, 3200ms (unbonding-epochs x slots-per-epoch x slot); write 2650ms or less"),
        BadTopology(
            "name: lab", "name: lab\nledger: {slots-per-epoch: 5}",
            "17:22: services.squares.evidence-window: 2s and 550ms to submit what was seen outlast the ledger's "
                + "evidence horizon, 500ms (unbonding-epochs x slots-per-epoch x slot); make unbonding longer"),
        BadTopology(
            "    evidence-window: 2s\n", "    slash: {equivocation: 120%}\n",
            "16:27: services.squares.slash.equivocation: 120% is more than the whole; at most 100%"),
        BadTopology(
            "    evidence-window: 2s\n", "    slash: {equivocation: 0.05}\n",
            "16:27: services.squares.slash.equivocation: 0.05 is not a share; write 5%"),
        BadTopology(
            "deadline: 1s", "deadline: soon",
            "15:15: services.squares.deadline: soon is not a duration; write 1s"),
        BadTopology(
            "deadline: 1s", "deadline: 1 sec",
            "15:15: services.squares.deadline: 1 sec is not a duration; its unit must be ns, us, ms, s, m or h"),
        BadTopology(
            "deadline: 1s\n    evidence-window: 2s", "deadline: 5s",
            "15:15: services.squares.deadline: 2s (the default evidence-window) is shorter than the "
                + "deadline, 5s; the evidence-window is counted from a task's issue and includes the deadline"),
        BadTopology(
            "    threshold: 2/3\n", "    treshold: 2/3\n",
            "12:5: services.squares: unknown key treshold; did you mean threshold?"),
        BadTopology(
            "services:\n", "services: {}\nservics:\n",
            "9:11: services: a topology has at least one service",
            "10:1: unknown key servics; did you mean services?"),
        BadTopology(
            "operators: all", "operators: all\n    accountability: non",
            "14:21: services.squares.accountability: non is not a kind of accountability; did you mean none?"),
    ]

    @Test func takesAWindowThatLeavesTimeToSubmit() throws {
        let text = BadTopology.sound.replacingOccurrence("evidence-window: 2s", "evidence-window: 2650ms")
        #expect(try Topology.parse(text, file: "lab.yaml").services[0].evidenceWindow == .milliseconds(2650))
    }

    @Test func takesAClosedLoop() throws {
        let text = BadTopology.sound.replacingOccurrence("tasks: 1000, rate: 200/s", "tasks: 1000, in-flight: 64")
        let load = try Topology.parse(text, file: "lab.yaml").services[0].load
        #expect(load == LoadPlan(tasks: 1_000, pacing: .closed(inFlight: 64, lasting: nil)))
        #expect(load.rate == nil && load.account == "1000 tasks, 64 in flight")
    }

    @Test func fillsInTheDefaults() throws {
        let text = """
            version: 1
            name: least
            operators: {count: 33, stake: equal, total: 33 SOL}
            services: {squares: {module: squaring}}
            """
        let topology = try Topology.parse(text, file: "least.yaml")
        let service = try #require(topology.services.first)
        #expect(service.threshold == .twoThirds && service.wantsAccountability)
        #expect(service.operators.count == 33)
        #expect(service.slash.equivocation == .basisPoints(500))
        #expect((service.deadline, service.evidenceWindow) == (.seconds(1), .seconds(2)))
        #expect(service.load.pacing == .open(Rate(count: 200, period: .seconds(1)), .fixed))
        #expect(topology.ledger == .fast)
        #expect(topology.network == NetworkPlan(dissemination: .star, link: .none), "33 are too many for a mesh")
        #expect(topology.guardMode == .synced && topology.seed == nil && topology.faults.isEmpty)
        #expect(topology.expect == Expectations())
        let smaller = try Topology.parse(text.replacingOccurrence("33", "32"), file: "least.yaml")
        #expect(smaller.network.dissemination == .mesh)
    }

    @Test func takesHalfOnlyWithoutAccountability() throws {
        let text = BadTopology.sound.replacingOccurrence("2/3", "1/3\n    accountability: none")
        let service = try Topology.parse(text, file: "lab.yaml").services[0]
        #expect(service.threshold == Fraction(1, over: 3) && !service.wantsAccountability)
    }

    @Test func refusesAServiceWithoutStake() throws {
        let text = BadTopology.sound.replacingOccurrence("300 SOL", "0 SOL").replacingOccurrence("200 SOL", "0 SOL")
        #expect(throws: Never.self) { try Topology.parse(text, file: "lab.yaml") }
        let unstaked = text.replacingOccurrence("100 SOL", "0 SOL").replacingOccurrence(
            ", delegate: {op-1: 60 SOL}", "")
        let errors = try #require(throws: TopologyErrors.self) { try Topology.parse(unstaked, file: "lab.yaml") }
        #expect(
            errors.description
                == "lab.yaml:13:16: services.squares.operators: no stake stands behind any operator of this service\n"
                + "lab.yaml:18:16: faults[0].operator: op-3 has no stake, so it votes on nothing; give it some")
    }
}
