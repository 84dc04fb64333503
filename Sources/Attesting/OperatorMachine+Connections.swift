import Cryptography
import Messages
import Primitives

/// Connections, the ledger's notices, and the check of the guard against what others hold.
extension OperatorMachine {
    mutating func start(_ recorded: [Statement], at now: Instant) {
        for statement in recorded where guardBook.answer(for: statement) == .free { guardBook.record(statement) }
        readiness.started(
            coordinators: genesis.services.indices.filter { genesis.services[$0].optedIn.contains(me) }
                .map { ServiceID(UInt32($0)) }, at: now)
        agenda.add(.checkReadiness, at: now + Timings.guardCheck)
    }

    mutating func connected(_ party: Party, at now: Instant, effects: inout [NodeEffect]) {
        guard party != .ledger else { return }
        readiness.asked(party)
        effects.append(.send(.ownVotesRequest, to: [party]))
        // What the other has missed: our votes that are still open.
        for voteKey in ownVotes.keys.sorted() {
            guard let vote = ownVotes[voteKey], box[voteKey] != nil, let service = service(voteKey.service),
                let set = sets.set(vote.statement.operatorSet), recipients(of: set, service).contains(party)
            else { continue }
            effects.append(.send(.attestation(vote), to: [party]))
        }
    }

    mutating func disconnected(_ party: Party) {
        if party == .ledger { account.disconnected() } else { readiness.lost(party) }
    }

    func answerOwnVotesRequest(from party: Party, effects: inout [NodeEffect]) {
        guard case .signer(let index) = party else {
            return effects.append(.send(.ownVotes([]), to: [party]))
        }
        let votes = box.latestVotes(of: genesis.signers[Int(index.number)].key, services: genesis.services.count)
        effects.append(.send(.ownVotes(Array(votes.prefix(Frame.ownVotesLimit))), to: [party]))
    }

    mutating func receiveOwnVotes(
        _ votes: [Attestation], from party: Party, at now: Instant, effects: inout [NodeEffect]
    ) {
        guard readiness.awaits(party) else { return }
        for vote in votes where vote.signer == key && vote.statement.voteKey.network == network {
            guard guardBook.answer(for: vote.statement) != .recordedAlready else { continue }
            let id = ids.next()
            requests[id] = .verifyOwnVote(vote)
            readiness.unverified += 1
            effects.append(.verify(id, .attestation(vote)))
        }
        readiness.answered(party)
        checkReadiness(at: now, effects: &effects)
    }

    /// Somebody holds a vote of ours that our guard does not know: the guard is older than the world.
    mutating func verifiedOwnVote(
        _ vote: Attestation, valid: Bool, at now: Instant, effects: inout [NodeEffect]
    ) {
        readiness.unverified -= 1
        if valid, guardBook.answer(for: vote.statement) != .recordedAlready {
            readiness.isRefused = true
            readiness.held = []
            let reason =
                "the signing guard is older than what others hold: it lacks our vote for \(vote.statement.voteKey)"
            effects.append(.note(.refusedToSign(reason: reason)))
        }
        checkReadiness(at: now, effects: &effects)
    }

    mutating func checkReadiness(at now: Instant, effects: inout [NodeEffect]) {
        guard readiness.becomesReady(at: now) else { return }
        let held = readiness.held
        readiness.held = []
        for entry in held { sign(entry.statement, deadline: entry.deadline, at: now, effects: &effects) }
    }

    mutating func receiveNotice(_ notice: LedgerNotice, at now: Instant, effects: inout [NodeEffect]) {
        switch notice {
        case .account(let nonce): account.connected(expecting: nonce, ids: &ids, effects: &effects)
        case .operatorSet(let set): opened(set, at: now, effects: &effects)
        case .slashed(let record):
            slashed.insert(record.offence)
            offences[record.offence] = nil
        case .settled(let settlement): claimIfLeftOut(of: settlement, effects: &effects)
        case .clock, .directory: break
        }
    }

    private mutating func opened(_ set: OperatorSet, at now: Instant, effects: inout [NodeEffect]) {
        guard set.network == network, sets.add(set) else { return }
        for delivery in box.unpark(set.digest) {
            receiveVote(delivery.vote, from: delivery.party, effects: &effects)
        }
        let waiting = parkedTasks.filter { $0.task.operatorSet == set.digest }
        parkedTasks.removeAll { $0.task.operatorSet == set.digest || $0.task.deadline < now }
        for task in waiting { receiveTask(task, from: .coordinator(set.service), at: now, effects: &effects) }
    }

    private mutating func claimIfLeftOut(of settlement: Settlement, effects: inout [NodeEffect]) {
        guard let vote = ownVotes[settlement.voteKey], vote.statement.digest == settlement.statement,
            let member = sets.set(settlement.operatorSet)?.index(of: me), !settlement.participation.contains(member)
        else { return }
        account.submit(.claimParticipation(vote), ids: &ids, effects: &effects)
    }
}
