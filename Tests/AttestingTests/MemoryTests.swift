import Cryptography
import Messages
import Primitives
import Services
import TestSupport
import Testing

@testable import Attesting

@Suite(.computing) struct SigningGuardTests {
    private func statement(_ number: UInt64, result: UInt8 = 0, scope: UInt64 = 0) -> Statement {
        let key = VoteKey(network: .zero, service: ServiceID(0), subject: Subject(scope: scope, number: number))
        return Statement(
            voteKey: key, operatorSet: .zero, epoch: Epoch(0), task: .zero, result: Domain.record.digest([result]))
    }

    @Test func oneStatementForOneVoteKey() {
        var book = SigningGuard()
        #expect(book.answer(for: statement(1)) == .free)
        book.record(statement(1))
        #expect(book.answer(for: statement(1)) == .recordedAlready)
        #expect(book.answer(for: statement(1, result: 1)) == .conflicts)
        #expect(book.answer(for: statement(0)) == .free && book.answer(for: statement(1, scope: 1)) == .free)
    }

    @Test func whatIsForgottenIsNeverSignedAgain() {
        var book = SigningGuard(capacity: 3)
        for number: UInt64 in [5, 1, 2, 3, 7] { book.record(statement(number)) }
        // The record of 5 went first, and took everything below it along; that of 1 went then, and brings nothing back.
        #expect(book.count == 3)
        #expect(book.answer(for: statement(5, result: 1)) == .tooOld && book.answer(for: statement(4)) == .tooOld)
        #expect(book.answer(for: statement(3)) == .recordedAlready && book.answer(for: statement(6)) == .free)
        #expect(book.answer(for: statement(0, scope: 1)) == .free)
    }

    @Test func memoryStaysWithinItsCapacityForever() {
        var book = SigningGuard(capacity: 10)
        for number in 0..<UInt64(1_000) {
            book.record(statement(number))
            #expect(book.count <= 10)
        }
        for number in 0..<UInt64(990) { #expect(book.answer(for: statement(number, result: 1)) == .tooOld) }
        for number in UInt64(990)..<1_000 { #expect(book.answer(for: statement(number, result: 1)) == .conflicts) }
    }
}

@Suite(.computing) struct AgendaTests {
    private let times = (0..<4).map { Instant(nanoseconds: $0 * 10) }

    @Test func itemsComeInOrderOfTimeAndThenAsPutIn() {
        var agenda = Agenda<Int>()
        for (item, time) in [(1, 2), (2, 1), (3, 2), (4, 1)] { agenda.add(item, at: times[time]) }
        let early = agenda.next(upTo: times[0])
        var order: [Int] = []
        while let item = agenda.next(upTo: times[2]) { order.append(item) }
        let late = agenda.next(upTo: times[3])
        #expect(early == nil && late == nil && order == [2, 4, 1, 3])
    }

    @Test func aWakeIsAskedForOnceUntilSomethingIsDueEarlierOrAWakeHasCome() {
        var agenda = Agenda<Int>()
        var asked: [Instant?] = []
        agenda.add(1, at: times[2])
        asked.append(agenda.wakeToAsk(at: times[0]))
        asked.append(agenda.wakeToAsk(at: times[0]))
        agenda.add(2, at: times[1])
        asked.append(agenda.wakeToAsk(at: times[0]))
        // The wake that came was somebody else's: both times are asked for anew.
        agenda.woken()
        asked.append(agenda.wakeToAsk(at: times[0]))
        let due = agenda.next(upTo: times[1])
        asked.append(agenda.wakeToAsk(at: times[1]))
        #expect(due == 2 && asked == [times[2], nil, times[1], times[1], times[2]])
    }
}

@Suite(.computing) struct ClaimBookTests {
    private let key = VoteKey(network: .zero, service: ServiceID(0), subject: Subject(number: 1))
    private let signer = PublicKey(FixedBytes32())

    private func claim(_ number: UInt8, by holder: Int) -> ClaimBook.Claim {
        ClaimBook.Claim(statement: Domain.record.digest([number]), holder: op(holder))
    }

    @Test func oneHolderClaimsTwoThingsAboutASignerAndNoMore() {
        var book = ClaimBook()
        let taken = (0..<4).map { book.add(claim($0, by: 1), about: signer, for: key) }
        #expect(taken == [true, true, false, false])
        let (again, other) = (
            book.add(claim(0, by: 1), about: signer, for: key), book.add(claim(0, by: 2), about: signer, for: key)
        )
        #expect(!again && other)
        book.checkInvariants()
    }

    @Test func aClaimIsAskedForOnceAsLongAsItsHolderStays() {
        var book = ClaimBook()
        let claim = claim(0, by: 1)
        let unknown = book.markAsked(claim, about: signer, for: key)
        _ = book.add(claim, about: signer, for: key)
        let asked = (0..<2).map { _ in book.markAsked(claim, about: signer, for: key) }
        #expect(!unknown && asked == [true, false])
        book.forget(holder: op(1))
        #expect(book.claims(about: signer, for: key).isEmpty)
        let (taken, askedAnew) = (
            book.add(claim, about: signer, for: key), book.markAsked(claim, about: signer, for: key)
        )
        #expect(taken && askedAnew)
    }
}

extension ClaimBookTests {
    private func told(_ number: UInt64, of set: Digest) -> VoteSummary.Entry {
        VoteSummary.Entry(
            voteKey: VoteKey(network: .zero, service: ServiceID(0), subject: Subject(number: number)), statement: .zero,
            operatorSet: set, signers: SignerSet(size: 4))
    }

    @Test func whatIsToldOfASetThatIsNotKnownYetWaitsForIt() {
        let (one, other) = (Domain.record.digest([1]), Domain.record.digest([2]))
        var book = ClaimBook()
        func hear(_ entries: [VoteSummary.Entry], from holder: Int) -> [ClaimBook.Question] {
            book.compare(
                VoteSummary(entries: entries), from: op(holder), with: BallotBox(network: .zero),
                sets: OperatorSetBook(unbondingEpochs: 2)
            ) { _, _ in true }
        }
        let questions = hear([told(1, of: one), told(2, of: other)], from: 2) + hear([told(1, of: one)], from: 1)
        #expect(questions.isEmpty)
        let waiting = book.unpark(one)
        #expect(waiting.map(\.holder) == [op(1), op(2)])
        #expect(waiting.map(\.summary.entries) == [[told(1, of: one)], [told(1, of: one)]])
        let again = book.unpark(one)
        #expect(again.isEmpty)
        book.forget(holder: op(2))
        let forgotten = book.unpark(other)
        #expect(forgotten.isEmpty)
    }

    @Test func ofWhatAHolderTellsTheNewestWaits() {
        let set = Domain.record.digest([1])
        var book = ClaimBook()
        for number in 0..<UInt64(ClaimBook.parkedPerHolder + 1) {
            _ = book.compare(
                VoteSummary(entries: [told(number, of: set)]), from: op(1), with: BallotBox(network: .zero),
                sets: OperatorSetBook(unbondingEpochs: 2)
            ) { _, _ in true }
            book.checkInvariants()
        }
        let waiting = book.unpark(set).flatMap(\.summary.entries)
        #expect(waiting.count == ClaimBook.parkedPerHolder && waiting.first == told(1, of: set))
    }
}

@Suite(.computing) struct TaskLoadTests {
    @Test func fixedGapsAreEvenAndTheFirstTaskComesAtOnce() {
        let load = TaskLoad(tasks: 3, interval: .milliseconds(5), arrival: .fixed, seed: 1)
        #expect((0..<3).map { load.gap(before: TaskSequence($0)) } == [.zero, .milliseconds(5), .milliseconds(5)])
    }

    @Test func poissonGapsHaveTheSameMeanAndSpread() {
        let load = TaskLoad(tasks: 0, interval: .milliseconds(5), arrival: .poisson, seed: 42)
        let gaps = (0..<UInt64(20_000)).map { load.gap(before: TaskSequence($0)).inMilliseconds }
        let mean = gaps.reduce(0, +) / 20_000
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
        #expect(abs(mean - 5) < 0.15 && abs(variance - 25) < 2 && gaps.allSatisfy { $0 >= 0 })
    }

    /// Worked out to 40 digits elsewhere, and rounded to the nearest.
    @Test(
        arguments: [
            (1, 0), (0.5, -0x1.62e42fefa39efp-1), (0.1, -2.3025850929940455), (0x1p-53, -36.7368005696771),
            (1 - 0x1p-53, -0x1p-53), (0.66, -0.4155154439616658), (0.7, -0.35667494393873245),
            (3, 1.0986122886681098),
        ] as [(Double, Double)])
    func theLogarithmIsRight(_ number: Double, _ logarithm: Double) {
        let error = TaskLoad.logarithm(number) - logarithm
        #expect(abs(error) <= 2 * logarithm.ulp)
    }

    @Test func poissonGapsAreTheSameOnEveryHost() {
        let load = TaskLoad(tasks: 0, interval: .seconds(1), arrival: .poisson, seed: 42)
        let gaps = (0..<4).map { load.gap(before: TaskSequence($0)).nanoseconds }
        #expect(gaps == [513_026_974, 350_336_787, 693_356_836, 119_393_802])
    }

    @Test func noIntervalIsTooLong() {
        let load = TaskLoad(
            tasks: 1, interval: .nanoseconds(Int64.max), arrival: .poisson, seed: 1)
        #expect((0..<UInt64(100)).allSatisfy { load.gap(before: TaskSequence($0)) >= .zero })
    }

    @Test func encodingGoesRoundAndAnUnknownArrivalIsAnError() throws {
        var load = TaskLoad(tasks: 7, interval: .milliseconds(5), arrival: .poisson, seed: 9)
        #expect(try TaskLoad(borsh: load.borsh) == load)
        load.payloads = [try PayloadTemplate("is ${random} prime?"), .random]
        #expect(try TaskLoad(borsh: load.borsh) == load)
        var bytes = load.borsh
        bytes[8] = 3
        #expect(throws: BorshError.unknownCase(type: "Pacing", value: 3)) { try TaskLoad(borsh: bytes) }
    }
}
