import Links
import Messages
import Primitives
import Records
import TestSupport
import Testing
import TopologyFormat

@testable import Simulation

/// The same seed gives the same run, to the byte.
@Suite(.computing) struct DeterminismTests {
    private static let busy = """
        [{operator: op-2, does: equivocate-split, at: task 3}, {operator: op-1, does: crash, at: task 6, for: 200ms},
        {coordinator: squares, does: coordinator-crash, point: submit, for: 100ms}]
        """

    private func busy(_ seed: UInt64, cores: Cores = .shared(2)) throws -> SimulationPlan {
        let network = "{dissemination: mesh, link: {latency: 3ms, jitter: 2ms, loss: 1%, duplicate: 1%, reorder: 2%}}"
        return try Scene.plan(try Scene.topology(network: network, faults: Self.busy), seed: seed, cores: cores)
    }

    @Test func oneSeedOneRun() throws {
        let (first, second) = (try Simulator.run(try busy(7)), try Simulator.run(try busy(7)))
        #expect(first.audit == second.audit)
        #expect(first.figures == second.figures)
        #expect(bytes(first) == bytes(second))
        #expect(try Simulator.run(try busy(8)).audit != first.audit)
    }

    @Test func lookingOnAndKeepingInputsChangeNothing() throws {
        let plain = try Simulator.run(try busy(7))
        var plan = try busy(7)
        plan.keepsInputs = true
        let counter = Counter()
        let watched = try Simulator.run(plan, observer: counter)
        #expect(watched.audit == plain.audit)
        #expect(counter.handled == plain.figures.events)
        let notes = { (run: SimulatedRun) in run.records.nodes.map(\.notes) }
        #expect(notes(watched) == notes(plain))
        #expect(watched.records.nodes.allSatisfy { node in node.entries.contains { $0.isInput } })
        #expect(!plain.records.nodes.contains { node in node.entries.contains { $0.isInput } })
    }

    /// What is drawn for one purpose, or for one direction of one link, stays as it was.
    @Test func aFaultShiftsNoOtherDraw() throws {
        let network = "{dissemination: star, link: {latency: 3ms, jitter: 2ms}}"
        let load = "load: {tasks: 20, rate: 100/s, arrival: poisson}"
        let sent = { (faults: String) in
            let sent = SentTasks(to: .signer(OperatorIndex(0)))
            let topology = try Scene.topology(network: network, service: load, faults: faults)
            _ = try Simulator.run(try Scene.plan(topology, costs: .none), observer: sent)
            return sent
        }
        let quiet = try sent("[]")
        #expect(quiet.tasks.count == 20)
        for faults in ["[{operator: op-4, does: silent, at: task 2}]", "[{operator: op-3, does: crash, at: 90ms}]"] {
            let disturbed = try sent(faults)
            #expect(disturbed.tasks == quiet.tasks, "keys, payloads and arrivals")
            #expect(disturbed.flights.prefix(2) == quiet.flights.prefix(2), "how long frames take before it begins")
        }
    }

    private func bytes(_ run: SimulatedRun) -> [[UInt8]] {
        run.records.nodes.map { node in node.header.borsh + node.entries.flatMap(\.borsh) }
    }
}

private final class Counter: SimulationObserver {
    private(set) var handled: UInt64 = 0

    func observe(_ event: SimulationEvent, at now: Instant) {
        switch event {
        case .handled, .ledgerHandled: handled += 1
        default: break
        }
    }
}

/// The first copy of each task that goes to one node, and how long it takes there.
private final class SentTasks: SimulationObserver {
    private let receiver: Party
    private(set) var tasks: [SignedTask] = []
    private(set) var flights: [Duration] = []

    init(to receiver: Party) { self.receiver = receiver }

    func observe(_ event: SimulationEvent, at now: Instant) {
        guard case .sent(.task(let signed), _, receiver, let arrives?) = event, !tasks.contains(signed) else { return }
        tasks.append(signed)
        flights.append(arrives.first - now)
    }
}

extension RecordEntry {
    fileprivate var isInput: Bool { if case .input = self { true } else { false } }
}
