import Attesting
import Messages
import Primitives
import Replaying
import Services
import Records

/// What operators and coordinators do.
extension TraceWords {
    /// What one event has made a machine do, as far as it belongs to the story. What it sends is told where it is sent.
    func clauses(of event: NodeEvent, _ effects: [NodeEffect], at now: Instant) -> [TraceClause] {
        var clauses: [TraceClause] = []
        var recorded: Statement?
        for case .persist(.statement(let statement)) in effects { recorded = statement }
        if case .executed(let task, .result) = event, let execution = execution(of: task) {
            clauses.append(clause(of: execution, effects, at: now))
        } else if let recorded {
            clauses.append(
                TraceClause(
                    "has its guard record \(text(of: recorded.voteKey)), result \(result(recorded.result))",
                    about: recorded.voteKey))
        }
        for effect in effects {
            switch effect {
            case .persist(let entry): clauses += clause(of: entry).map { [$0] } ?? []
            case .note(let observation): clauses += clause(of: observation).map { [$0] } ?? []
            case .finished: clauses.append(TraceClause("is done"))
            case .sign, .verify, .execute, .send, .disconnect, .wake, .crash, .sendBytes, .pause, .fillDisk, .losePower:
                break
            }
        }
        return clauses
    }

    /// A result is there.
    private func clause(of execution: TaskExecution, _ effects: [NodeEffect], at now: Instant) -> TraceClause {
        let subject = Subject(execution.sequence)
        let task = text(of: execution.service, execution.sequence)
        for effect in effects {
            switch effect {
            case .persist(.statement(let statement)):
                return TraceClause(
                    "works out \(result(statement.result)) for \(task) and has its guard record it", about: [subject])
            case .sign(_, .statement(let statement)):
                return TraceClause(
                    "works out \(result(statement.result)) for \(task), as its guard has it on record", about: [subject]
                )
            default: break
            }
        }
        return TraceClause(
            now > execution.deadline
                ? "has a result for \(task) too late to sign it"
                : "has a result for \(task) and does not sign it yet: it has not heard what others hold of it",
            about: [subject])
    }

    /// Statements are told with their results.
    private func clause(of entry: GuardEntry) -> TraceClause? {
        switch entry {
        case .statement: nil
        case .task(let header):
            TraceClause(
                "records \(text(of: header.service, header.sequence)) before it is issued", about: header.voteKey)
        case .evidence(let evidence): TraceClause("records the evidence", about: evidence.voteKey)
        case .answered: TraceClause("records that the ledger has answered its evidence")
        case .submission(let header, _, _, _):
            TraceClause(
                "records \(text(of: header.service, header.sequence)), which was submitted", about: header.voteKey)
        }
    }

    /// Nil for what its cause or its effects tell as well.
    private func clause(of observation: Observation) -> TraceClause? {
        switch observation {
        case .taskIssued(let task):
            TraceClause(
                "issues \(text(of: task.service, task.sequence))\(isIssuedAgain(task) ? " again" : ""), "
                    + "payload \(payload(of: task))", about: task.voteKey)
        case .taskExpired(let service, let sequence):
            TraceClause("gives \(text(of: service, sequence)) up: no certificate in time", about: [Subject(sequence)])
        case .certified(let certificate): clause(of: certificate)
        case .evidenceFound(let evidence): clause(of: evidence)
        case .attested(let vote):
            TraceClause(
                "signs its vote for \(text(of: vote.statement.voteKey)), result \(result(vote.statement.result))",
                about: vote.statement.voteKey)
        case .notExecuted(let service, let sequence, let reason):
            TraceClause("has no result for \(text(of: service, sequence)): \(reason)", about: [Subject(sequence)])
        case .refusedToSign(let reason): TraceClause("refuses to sign: \(reason)")
        case .rejected(let party, let reason):
            TraceClause("rejects what came from \(names.name(of: party)) and hangs up: \(reason)")
        case .injected(let injection): clause(of: injection)
        case .recovered(let behaviour, let service):
            TraceClause("is over its fault \(behaviour)" + (service.map { " in \(names.name(of: $0))" } ?? ""))
        case .taskSubmitted(let service, let sequence, let ticket):
            TraceClause("takes submission \(ticket) as \(text(of: service, sequence))", about: [Subject(sequence)])
        case .submissionRefused(let ticket, let reason): TraceClause("refuses submission \(ticket): \(reason)")
        case .stalled(let lateness): TraceClause("was held up for \(lateness)")
        case .receiptArrived, .operatorSetAdopted, .applied, .slashed, .revoked, .operatorSetOpened, .books,
            .restaking, .ledgerOpened:
            nil
        }
    }

    private func clause(of certificate: Certificate) -> TraceClause {
        let statement = certificate.statement
        let stake =
            set(statement.operatorSet).map { ", \($0.weight(of: certificate.signers)) of \($0.total)" } ?? ""
        return TraceClause(
            "certifies \(text(of: statement.voteKey)), result \(result(statement.result)), by the votes of "
                + members(certificate.signers, of: statement.operatorSet) + stake, about: statement.voteKey)
    }

    private func clause(of evidence: Evidence) -> TraceClause {
        let (accused, task) = (names.name(of: evidence.accused), text(of: evidence.voteKey))
        switch evidence {
        case .equivocation(let pair) where pair.first.task == pair.second.task:
            return TraceClause(
                "finds that \(accused) has signed both \(result(pair.first.result)) and \(result(pair.second.result)) for "
                    + task, about: evidence.voteKey)
        case .equivocation:
            return TraceClause("finds that \(accused) has signed votes on two tasks \(task)", about: evidence.voteKey)
        case .taskEquivocation:
            return TraceClause("finds that \(accused) has signed two tasks \(task)", about: evidence.voteKey)
        }
    }

    private func clause(of injection: Injection) -> TraceClause {
        var text = "is at fault: \(injection.behaviour)"
        if let service = injection.service, let subject = injection.subject {
            text += " in \(names.name(of: service)) \(subject)"
        }
        let votes = injection.votes.map { "\(result($0.attestation.statement.result)) to \(list($0.recipients))" }
        let tasks = injection.tasks.map { "task \($0.header.digest.short) to \(list($0.recipients))" }
        let sent = (votes + tasks).joined(separator: "; ")
        return TraceClause(text + (sent.isEmpty ? "" : ", \(sent)"), about: injection.subject.map { [$0] } ?? [])
    }
}
