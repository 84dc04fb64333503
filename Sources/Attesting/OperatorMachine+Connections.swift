import Cryptography
import Messages
import Primitives

/// Connections, the ledger's notices, and the check of the guard against what others hold.
extension OperatorMachine {
    mutating func start(_ recorded: [GuardEntry], at now: Instant) {
        #if DEBUG
            let recorded = PlantedBug.guardPerProcess.isOn ? [] : recorded
        #endif
        for case .statement(let statement) in recorded
        where statement.voteKey.network == network && guardBook.answer(for: statement) == .free {
            guardBook.record(statement)
        }
        readiness.started(expecting: audience, at: now)
        agenda.add(.checkReadiness, at: now + Timings.guardCheck)
    }

    /// Everybody whom our votes go to: whoever may hold one that our guard has lost.
    private var audience: Set<Party> {
        var parties: Set<Party> = []
        for (number, service) in genesis.services.enumerated() where service.optedIn.contains(me) {
            parties.insert(.coordinator(ServiceID(UInt32(number))))
            if service.dissemination == .mesh { parties.formUnion(service.optedIn.map { .signer($0) }) }
        }
        parties.remove(.signer(me))
        return parties
    }

    mutating func connected(_ party: Party, at now: Instant, effects: inout [NodeEffect]) {
        guard party != .ledger else { return }
        if case .coordinator(let id) = party { returned(id) }
        if readiness.ask(party) { effects.append(.send(.ownVotesRequest, to: [party])) }
        // What the other has missed: our votes that are still open.
        for voteKey in ownVotes.keys.sorted() {
            guard let vote = ownVotes[voteKey], box[voteKey] != nil, let service = service(voteKey.service),
                let set = sets.set(vote.statement.operatorSet), recipients(of: set, service).contains(party)
            else { continue }
            effects.append(.send(.attestation(vote), to: [party]))
        }
        // And the summaries, all in one.
        for id in comparedServices(with: party) { send(box.holdings(of: id), to: [party], effects: &effects) }
    }

    mutating func disconnected(_ party: Party, at now: Instant) {
        guard party != .ledger else { return account.disconnected() }
        readiness.lost(party)
        claims.forget(holder: party)
        if case .coordinator(let id) = party { left(id, at: now) }
    }

    /// What is held of whoever has been started again; of a coordinator, its newest task, and then that this is all.
    func answerOwnVotesRequest(from party: Party, effects: inout [NodeEffect]) {
        if case .coordinator(let service) = party, let newest = newestTasks[service] {
            effects.append(.send(.task(newest), to: [party]))
        }
        effects.append(.send(.ownVotes(box.latestVotes(of: party, in: genesis)), to: [party]))
    }

    mutating func receiveOwnVotes(
        _ votes: [Attestation], from party: Party, at now: Instant, effects: inout [NodeEffect]
    ) {
        guard readiness.answered(party) else { return }
        for vote in votes where vote.signer == key && vote.statement.voteKey.network == network {
            guard !isRecorded(vote.statement) else { continue }
            let id = ids.next()
            requests[id] = .verifyOwnVote(vote)
            readiness.unverified += 1
            effects.append(.verify(id, .attestation(vote)))
        }
        checkReadiness(at: now, effects: &effects)
    }

    /// Somebody holds a vote of ours that our guard does not know: the guard is older than the world.
    mutating func verifiedOwnVote(
        _ vote: Attestation, valid: Bool, at now: Instant, effects: inout [NodeEffect]
    ) {
        readiness.unverified -= 1
        if valid, !readiness.isRefused, !isRecorded(vote.statement) {
            readiness.refuse()
            let reason =
                "the signing guard is older than what others hold: it lacks our vote for \(vote.statement.voteKey)"
            effects.append(.note(.refusedToSign(reason: reason)))
        }
        checkReadiness(at: now, effects: &effects)
    }

    /// What the guard has forgotten because of its age it will never have signed again either.
    func isRecorded(_ statement: Statement) -> Bool {
        switch guardBook.answer(for: statement) {
        case .recordedAlready, .tooOld: true
        case .free, .conflicts: false
        }
    }

    mutating func checkReadiness(at now: Instant, effects: inout [NodeEffect]) {
        for entry in readiness.release(at: now) {
            sign(entry.statement, deadline: entry.deadline, at: now, effects: &effects)
        }
    }

    mutating func receiveNotice(_ notice: LedgerNotice, at now: Instant, effects: inout [NodeEffect]) {
        switch notice {
        case .account(let nonce):
            if let reason = account.rollback(expecting: nonce) { return reject(.ledger, reason, effects: &effects) }
            account.connected(expecting: nonce, ids: &ids, effects: &effects)
        case .operatorSet(let set): opened(set, at: now, effects: &effects)
        case .slashed(let record):
            tombstoned.insert(record.accused)
            offences = offences.filter { $0.value.evidence.accused != record.accused }
        case .revoked(let revocation):
            tombstoned.insert(revocation.accused)
            offences = offences.filter { $0.value.evidence.accused != revocation.accused }
            distrust(revocation.service, at: now, effects: &effects)
        case .settled(let settlement):
            noteSettled(settlement.voteKey)
            claimIfLeftOut(of: settlement, effects: &effects)
        case .clock(let slot, _, _):
            if let reason = account.rollback(at: slot) { reject(.ledger, reason, effects: &effects) }
        case .directory: break
        }
    }

    private mutating func opened(_ set: OperatorSet, at now: Instant, effects: inout [NodeEffect]) {
        guard set.network == network, sets.add(set) else { return }
        if service(set.service)?.optedIn.contains(me) == true, sets.current(of: set.service) == set {
            effects.append(.note(.operatorSetAdopted(set.service, set.digest)))
        }
        for delivery in box.unpark(set.digest) {
            receiveVote(delivery.vote, from: delivery.party, effects: &effects)
        }
        for told in claims.unpark(set.digest) { compare(told.summary, from: told.holder, effects: &effects) }
        let waiting = parkedTasks.filter { $0.task.operatorSet == set.digest }
        parkedTasks.removeAll { $0.task.operatorSet == set.digest || $0.task.deadline < now }
        for task in waiting { receiveTask(task, from: .coordinator(set.service), at: now, effects: &effects) }
    }

    private mutating func claimIfLeftOut(of settlement: Settlement, effects: inout [NodeEffect]) {
        guard let vote = ownVotes[settlement.voteKey], vote.statement.digest == settlement.statement,
            let member = sets.set(settlement.operatorSet)?.index(of: me), !settlement.participation.contains(member)
        else { return }
        ownVotes[settlement.voteKey] = nil
        account.submit(.claimParticipation(vote), ids: &ids, effects: &effects)
    }
}
