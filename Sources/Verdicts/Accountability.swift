import Cryptography
import Messages
import Primitives

/// Where two certificates contradict each other, those whom honest nodes can prove guilty hold at least 2q - 1 of the
/// stake of the epoch's first operator set, whoever was tombstoned in the epoch counted.
///
/// From witnesses' data alone: the certificates themselves, valid evidence that anybody found, and what the ledger
/// has punished. What the adversaries say of themselves is not looked at.
func judgeAccountability(of history: RunHistory) -> Finding {
    var check = IndependentCheck()
    let conflicts = history.conflicts
    var absences: [ViolationAccount] = []
    var accounts: [String] = []
    for (one, other) in conflicts {
        let statement = one.statement
        let subject = history.describe(statement.voteKey)
        guard statement.epoch == other.statement.epoch else {
            accounts.append("\(subject): the two certificates are of different epochs, for which nothing is promised")
            continue
        }
        guard let opening = history.openingSet(of: statement.service, in: statement.epoch) else {
            absences.append(
                ViolationAccount(
                    "\(subject): the ledger never opened the operator set of epoch \(statement.epoch)",
                    about: [statement.voteKey], exhibits: history.exhibits(of: [one, other])))
            continue
        }
        let removed = history.removed(from: opening, before: one).union(history.removed(from: opening, before: other))
        let proven = history.provenGuilty(of: statement.epoch, in: statement.service, orAmong: removed, &check)
            .union(history.signersOfBoth(one, other, &check))
        let members = opening.members.filter { proven.contains($0.key) }
        let names = members.map { history.name(of: $0.signer) }.joined(separator: ", ")
        let stake = Lamports(UInt64(IndependentCheck.sum(of: members)))
        let least = IndependentCheck.leastToForceTwo(in: opening)
        let account =
            "\(subject) has two certificates; "
            + (members.isEmpty ? "nobody is proven guilty" : "proven guilty: \(names)")
            + ", \(stake) of \(opening.total), where at least \(least) must be"
        if IndependentCheck.canForceTwo(members: members, of: opening) {
            accounts.append(account)
        } else {
            absences.append(
                ViolationAccount(
                    account, about: [statement.voteKey], exhibits: history.exhibits(of: [one, other])))
        }
    }
    return .conclude(
        .accountability, violations: [], absences: absences, gaps: history.gaps,
        otherwise: conflicts.isEmpty ? .notApplicable : .holds,
        conflicts.isEmpty ? "no two certificates contradict each other" : accounts.joined(separator: "; "))
}

extension RunHistory {
    /// The certificates that contradict each other, two for each subject that has any, by subject.
    package var conflicts: [(Certificate, Certificate)] {
        var first: [VoteKey: Certificate] = [:]
        var second: [VoteKey: Certificate] = [:]
        for certificate in certificates.map(\.certificate) {
            let key = certificate.statement.voteKey
            if let known = first[key] {
                if known.statement != certificate.statement, second[key] == nil { second[key] = certificate }
            } else {
                first[key] = certificate
            }
        }
        return second.keys.sorted().map { (first[$0]!, second[$0]!) }
    }

    /// By whoever held each first.
    fileprivate func exhibits(of certificates: [Certificate]) -> [Exhibit] {
        certificates.compactMap { wanted in self.certificates.first { $0.certificate == wanted }.map { exhibit($0) } }
    }

    /// The members of an epoch's first operator set that had lost their seats when this certificate's set was opened.
    fileprivate func removed(from opening: OperatorSet, before certificate: Certificate) -> Set<PublicKey> {
        guard let set = operatorSets[certificate.statement.operatorSet] else { return [] }
        return Set(opening.members.map(\.key)).subtracting(set.members.map(\.key))
    }

    /// Against whom there is valid evidence about this epoch of an AVS, found by anybody or in the ledger's log; of those
    /// who were removed, about whatever cost them their seats, in whatever AVS.
    fileprivate func provenGuilty(
        of epoch: Epoch, in service: ServiceID, orAmong removed: Set<PublicKey>, _ check: inout IndependentCheck
    ) -> Set<PublicKey> {
        let punished = applied.filter { $0.outcome == .applied }.compactMap { instruction -> Evidence? in
            if case .submitEvidence(let evidence) = instruction.signed.instruction { evidence } else { nil }
        }
        var guilty: Set<PublicKey> = []
        for evidence in findings.map(\.evidence) + punished where !guilty.contains(evidence.accused) {
            guard case .equivocation(let pair) = evidence,
                removed.contains(pair.accused)
                    || pair.first.service == service && [pair.first.epoch, pair.second.epoch].contains(epoch),
                check.flaw(in: evidence, against: pair.accused) == nil
            else { continue }
            guilty.insert(pair.accused)
        }
        return guilty
    }

    /// Whoever signed two certificates that contradict each other is proven guilty by them alone.
    fileprivate func signersOfBoth(
        _ one: Certificate, _ other: Certificate, _ check: inout IndependentCheck
    ) -> Set<PublicKey> {
        signers(of: one, &check).intersection(signers(of: other, &check))
    }

    private func signers(of certificate: Certificate, _ check: inout IndependentCheck) -> Set<PublicKey> {
        guard let set = operatorSets[certificate.statement.operatorSet],
            certificate.signers.size == set.members.count
        else { return [] }
        var signers: Set<PublicKey> = []
        for (member, signature) in zip(certificate.signers.members, certificate.signatures) {
            let key = set.members[member.place].key
            if check.isSigned(certificate.statement, signature, by: key) { signers.insert(key) }
        }
        return signers
    }
}
