import Cryptography
import Messages
import Primitives
import TestSupport
import Testing

@testable import Attesting

@Suite(.computing) struct TallyTests {
    private let network = TestNetwork(tasks: 0)

    /// Signatures are not looked at here: a tally is given verified votes.
    private func vote(_ number: Int, result: UInt64 = 49, subject: UInt64 = 0, set: OperatorSet) -> Attestation {
        let task = network.signedTask(subject, set: set).task
        let statement = Statement(for: task, digest: task.digest, result: [UInt8(result)])
        return Attestation(
            statement: statement, signer: set.members[number].key,
            signature: Signature(pointR: FixedBytes32(), scalarS: FixedBytes32()))
    }

    private func set(_ weights: [UInt64]) throws -> OperatorSet {
        try OperatorSet(
            network: network.genesis.network, service: ServiceID(0), epoch: Epoch(0), revision: Revision(0),
            threshold: .twoThirds,
            members: weights.enumerated().map { number, weight in
                OperatorSet.Member(
                    signer: OperatorIndex(UInt32(number)),
                    key: SigningKey(seed: FixedBytes32(Array(repeating: UInt8(number + 1), count: 32))!).publicKey,
                    weight: Lamports(weight))
            })
    }

    @Test(
        "Exactly the threshold is no quorum, one lamport more is",
        arguments: [
            ([2, 1], 1, false), ([3, 1], 1, true), ([200, 100], 1, false), ([201, 100], 1, true),
            ([199, 101], 1, false),
            ([1, 1, 1], 2, false), ([1, 1, 1], 3, true), ([1, 1, 1, 1], 3, true), ([1, 1, 1, 1, 1, 1], 4, false),
            ([1, 1, 1, 1, 1, 1], 5, true), ([0, 0], 2, false), ([1, 0], 1, true),
            ([12_297_829_382_473_034_410, 6_148_914_691_236_517_205], 1, false),
            ([12_297_829_382_473_034_411, 6_148_914_691_236_517_204], 1, true),
        ] as [([UInt64], Int, Bool)])
    func quorumIsStrictlyMoreThanTheThreshold(_ weights: [UInt64], _ votes: Int, _ isCertified: Bool) throws {
        let set = try set(weights)
        var ballot = Ballot()
        for number in 0..<votes {
            let result = ballot.count(
                vote(number, set: set), by: MemberIndex(number), in: set, mayCertify: true)
            if number < votes - 1 { #expect(result == .counted) }
        }
        ballot.checkInvariants()
        #expect((ballot.certified != nil) == isCertified)
    }

    @Test func weightsOfDifferentStatementsNeverAddUp() throws {
        let set = try set([1, 1, 1, 1])
        var ballot = Ballot()
        for number in 0..<4 {
            _ = ballot.count(
                vote(number, result: UInt64(number % 2), set: set), by: MemberIndex(number), in: set, mayCertify: true)
        }
        #expect(ballot.certified == nil && ballot.choices.map(\.weight) == [Lamports(2), Lamports(2)])
    }

    @Test func aThirdVoteOfOneSignerIsNotKept() throws {
        let set = try set([1, 1])
        var ballot = Ballot()
        let results = (0..<3).map {
            ballot.count(vote(0, result: $0, set: set), by: MemberIndex(0), in: set, mayCertify: true)
        }
        #expect(results[0] == .counted && results[2] == .duplicate)
        guard case .conflict(let evidence) = results[1] else { return #expect(Bool(false), "no conflict") }
        #expect(evidence.accused == set.members[0].key && ballot.votes(by: evidence.accused).count == 2)
        #expect(ballot.choices.count == 1)
        ballot.checkInvariants()
    }

    @Test func theCertificateFormsOnceAndLaterVotesOnlyTakePart() throws {
        let set = try set([1, 1, 1, 1])
        var ballot = Ballot()
        let results = (0..<4).map {
            ballot.count(vote($0, set: set), by: MemberIndex($0), in: set, mayCertify: true)
        }
        guard case .certified(let certificate) = results[2] else { return #expect(Bool(false), "no certificate") }
        #expect(certificate.signers.count == 3 && results[3] == .counted)
        #expect(ballot.certifiedChoice?.signers.count == 4)
    }

    /// A box with what it is given beside the votes.
    private struct Bench {
        var sets = OperatorSetBook(unbondingEpochs: 2)
        var box: BallotBox

        mutating func admit(_ vote: Attestation, from number: Int) -> BallotBox.Admission {
            defer { box.checkInvariants() }
            return box.admit(vote, from: op(number), sets: sets)
        }

        mutating func count(_ vote: Attestation) -> Ballot.Result? {
            box.count(vote, sets: sets, mayCertify: true)?.0
        }
    }

    private var bench: Bench { Bench(box: BallotBox(network: network.genesis.network)) }

    @Test func whoOpensTooManyBallotsDoesNotCrowdOutOthers() throws {
        let set = try set([1, 1])
        var bench = bench
        _ = bench.sets.add(set)
        var flood = vote(0, set: set)
        for subject in 0..<UInt64(BallotBox.ballotsPerSigner) {
            flood.statement.voteKey.subject = Subject(number: subject)
            _ = bench.count(flood)
        }
        flood.statement.voteKey.subject = Subject(number: 1 << 40)
        let other = vote(1, subject: 1 << 40, set: set)
        let admitted = [bench.admit(flood, from: 0), bench.admit(other, from: 1)]
        let counted = [bench.count(flood), bench.count(other)]
        #expect(admitted == [.ignore, .verify] && counted == [nil, .counted])
        // Closed ballots make room again.
        bench.box.close(VoteKey(network: set.network, service: set.service, subject: Subject(number: 0)))
        flood.statement.voteKey.subject = Subject(number: 1 << 41)
        let admittedAgain = bench.admit(flood, from: 0)
        #expect(admittedAgain == .verify)
    }

    @Test func votesWaitForTheirSetWithinLimitsBySender() throws {
        let set = try set([1, 1])
        var bench = bench
        var flood = vote(0, set: set)
        var admitted: [BallotBox.Admission] = []
        for subject in 0..<UInt64(BallotBox.parkedPerParty) {
            flood.statement.voteKey.subject = Subject(number: subject)
            admitted.append(bench.box.admit(flood, from: op(0), sets: bench.sets))
        }
        #expect(admitted.allSatisfy { $0 == .parked })
        let repeated = bench.admit(flood, from: 1)
        flood.statement.voteKey.subject = Subject(number: 1 << 40)
        let further = [bench.admit(flood, from: 0), bench.admit(flood, from: 1)]
        #expect(repeated == .ignore && further == [.ignore, .parked])
        _ = bench.sets.add(set)
        let unparked = (0..<2).map { _ in bench.box.unpark(set.digest).count }
        #expect(unparked == [BallotBox.parkedPerParty + 1, 0])
        bench.box.checkInvariants()
    }

    @Test func votesForASetThatNeverComesAreDropped() throws {
        var bench = bench
        let set = try set([1])
        let admitted = bench.admit(vote(0, set: set), from: 0)
        for number in 0..<16 { _ = bench.box.unpark(Domain.record.digest([UInt8(number)])) }
        let unparked = bench.box.unpark(set.digest)
        #expect(admitted == .parked && unparked.isEmpty)
    }

    @Test func whatWasNotIssuedIsCertifiedByNobodyAndStandsInNobodysWay() throws {
        let (old, present) = (try set([1, 1]), try set([0, 0, 1]))
        var ballot = Ballot()
        for number in 0..<2 {
            let result = ballot.count(
                vote(number, set: old), by: MemberIndex(number), in: old, mayCertify: false)
            #expect(result == .counted)
        }
        #expect(ballot.certify(task: ballot.choices[0].statement.task, decidedBy: present.digest) == nil)
        let result = ballot.count(vote(2, set: present), by: MemberIndex(2), in: present, mayCertify: true)
        guard case .certified(let certificate) = result else { return #expect(Bool(false), "no certificate") }
        #expect(certificate.statement.operatorSet == present.digest)
        ballot.checkInvariants()
    }

    @Test func operatorSetsAreKeptUntilTheHorizonHasPassedThem() throws {
        var book = OperatorSetBook(unbondingEpochs: 2)
        func set(_ epoch: UInt64, _ revision: UInt32 = 0) throws -> OperatorSet {
            try OperatorSet(
                network: .zero, service: ServiceID(0), epoch: Epoch(epoch), revision: Revision(revision),
                threshold: .twoThirds, members: [])
        }
        let revisions = try (UInt32(0)..<100).map { try set(4, $0) }
        for set in revisions.reversed() {
            let isNew = book.add(set)
            #expect(isNew)
        }
        let isNewAgain = book.add(revisions[7])
        #expect(!isNewAgain && book.current(of: ServiceID(0)) == revisions[99])
        // Taken while its epoch is within the horizon, however many revisions there are.
        let (isNew, isTooOld) = (book.add(try set(6)), book.add(try set(3)))
        #expect(isNew && !isTooOld && revisions.allSatisfy { book.set($0.digest) == $0 })
        _ = book.add(try set(7))
        #expect(revisions.allSatisfy { book.set($0.digest) == nil })
        #expect(book.set(try set(6).digest) != nil && book.current(of: ServiceID(0))?.epoch == Epoch(7))
    }
}
