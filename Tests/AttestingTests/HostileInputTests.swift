import Cryptography
import Messages
import Primitives
import TestSupport
import Testing

@testable import Attesting

@Suite(.computing) struct HostileInputTests {
    @Test func onlyTheLedgerSpeaksForTheLedger() throws {
        let network = TestNetwork(tasks: 0)
        network.run(until: .zero)
        let member = OperatorSet.Member(signer: OperatorIndex(4), key: network.key(4).publicKey, weight: Lamports(1))
        let usurped = try OperatorSet(
            network: network.genesis.network, service: ServiceID(0), epoch: Epoch(9), revision: Revision(0),
            threshold: .twoThirds, members: [member])
        for receiver in [op(0), TestNetwork.coordinator] {
            network.deliver(.notice(.operatorSet(usurped)), from: op(4), to: receiver)
            #expect(network.rejections(by: receiver) == [op(4)])
        }
        // A vote of its own would be a quorum of that set.
        let task = network.signedTask(0, set: usurped)
        network.deliver(.attestation(network.vote(task.task, by: 4, result: 1)), from: op(4), to: op(0))
        network.run(until: .milliseconds(100))
        #expect(network.certificates(by: op(0)).isEmpty)
    }

    @Test func aTaskIsTheCoordinatorsAloneAndWithItsSignature() {
        let network = TestNetwork(tasks: 0)
        network.run(until: .zero)
        let task = network.signedTask(0)
        network.deliver(.task(task), from: op(1), to: op(0))
        #expect(network.rejections(by: op(0)) == [op(1)])
        var forged = task
        forged.signature = network.key(1).sign(task.task.signedBytes)
        network.deliver(.task(forged), from: TestNetwork.coordinator, to: op(0))
        network.run(until: .milliseconds(100))
        #expect(network.rejections(by: op(0)) == [op(1), TestNetwork.coordinator])
        #expect(network.guards.isEmpty)
    }

    @Test(arguments: [0, UInt64(Int64.max)])
    func timesFromTheEndsOfTheWorldDoNoHarm(_ nanoseconds: UInt64) {
        let network = TestNetwork(tasks: 0)
        network.run(until: .zero)
        let issued = Instant(nanoseconds: nanoseconds)
        network.deliver(.task(network.signedTask(0, issued: issued)), from: TestNetwork.coordinator, to: op(0))
        var odd = network.signedTask(1).task
        odd.deadline = Instant(nanoseconds: UInt64(Int64.max))
        let signed = SignedTask(task: odd, signature: network.key(0).sign(odd.signedBytes))
        network.deliver(.task(signed), from: TestNetwork.coordinator, to: op(1))
        #expect(network.rejections(by: op(1)) == [TestNetwork.coordinator])
        network.run(until: .seconds(20))
        #expect(network.breaches.isEmpty)
    }

    @Test func duplicatesAreHarmless() {
        let network = TestNetwork()
        network.run(until: .milliseconds(100))
        let (task, vote) = (network.signedTask(0), network.votes(by: op(1))[0])
        for _ in 0..<20 {
            network.deliver(.attestation(vote), from: op(1), to: TestNetwork.coordinator)
            network.deliver(.attestation(vote), from: op(1), to: op(0))
            network.deliver(.task(task), from: TestNetwork.coordinator, to: op(0))
        }
        network.run(until: .seconds(4))
        #expect(network.certificates(by: TestNetwork.coordinator).count == 1 && network.guards[op(0)]?.count == 1)
        #expect(network.slashedSigners.isEmpty && network.breaches.isEmpty)
    }

    @Test func oneVoteIsVerifiedOnceThoughManyBringIt() {
        let network = TestNetwork(tasks: 0)
        network.run(until: .zero)
        var machine = OperatorMachine(genesis: network.genesis, signer: OperatorIndex(0))
        var effects: [NodeEffect] = []
        let set = LedgerNotice.operatorSet(network.ledger.current)
        machine.handle(.received(.notice(set), from: .ledger), at: network.now, effects: &effects)
        let vote = network.vote(network.signedTask(0).task, by: 1, result: 49)
        for number in 1..<5 {
            machine.handle(.received(.attestation(vote), from: op(number)), at: network.now, effects: &effects)
        }
        #expect(effects.count { if case .verify = $0 { true } else { false } } == 1)
    }

    @Test func framesForOthersCloseTheConnection() {
        let network = TestNetwork()
        network.run(until: .milliseconds(50))
        let hello = Hello(network: network.genesis.network, party: op(1), key: network.key(1).publicKey)
        let notice = CertifiedNotice(statement: network.votes(by: op(0))[0].statement, certificate: .zero)
        network.deliver(.hello(hello), from: op(1), to: op(0))
        network.deliver(.certified(notice), from: op(2), to: op(0))
        network.deliver(.task(network.signedTask(0)), from: op(1), to: TestNetwork.coordinator)
        network.deliver(.summary(VoteSummary(entries: [])), from: .ledger, to: op(0))
        network.deliver(.task(network.signedTask(0)), from: op(3), to: op(0))
        #expect(network.rejections(by: op(0)) == [op(1), op(2), .ledger, op(3)])
        #expect(network.rejections(by: TestNetwork.coordinator) == [op(1)])
    }

    @Test func aVoteOfAnotherNetworkOrOfNoMemberIsRejected() {
        let network = TestNetwork()
        network.run(until: .milliseconds(50))
        var foreign = network.vote(network.issued[0], by: 1, result: 1)
        foreign.statement.voteKey.network = .zero
        network.deliver(.attestation(foreign), from: op(1), to: op(0))
        var stranger = network.vote(network.issued[0], by: 2, result: 1)
        stranger.signer = network.genesis.services[0].coordinator
        network.deliver(.attestation(stranger), from: op(2), to: op(0))
        #expect(network.rejections(by: op(0)) == [op(1), op(2)])
    }
}
