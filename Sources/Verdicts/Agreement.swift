import Messages
import Primitives

/// No two certificates for one subject with different statements, whoever holds them, while the equivocators hold
/// less than 2q - 1 of the stake: with more, they can always have two, and pay for it.
func judgeAgreement(of history: RunHistory) -> Finding {
    var first: [VoteKey: RunHistory.HeldCertificate] = [:]
    var conflicts: [VoteKey: RunHistory.HeldCertificate] = [:]
    for held in history.certificates {
        let key = held.certificate.statement.voteKey
        guard let other = first[key] else {
            first[key] = held
            continue
        }
        if other.certificate.statement != held.certificate.statement, conflicts[key] == nil { conflicts[key] = held }
    }
    var violations: [ViolationAccount] = []
    var excused: [String] = []
    for (key, held) in conflicts.sorted(by: { $0.key < $1.key }) {
        guard let other = first[key] else { continue }
        let account = "\(history.describe(key)): \(told(of: other)), \(told(of: held))"
        let statements = [other.certificate.statement, held.certificate.statement]
        let doubles = history.cheats(whoSigned: other.certificate, and: held.certificate)
        if statements.contains(where: { history.canBeForced($0, by: doubles) }) {
            excused.append(account)
        } else {
            violations.append(
                ViolationAccount(
                    account, about: [key], exhibits: [history.exhibit(other), history.exhibit(held)]))
        }
    }
    if violations.isEmpty, let account = excused.first {
        return Finding(
            .agreement, .notApplicable, "\(account); but those who equivocated hold 2q - 1 of the stake or more")
    }
    return .conclude(
        .agreement, violations: violations, gaps: history.gaps, otherwise: first.isEmpty ? .notApplicable : .holds,
        first.isEmpty
            ? "no certificate was formed"
            : "\(history.certificates.count) certificates for \(RunHistory.count(first.count, "subject")), no two differ"
    )
}

private func told(of held: RunHistory.HeldCertificate) -> String {
    let statement = held.certificate.statement
    return "\(held.holder) holds a certificate for result \(statement.result.short) of task \(statement.task.short)"
}

extension RunHistory {
    /// Revision 0 of an epoch's operator set.
    func openingSet(of service: ServiceID, in epoch: Epoch) -> OperatorSet? {
        operatorSets.values.first { $0.service == service && $0.epoch == epoch && $0.revision == Revision(0) }
    }

    /// Who signed both and had a fault in this very thing, be it that the second vote never left them but in a certificate of
    /// their own.
    fileprivate func cheats(whoSigned one: Certificate, and other: Certificate) -> Set<OperatorIndex> {
        let key = one.statement.voteKey
        let faulty = injections.filter { $0.injection.service == key.service && $0.injection.subject == key.subject }
        func signers(of certificate: Certificate) -> Set<OperatorIndex> {
            guard let members = operatorSets[certificate.statement.operatorSet]?.members else { return [] }
            let places = certificate.signers.members.map(\.place).filter(members.indices.contains)
            return Set(places.map { members[$0].signer })
        }
        return signers(of: one).intersection(signers(of: other))
            .intersection(Self.signers(in: Set(faulty.map(\.party))))
    }

    /// Whether those who signed two things about this hold enough, with those who had lost their seats by then, and those
    /// who had forgotten what they signed, of whom nobody need have noted that it was the second time. By revision 0's
    /// stake, so that whoever was tombstoned in the epoch counts.
    ///
    /// - Parameter others: who signed two things without having noted it.
    fileprivate func canBeForced(_ statement: Statement, by others: Set<OperatorIndex>) -> Bool {
        var equivocators = Set(equivocations.filter { $0.voteKey == statement.voteKey }.map(\.signer))
        equivocators.formUnion(Self.signers(in: relapsed()).union(others))
        if let set = operatorSets[statement.operatorSet] {
            equivocators.formUnion(Set(equivocations.map(\.signer)).subtracting(set.members.map(\.signer)))
        }
        guard let set = openingSet(of: statement.service, in: statement.epoch) ?? operatorSets[statement.operatorSet]
        else { return false }
        return IndependentCheck.canForceTwo(
            members: set.members.filter { equivocators.contains($0.signer) }, of: set)
    }
}
