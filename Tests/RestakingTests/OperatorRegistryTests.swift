import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// The registry: who runs what, on what terms, in which AVS; and who loses a seat for being absent.
@Suite struct OperatorRegistryTests {
    typealias Fixture = LedgerFixture

    @Test func `A commission falls at once; a rise is capped, and waits for the next epoch`() {
        var fixture = Fixture.wide()
        #expect(fixture.signer(0, .setCommission(BasisPoints(2_501)!)) == .commissionTooSteep)
        #expect(fixture.signer(0, .setCommission(BasisPoints(2_500)!)) == .applied)
        #expect(fixture.ledger.operators[0].commission(in: Epoch(0)) == .zero)
        #expect(fixture.signer(0, .setCommission(BasisPoints(2_501)!)) == .commissionTooSteep, "from the present one")
        fixture.open(epoch: 1)
        #expect(fixture.ledger.operators[0].commission(in: Epoch(1)).number == 2_500)
        #expect(fixture.signer(0, .setCommission(BasisPoints(5_000)!)) == .applied)
        #expect(fixture.signer(0, .setCommission(BasisPoints(100)!)) == .applied, "and the rise is forgotten")
        #expect(fixture.ledger.operators[0].commission(in: Epoch(1)).number == 100)
        fixture.open(epoch: 2)
        #expect(fixture.ledger.operators[0].commission(in: Epoch(2)).number == 100)
    }

    @Test func `A client is what its operator says`() {
        var fixture = Fixture.wide()
        let client = ClientVersion(name: "otherd", version: "2.1", isSpecific: true)
        #expect(fixture.signer(2, .registerClient(client)) == .applied)
        #expect(fixture.ledger.operators[2].client == client)
    }

    @Test func `Without its least self-delegation an operator has no seat`() {
        // Operator 3 alone has delegated to itself: 50.
        var fixture = Fixture.wide { $0.parameters.minimumSelfDelegation = 50 }
        #expect(fixture.weights() == [3: 100])
        #expect(fixture.restaker(2, .undelegate(.native, 1, from: OperatorIndex(3))) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.weights().isEmpty)
        #expect(fixture.set().total == 0)
        #expect(fixture.restaker(2, .deposit(.native, 1)) == .applied)
        #expect(fixture.restaker(2, .delegate(.native, 1, to: OperatorIndex(3))) == .applied)
        fixture.open(epoch: 2)
        #expect(fixture.weights() == [3: 100])
    }

    @Test func `With a list, an AVS admits whom it will, and expels`() {
        var fixture = Fixture.wide { genesis in
            genesis.services[0].admission = .list([OperatorIndex(1)])
            genesis.services[0].optedIn = [OperatorIndex(0)]
        }
        #expect(fixture.signer(2, .optIn(ServiceID(0))) == .notAdmitted)
        #expect(fixture.signer(1, .optIn(ServiceID(0))) == .applied)
        #expect(fixture.coordinator(1, .admit(OperatorIndex(2))) == .alreadyAdmitted, "the other AVS is open")
        #expect(fixture.coordinator(0, .admit(OperatorIndex(2))) == .applied)
        #expect(fixture.coordinator(0, .admit(OperatorIndex(2))) == .alreadyAdmitted)
        #expect(fixture.coordinator(0, .admit(OperatorIndex(9))) == .unknownSigner)
        #expect(fixture.signer(2, .optIn(ServiceID(0))) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.weights().keys.sorted() == [0, 1, 2])
        #expect(fixture.coordinator(0, .expel(OperatorIndex(0))) == .applied)
        #expect(fixture.weights().keys.sorted() == [0, 1, 2])
        fixture.open(epoch: 2)
        #expect(fixture.weights().keys.sorted() == [1, 2])
        #expect(fixture.signer(0, .optIn(ServiceID(0))) == .notAdmitted)
        #expect(fixture.coordinator(0, .expel(OperatorIndex(0))) == .notAdmitted)
    }

    @Test func `Who exits leaves every AVS for good, and what was on its way to it goes back`() {
        var fixture = Fixture.wide()
        #expect(fixture.restaker(1, .delegate(.native, 100, to: OperatorIndex(1))) == .applied)
        #expect(fixture.signer(1, .exit) == .applied)
        #expect(fixture.weights(0)[1] == 300, "to the end of the epoch")
        #expect(fixture.signer(1, .optIn(ServiceID(0))) == .exited)
        #expect(fixture.restaker(1, .delegate(.native, 100, to: OperatorIndex(1))) == .exited)
        fixture.open(epoch: 1)
        #expect(fixture.weights(0)[1] == nil && fixture.weights(1)[1] == nil)
        #expect(fixture.restaker(1, .withdraw(.native, 5_000)) == .applied)
        #expect(fixture.books.withdrawn == 1_000)
        #expect(fixture.restaker(0, .undelegate(.native, 300, from: OperatorIndex(1))) == .applied)
    }

    @Test func `Who takes part in fewer than half of a hundred tasks is jailed from the next epoch, and not slashed`() {
        var fixture = Fixture.wide()
        fixture.settleTasks(0..<50, by: [0, 1, 2, 3])
        fixture.settleTasks(50..<100, by: [0, 1, 2])
        #expect(fixture.ledger.services[0].membership(of: OperatorIndex(3)).jail == nil, "half is enough")
        fixture.settleTasks(100..<101, by: [0, 1, 2])
        #expect(fixture.ledger.services[0].membership(of: OperatorIndex(3)).jail?.from == Epoch(1))
        #expect(fixture.weights(0)[3] == 100)
        fixture.open(epoch: 1)
        #expect(fixture.weights(0)[3] == nil)
        #expect(fixture.weights(1)[3] == 100, "the other AVS does not care")
        #expect(fixture.ledger.slashRecords.isEmpty)
        #expect(fixture.stake(3).active.assets == 100)
    }

    @Test func `After its term who is jailed may ask to be released`() {
        var fixture = Fixture.wide { $0.services[0].jail = JailTerms(window: 4, epochs: 2) }
        #expect(fixture.signer(3, .unjail(ServiceID(0))) == .notJailed)
        fixture.settleTasks(0..<4, by: [0, 1, 2])
        fixture.open(epoch: 1)
        #expect(fixture.signer(3, .unjail(ServiceID(0))) == .termNotOver)
        fixture.open(epoch: 3)
        #expect(fixture.weights(0)[3] == nil, "it is not released by itself")
        #expect(fixture.signer(3, .unjail(ServiceID(0))) == .applied)
        #expect(fixture.signer(3, .unjail(ServiceID(0))) == .notJailed)
        fixture.open(epoch: 4)
        #expect(fixture.weights(0)[3] == 100)
        fixture.settleTasks(10..<13, by: [0, 1, 2])
        #expect(fixture.ledger.services[0].membership(of: OperatorIndex(3)).isJailed == false, "a new window")
        fixture.settleTasks(13..<14, by: [0, 1, 2])
        #expect(fixture.ledger.services[0].membership(of: OperatorIndex(3)).isJailed)
    }

    @Test func `It is the participation that counts, not the certificate, and a claim makes up for what was left out`()
    {
        var fixture = Fixture.wide { $0.services[0].jail = JailTerms(window: 4) }
        let all = SignerSet(size: 4, bits: [0b1111])!
        for subject in 0..<3 as Range<UInt64> {
            let certificate = Fixture.certificate(fixture.set(), subject: subject, signers: [0, 1, 2])
            #expect(fixture.settle(certificate, participation: all) == .applied)
        }
        fixture.settleTasks(3..<6, by: [0, 1, 2])
        // One of the last four; with the claim for task 4, two.
        #expect(fixture.ledger.services[0].membership(of: OperatorIndex(3)).isJailed)
        var claiming = Fixture.wide { $0.services[0].jail = JailTerms(window: 4) }
        for subject in 0..<3 as Range<UInt64> {
            let certificate = Fixture.certificate(claiming.set(), subject: subject, signers: [0, 1, 2])
            #expect(claiming.settle(certificate, participation: all) == .applied)
        }
        claiming.settleTasks(3..<5, by: [0, 1, 2])
        let vote = Fixture.vote(Fixture.statement(claiming.set(), subject: 4), by: Fixture.operatorKeys[3])
        #expect(claiming.signer(3, .claimParticipation(vote)) == .applied)
        claiming.settleTasks(5..<6, by: [0, 1, 2])
        #expect(!claiming.ledger.services[0].membership(of: OperatorIndex(3)).isJailed)
    }

    @Test func `An attendance counts tasks of which the operator was a member, and never one it was not`() {
        var attendance = Attendance()
        let terms = JailTerms(window: 3)
        attendance.record(task: 0, tookPart: false)
        attendance.record(task: 1, tookPart: false)
        attendance.record(task: 5, tookPart: false)
        #expect(!attendance.isShort(of: terms), "it was no member between")
        attendance.record(task: 6, tookPart: false)
        attendance.record(task: 7, tookPart: true)
        #expect(attendance.isShort(of: terms))
        attendance.amend(task: 6)
        #expect(!attendance.isShort(of: terms))
        attendance.amend(task: 3)
        #expect(attendance.present == 0b011)
    }

    @Test func `A network that is released in stages has no delegations, seats or slashes before their epoch`() {
        var fixture = Fixture.wide { genesis in
            genesis.parameters.release = ReleasePlan(
                operators: Epoch(1), services: Epoch(2), slashing: Epoch(3),
                caps: [
                    .init(from: Epoch(0), value: 4_300), .init(from: Epoch(2), value: 5_000),
                ])
        }
        // 2,000 SOL and 1,800 units of mSOL, which are 2,250.
        #expect(fixture.restaker(1, .deposit(.native, 51)) == .capExceeded)
        #expect(fixture.restaker(1, .deposit(.native, 50)) == .applied)
        #expect(fixture.restaker(1, .delegate(.native, 10, to: OperatorIndex(0))) == .notReleased)
        fixture.open(epoch: 1)
        #expect(fixture.restaker(1, .delegate(.native, 10, to: OperatorIndex(0))) == .applied)
        #expect(fixture.weights().isEmpty)
        fixture.open(epoch: 2)
        #expect(fixture.weights(1)[0] == 410)
        #expect(fixture.restaker(1, .deposit(.native, 500)) == .applied)
        let early = Fixture.equivocation(by: 1, fixture.set())
        #expect(fixture.signer(0, early) == .notReleased)
        fixture.open(epoch: 3)
        #expect(fixture.signer(0, early) == .notReleased, "it was no offence that costs anything")
        #expect(fixture.signer(0, Fixture.equivocation(by: 2, fixture.set())) == .applied)
    }
}
