import Messages
import Primitives

/// Every equivocation of which both votes were sent to honest nodes inside the evidence window is slashed; a fault
/// that cannot be proven is not.
func judgeCompleteness(of history: RunHistory) -> Finding {
    let faulty = history.faulty
    let slashed = Set(history.slashes.map(\.record.signer))
    let equivocations = history.equivocations
    let due = equivocations.filter { history.isProvable($0, faulty: faulty) }
    var absences: [String] = []
    for one in due where !slashed.contains(one.signer) {
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
    if !due.isEmpty { accounts.append("\(RunHistory.count(due.count, "provable equivocation")) punished") }
    if due.count < equivocations.count {
        accounts.append("\(equivocations.count - due.count) beyond what honest nodes could see in time")
    }
    if unprovable > 0 { accounts.append("\(RunHistory.count(unprovable, "unprovable culprit")) not slashed") }
    return .conclude(
        .completeness, violations: [], absences: absences, gaps: gaps, otherwise: .holds,
        accounts.isEmpty ? "nothing provable happened" : accounts.joined(separator: "; "))
}

extension RunHistory {
    /// Whether honest nodes were sent two of its votes while they were listening.
    fileprivate func isProvable(_ equivocation: InjectedEquivocation, faulty: Set<OperatorIndex>) -> Bool {
        let seen = equivocation.votes.filter { vote in vote.recipients.contains { isHonest($0, faulty: faulty) } }
        let key = equivocation.voteKey
        guard seen.count >= 2, key.network == network, key.service.number < genesis.services.count,
            let issued = tasks.first(where: {
                $0.task.service == key.service && Subject($0.task.sequence) == key.subject
            })
        else { return false }
        return equivocation.at <= issued.task.issued + genesis.services[Int(key.service.number)].evidenceWindow
    }
}
