import Cryptography
import Messages
import Primitives

/// In a mesh: what an operator does about a coordinator that cheats, or is gone.
///
/// Whoever has voted on another task under a number than the one issued here is asked for it; two signed tasks are
/// proof against the coordinator. Without a coordinator to rely on, operators compare with each other what they hold, so
/// that who showed each half of the network another vote is found all the same; and what they hold they submit
/// themselves.
extension OperatorMachine {
    /// Between one operator's submitting certificates and the next one's, so that the ledger need not refuse most.
    private static let settlementStagger = Duration.milliseconds(20)

    /// Whether the coordinator of an AVS can be left to do its part.
    func relies(on service: ServiceID) -> Bool { !distrusted.contains(service) && !abandoned.contains(service) }

    /// Everybody else whose votes count: who has no seat any more may hold half of an offence of an epoch before.
    func peers(in service: ServiceID) -> [Party] {
        sets.voters(of: service).filter { $0 != me }.map { .signer($0) }
    }

    // MARK: The coordinator

    /// - Returns: whether no other task has come under its number before it.
    mutating func isFirst(
        _ signed: SignedTask, _ digest: Digest, at now: Instant, effects: inout [NodeEffect]
    ) -> Bool {
        let voteKey = signed.task.voteKey
        guard let first = firstTasks[voteKey] else {
            firstTasks[voteKey] = digest
            return true
        }
        expose(signed, against: first, at: now, effects: &effects)
        return first == digest
    }

    private mutating func expose(
        _ signed: SignedTask, against first: Digest, at now: Instant, effects: inout [NodeEffect]
    ) {
        guard !distrusted.contains(signed.task.service), let service = service(signed.task.service),
            let held = tasks[first]?.signed,
            let pair = TaskEquivocation(held, signed, by: service.coordinator)
        else { return }
        found(.taskEquivocation(pair), at: now, effects: &effects)
    }

    /// For good: it has signed two tasks under one number.
    mutating func distrust(_ service: ServiceID, at now: Instant, effects: inout [NodeEffect]) {
        guard distrusted.insert(service).inserted else { return }
        actAlone(in: service, at: now, effects: &effects)
    }

    mutating func left(_ service: ServiceID, at now: Instant) {
        absences[service] = now
        agenda.add(.abandon(service), at: now + Timings.receiptPatience)
    }

    mutating func returned(_ service: ServiceID) {
        absences[service] = nil
        abandoned.remove(service)
    }

    mutating func abandonIfAbsent(_ service: ServiceID, at now: Instant, effects: inout [NodeEffect]) {
        guard let since = absences[service], since + Timings.receiptPatience <= now,
            abandoned.insert(service).inserted
        else { return }
        actAlone(in: service, at: now, effects: &effects)
    }

    /// What was left to the coordinator so far.
    private mutating func actAlone(in service: ServiceID, at now: Instant, effects: inout [NodeEffect]) {
        guard self.service(service)?.dissemination == .mesh else { return }
        send(box.holdings(of: service), to: peers(in: service), effects: &effects)
        for offence in offences.keys.sorted() where offences[offence]?.evidence.voteKey.service == service {
            agenda.add(.submitEvidence(offence: offence), at: now)
        }
        for voteKey in unsettled.keys.sorted() where voteKey.service == service { scheduleSettling(voteKey, at: now) }
    }

    // MARK: Tasks of peers

    /// Votes that came before the task itself may be about another one.
    mutating func askForOtherTasks(under voteKey: VoteKey, effects: inout [NodeEffect]) {
        guard service(voteKey.service)?.dissemination == .mesh else { return }
        for choice in box[voteKey]?.choices ?? [] where choice.statement.task != firstTasks[voteKey] {
            for member in choice.signers.members {
                askForTask(
                    behind: choice.statement, of: choice.operatorSet.members[member.place].key, effects: &effects)
            }
        }
    }

    /// Each voter is asked once for a number, until there is proof: an honest one has the task that it voted on.
    mutating func askForTask(behind statement: Statement, of signer: PublicKey, effects: inout [NodeEffect]) {
        let voteKey = statement.voteKey
        guard let first = firstTasks[voteKey], statement.task != first, signer != key,
            !distrusted.contains(voteKey.service), let set = sets.set(statement.operatorSet),
            let member = set.index(of: signer)
        else { return }
        let party = Party.signer(set.members[member.place].signer)
        guard taskQuestions[voteKey]?[party] == nil else { return }
        taskQuestions[voteKey, default: [:]][party] = .open
        effects.append(.send(.taskRequest(voteKey, task: statement.task), to: [party]))
    }

    func answerTaskRequest(_ voteKey: VoteKey, _ task: Digest, from party: Party, effects: inout [NodeEffect]) {
        guard let open = tasks[task], open.isVerified, open.task.voteKey == voteKey else { return }
        effects.append(.send(.task(open.signed), to: [party]))
    }

    /// Only what was asked for. An answer may come when it is no longer needed, which is no offence.
    mutating func receivePeersTask(_ signed: SignedTask, from party: Party, effects: inout [NodeEffect]) {
        let voteKey = signed.task.voteKey
        guard let question = taskQuestions[voteKey]?[party] else {
            return reject(party, "a task that it was not asked for", effects: &effects)
        }
        guard let service = service(signed.task.service), question == .open, !distrusted.contains(signed.task.service),
            firstTasks[voteKey].map({ $0 != signed.task.digest }) ?? false
        else { return }
        taskQuestions[voteKey]?[party] = .answered
        let id = ids.next()
        requests[id] = .verifyPeersTask(signed, from: party)
        effects.append(.verify(id, .task(signed, by: service.coordinator)))
    }

    mutating func verifiedPeersTask(
        _ signed: SignedTask, from party: Party, valid: Bool, at now: Instant, effects: inout [NodeEffect]
    ) {
        guard valid else {
            return reject(party, "a task with a signature that is not valid", effects: &effects)
        }
        guard let first = firstTasks[signed.task.voteKey] else { return }
        expose(signed, against: first, at: now, effects: &effects)
    }

    mutating func forgetTask(_ digest: Digest) {
        guard let voteKey = tasks.removeValue(forKey: digest)?.task.voteKey, firstTasks[voteKey] == digest else {
            return
        }
        firstTasks[voteKey] = nil
        taskQuestions[voteKey] = nil
    }

    // MARK: Comparing with peers

    /// The AVSs about which this party is told all that is held here: the coordinator about its own; a peer about those
    /// whose coordinator is not relied on.
    func comparedServices(with party: Party) -> [ServiceID] {
        genesis.services.indices.map { ServiceID(UInt32($0)) }.filter { id in
            guard genesis.services[Int(id.number)].dissemination == .mesh else { return false }
            return party == .coordinator(id) || !relies(on: id) && peers(in: id).contains(party)
        }
    }

    mutating func compare(_ summary: VoteSummary, from party: Party, effects: inout [NodeEffect]) {
        guard party.isSigner else { return reject(party, "a summary of no operator", effects: &effects) }
        let (box, services) = (box, genesis.services)
        let questions = claims.compare(summary, from: party, with: box, sets: sets) { voteKey, set in
            box[voteKey] != nil && set.service == voteKey.service
                && services[Int(set.service.number)].dissemination == .mesh
        }
        ask(questions, effects: &effects)
    }

    func ask(_ questions: [ClaimBook.Question], effects: inout [NodeEffect]) {
        for question in questions { effects.append(.send(.voteRequest(question.request), to: [question.holder])) }
    }

    // MARK: Settling

    /// Its window is over: from here on the coordinator is to settle it, and if it cannot, its operators do.
    mutating func closeBallot(_ voteKey: VoteKey, at now: Instant) {
        defer { box.close(voteKey) }
        claims.close(voteKey)
        guard settled.remove(voteKey) == nil, service(voteKey.service)?.dissemination == .mesh,
            let certificate = box[voteKey]?.certifiedChoice?.certificate
        else { return }
        unsettled[voteKey] = certificate
        agenda.add(.forgetUnsettled(voteKey), at: now + Timings.retention)
        if !relies(on: voteKey.service) { scheduleSettling(voteKey, at: now) }
    }

    mutating func noteSettled(_ voteKey: VoteKey) {
        unsettled[voteKey] = nil
        if box[voteKey] != nil { settled.insert(voteKey) }
    }

    /// One operator after the other: whoever comes first settles it for all.
    private mutating func scheduleSettling(_ voteKey: VoteKey, at now: Instant) {
        let place = unsettled[voteKey].flatMap { sets.set($0.statement.operatorSet)?.index(of: me)?.place } ?? 0
        agenda.add(.settle(voteKey), at: now + Self.settlementStagger * (place + 1))
    }

    mutating func settle(_ voteKey: VoteKey, effects: inout [NodeEffect]) {
        guard !relies(on: voteKey.service), let certificate = unsettled.removeValue(forKey: voteKey) else { return }
        account.submit(
            .submitCertificate(certificate, participation: certificate.signers), ids: &ids, effects: &effects)
    }
}
