import Messages
import Primitives

/// Every equivocation of which both votes were sent to honest nodes inside the evidence window is slashed; a fault
/// that cannot be proven is not. A slash that was still under way when the run ended is not awaited.
func judgeCompleteness(of history: RunHistory) -> Finding {
    let faulty = history.faulty
    let slashed = Set(history.slashes.map(\.record.signer))
    let equivocations = history.equivocations
    let due = equivocations.filter { history.isProvable($0, faulty: faulty) }
    var absences: [String] = []
    let unslashed = due.filter { !slashed.contains($0.signer) }
    let underWay = unslashed.filter { history.isUnderWay($0) }
    for one in unslashed where !history.isUnderWay(one) {
        let results = one.votes.map { "result \($0.attestation.statement.result.short) to \($0.recipients.count)" }
        absences.append(
            "\(history.name(of: one.signer)) signed two results for \(history.describe(one.voteKey)) "
                + "(\(results.joined(separator: ", "))), but was not slashed")
    }
    let equivocators = Set(equivocations.map(\.signer))
    for signer in faulty.subtracting(equivocators).intersection(slashed).sorted() {
        let names = Set(history.injections.filter { $0.signer == signer }.map(\.injection.behaviour)).sorted()
        absences.append(
            "\(history.name(of: signer)) was slashed, though its fault (\(names.joined(separator: ", "))) is unprovable"
        )
    }
    let gaps = history.ledgerGaps + history.operatorGaps + history.coordinatorGaps
    guard !faulty.isEmpty else {
        return .conclude(
            .completeness, violations: [], gaps: gaps, otherwise: .notApplicable, "no fault was injected")
    }
    let unprovable = faulty.subtracting(equivocators).count
    var accounts: [String] = []
    let punished = due.count - underWay.count
    if punished > 0 { accounts.append("\(RunHistory.count(punished, "provable equivocation")) punished") }
    if !underWay.isEmpty { accounts.append("\(underWay.count) still on the way to a slash when the run ended") }
    if due.count < equivocations.count {
        accounts.append("\(equivocations.count - due.count) beyond what honest nodes could see in time")
    }
    if unprovable > 0 { accounts.append("\(RunHistory.count(unprovable, "unprovable culprit")) not slashed") }
    return .conclude(
        .completeness, violations: [], absences: absences, gaps: gaps, otherwise: .holds,
        accounts.isEmpty ? "nothing provable happened" : accounts.joined(separator: "; "))
}

extension RunHistory {
    /// How long after the window's close whoever holds evidence may take to submit it: an operator first waits half a
    /// second for the coordinator to do so.
    private static let submissionPatience = Duration.milliseconds(500)

    /// Until when honest nodes listen for votes for its task; nil when that was never issued.
    private func windowClose(of equivocation: InjectedEquivocation) -> Instant? {
        let key = equivocation.voteKey
        guard key.network == network, key.service.number < genesis.services.count,
            let issued = tasks.first(where: {
                $0.task.service == key.service && Subject($0.task.sequence) == key.subject
            })
        else { return nil }
        return issued.task.issued + genesis.services[Int(key.service.number)].evidenceWindow
    }

    /// Whether the coordinator stopped before evidence of it was due at the ledger.
    fileprivate func isUnderWay(_ equivocation: InjectedEquivocation) -> Bool {
        guard let end = closings[equivocation.voteKey.service], let close = windowClose(of: equivocation) else {
            return false
        }
        return close + Self.submissionPatience > end
    }

    /// Whether honest nodes were sent two of its votes while they were listening.
    fileprivate func isProvable(_ equivocation: InjectedEquivocation, faulty: Set<OperatorIndex>) -> Bool {
        let seen = equivocation.votes.filter { vote in vote.recipients.contains { isHonest($0, faulty: faulty) } }
        guard seen.count >= 2, let close = windowClose(of: equivocation) else { return false }
        return equivocation.at <= close
    }
}
