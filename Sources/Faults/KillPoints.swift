import Attesting
import Messages
import Primitives

/// Has a process die at a point on its way: `crash` and `coordinator-crash` with a point, before or after the very event or
/// effect that the point is named after.
struct KillPoints: Sendable {
    private let behaviour: Behaviour
    /// Signatures on votes or tasks that are awaited.
    private var signatures: [RequestID: VoteKey] = [:]
    /// Tasks that are being executed.
    private var executions: [Digest: VoteKey] = [:]
    /// Submitted evidence, by the digest of its instruction.
    private var submissions: Set<Digest> = []

    /// Beyond it an execution is forgotten; nobody is killed for it then.
    private static let limit = 4_096

    init(_ behaviour: Behaviour) { self.behaviour = behaviour }

    /// - Returns: whether it dies before anything is made of this event.
    mutating func dies(hearing event: NodeEvent, _ board: FaultBoard) -> Bool {
        switch event {
        case .received(.task(let signed), let party) where behaviour == .crash && party.isCoordinator:
            return isDue(.receive, signed.task.voteKey, board)
        case .received(.attestation(let vote), _) where behaviour == .coordinatorCrash:
            return isDue(.receive, vote.statement.voteKey, board)
        case .received(.receipt(let receipt), .ledger):
            return submissions.contains(receipt.instruction) && isDue(.acknowledge, board)
        case .executed(let task, _):
            return executions.removeValue(forKey: task).map { isDue(.execute, $0, board) } ?? false
        case .signed(let id, _):
            return signatures.removeValue(forKey: id).map { isDue(.sign, $0, board) } ?? false
        default: return false
        }
    }

    enum Death { case before, after }

    /// - Returns: whether it dies before or after it has done this; nil: not at all.
    mutating func death(by effect: NodeEffect, _ board: FaultBoard, own: (Attestation) -> Bool) -> Death? {
        switch effect {
        case .execute(let execution):
            if executions.count >= Self.limit { executions.removeAll() }
            executions[execution.task] = VoteKey(
                network: .zero, service: execution.service, subject: Subject(execution.sequence))
            return nil
        case .sign(let id, .statement(let statement)) where id.number < OwnRequests.first:
            signatures[id] = statement.voteKey
            return nil
        case .sign(let id, .task(let task)) where id.number < OwnRequests.first:
            signatures[id] = task.voteKey
            return nil
        case .persist(.statement(let statement)):
            return isDue(.guarded, statement.voteKey, board) ? .after : nil
        case .persist(.task(let header)), .persist(.submission(let header, _, _, _)):
            return isDue(.guarded, header.voteKey, board) ? .after : nil
        case .send(.attestation(let vote), _) where behaviour == .crash && own(vote):
            return isDue(.send, vote.statement.voteKey, board) ? .after : nil
        case .send(.task(let signed), _) where behaviour == .coordinatorCrash:
            return isDue(.send, signed.task.voteKey, board) ? .after : nil
        case .note(.evidenceFound): return behaviour == .crash && isDue(.detect, board) ? .before : nil
        case .persist(.evidence):
            if isDue(.detect, board) { return .before }
            return isDue(.persist, board) ? .after : nil
        case .send(.submit(let signed), _):
            guard case .submitEvidence = signed.instruction else { return nil }
            submissions.insert(signed.digest)
            return isDue(.submit, board) ? .after : nil
        default: return nil
        }
    }

    private func isDue(_ point: KillPoint, _ voteKey: VoteKey, _ board: FaultBoard) -> Bool {
        board.schedules.contains {
            $0.plan.behaviour == behaviour && $0.plan.point == point
                && $0.applies(to: voteKey.service, voteKey.subject, used: 0)
        }
    }

    private func isDue(_ point: KillPoint, _ board: FaultBoard) -> Bool {
        board.present([behaviour]).contains { board.plan($0).point == point }
    }
}
