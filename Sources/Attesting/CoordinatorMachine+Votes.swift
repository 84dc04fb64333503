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
            // Only what was issued is voted on: nothing else is worth a ballot here.
            guard open[vote.statement.voteKey] != nil, box.beginVerifying(vote) else { return }
            let id = ids.next()
            requests[id] = .verifyVote(vote, from: party)
            effects.append(.verify(id, .attestation(vote)))
        case .ignore, .parked: break
        case .reject(let reason): reject(party, reason, effects: &effects)
        }
    }

    mutating func verified(_ id: RequestID, valid: Bool, effects: inout [NodeEffect]) {
        guard case .verifyVote(let vote, let party) = requests.removeValue(forKey: id) else { return }
        box.endVerifying(vote)
        if valid {
            count(vote, effects: &effects)
        } else {
            reject(party, "a vote with a signature that is not valid", effects: &effects)
        }
    }

    private mutating func count(_ vote: Attestation, effects: inout [NodeEffect]) {
        let voteKey = vote.statement.voteKey
        // The window may have closed while the signature was checked.
        guard let task = open[voteKey] else { return }
        // A result for something that was never issued under this number, or by a set that once was the AVS's, is
        // nobody's certificate, whoever signs it.
        let isIssued = vote.statement.task == task.digest && vote.statement.operatorSet == task.operatorSet.digest
        guard let (result, _) = box.count(vote, sets: sets, mayCertify: isIssued) else { return }
        switch result {
        case .counted: break
        case .duplicate: return
        case .certified(let certificate):
            // It does not come back to life when its deadline has passed.
            guard !task.isExpired else { break }
            open[voteKey]?.isCertified = true
            certificates[voteKey] = certificate
            effects.append(.note(.certified(certificate)))
            tell(of: certificate, to: task.operatorSet.members.map { .signer($0.signer) }, effects: &effects)
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
            open[voteKey] != nil && set.service == service
        }
        ask(questions, effects: &effects)
    }

    private func ask(_ questions: [ClaimBook.Question], effects: inout [NodeEffect]) {
        for question in questions { effects.append(.send(.voteRequest(question.request), to: [question.holder])) }
    }
}
