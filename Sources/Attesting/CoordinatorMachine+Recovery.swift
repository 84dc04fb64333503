import Cryptography
import Messages
import Primitives
import Services

/// What a coordinator that is started again makes of its guard file.
extension CoordinatorMachine {
    /// Numbering goes on after the last task on record, and evidence that the ledger has not answered is submitted
    /// again. The votes themselves come back from the operators: each sends what is still open when it is connected.
    mutating func restore(_ recorded: [GuardEntry], at now: Instant, effects: inout [NodeEffect]) {
        #if DEBUG
            let recorded = PlantedBug.guardPerProcess.isOn ? [] : recorded
        #endif
        readiness?.started(expecting: [], at: now)
        if readiness != nil { agenda.add(.issue, at: now + Timings.guardCheck) }
        var unanswered: [Evidence] = []
        for entry in recorded {
            switch entry {
            case .statement: break
            case .task(let header):
                guard header.network == network, header.service == service else { continue }
                nextSequence = max(nextSequence, header.sequence.next)
                recover(header, at: now, effects: &effects)
            case .submission(let header, let payload, let ticket, let count):
                guard header.network == network, header.service == service else { continue }
                nextSequence = max(nextSequence, header.sequence.next)
                submissions = max(submissions, count)
                guard recover(header, submitted: payload, at: now, effects: &effects) else { continue }
                effects.append(.note(.taskSubmitted(service, header.sequence, ticket: ticket)))
            case .evidence(let evidence):
                offences.insert(evidence.offence)
                unanswered.append(evidence)
            case .answered(let offence): unanswered.removeAll { $0.offence == offence }
            }
        }
        #if DEBUG
            if PlantedBug.forgetEvidence.isOn { return }
        #endif
        for evidence in unanswered { account.submit(.submitEvidence(evidence), ids: &ids, effects: &effects) }
    }

    // MARK: A guard that may be an older copy

    /// Operators remember the newest task that they were shown, and the ledger what was settled. Whoever has issued a number
    /// that is not on record would issue it again, which nobody could tell from a cheat: it issues nothing more.
    var isOutdated: Bool { readiness?.isRefused ?? false }

    /// Once it may, it may for good, unless somebody who is heard later knows better.
    mutating func mayIssue(to set: OperatorSet, at now: Instant) -> Bool {
        guard !hasAsked, let readiness else { return !isOutdated }
        hasAsked = readiness.mayIssue(to: set, at: now)
        return hasAsked
    }

    mutating func receiveOwnTask(_ signed: SignedTask, from party: Party, effects: inout [NodeEffect]) {
        guard let readiness, readiness.mayBeAnswering(party) else {
            return reject(party, "a task frame, which is not for a coordinator", effects: &effects)
        }
        let task = signed.task
        guard task.network == network, task.service == service, task.sequence >= nextSequence else { return }
        let id = ids.next()
        requests[id] = .verifyOwnTask(task)
        self.readiness?.unverified += 1
        effects.append(.verify(id, .task(signed, by: terms.coordinator)))
    }

    mutating func verifiedOwnTask(
        _ task: ServiceTask, valid: Bool, at now: Instant, effects: inout [NodeEffect]
    ) {
        readiness?.unverified -= 1
        if valid { lacks(task.sequence.number, "operators hold", effects: &effects) }
        issueDue(at: now, effects: &effects)
    }

    mutating func answered(by party: Party, at now: Instant, effects: inout [NodeEffect]) {
        guard readiness?.answered(party) ?? false else { return }
        issueDue(at: now, effects: &effects)
    }

    mutating func compareNumbering(with settlement: Settlement, effects: inout [NodeEffect]) {
        guard readiness != nil, settlement.voteKey.service == service,
            settlement.voteKey.subject.number >= nextSequence.number
        else { return }
        lacks(settlement.voteKey.subject.number, "the ledger has settled", effects: &effects)
    }

    private mutating func lacks(_ number: UInt64, _ whoHolds: String, effects: inout [NodeEffect]) {
        guard !isOutdated else { return }
        readiness?.refuse()
        nextIssue = nil
        let reason =
            "the guard is older than what \(whoHolds): it lacks task \(number), whose number would be issued twice"
        effects.append(.note(.refusedToSign(reason: reason)))
    }

    /// The load has its times from the beginning of the run; what was due while nobody was here is issued late, and its
    /// latency counts all the same.
    mutating func began(_ beginning: Instant) {
        guard loadIndex < load.tasks, !isDraining else { return }
        var due = beginning
        for number in 0...loadIndex { due = due + load.gap(before: TaskSequence(number)) }
        nextIssue = due
        agenda.add(.issue, at: due)
        if case .closed(_, let lasting?) = load.pacing { agenda.add(.endLoad, at: beginning + lasting) }
    }

    /// The very task that was issued, signed again: a signature of the same key over the same bytes is the same.
    ///
    /// - Parameter payload: of a submitted one; the load's are worked out again.
    /// - Returns: false when there is nothing left to do for it.
    @discardableResult
    private mutating func recover(
        _ header: TaskHeader, submitted payload: [UInt8]? = nil, at now: Instant, effects: inout [NodeEffect]
    ) -> Bool {
        let close = max(header.deadline, header.issued + terms.evidenceWindow)
        guard close > now else { return false }
        let task = ServiceTask(
            network: header.network, service: header.service, sequence: header.sequence, epoch: header.epoch,
            operatorSet: header.operatorSet, payload: payload ?? self.payload(for: header.sequence),
            issued: header.issued, deadline: header.deadline)
        // Under another load than before, what was in the task cannot be known any more.
        guard task.header == header else { return false }
        sign(task, as: .recovery, effects: &effects)
        agenda.add(.close(header.voteKey), at: close)
        return true
    }

    /// Before any vote that waits for this set is counted.
    mutating func reopen(tasksOf set: OperatorSet, at now: Instant, effects: inout [NodeEffect]) {
        let due = recovering.filter { $0.task.operatorSet == set.digest }
        recovering.removeAll { $0.task.operatorSet == set.digest }
        for signed in due { opened(signed, decidedBy: set, as: .recovery, at: now, effects: &effects) }
    }
}
