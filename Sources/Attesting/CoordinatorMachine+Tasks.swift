import Cryptography
import Messages
import Primitives
import Services

/// Issuing tasks, sending them again, closing them.
extension CoordinatorMachine {
    /// Submitted tasks that may be open at once.
    static let submissionLimit = 1_024

    /// How many tasks of the load have been issued: the place in the load of the next one.
    var loadIndex: UInt64 { min(load.tasks, nextSequence.number - submissions) }

    /// Issues whatever is due. Before the first operator set is here nothing can be issued; it then goes out late,
    /// and in an open loop its latency still counts from its intended time.
    mutating func issueDue(at now: Instant, effects: inout [NodeEffect]) {
        guard !isRevoked, !isDraining, let set = presentSet, mayIssue(to: set, at: now) else { return }
        while let due = nextDue(at: now) {
            let task = nextTask(payload(for: nextSequence), in: set, issued: due)
            // Recorded first: whatever happens to this process, no other task goes out under this number.
            effects.append(.persist(.task(task.header)))
            sign(task, as: .load, effects: &effects)
            inFlight += 1
            nextSequence = nextSequence.next
            nextIssue = loadIndex < load.tasks ? due + load.gap(before: TaskSequence(loadIndex)) : nil
            if let nextIssue, nextIssue > now { agenda.add(.issue, at: nextIssue) }
        }
    }

    /// The one that tasks are pinned to. Whoever connects to the ledger is told of past ones first, on which nobody votes
    /// any more.
    private var presentSet: OperatorSet? {
        sets.current(of: service).flatMap { $0.epoch >= epoch ? $0 : nil }
    }

    private func nextTask(_ payload: [UInt8], in set: OperatorSet, issued: Instant) -> ServiceTask {
        ServiceTask(
            network: network, service: service, sequence: nextSequence, epoch: set.epoch, operatorSet: set.digest,
            payload: payload, issued: issued, deadline: issued + terms.deadline)
    }

    /// Issues a task of somebody's own, in the series of the load's: operators see no difference.
    mutating func submit(_ payload: [UInt8], ticket: UInt64, at now: Instant, effects: inout [NodeEffect]) {
        guard let set = presentSet else {
            return refuse(ticket, "the ledger has not told the coordinator of the present operator set yet", &effects)
        }
        if let reason = reasonToRefuse(payload, in: set, at: now) { return refuse(ticket, reason, &effects) }
        let task = nextTask(payload, in: set, issued: now)
        submissions += 1
        nextSequence = nextSequence.next
        effects.append(
            .persist(.submission(task.header, payload: payload, ticket: ticket, count: submissions)))
        effects.append(.note(.taskSubmitted(service, task.sequence, ticket: ticket)))
        sign(task, as: .submission, effects: &effects)
    }

    private mutating func reasonToRefuse(_ payload: [UInt8], in set: OperatorSet, at now: Instant) -> String? {
        let waiting =
            open.values.count { $0.origin == .submission }
            + requests.values.count { if case .signTask(_, .submission) = $0 { true } else { false } }
        if payload.count > ServiceTask.payloadLimit {
            return "a payload of \(payload.count) bytes: at most \(ServiceTask.payloadLimit) are allowed"
        }
        if isRevoked { return "the coordinator's key is revoked: nobody would vote on it" }
        if isOutdated { return "the coordinator's guard is older than what others hold: it issues nothing more" }
        if !mayIssue(to: set, at: now) {
            return "the coordinator has been started again, and still asks what it has issued"
        }
        if isDraining { return "the coordinator is draining: it issues nothing more" }
        if waiting >= Self.submissionLimit {
            return "\(waiting) submitted tasks are open already, which is the limit: try again when some are closed"
        }
        return nil
    }

    private func refuse(_ ticket: UInt64, _ reason: String, _ effects: inout [NodeEffect]) {
        effects.append(.note(.submissionRefused(ticket: ticket, reason: reason)))
    }

    /// The time that the next task is meant to be issued at, unless that is still to come.
    private func nextDue(at now: Instant) -> Instant? {
        guard let nextIssue, nextIssue <= now else { return nil }
        switch load.pacing {
        case .open: return nextIssue
        case .closed(let limit, _): return inFlight < limit ? now : nil
        }
    }

    /// A task has been certified or has expired: in a closed loop the next one takes its place.
    mutating func decided(_ task: OpenTask, at now: Instant, effects: inout [NodeEffect]) {
        guard task.origin == .load else { return }
        inFlight -= 1
        if case .closed = load.pacing { issueDue(at: now, effects: &effects) }
    }

    mutating func sign(_ task: ServiceTask, as origin: Origin, effects: inout [NodeEffect]) {
        let id = ids.next()
        requests[id] = .signTask(task, origin)
        effects.append(.sign(id, .task(task)))
    }

    mutating func signed(
        _ id: RequestID, _ signature: Signature, at now: Instant, effects: inout [NodeEffect]
    ) {
        if account.signed(id, signature, effects: &effects) { return }
        guard case .signTask(let task, let origin) = requests.removeValue(forKey: id) else { return }
        let signed = SignedTask(task: task, signature: signature)
        guard let set = sets.set(task.operatorSet) else {
            recovering.append(signed)
            guard origin != .recovery else { return }
            // While it was recorded so many epochs have passed that its set is no longer kept: nobody votes on it any more.
            agenda.add(.close(task.voteKey), at: Timings.coarse(max(task.deadline, task.issued + terms.evidenceWindow)))
            guard origin == .load else { return }
            inFlight -= 1
            if case .closed = load.pacing { issueDue(at: now, effects: &effects) }
            return
        }
        opened(signed, decidedBy: set, as: origin, at: now, effects: &effects)
    }

    /// What an earlier process has issued it may have certified, which is found out again and settled, be it after the
    /// deadline.
    mutating func opened(
        _ signed: SignedTask, decidedBy set: OperatorSet, as origin: Origin, at now: Instant,
        effects: inout [NodeEffect]
    ) {
        let task = signed.task
        let voteKey = task.voteKey
        open[voteKey] = OpenTask(signed: signed, digest: task.digest, operatorSet: set, origin: origin)
        effects.append(.note(.taskIssued(task)))
        effects.append(.send(.task(signed), to: set.members.map { .signer($0.signer) }))
        agenda.add(.resend(voteKey, attempts: 1), at: Timings.coarse(now + Timings.resend))
        if origin != .recovery { agenda.add(.expire(voteKey), at: Timings.coarse(task.deadline)) }
        agenda.add(.close(voteKey), at: Timings.coarse(max(task.deadline, task.issued + terms.evidenceWindow)))
    }

    /// To the members whose vote is not here, until the deadline.
    mutating func resend(_ voteKey: VoteKey, _ attempts: Int, at now: Instant, effects: inout [NodeEffect]) {
        guard let task = open[voteKey], now < task.signed.task.deadline else { return }
        let silent = task.operatorSet.members.filter { !hasVoted($0.key, voteKey) }
        guard !silent.isEmpty else { return }
        effects.append(.send(.task(task.signed), to: silent.map { .signer($0.signer) }))
        agenda.add(
            .resend(voteKey, attempts: attempts + 1), at: Timings.coarse(now + Timings.resend(after: attempts)))
    }

    /// With a signature that need not be checked yet, too: a signer that was cut off sends its votes again by itself.
    private func hasVoted(_ signer: PublicKey, _ voteKey: VoteKey) -> Bool {
        box[voteKey]?.votes(by: signer).isEmpty == false || deferred.vote(by: signer, for: voteKey) != nil
    }

    /// What it may have missed: the open tasks that it has not voted on and, in a star, their certificates' notices.
    mutating func connected(_ party: Party, at now: Instant, effects: inout [NodeEffect]) {
        guard case .signer(let index) = party else { return }
        if readiness?.ask(party) ?? false { effects.append(.send(.ownVotesRequest, to: [party])) }
        for voteKey in open.keys.sorted() {
            guard let task = open[voteKey], let member = task.operatorSet.index(of: index) else { continue }
            let key = task.operatorSet.members[member.place].key
            if now <= task.signed.task.deadline, !hasVoted(key, voteKey) {
                effects.append(.send(.task(task.signed), to: [party]))
            }
            if let certificate = certificates[voteKey] { tell(of: certificate, to: [party], effects: &effects) }
        }
    }

    /// In a mesh everybody forms the certificate itself.
    func tell(of certificate: Certificate, to recipients: [Party], effects: inout [NodeEffect]) {
        guard terms.dissemination == .star else { return }
        let notice = CertifiedNotice(statement: certificate.statement, certificate: certificate.digest)
        effects.append(.send(.certified(notice), to: recipients))
    }

    /// The window is over: nothing more is listened to, and what waits is verified at last.
    mutating func close(_ voteKey: VoteKey, effects: inout [NodeEffect]) {
        if let place = recovering.firstIndex(where: { $0.task.voteKey == voteKey }) {
            let task = recovering.remove(at: place).task
            effects.append(.note(.taskExpired(service, task.sequence)))
        }
        // A task of an earlier process comes here twice.
        guard open[voteKey]?.lastVotes == nil, !checkLast(voteKey, effects: &effects) else { return }
        settle(voteKey, effects: &effects)
    }

    /// What was certified goes to the ledger, with everyone who voted for it in time.
    mutating func settle(_ voteKey: VoteKey, effects: inout [NodeEffect]) {
        guard let task = open.removeValue(forKey: voteKey) else { return }
        claims.close(voteKey)
        defer { box.close(voteKey) }
        guard task.isCertified, let choice = box[voteKey]?.certifiedChoice, let first = certificates[voteKey] else {
            if task.isRecovered { effects.append(.note(.taskExpired(service, task.signed.task.sequence))) }
            return
        }
        certificates[voteKey] = nil
        account.submit(.submitCertificate(first, participation: choice.signers), ids: &ids, effects: &effects)
    }
}
