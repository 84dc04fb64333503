import Attesting
import Cryptography
import Messages
import Primitives
import Services
import Testing

@testable import Faults

/// What each adversary sends, and to whom.
@Suite struct AdversaryTests {
    private let first = Party.signer(OperatorIndex(1))
    private let second = Party.signer(OperatorIndex(2))
    private let coordinator = OperatorFixture().coordinator

    private func plan(
        _ behaviour: Behaviour, _ begins: FaultPlan.Beginning = .start, _ lasts: FaultPlan.Extent = .untilTheEnd,
        _ change: (inout FaultPlan) -> Void = { _ in }
    ) -> FaultPlan {
        var plan = FaultPlan(party: .signer(OperatorIndex(0)), behaviour: behaviour, begins: begins, lasts: lasts)
        change(&plan)
        return plan
    }

    // MARK: Two statements

    @Test func aLateSecondVoteComesAfterTheCertificateAndItsDelay() {
        var bench = OperatorBench([
            plan(.equivocateLate, .start, .tasks(1)) { $0.parameters.delay = .milliseconds(200) }
        ])
        bench.task(3)
        for number: UInt8 in 1...2 {
            #expect(bench.votes(to: first, task: 3).count == 1)
            bench.handle(.received(.attestation(bench.vote(by: number, task: 3)), from: .signer(OperatorIndex(1))))
        }
        #expect(bench.votes(to: first, task: 3).count == 1, "certified, and its time has not come")
        bench.wake(after: .milliseconds(200))
        #expect(bench.votes(to: first, task: 3).count == 2)
        #expect(bench.injections.map(\.behaviour) == ["equivocate-late"])
    }

    @Test func aTwinVotesTwiceFromTheFirstTaskOn() {
        var bench = OperatorBench([plan(.twin)])
        for sequence: UInt64 in 0..<3 { bench.task(sequence) }
        for sequence: UInt64 in 0..<3 {
            let results = [sequence * sequence, sequence * sequence + 1].map {
                Domain.resultDigest.digest(Squaring.bytes(UInt128($0)))
            }
            #expect(bench.votes(to: first, task: sequence) == Set(results))
            #expect(bench.votes(to: coordinator, task: sequence) == Set(results))
        }
        #expect(bench.injections.filter { $0.votes.count == 2 }.map(\.subject?.number) == [0, 1, 2])
    }

    /// What has gone to nobody proves nothing, and what is signed twice over for one vote key is one offence.
    @Test(arguments: [Behaviour.twin, .equivocate], [Behaviour.silent, .slow, .badSignature])
    func whatAnotherFaultKeepsBackIsNoDoubleVote(cheats: Behaviour, keepsBack: Behaviour) {
        let other = plan(keepsBack) { if keepsBack == .slow { $0.parameters.delay = .seconds(5) } }
        var bench = OperatorBench([plan(cheats), other])
        bench.task(0)
        #expect(bench.injections.allSatisfy { $0.votes.isEmpty })
        var alone = OperatorBench([plan(cheats)])
        alone.task(0)
        #expect(alone.injections.count { $0.votes.count == 2 } == 1)
    }

    /// A vote that went to nobody is out with the certificate that it is in.
    @Test func whatLeavesInACertificateIsOut() {
        var bench = OperatorBench([
            plan(.equivocateSplit), plan(.selective) { $0.parameters.chosen = [OperatorIndex(3)] },
        ])
        bench.task(0)
        let votes = (UInt8(1)...2).map { bench.vote(by: $0, task: 0) }
        for (number, vote) in votes.enumerated() {
            bench.handle(.received(.attestation(vote), from: .signer(OperatorIndex(UInt32(number + 1)))))
        }
        #expect(bench.votes(to: .signer(OperatorIndex(3)), task: 0).count == 1)
        #expect(bench.injections.allSatisfy { $0.votes.isEmpty }, "its first vote is nowhere but here")
        let statement = votes[0].statement
        bench.handle(.received(.certificateRequest(statement.voteKey, statement: statement.digest), from: first))
        #expect(bench.injections.last?.votes.count == 2)
    }

    /// What it sends again and again need not be a vote in an AVS that there is.
    @Test func whoFloodsMayReplayToo() {
        var bench = OperatorBench([
            plan(.flood) { $0.parameters.rate = 100 }, plan(.replay) { $0.parameters.form = .service },
        ])
        bench.task(0)
        bench.task(1)
        bench.wake(after: .seconds(1))
        let services = bench.frames(to: first).compactMap { frame -> ServiceID? in
            if case .attestation(let vote) = frame { vote.statement.voteKey.service } else { nil }
        }
        #expect(services.contains { $0 != ServiceID(0) })
    }

    /// Of the two guards the driver's file is the first machine's alone.
    @Test func aTwinsGuardIsItsOwn() {
        var bench = OperatorBench([plan(.twin)])
        bench.task(0)
        let persisted = bench.effects.count { if case .persist = $0 { true } else { false } }
        #expect(persisted == 1)
    }

    @Test func whoHasLostItsMemoryHasItsTaskToldAgainAndSignsSomethingElse() {
        var bench = OperatorBench([plan(.amnesia) { $0.parameters.hasDied = true }], asksForOwnVotes: false)
        let signed = bench.signedTask(7)
        let statement = Statement(for: signed.task, digest: signed.task.digest, result: Squaring.bytes(UInt128(49)))
        let earlier = Attestation(
            statement: statement, signer: bench.test.key.publicKey,
            signature: bench.test.key.sign(statement.signedBytes))
        for party in [first, second, .signer(OperatorIndex(3)), coordinator] {
            bench.handle(.received(.ownVotes(party == first ? [earlier] : []), from: party))
        }
        #expect(bench.frames(to: first).contains(.taskRequest(statement.voteKey, task: statement.task)))
        bench.handle(.received(.task(signed), from: first))
        let forgotten = Domain.resultDigest.digest(Squaring.bytes(UInt128(50)))
        #expect(bench.votes(to: second, task: 7) == [forgotten])
        #expect(bench.injections.last?.votes.map(\.attestation.statement.result) == [statement.result, forgotten])
    }

    @Test func whoRacesForTheExitTakesAllThatIsItsOwn() {
        var fixture = OperatorFixture()
        fixture.restakers = [
            Genesis.Restaker(
                name: "op-0", key: fixture.key.publicKey, deposit: Lamports(9),
                delegations: [Genesis.Delegation(signer: OperatorIndex(0), amount: Lamports(9))])
        ]
        var bench = OperatorBench([plan(.exitRace, .start, .tasks(1))], in: fixture)
        bench.task(0)
        #expect(bench.votes(to: first, task: 0).count == 2)
        #expect(
            bench.submissions == [
                .undelegate(.native, Units(9), from: OperatorIndex(0)), .withdraw(.native, Units(9)), .exit,
            ])
    }

    /// What is noted is what proves it.
    @Test func aWorthlessVoteIsNoHalfOfAnEquivocation() {
        var bench = OperatorBench([plan(.wrongKey, .start, .tasks(1)), plan(.equivocate, .start, .tasks(2))])
        bench.task(0)
        bench.task(1)
        #expect(bench.injections.filter { !$0.votes.isEmpty }.map(\.subject?.number) == [1])
        #expect(bench.injections.flatMap(\.votes).allSatisfy { $0.attestation.isValid })
    }

    // MARK: Wrong results

    @Test func everyLiarHasItsOwnResultAndAMonocultureHasOne() throws {
        func result(_ behaviour: Behaviour, of signer: UInt32) throws -> Digest {
            let fixture = OperatorFixture()
            var plan = plan(behaviour)
            plan.party = .signer(OperatorIndex(signer))
            var bench = OperatorBench([plan], in: fixture, signer: signer)
            bench.task(5)
            return try #require(bench.attestations(to: coordinator).first).statement.result
        }
        let right = Domain.resultDigest.digest(Squaring.bytes(UInt128(25)))
        let lies = try (0..<3 as Range<UInt32>).map { try result(.wrongResult, of: $0) }
        #expect(Set(lies + [right]).count == 4)
        let shared = try (0..<3 as Range<UInt32>).map { try result(.monoculture, of: $0) }
        #expect(Set(shared) == [Domain.resultDigest.digest(Squaring.bytes(UInt128(26)))])
    }

    // MARK: Holding back

    @Test func votesToEachReceiverAreWithheldByChanceAndAlwaysTheSame() {
        let withheld = plan(.withhold) { $0.parameters.share = Fraction(1, over: 2)! }
        func shown() -> [[Bool]] {
            var bench = OperatorBench([withheld])
            for sequence: UInt64 in 0..<40 { bench.task(sequence) }
            return [first, second, coordinator].map { party in
                (0..<40).map { !bench.votes(to: party, task: $0).isEmpty }
            }
        }
        let draws = shown()
        for row in draws { #expect((8...32).contains(row.count { $0 })) }
        #expect(Set(draws).count == 3, "each receiver by itself")
        #expect(shown() == draws)
    }

    @Test func aSelectiveOneVotesToTheChosenAlone() {
        var bench = OperatorBench([plan(.selective) { $0.parameters.chosen = [OperatorIndex(2)] }])
        bench.task(0)
        #expect(bench.votes(to: second, task: 0).count == 1)
        #expect(bench.votes(to: first, task: 0).isEmpty && bench.votes(to: coordinator, task: 0).isEmpty)
    }

    /// Of four equal ones three are a quorum of more than 2/3.
    @Test(arguments: [(alone: true, votes: false), (alone: false, votes: true)])
    func whoStaysJustBelowVotesAsFarAsThereIsRoom(alone: Bool, votes: Bool) {
        let holders = alone ? [0] : [0, 1, 2]
        var bench = OperatorBench([plan(.justBelow) { $0.accomplices = holders.map { OperatorIndex(UInt32($0)) } }])
        bench.task(0)
        #expect(bench.votes(to: first, task: 0).isEmpty != votes)
    }

    @Test func aSlowVoteComesWhenItsTimeHasCome() {
        var bench = OperatorBench([plan(.slow) { $0.parameters.delay = .milliseconds(70) }])
        bench.task(0)
        #expect(bench.votes(to: first, task: 0).isEmpty)
        bench.wake(after: .milliseconds(69))
        #expect(bench.votes(to: first, task: 0).isEmpty)
        bench.wake(after: .milliseconds(1))
        #expect(bench.votes(to: first, task: 0).count == 1)
    }

    @Test func aClockThatIsAheadTakesTasksForOverdue() {
        var bench = OperatorBench([
            plan(.clockStep, .task(TaskSequence(1)), .tasks(1)) { $0.parameters.skew = .seconds(2) }
        ])
        for sequence: UInt64 in 0..<3 { bench.task(sequence) }
        #expect((0..<3).map { bench.votes(to: first, task: $0).count } == [1, 0, 1])
    }

    @Test func aClockThatRunsFastShowsMoreAndIsReadBack() {
        var board = FaultBoard(services: [ServiceID(0)], seed: 0)
        board.add(plan(.clockDrift) { $0.parameters.share = Fraction(1, over: 4)! })
        let start = Instant(nanoseconds: 1_000_000_000)
        _ = board.follow(.began(start), at: start)
        var clock = SkewedClock()
        clock.follow(board, at: start)
        #expect(clock.reading(at: start + .seconds(8)) == start + .seconds(10))
        #expect(clock.reading(at: start) == start && clock.time(of: start) == start)
        for nanoseconds in Array(1...1_000) + [9_999_999_999, 10_000_000_000, 10_000_000_001] as [Int64] {
            let wanted = start + .nanoseconds(nanoseconds)
            let shown = clock.reading(at: clock.time(of: wanted))
            #expect(shown >= wanted && shown - wanted <= .nanoseconds(4), "woken too early, it would be woken for ever")
        }
    }

    // MARK: What nobody may take

    @Test(arguments: [Behaviour.badSignature, .wrongKey, .notAMember])
    func forgedVotesAreWorthNothing(behaviour: Behaviour) throws {
        var bench = OperatorBench([plan(behaviour)])
        bench.task(0)
        let vote = try #require(bench.attestations(to: first).first)
        let isMember = bench.test.operatorSet.index(of: vote.signer) != nil
        #expect(behaviour == .notAMember ? vote.isValid && !isMember : !vote.isValid && isMember)
        #expect(bench.attestations(to: first).count == 1)
    }

    @Test(arguments: FaultForm.ofReplay)
    func anOldVoteHoldsNowhereElse(form: FaultForm) throws {
        var bench = OperatorBench([plan(.replay) { $0.parameters.form = form }])
        bench.task(0)
        bench.task(1)
        let votes = bench.attestations(to: first)
        #expect(votes.map(\.isValid) == [true, true, false], "its own, its own, and the old one moved")
        #expect(votes[2].signature == votes[0].signature)
        let (old, moved) = (votes[0].statement, votes[2].statement)
        #expect((old.epoch != moved.epoch) == (form == .epoch))
        #expect((old.voteKey.network != moved.voteKey.network) == (form == .network))
        #expect((old.service != moved.service) == (form == .service))
        #expect((moved.task == votes[1].statement.task) == (form == .task))
    }

    @Test(arguments: FaultForm.ofForgedCertificate)
    func noForgedCertificateHolds(form: FaultForm) throws {
        var bench = OperatorBench([plan(.forgedCertificate) { $0.parameters.form = form }])
        bench.task(0)
        let certificates = bench.frames(to: first).compactMap { frame in
            if case .certificate(let certificate) = frame { certificate } else { nil }
        }
        let certificate = try #require(certificates.first)
        #expect(throws: CertificateError.self) { try certificate.verify(against: bench.test.operatorSet) }
        #expect(bench.submissions == [.submitCertificate(certificate, participation: certificate.signers)])
        let signed = bench.effects.count { if case .sign(_, .statement) = $0 { true } else { false } }
        #expect(signed == 1, "no second statement is signed: that would be an equivocation")
    }

    @Test(arguments: FaultForm.ofFalseAccusation)
    func noFalseAccusationProvesAnything(form: FaultForm) throws {
        var bench = OperatorBench([
            plan(.falseAccusation) {
                $0.parameters.form = form
                $0.parameters.chosen = [OperatorIndex(2)]
            }
        ])
        bench.handle(.received(.attestation(bench.vote(by: 2, task: 0)), from: second))
        bench.task(1)
        let victim = bench.test.genesis.signers[2].key
        guard form != .sameVote else {
            let bytes = bench.effects.compactMap { effect -> [UInt8]? in
                if case .sendBytes(let bytes, to: [.ledger]) = effect { bytes } else { nil }
            }
            var frame = try #require(bytes.first)
            #expect(bytes.count == 1 && bench.submissions.isEmpty)
            #expect(throws: FrameError.self) { try Frame.take(from: &frame) }
            return
        }
        guard case .submitEvidence(let evidence) = try #require(bench.submissions.first) else {
            Issue.record("no evidence was submitted")
            return
        }
        #expect(evidence.accused == victim && !evidence.isValid)
        #expect((evidence.voteKey.network != bench.test.genesis.network) == (form == .otherNetwork))
    }

    // MARK: Bytes and floods

    @Test(arguments: [Behaviour.malformed, .oversized])
    func hostileBytesAreNoFrame(behaviour: Behaviour) throws {
        var bench = OperatorBench([plan(behaviour)])
        bench.task(0)
        let sent = bench.effects.compactMap { effect -> [UInt8]? in
            if case .sendBytes(let bytes, let recipients) = effect, recipients.contains(first) { bytes } else { nil }
        }
        var bytes = try #require(sent.first)
        #expect(bench.votes(to: first, task: 0).count == 1, "its vote comes before")
        let error = #expect(throws: FrameError.self) { try Frame.take(from: &bytes) }
        if case .tooLong? = error { #expect(behaviour == .oversized) } else { #expect(behaviour == .malformed) }
    }

    /// Else whoever has broken off would do so again and again.
    @Test(arguments: [Behaviour.malformed, .badSignature])
    func whatIsSentAgainAfterTheLastTaskIsAsItShouldBe(behaviour: Behaviour) throws {
        for isOver in [false, true] {
            var bench = OperatorBench([plan(behaviour, .start, .tasks(1))])
            bench.task(0)
            if isOver { bench.task(1) }
            bench.effects = []
            bench.handle(.disconnected(first))
            bench.handle(.connected(first))
            let bytes = bench.effects.contains { if case .sendBytes = $0 { true } else { false } }
            let votes = bench.attestations(to: first).filter { $0.statement.voteKey.subject.number == 0 }
            #expect(votes.count == 1)
            #expect(bytes == (behaviour == .malformed && !isOver))
            #expect(votes.allSatisfy { $0.isValid } == (behaviour == .malformed || isOver))
        }
    }

    @Test func aSlowLorisSendsTheBeginningOfAFrameAndThenByteByByte() throws {
        var bench = OperatorBench([plan(.slowLoris)])
        for _ in 0..<5 { bench.wake(after: .milliseconds(100)) }
        bench.task(0)
        var stream = bench.effects.flatMap { effect -> [UInt8] in
            if case .sendBytes(let bytes, to: [first]) = effect { bytes } else { [] }
        }
        #expect(stream.count == Frame.headerSize + 4 || stream.count == Frame.headerSize + 5)
        #expect(try Frame.take(from: &stream) == nil)
        #expect(bench.attestations(to: first).isEmpty, "and nothing else")
    }

    @Test func aFloodHasItsRateAndContradictsNobody() {
        var bench = OperatorBench([plan(.flood) { $0.parameters.rate = 400 }])
        bench.task(0)
        let before = bench.frames(to: first).count
        for _ in 0..<100 { bench.wake(after: .milliseconds(10)) }
        let count = bench.frames(to: first).count - before
        #expect((380...410).contains(count), "\(count)")
        let votes = bench.attestations(to: first)
        #expect(votes.allSatisfy { $0.isValid })
        let statements = Dictionary(grouping: votes.map(\.statement), by: \.voteKey)
        #expect(statements.count > 100 && statements.values.allSatisfy { Set($0).count == 1 })
    }

    @Test func aFloodOfEvidenceStopsWhereNoReceiptComes() {
        var bench = OperatorBench([plan(.evidenceFlood) { $0.parameters.rate = 1_000 }])
        bench.task(0)
        for _ in 0..<100 { bench.wake(after: .milliseconds(10)) }
        #expect(bench.submissions.count == 256)
    }

    // MARK: Processes

    /// What its earlier process had of a pause is not had again.
    @Test func aPauseThatIsHalfOverLastsForTheRest() {
        var bench = OperatorBench([plan(.pause, .after(.seconds(2)), .duration(.seconds(2)))])
        bench.wake(after: .milliseconds(3_500))
        #expect(bench.effects.contains(.pause(for: .milliseconds(500))))
        var late = OperatorBench([plan(.pause, .after(.seconds(2)), .duration(.seconds(2)))])
        late.wake(after: .seconds(4))
        #expect(late.injections.isEmpty && late.recoveries.isEmpty)
    }

    @Test func aPauseIsNotedAndOverAfterItsTime() {
        var bench = OperatorBench([plan(.pause, .task(TaskSequence(1)), .duration(.seconds(2)))])
        bench.task(0)
        bench.task(1)
        #expect(bench.effects.contains(.pause(for: .seconds(2))))
        bench.wake(after: .seconds(2))
        #expect(bench.recoveries == [.recovered(behaviour: "pause", service: nil)])
    }

    @Test func aFullDiskIsFullFromItsTaskOn() {
        var bench = OperatorBench([plan(.diskFull, .task(TaskSequence(1)), .duration(.seconds(2)))])
        bench.task(0)
        #expect(!bench.effects.contains(.fillDisk))
        bench.task(1)
        #expect(bench.effects.contains(.fillDisk))
    }

    @Test func whoLosesPowerLosesItsDisksPartBeforeItIsDead() {
        var bench = OperatorBench([plan(.powerLoss, .after(.seconds(1)), .duration(.seconds(2)))])
        bench.task(0)
        bench.wake(after: .seconds(1))
        #expect(bench.effects.suffix(3).first == .losePower && bench.effects.last == .crash)
        #expect(bench.injections.map(\.behaviour) == ["power-loss"])
        let before = bench.effects.count
        bench.task(1)
        #expect(bench.effects.count == before, "it is dead")
    }

    @Test(arguments: [KillPoint.receive, .execute, .guarded, .sign, .send])
    func diesAtItsPoint(point: KillPoint) {
        var bench = OperatorBench([plan(.crash, .task(TaskSequence(1))) { $0.point = point }])
        bench.task(0)
        #expect(bench.votes(to: first, task: 0).count == 1 && !bench.effects.contains(.crash))
        bench.task(1)
        let done = bench.effects.drop { effect in
            if case .execute(let execution) = effect { execution.sequence.number != 1 } else { true }
        }
        let persisted = done.contains { if case .persist = $0 { true } else { false } }
        let asked = done.contains { if case .sign(_, .statement) = $0 { true } else { false } }
        let sent = !bench.votes(to: first, task: 1).isEmpty
        let order: [KillPoint] = [.receive, .execute, .guarded, .sign, .send]
        let place = order.firstIndex(of: point)!
        #expect([!done.isEmpty, persisted, sent] == [place > 0, place > 1, place > 3])
        #expect(asked == (place > 2))
        #expect(bench.effects.last == .crash)
        let before = bench.effects.count
        bench.task(2)
        #expect(bench.effects.count == before, "who is dead does nothing more")
    }

    @Test func diesOnItsWayFromEvidenceToReceipt() {
        for point in [KillPoint.detect, .submit] {
            var bench = OperatorBench([plan(.crash) { $0.point = point }])
            bench.task(0)
            for result: UInt64 in [0, 1] {
                bench.handle(.received(.attestation(bench.vote(by: 2, task: 0, result: result)), from: second))
            }
            let found = bench.effects.contains { if case .note(.evidenceFound) = $0 { true } else { false } }
            #expect(found == (point == .submit))
            if point == .submit { bench.wake(after: .milliseconds(500)) }
            #expect(bench.submissions.count == (point == .submit ? 1 : 0))
            #expect(bench.effects.last == .crash)
        }
    }
}
