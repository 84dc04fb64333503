import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// A coordinator that signs two tasks under one number loses its key.
@Suite struct RevocationTests {
    typealias Fixture = LedgerFixture

    private static func task(
        _ set: OperatorSet, sequence: UInt64 = 3, payload: UInt8 = 1, epoch: Epoch? = nil, network: Digest? = nil
    ) -> ServiceTask {
        ServiceTask(
            network: network ?? set.network, service: set.service, sequence: TaskSequence(sequence),
            epoch: epoch ?? set.epoch, operatorSet: set.digest, payload: [payload],
            issued: Instant(nanoseconds: 1), deadline: Instant(nanoseconds: 2))
    }

    private static func signed(_ task: ServiceTask, by key: SigningKey = Fixture.coordinatorKeys[0]) -> SignedTask {
        SignedTask(task: task, signature: key.sign(task.signedBytes))
    }

    private static func evidence(
        _ one: SignedTask, _ other: SignedTask, by key: SigningKey = Fixture.coordinatorKeys[0]
    ) -> Instruction {
        .submitEvidence(.taskEquivocation(TaskEquivocation(one, other, by: key.publicKey)!))
    }

    private static func pair(_ set: OperatorSet, sequence: UInt64 = 3) -> Instruction {
        evidence(signed(task(set, sequence: sequence)), signed(task(set, sequence: sequence, payload: 2)))
    }

    @Test func `Anybody may report it, once, and the first to do so is on record`() {
        var fixture = Fixture()
        let set = fixture.set()
        let services = fixture.ledger.services
        #expect(fixture.apply(Self.pair(set), by: Fixture.operatorKeys[2]) == .applied)
        #expect(fixture.ledger.revocations.map(\.reporter) == [Fixture.operatorKeys[2].publicKey])
        #expect(fixture.ledger.revocations.map(\.service) == [ServiceID(0)])
        #expect(fixture.ledger.slashRecords.isEmpty)
        var forgetful = fixture.ledger
        forgetful.services = services
        #expect(forgetful.stateRoot != fixture.ledger.stateRoot)
        #expect(fixture.apply(Self.pair(set), by: Fixture.operatorKeys[1]) == .alreadySlashed)
        #expect(fixture.apply(Self.pair(set, sequence: 4), by: Fixture.operatorKeys[1]) == .alreadyTombstoned)
        #expect(fixture.set() == set, "a coordinator has no seat to lose")
    }

    @Test func `What proves nothing costs its submitter, whatever it says`() {
        var fixture = Fixture()
        let set = fixture.set()
        let good = Self.signed(Self.task(set))
        let other = Self.signed(Self.task(set, payload: 2))
        var forged = other
        forged.signature = good.signature
        var altered = other
        altered.task.deadline = Instant(nanoseconds: 3)
        let foreign = Self.task(set, network: .zero)
        var foreignOther = foreign
        foreignOther.payload = [9]
        let second = Fixture.coordinatorKeys[1]
        let operatorKey = Fixture.operatorKeys[0]
        let useless: [Instruction] = [
            Self.evidence(good, forged), Self.evidence(good, altered),
            Self.evidence(Self.signed(foreign), Self.signed(foreignOther)),
            // Another AVS's coordinator, and an operator, have no say in this one.
            Self.evidence(Self.signed(good.task, by: second), Self.signed(other.task, by: second), by: second),
            Self.evidence(
                Self.signed(good.task, by: operatorKey), Self.signed(other.task, by: operatorKey), by: operatorKey),
        ]
        for instruction in useless {
            let burned = fixture.books.burned
            #expect(fixture.apply(instruction, by: Fixture.restakerKeys[1]) == .badEvidence)
            #expect(fixture.books.burned == burned + 30)
        }
        #expect(fixture.ledger.revocations.isEmpty)
    }

    @Test func `One task twice, and tasks under two numbers, are no conflict`() {
        let set = Fixture().set()
        let one = Self.signed(Self.task(set))
        #expect(TaskEquivocation(one, one, by: Fixture.coordinatorKeys[0].publicKey) == nil)
        let next = Self.signed(Self.task(set, sequence: 4))
        #expect(TaskEquivocation(one, next, by: Fixture.coordinatorKeys[0].publicKey) == nil)
    }

    @Test func `Past the horizon it is refused, and costs nothing`() {
        var fixture = Fixture()
        let pair = Self.pair(fixture.set())
        fixture.open(epoch: 3)
        let burned = fixture.books.burned
        #expect(fixture.apply(pair, by: Fixture.restakerKeys[1]) == .pastHorizon)
        #expect(fixture.books.burned == burned)
    }

    @Test func `A revoked coordinator settles nothing, its operators do, with the signers and nobody else`() {
        var fixture = Fixture()
        let set = fixture.set()
        let all = SignerSet(size: 4, bits: [0b1111])!
        #expect(fixture.apply(Self.pair(set), by: Fixture.operatorKeys[0]) == .applied)
        let certificate = Fixture.certificate(set, signers: [0, 1, 2])
        #expect(fixture.settle(certificate) == .coordinatorRevoked)
        func submit(_ participation: SignerSet) -> Instruction {
            .submitCertificate(certificate, participation: participation)
        }
        #expect(fixture.apply(submit(all), by: Fixture.operatorKeys[1]) == .badParticipation)
        #expect(fixture.apply(submit(certificate.signers), by: Fixture.operatorKeys[1]) == .applied)
        #expect(fixture.apply(submit(certificate.signers), by: Fixture.operatorKeys[2]) == .alreadyCertified)
        // Whoever was left out claims its part with its signature.
        let vote = Fixture.vote(certificate.statement, by: Fixture.operatorKeys[3])
        #expect(fixture.apply(.claimParticipation(vote), by: Fixture.operatorKeys[3]) == .applied)
        // The other AVS's coordinator goes on as before.
        #expect(fixture.settle(Fixture.certificate(fixture.set(1), signers: [0, 1, 2])) == .applied)
    }

    @Test func `Whoever has not opted in settles nothing`() {
        var genesis = Fixture.genesis()
        genesis.services[0].optedIn.removeLast()
        var fixture = Fixture(genesis)
        let certificate = Fixture.certificate(fixture.set(), signers: [0, 1, 2])
        let instruction = Instruction.submitCertificate(certificate, participation: certificate.signers)
        for key in [Fixture.operatorKeys[3], Fixture.restakerKeys[0], Fixture.coordinatorKeys[1]] {
            #expect(fixture.apply(instruction, by: key) == .notAuthorized)
        }
        #expect(fixture.apply(instruction, by: Fixture.operatorKeys[0]) == .applied)
    }

    @Test func `Whoever connects is told of it`() throws {
        var machine = try LedgerMachine(genesis: Fixture.genesis())
        var effects: [LedgerEffect] = []
        let now = Instant(nanoseconds: 1)
        machine.handle(.opened(head: nil), at: now, effects: &effects)
        let set = machine.ledger.operatorSets.first { $0.service == ServiceID(0) }!
        let signed = Fixture.sign(
            Self.pair(set), by: Fixture.operatorKeys[0], nonce: 0, network: machine.ledger.network)
        machine.handle(.submitted(signed, from: .signer(OperatorIndex(0))), at: now, effects: &effects)
        let revocation = try #require(machine.ledger.revocations.first)
        #expect(effects.contains(.note(.revoked(revocation))))
        #expect(effects.contains(.publish(.revoked(revocation))))
        effects = []
        let party = Party.signer(OperatorIndex(1))
        machine.handle(.connected(party, key: Fixture.operatorKeys[1].publicKey), at: now, effects: &effects)
        #expect(effects.contains(.send(.revoked(revocation), to: party)))
    }
}
