import Faults
import Messages
import Primitives
import Records
import Services
import TestSupport
import Testing
import Verdicts

@testable import Attesting

/// Networks that somebody pokes while they run.
@Suite(.computing) struct LiveClusterTests {
    /// The wrapper of a live cluster's machine does nothing as long as nobody asks it to.
    @Test(arguments: [Dissemination.mesh, .star])
    func withoutFaultsTheWrappedMachinesAreTheHonestOnes(_ dissemination: Dissemination) {
        let network = TestNetwork(dissemination: dissemination, tasks: 8, isLive: true)
        network.run(until: .milliseconds(60))
        network.tell(.submitted(ticket: 1, payload: Squaring.bytes(UInt64(5))), to: TestNetwork.coordinator)
        network.tell(.perturbed(Perturbation.clear.borsh), to: op(0))
        network.run(until: .seconds(3))
        network.tell(.draining, to: TestNetwork.coordinator)
        network.run(until: .seconds(4))
        #expect(network.hasFinished && network.ledger.settlements.count == 9)
        let load = TaskLoad(tasks: 8, interval: .milliseconds(20), arrival: .fixed, seed: 1)
        var machines: [Party: any NodeMachine] = [
            TestNetwork.coordinator: CoordinatorMachine(
                genesis: network.genesis, service: ServiceID(0), load: load, isLive: true)!
        ]
        for number in 0..<5 {
            machines[op(number)] = OperatorMachine(genesis: network.genesis, signer: OperatorIndex(UInt32(number)))
        }
        var differences = 0
        for (party, event, time, digest) in network.handled {
            var effects: [NodeEffect] = []
            machines[party]!.handle(event, at: time, effects: &effects)
            if NodeEffect.digest(of: effects) != digest { differences += 1 }
        }
        #expect(differences == 0 && network.handled.count > 200)
    }

    /// Whatever is done to a live network, in whatever order: no machine breaks a promise, nobody honest is slashed, and
    /// the oracles find nothing.
    @Test(arguments: [Dissemination.mesh, .star], 0..<UInt64(2))
    func whateverIsDoneToItTheOraclesHold(_ dissemination: Dissemination, _ seed: UInt64) {
        let session = LiveSession(seed: seed, dissemination: dissemination, isGentle: seed.isMultiple(of: 2))
        let network = session.run()
        #expect(network.breaches.isEmpty && network.hasFinished)
        let history = RunHistory(network.records(session.interventions))
        #expect(history.gaps.isEmpty)
        for oracle in [Oracle.agreement, .accountability, .innocence, .completeness, .exactlyOnce, .liveness] {
            let finding = oracle.judge(history)
            #expect([.holds, .notApplicable].contains(finding.verdict), "\(oracle): \(finding.account)")
        }
        let slashed = Set(network.slashedSigners)
        #expect(slashed.isSubset(of: session.cheats))
        #expect(history.tasks.count(where: \.isSubmitted) == session.accepted.count)
    }
}

/// Random injections, pauses, kills, restarts and submissions, then an orderly end.
private final class LiveSession {
    let network: TestNetwork
    private(set) var interventions: [Intervention] = []
    private(set) var cheats: Set<Party> = []
    private var random: SeededRandom
    private var tickets: UInt64 = 0
    private let parties: [Party]

    /// - Parameter isGentle: a quorum of operators is left alone, so that there is something to be judged alive.
    init(seed: UInt64, dissemination: Dissemination, isGentle: Bool) {
        network = TestNetwork(
            stakes: Array(repeating: 100, count: 7), dissemination: dissemination, tasks: 1_000_000,
            pacing: .open(interval: .milliseconds(100), .fixed), seed: seed, isLive: true)
        parties = (0..<(isGentle ? 2 : 7)).map(op) + [TestNetwork.coordinator]
        random = SeededRandom(seed: seed, purpose: "live session")
    }

    /// Those of the submissions that became tasks.
    var accepted: Set<UInt64> {
        network.notes.reduce(into: []) { found, note in
            if case .taskSubmitted(_, _, let ticket) = note.observation { found.insert(ticket) }
        }
    }

    func run() -> TestNetwork {
        var time = Duration.milliseconds(100)
        for _ in 0..<25 {
            network.run(until: time)
            act(on: parties.randomElement(using: &random)!)
            time += .milliseconds(Int64(random.next() % 300))
        }
        network.run(until: time)
        for party in parties {
            if network.isPaused(party) { intervene(.resumed, party) }
            if !network.isAlive(party) { intervene(.restarted(.keep), party) }
        }
        for party in parties { network.tell(.perturbed(Perturbation.clear.borsh), to: party) }
        network.connectEverybody()
        network.run(until: time + .milliseconds(500))
        network.tell(.draining, to: TestNetwork.coordinator)
        network.run(until: time + .seconds(6))
        return network
    }

    private func intervene(_ act: Intervention.Act, _ party: Party) {
        network.intervene(act, party, &interventions)
    }

    private func act(on party: Party) {
        guard network.isAlive(party) else {
            // A coordinator from an older disk would issue a number twice: nobody may do that to it.
            let disks: [Intervention.Disk] = party.isCoordinator ? [.keep] : Intervention.Disk.allCases
            return intervene(.restarted(disks.randomElement(using: &random)!), party)
        }
        guard !network.isPaused(party) else {
            return intervene(random.next().isMultiple(of: 3) ? .killed : .resumed, party)
        }
        switch random.next() % 8 {
        case 0, 1: submit()
        case 2, 3: inject(into: party)
        case 4: network.tell(.perturbed(Perturbation.clear.borsh), to: party)
        case 5: intervene(.paused, party)
        default: intervene(.killed, party)
        }
    }

    private func submit() {
        tickets += 1
        network.tell(
            .submitted(ticket: tickets, payload: Squaring.bytes(random.next())), to: TestNetwork.coordinator)
    }

    private func inject(into party: Party) {
        let extents: [FaultPlan.Extent] = [.tasks(2), .duration(.milliseconds(300)), .untilTheEnd]
        let begins: [FaultPlan.Beginning] = [.start, .after(.milliseconds(100)), .task(TaskSequence(40))]
        var behaviours: [Behaviour] = party.isCoordinator ? [.coordinatorCrash] : [.silent, .silent, .crash]
        // No more than one may cheat, so that agreement is promised.
        if !party.isCoordinator, cheats.isEmpty || cheats == [party] { behaviours += [.equivocate, .equivocateSplit] }
        let behaviour = behaviours.randomElement(using: &random)!
        if behaviour.isProvable { cheats.insert(party) }
        network.inject(
            FaultPlan(
                party: party, behaviour: behaviour, begins: begins.randomElement(using: &random)!,
                lasts: extents.randomElement(using: &random)!))
    }
}
