import Cryptography
import Messages
import Primitives

/// Tallying votes, and finding out who contradicted themselves.
extension CoordinatorMachine {
    mutating func receiveVote(_ vote: Attestation, from party: Party, effects: inout [NodeEffect]) {
        guard vote.statement.service == service, party != .ledger else {
            return reject(party, "a vote of another service", effects: &effects)
        }
        switch box.admit(vote, from: party, sets: sets) {
        case .verify:
            // Only what was issued is voted on, until its window closes: nothing else is worth a ballot here.
            guard let task = open[vote.statement.voteKey], task.lastVotes == nil else { return }
            #if DEBUG
                if PlantedBug.stopAtQuorum.isOn, task.isCertified { return }
            #endif
            if let waiting = deferred.vote(by: vote.signer, for: vote.statement.voteKey) {
                guard waiting != vote else { return }
                checkDeferred(by: vote.signer, for: vote.statement.voteKey, effects: &effects)
            } else if mayWait(vote, from: party, task) {
                return deferred.add(vote)
            }
            check(vote, from: party, effects: &effects)
        case .ignore, .parked: break
        case .reject(let reason): reject(party, reason, effects: &effects)
        }
    }

    mutating func check(_ vote: Attestation, from party: Party, effects: inout [NodeEffect]) {
        guard box.beginVerifying(vote) else { return }
        let id = ids.next()
        requests[id] = .verifyVote(vote, from: party)
        expectWeight(of: vote)
        effects.append(.verify(id, .attestation(vote)))
    }

    mutating func verified(_ id: RequestID, valid: Bool, at now: Instant, effects: inout [NodeEffect]) {
        let isLast: Bool
        let (vote, party): (Attestation, Party)
        switch requests.removeValue(forKey: id) {
        case .verifyVote(let checked, let from): (vote, party, isLast) = (checked, from, false)
        case .verifyLastVote(let checked, let from): (vote, party, isLast) = (checked, from, true)
        case .verifyOwnTask(let task): return verifiedOwnTask(task, valid: valid, at: now, effects: &effects)
        case .signTask, nil: return
        }
        box.endVerifying(vote)
        if valid {
            count(vote, at: now, effects: &effects)
            // A first vote by whom another one is waiting.
            checkDeferred(by: vote.signer, for: vote.statement.voteKey, effects: &effects)
        } else {
            reject(party, "a vote with a signature that is not valid", effects: &effects)
        }
        settleWeight(of: vote, effects: &effects)
        if isLast { verifiedLast(vote.statement.voteKey, effects: &effects) }
    }

    private mutating func verifiedLast(_ voteKey: VoteKey, effects: inout [NodeEffect]) {
        guard let rest = open[voteKey]?.lastVotes else { return }
        open[voteKey]?.lastVotes = rest - 1
        if rest == 1 { settle(voteKey, effects: &effects) }
    }

    private mutating func count(_ vote: Attestation, at now: Instant, effects: inout [NodeEffect]) {
        let voteKey = vote.statement.voteKey
        // The window may have closed while the signature was checked.
        guard let task = open[voteKey] else { return }
        guard let (result, _) = box.count(vote, sets: sets, mayCertify: task.isAbout(vote.statement)) else { return }
        switch result {
        case .counted: break
        case .duplicate: return
        case .certified(let certificate):
            // It does not come back to life when its deadline has passed.
            guard !task.isExpired, task.isRecovered || now <= task.signed.task.deadline else { break }
            open[voteKey]?.isCertified = true
            certificates[voteKey] = certificate
            effects.append(.note(.certified(certificate)))
            tell(of: certificate, to: task.operatorSet.members.map { .signer($0.signer) }, effects: &effects)
            checkDissenters(voteKey, effects: &effects)
            decided(task, at: now, effects: &effects)
        case .conflict(let evidence): found(evidence, effects: &effects)
        }
        ask(claims.contradictions(of: vote), effects: &effects)
    }

    private mutating func found(_ evidence: Evidence, effects: inout [NodeEffect]) {
        guard offences.insert(evidence.offence).inserted else { return }
        effects.append(.note(.evidenceFound(evidence)))
        guard !tombstoned.contains(evidence.accused) else { return }
        // From here on it is submitted, whatever happens to this process.
        effects.append(.persist(.evidence(evidence)))
        account.submit(.submitEvidence(evidence), ids: &ids, effects: &effects)
    }

    /// An operator says which votes it holds.
    mutating func compare(_ summary: VoteSummary, from party: Party, effects: inout [NodeEffect]) {
        guard case .signer = party else { return reject(party, "a summary of no operator", effects: &effects) }
        let (open, service) = (open, service)
        let questions = claims.compare(summary, from: party, with: box, sets: sets) { voteKey, set in
            #if DEBUG
                if PlantedBug.stopAtQuorum.isOn, open[voteKey]?.isCertified == true { return false }
            #endif
            return open[voteKey] != nil && set.service == service
        }
        ask(questions, effects: &effects)
    }

    private func ask(_ questions: [ClaimBook.Question], effects: inout [NodeEffect]) {
        for question in questions { effects.append(.send(.voteRequest(question.request), to: [question.holder])) }
    }
}
