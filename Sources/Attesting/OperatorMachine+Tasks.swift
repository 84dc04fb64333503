import Cryptography
import Messages
import Primitives
import Services

/// From a task to a vote.
extension OperatorMachine {
    mutating func receiveTask(
        _ signed: SignedTask, from party: Party, at now: Instant, effects: inout [NodeEffect]
    ) {
        let task = signed.task
        guard !party.isSigner else { return receivePeersTask(signed, from: party, effects: &effects) }
        guard party == .coordinator(task.service), task.network == network, let service = service(task.service) else {
            return reject(party, "a task that is not this coordinator's to issue", effects: &effects)
        }
        guard !distrusted.contains(task.service) else { return }
        let digest = task.digest
        if let open = tasks[digest] {
            // Sent again: the coordinator has not got our vote.
            if let vote = ownVotes[task.voteKey], vote.statement.task == digest {
                effects.append(.send(.attestation(vote), to: [party]))
            } else if open.hasLapsed, now <= open.task.deadline {
                tasks[digest]?.hasLapsed = false
                effects.append(.execute(TaskExecution(of: task, digest: digest)))
            }
            return
        }
        guard task.deadline == task.issued + service.deadline else {
            return reject(party, "a task whose deadline is not the AVS's", effects: &effects)
        }
        guard now <= task.deadline else { return }
        guard let set = sets.set(task.operatorSet) else { return park(signed, at: now) }
        guard set.service == task.service, set.epoch == task.epoch else {
            return reject(party, "a task that pins another service's or epoch's operator set", effects: &effects)
        }
        guard set.index(of: me) != nil, tasks.count < Self.openTaskLimit, isRecent(set) else { return }
        tasks[digest] = OpenTask(signed: signed)
        agenda.add(.forgetTask(digest), at: Timings.coarse(now + service.evidenceWindow + Timings.retention))
        let id = ids.next()
        requests[id] = .verifyTask(signed, digest)
        effects.append(.verify(id, .task(signed, by: service.coordinator)))
    }

    /// Kept until the ledger publishes its operator set. Without room it is left to the coordinator, which sends it
    /// again.
    private mutating func park(_ signed: SignedTask, at now: Instant) {
        if parkedTasks.count >= Self.parkedTaskLimit { parkedTasks.removeAll { $0.task.deadline < now } }
        guard parkedTasks.count < Self.parkedTaskLimit, !parkedTasks.contains(signed) else { return }
        parkedTasks.append(signed)
    }

    mutating func verifiedTask(
        _ signed: SignedTask, _ digest: Digest, valid: Bool, at now: Instant, effects: inout [NodeEffect]
    ) {
        guard valid else {
            tasks[digest] = nil
            return reject(
                .coordinator(signed.task.service), "a task with a signature that is not valid", effects: &effects)
        }
        tasks[digest]?.isVerified = true
        remember(signed)
        guard isFirst(signed, digest, at: now, effects: &effects) else { return }
        effects.append(.execute(TaskExecution(of: signed.task, digest: digest)))
        if let certificate = box.certify(signed.task, digest: digest) { certified(certificate, effects: &effects) }
        askForOtherTasks(under: signed.task.voteKey, effects: &effects)
    }

    private mutating func remember(_ signed: SignedTask) {
        let newest = newestTasks[signed.task.service]
        if newest.map({ $0.task.sequence < signed.task.sequence }) ?? true { newestTasks[signed.task.service] = signed }
    }

    mutating func executed(
        _ digest: Digest, _ outcome: ExecutionOutcome, at now: Instant, effects: inout [NodeEffect]
    ) {
        guard let open = tasks[digest], open.isVerified else { return }
        switch outcome {
        case .result(let result):
            let statement = statement(for: open.task, digest, result)
            if readiness.maySign(for: open.task.service, at: now) {
                sign(statement, deadline: open.task.deadline, at: now, effects: &effects)
            } else if !readiness.hold(statement, deadline: open.task.deadline, at: now) {
                tasks[digest]?.hasLapsed = true
            }
        case .refused(let reason):
            tasks[digest]?.hasLapsed = true
            effects.append(.note(.notExecuted(open.task.service, open.task.sequence, reason: reason)))
        }
    }

    private func statement(for task: ServiceTask, _ digest: Digest, _ result: [UInt8]) -> Statement {
        let statement = Statement(for: task, digest: digest, result: result)
        #if DEBUG
            if PlantedBug.epochNotPinned.isOn, let newest = sets.current(of: task.service) {
                return Statement(
                    voteKey: statement.voteKey, operatorSet: newest.digest, epoch: newest.epoch, task: digest,
                    result: statement.result)
            }
        #endif
        return statement
    }

    /// Guard first, signature second: the driver makes the record durable before it signs.
    mutating func sign(
        _ statement: Statement, deadline: Instant, at now: Instant, effects: inout [NodeEffect]
    ) {
        guard now <= deadline else { return }
        switch guardBook.answer(for: statement) {
        case .free:
            guardBook.record(statement)
            effects.append(.persist(.statement(statement)))
        case .recordedAlready: break
        case .conflicts:
            effects.append(
                .note(.refusedToSign(reason: "\(statement.voteKey): another statement is recorded for it")))
            return
        case .tooOld:
            effects.append(.note(.refusedToSign(reason: "\(statement.voteKey): older than what the guard remembers")))
            return
        }
        let id = ids.next()
        requests[id] = .signStatement(statement)
        effects.append(.sign(id, .statement(statement)))
    }

    mutating func signedVote(_ vote: Attestation, at now: Instant, effects: inout [NodeEffect]) {
        let voteKey = vote.statement.voteKey
        guard let set = sets.set(vote.statement.operatorSet), let service = service(set.service) else { return }
        ownVotes[voteKey] = vote
        effects.append(.note(.attested(vote)))
        effects.append(.send(.attestation(vote), to: recipients(of: set, service)))
        count(vote, at: now, effects: &effects)
        let until = now + service.deadline
        agenda.add(.resendVote(voteKey, until: until, attempts: 1), at: Timings.coarse(now + Timings.resend))
        agenda.add(.forgetVote(voteKey), at: Timings.coarse(now + service.evidenceWindow + Timings.retention))
    }

    /// A vote whose statement has not been certified here is sent again until it is, or nobody counts it any more.
    mutating func resendVote(
        _ voteKey: VoteKey, until: Instant, _ attempts: Int, at now: Instant, effects: inout [NodeEffect]
    ) {
        guard let vote = ownVotes[voteKey], let service = service(voteKey.service), service.dissemination == .mesh,
            let set = sets.set(vote.statement.operatorSet), box[voteKey]?.certified == nil, now < until
        else { return }
        #if DEBUG
            if PlantedBug.recordAgain.isOn { effects.append(.persist(.statement(vote.statement))) }
        #endif
        effects.append(.send(.attestation(vote), to: recipients(of: set, service)))
        // Whoever has a certificate sends its votes no more, so the certificate itself is asked for.
        effects.append(
            .send(
                .certificateRequest(voteKey, statement: vote.statement.digest), to: [.coordinator(voteKey.service)]))
        agenda.add(
            .resendVote(voteKey, until: until, attempts: attempts + 1),
            at: Timings.coarse(now + Timings.resend(after: attempts)))
    }

    func recipients(of set: OperatorSet, _ service: Genesis.Service) -> [Party] {
        let coordinator = Party.coordinator(set.service)
        guard service.dissemination == .mesh else { return [coordinator] }
        return [coordinator] + set.members.filter { $0.signer != me }.map { .signer($0.signer) }
    }

    /// Only the present epoch and the one before it are voted in.
    private func isRecent(_ set: OperatorSet) -> Bool {
        guard let current = sets.current(of: set.service) else { return false }
        return set.epoch.number + 1 >= current.epoch.number
    }
}
