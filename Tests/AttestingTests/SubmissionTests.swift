import Cryptography
import Faults
import Messages
import Primitives
import Services
import TestSupport
import Testing

@testable import Attesting

/// Tasks that somebody submits to a coordinator while it runs.
@Suite(.computing) struct SubmissionTests {
    private static let coordinator = TestNetwork.coordinator

    private static func network(
        tasks: UInt64, pacing: TaskLoad.Pacing = .open(interval: .milliseconds(20), .fixed)
    ) -> TestNetwork {
        TestNetwork(tasks: tasks, pacing: pacing, isLive: true, latency: { _, _ in .milliseconds(1) })
    }

    private static func submit(_ network: TestNetwork, _ ticket: UInt64, _ number: UInt64 = 12) {
        network.tell(.submitted(ticket: ticket, payload: Squaring.bytes(number)), to: coordinator)
    }

    /// Number and ticket of each.
    private static func submitted(_ network: TestNetwork) -> [UInt64: UInt64] {
        network.notes.reduce(into: [:]) { found, note in
            if case .taskSubmitted(_, let sequence, let ticket) = note.observation { found[sequence.number] = ticket }
        }
    }

    private static func refusals(_ network: TestNetwork) -> [String] {
        network.notes.compactMap {
            if case .submissionRefused(_, let reason) = $0.observation { reason } else { nil }
        }
    }

    @Test func itIsIssuedAtOnceUnderTheNextNumberAndCertified() {
        let network = Self.network(tasks: 4)
        network.run(until: .milliseconds(30))
        Self.submit(network, 7)
        network.run(until: .milliseconds(100))
        #expect(Self.submitted(network) == [2: 7])
        #expect(network.issued.map(\.sequence.number) == [0, 1, 2, 3, 4])
        let task = network.issued[2]
        #expect(task.payload == Squaring.bytes(UInt64(12)))
        #expect(task.issued == TestNetwork.beginning + .milliseconds(30))
        // The load keeps its times: the third of its tasks comes at 40 ms, whatever its number.
        #expect(network.issued[3].issued == TestNetwork.beginning + .milliseconds(40))
        #expect(network.certificates(by: Self.coordinator).count == 5)
    }

    @Test func itTakesNoPlaceInAClosedLoop() {
        let network = Self.network(tasks: 3, pacing: .closed(inFlight: 1, lasting: nil))
        network.run(until: .milliseconds(1))
        Self.submit(network, 1)
        Self.submit(network, 2)
        network.run(until: .seconds(1))
        #expect(network.issued.count == 5 && Self.submitted(network) == [1: 1, 2: 2])
        let load = network.issued.filter { Self.submitted(network)[$0.sequence.number] == nil }
        #expect(load.count == 3 && Set(load.map(\.issued)).count == 3)
    }

    @Test func itStaysOpenUntilItIsAskedToDrain() {
        let network = Self.network(tasks: 1)
        network.run(until: .seconds(4))
        #expect(!network.hasFinished)
        Self.submit(network, 1)
        network.tell(.draining, to: Self.coordinator)
        Self.submit(network, 2)
        #expect(Self.refusals(network).count == 1 && Self.refusals(network)[0].contains("draining"))
        network.run(until: .seconds(5))
        #expect(!network.hasFinished && network.certificates(by: Self.coordinator).count == 2)
        network.run(until: .seconds(7))
        #expect(network.hasFinished && network.settlement(of: 1) != nil)
    }

    @Test func itDrainsInTheMiddleOfItsLoadToo() {
        let network = Self.network(tasks: 1_000)
        network.run(until: .milliseconds(50))
        network.tell(.draining, to: Self.coordinator)
        network.run(until: .seconds(4))
        #expect(network.hasFinished && network.issued.count == 3)
        // A restarted one is told again.
        network.crash(Self.coordinator)
        network.restart(Self.coordinator)
        network.tell(.draining, to: Self.coordinator)
        network.run(until: .seconds(8))
        #expect(network.issued.last!.issued <= TestNetwork.beginning + .seconds(4))
    }

    /// Numbering, the load's place and the payloads of open tasks all come from the guard.
    @Test func aRestartLosesNothing() {
        let network = Self.network(tasks: 10)
        network.run(until: .milliseconds(30))
        Self.submit(network, 1, 100)
        network.run(until: .milliseconds(50))
        Self.submit(network, 2, 200)
        // Recorded, and not yet sent.
        network.crash(Self.coordinator)
        network.run(until: .milliseconds(400))
        network.restart(Self.coordinator)
        #expect(network.notes.last { $0.by == Self.coordinator }!.incarnation == 2)
        network.run(until: .seconds(2))
        let payloads = Dictionary(network.issued.map { ($0.sequence.number, $0.payload) }) { first, second in
            #expect(first == second)
            return first
        }
        #expect(payloads.count == 12 && Self.submitted(network) == [2: 1, 4: 2])
        #expect(payloads[2] == Squaring.bytes(UInt64(100)) && payloads[4] == Squaring.bytes(UInt64(200)))
        #expect(network.breaches.isEmpty)
        network.tell(.draining, to: Self.coordinator)
        network.run(until: .seconds(6))
        #expect(network.hasFinished && (0..<12).allSatisfy { network.settlement(of: $0) != nil })
        // The load's times are those of its own places: its fifth task has number 6.
        #expect(network.issued.last { $0.sequence.number == 6 }!.issued == TestNetwork.beginning + .milliseconds(80))
    }

    @Test func whatExpiresIsTold() {
        let network = Self.network(tasks: 0)
        network.run(until: .milliseconds(10))
        for number in 0..<3 { network.crash(op(number)) }
        Self.submit(network, 1)
        network.run(until: .milliseconds(1_100))
        #expect(network.expired == [TaskSequence(0)])
        // One that an earlier process issued is given up when its window closes.
        Self.submit(network, 2)
        network.run(until: .milliseconds(1_200))
        network.crash(Self.coordinator)
        network.restart(Self.coordinator)
        network.run(until: .seconds(5))
        #expect(network.expired.last == TaskSequence(1))
    }

    @Test func refusalsSayWhy() {
        let network = Self.network(tasks: 0)
        network.run(until: .milliseconds(10))
        let long = [UInt8](repeating: 0, count: ServiceTask.payloadLimit + 1)
        network.tell(.submitted(ticket: 1, payload: long), to: Self.coordinator)
        for ticket in 0...UInt64(CoordinatorMachine.submissionLimit) { Self.submit(network, ticket) }
        let revocation = Revocation(
            offence: .zero, accused: network.genesis.services[0].coordinator, service: ServiceID(0),
            voteKey: network.signedTask(0).task.voteKey, reporter: network.key(0).publicKey, slot: Slot(0))
        network.deliver(.notice(.revoked(revocation)), from: .ledger, to: Self.coordinator)
        Self.submit(network, 3)
        let reasons = Self.refusals(network)
        #expect(reasons.count == 3)
        for (reason, word) in zip(reasons, ["65537 bytes", "1024 submitted tasks are open", "revoked"]) {
            #expect(reason.contains(word), "\(reason)")
        }
    }

    @Test func beforeThereIsAnOperatorSetItIsRefused() {
        let network = TestNetwork(tasks: 0, isLive: true)
        Self.submit(network, 1)
        #expect(Self.refusals(network).count == 1 && Self.refusals(network)[0].contains("operator set"))
    }
}
