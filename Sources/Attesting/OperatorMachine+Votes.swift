import Cryptography
import Messages
import Primitives

/// From votes to certificates and evidence.
extension OperatorMachine {
    /// In a star votes come inside certificates only.
    mutating func receiveVote(_ vote: Attestation, from party: Party, effects: inout [NodeEffect]) {
        guard service(vote.statement.service)?.dissemination == .mesh else { return }
        admit(vote, from: party, effects: &effects)
    }

    mutating func admit(_ vote: Attestation, from party: Party, effects: inout [NodeEffect]) {
        guard party != .ledger else { return }
        switch box.admit(vote, from: party, sets: sets) {
        case .verify:
            guard box.beginVerifying(vote) else { return }
            let id = ids.next()
            requests[id] = .verifyVote(vote, from: party)
            effects.append(.verify(id, .attestation(vote)))
        case .ignore, .parked: break
        case .reject(let reason): reject(party, reason, effects: &effects)
        }
    }

    mutating func count(_ vote: Attestation, at now: Instant, effects: inout [NodeEffect]) {
        guard let (result, opened) = box.count(vote, sets: sets, mayCertify: isIssued(vote.statement)),
            let service = service(vote.statement.service)
        else { return }
        if opened { agenda.add(.closeBallot(vote.statement.voteKey), at: Timings.coarse(now + service.evidenceWindow)) }
        switch result {
        case .duplicate: return
        case .counted: break
        case .certified(let certificate): certified(certificate, effects: &effects)
        case .conflict(let evidence): found(evidence, at: now, effects: &effects)
        }
        guard service.dissemination == .mesh else { return }
        remember(vote, at: now)
        ask(claims.contradictions(of: vote), effects: &effects)
        askForTask(behind: vote.statement, of: vote.signer, effects: &effects)
    }

    /// Whether it is about a task that the coordinator has issued, by the operator set that the task pins: whoever was
    /// a quorum once does not decide what is issued now.
    private func isIssued(_ statement: Statement) -> Bool {
        guard let open = tasks[statement.task], open.isVerified else { return false }
        return open.task.voteKey == statement.voteKey && open.task.operatorSet == statement.operatorSet
    }

    /// In a star it is the coordinator's to tell.
    func certified(_ certificate: Certificate, effects: inout [NodeEffect]) {
        guard service(certificate.statement.service)?.dissemination == .mesh else { return }
        effects.append(.note(.certified(certificate)))
    }

    /// For the next summary to the coordinator.
    private mutating func remember(_ vote: Attestation, at now: Instant) {
        guard let member = sets.set(vote.statement.operatorSet)?.index(of: vote.signer) else { return }
        let place = Int(vote.statement.service.number)
        if unsummarised[place].isEmpty { agenda.add(.summarise(vote.statement.service), at: now + Timings.summary) }
        unsummarised[place].append(
            HeldVote(
                voteKey: vote.statement.voteKey, statement: vote.statement.digest,
                operatorSet: vote.statement.operatorSet, member: member))
    }

    mutating func summarise(_ service: ServiceID, effects: inout [NodeEffect]) {
        let held = unsummarised[Int(service.number)]
        unsummarised[Int(service.number)] = []
        var entries: [VoteSummary.Entry] = []
        var places: [Digest: Int] = [:]
        for vote in held {
            guard let set = sets.set(vote.operatorSet) else { continue }
            let place = places[vote.statement] ?? entries.endIndex
            if place == entries.endIndex {
                places[vote.statement] = place
                entries.append(
                    VoteSummary.Entry(
                        voteKey: vote.voteKey, statement: vote.statement, operatorSet: vote.operatorSet,
                        signers: SignerSet(size: set.members.count)))
            }
            entries[place].signers.insert(vote.member)
        }
        send(entries, to: relies(on: service) ? [.coordinator(service)] : peers(in: service), effects: &effects)
    }

    /// In as many frames as it takes: each within the limits of entries and of bytes.
    func send(_ entries: [VoteSummary.Entry], to recipients: [Party], effects: inout [NodeEffect]) {
        guard !recipients.isEmpty else { return }
        let largest = entries.map { VoteSummary.Entry.fixedSize + $0.signers.bits.count }.max() ?? 1
        let step = min(VoteSummary.entryLimit, (Frame.Kind.summary.payloadLimit - 4) / largest)
        for start in stride(from: 0, to: entries.count, by: step) {
            let part = Array(entries[start..<min(start + step, entries.count)])
            effects.append(.send(.summary(VoteSummary(entries: part)), to: recipients))
        }
    }

    /// The coordinator gets both votes at once; the ledger gets them from us if the coordinator does not see to it, and
    /// at once if it is not one to rely on.
    mutating func found(_ evidence: Evidence, at now: Instant, effects: inout [NodeEffect]) {
        let offence = evidence.offence
        effects.append(.note(.evidenceFound(evidence)))
        guard offences[offence] == nil, !tombstoned.contains(evidence.accused), offences.count < Self.offenceLimit,
            offences.values.count(where: { $0.evidence.accused == evidence.accused }) < Self.offencesPerCulprit
        else { return }
        offences[offence] = OpenOffence(evidence: evidence)
        let service = evidence.voteKey.service
        switch evidence {
        case .equivocation(let pair):
            for vote in pair.attestations { effects.append(.send(.attestation(vote), to: [.coordinator(service)])) }
        case .taskEquivocation: distrust(service, at: now, effects: &effects)
        }
        agenda.add(
            .submitEvidence(offence: offence), at: relies(on: service) ? now + Timings.receiptPatience : now)
    }

    mutating func submitEvidence(_ offence: Digest, effects: inout [NodeEffect]) {
        guard let open = offences[offence], !open.isSubmitted else { return }
        offences[offence]?.isSubmitted = true
        account.submit(.submitEvidence(open.evidence), ids: &ids, effects: &effects)
    }

    mutating func answer(_ request: VoteRequest, to party: Party, effects: inout [NodeEffect]) {
        let held = box[request.voteKey]?.votes(by: request.signer) ?? []
        guard let vote = held.first(where: { $0.statement.digest == request.statement }) else { return }
        effects.append(.send(.attestation(vote), to: [party]))
    }

    /// In a star: a certificate for something else than we voted for is asked for, as proof that we were outvoted.
    mutating func receiveCertified(_ notice: CertifiedNotice, from party: Party, effects: inout [NodeEffect]) {
        let statement = notice.statement
        guard party == .coordinator(statement.service) else {
            return reject(party, "word of a certificate that is not this coordinator's", effects: &effects)
        }
        guard let vote = ownVotes[statement.voteKey], vote.statement != statement else { return }
        effects.append(.send(.certificateRequest(statement.voteKey, statement: statement.digest), to: [party]))
    }
}

extension VoteSummary.Entry {
    /// All but the signers' bits: vote key, two digests, the number of members and the length of the bits.
    fileprivate static let fixedSize = 53 + 32 + 32 + 4 + 4
}
