import Attesting
import Messages
import Primitives

/// What a coordinator of a live cluster can tell of its AVS, and of the tasks that were submitted.
struct CoordinatorMeter: Sendable {
    private let service: ServiceID
    private var current: OperatorSet?
    private var sets = RecentValues<Digest, OperatorSet>(limit: 256)
    private var tasks = RecentValues<TaskSequence, WatchedTask>(limit: 4_096)
    private var newest: [OperatorIndex: NewestVote] = [:]
    /// The newest task that is certified or expired.
    private var decided: TaskSequence?
    /// Of tasks that are neither.
    private var tickets: [TaskSequence: UInt64] = [:]
    private var reports: [TaskReport] = []

    private struct WatchedTask: Sendable {
        let issued: Instant
        let operatorSet: OperatorSet
        /// Whose votes have come, verified or not, whatever they say.
        var voters: SignerSet
    }

    private struct NewestVote: Sendable {
        let sequence: TaskSequence
        let latency: Duration
    }

    private var isRevoked = false

    init(service: ServiceID) { self.service = service }

    mutating func saw(_ event: NodeEvent, at now: Instant) {
        switch event {
        case .received(.attestation(let vote), .signer(let signer)): saw(vote, from: signer, at: now)
        case .received(.notice(.operatorSet(let set)), .ledger) where set.service == service:
            sets.add(set, for: set.digest)
        case .received(.notice(.revoked(let revocation)), .ledger) where revocation.service == service:
            isRevoked = true
        default: break
        }
    }

    /// From its signer itself, the first for its task.
    private mutating func saw(_ vote: Attestation, from signer: OperatorIndex, at now: Instant) {
        let voteKey = vote.statement.voteKey
        guard voteKey.service == service else { return }
        let sequence = TaskSequence(voteKey.subject.number)
        let issued = tasks.change(sequence) { task -> Instant? in
            guard let member = task.operatorSet.index(of: vote.signer),
                task.operatorSet.members[member.place].signer == signer, task.voters.insert(member)
            else { return nil }
            return task.issued
        }
        guard case .some(let issued?) = issued, newest[signer].map({ $0.sequence < sequence }) ?? true else { return }
        newest[signer] = NewestVote(sequence: sequence, latency: issued.elapsed(by: now))
    }

    mutating func noted(_ observation: Observation, at now: Instant) {
        switch observation {
        case .operatorSetAdopted(_, let set): current = sets[set] ?? current
        case .taskSubmitted(_, let sequence, let ticket): tickets[sequence] = ticket
        case .submissionRefused(let ticket, let reason): report(.refused(reason: reason), ticket)
        case .taskIssued(let task):
            guard let set = sets[task.operatorSet] else { return }
            tasks.add(
                WatchedTask(
                    issued: task.issued, operatorSet: set, voters: SignerSet(size: set.members.count)),
                for: task.sequence)
            if let ticket = tickets[task.sequence] { report(.issued(task.sequence), ticket) }
        case .certified(let certificate): certified(certificate, at: now)
        case .taskExpired(_, let sequence): expired(sequence)
        default: break
        }
    }

    private mutating func certified(_ certificate: Certificate, at now: Instant) {
        let statement = certificate.statement
        let sequence = TaskSequence(statement.voteKey.subject.number)
        decided = max(decided ?? sequence, sequence)
        guard let ticket = tickets.removeValue(forKey: sequence), let task = tasks[sequence] else { return }
        let set = task.operatorSet
        report(
            .certified(
                TaskReport.Certified(
                    sequence: sequence, task: statement.task, result: statement.result,
                    latency: task.issued.elapsed(by: now),
                    signers: certificate.signers.members.map { set.members[$0.place].signer },
                    signed: set.weight(of: certificate.signers), total: set.total)), ticket)
    }

    private mutating func expired(_ sequence: TaskSequence) {
        decided = max(decided ?? sequence, sequence)
        guard let ticket = tickets.removeValue(forKey: sequence) else { return }
        var account = TaskReport.Expired(sequence: sequence, voters: [], voted: .zero, total: .zero)
        if let task = tasks[sequence] {
            account.voters = task.voters.members.map { task.operatorSet.members[$0.place].signer }
            account.voted = task.operatorSet.weight(of: task.voters)
            account.total = task.operatorSet.total
        }
        report(.expired(account), ticket)
    }

    private mutating func report(_ stage: TaskReport.Stage, _ ticket: UInt64) {
        reports.append(TaskReport(ticket: ticket, stage: stage))
    }

    /// Each once, in their order.
    mutating func takeReports() -> [TaskReport] {
        guard !reports.isEmpty else { return [] }
        defer { reports = [] }
        return reports
    }

    func status(_ count: ProcessReport.TaskCount) -> CoordinatorStatus {
        var status = CoordinatorStatus()
        status.tasks = count
        status.isRevoked = isRevoked
        status.operatorSet = current
        status.members = (current?.members ?? []).map { member in
            CoordinatorStatus.Member(
                signer: member.signer, lastVote: newest[member.signer]?.sequence,
                latency: newest[member.signer]?.latency)
        }
        status.answered = decided.flatMap { tasks[$0] }.map { $0.operatorSet.weight(of: $0.voters) }
        return status
    }
}
