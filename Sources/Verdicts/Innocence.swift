import Cryptography
import Messages
import Primitives

/// Everyone whom the ledger slashed or revoked has equivocated, by the word of the adversary that did it, and the evidence on
/// which it was punished proves it.
func judgeInnocence(of history: RunHistory) -> Finding {
    var check = IndependentCheck()
    let equivocations = history.equivocations
    var violations: [String] = []
    var absences: [String] = []
    var gaps = history.ledgerGaps
    for slash in history.slashes.map(\.record) where slash.kind == .equivocation {
        let name = history.name(of: slash.signer)
        let offence = "\(name) was slashed for \(history.describe(slash.voteKey))"
        if let evidence = history.evidence(against: slash.accused, about: slash.voteKey) {
            let flaw = history.flaw(in: evidence, for: slash, &check)
            if let flaw { violations.append("\(offence), but the evidence proves nothing: \(flaw)") }
        } else {
            absences.append("\(offence), but no evidence for it was applied")
        }
        let guilty = equivocations.contains {
            $0.signer == slash.signer && $0.voteKey == slash.voteKey && $0.isProvable(against: slash.accused, &check)
        }
        if guilty { continue }
        let missing = history.operatorGaps.filter { $0.party == .signer(slash.signer) }
        if missing.isEmpty {
            violations.append("\(offence), but it sent no two different votes for it")
        } else {
            gaps += missing
        }
    }
    for revocation in history.revocations.map(\.record) {
        let offence =
            "the coordinator of \(history.name(of: revocation.service)) was revoked for "
            + history.describe(revocation.voteKey)
        if let evidence = history.evidence(against: revocation.accused, about: revocation.voteKey) {
            let flaw = history.flaw(in: evidence, for: revocation, &check)
            if let flaw { violations.append("\(offence), but the evidence proves nothing: \(flaw)") }
        } else {
            absences.append("\(offence), but no evidence for it was applied")
        }
        guard !history.taskEquivocations.contains(where: { $0.voteKey == revocation.voteKey }) else { continue }
        let missing = history.coordinatorGaps.filter { $0.party == .coordinator(revocation.service) }
        if missing.isEmpty {
            violations.append("\(offence), but it sent no two different tasks under that number")
        } else {
            gaps += missing
        }
    }
    let (count, revoked) = (history.slashes.count, history.revocations.count)
    let accounts =
        (count > 0 ? [RunHistory.count(count, "slash")] : [])
        + (revoked > 0 ? [RunHistory.count(revoked, "revocation")] : [])
    return .conclude(
        .innocence, violations: violations, absences: absences, gaps: gaps, otherwise: .holds,
        accounts.isEmpty
            ? "nobody was slashed" : "\(accounts.joined(separator: ", ")), each of a proven equivocator")
}

extension RunHistory {
    /// What the ledger applied.
    fileprivate func evidence(against accused: PublicKey, about voteKey: VoteKey) -> Evidence? {
        for instruction in applied where instruction.outcome == .applied {
            guard case .submitEvidence(let evidence) = instruction.signed.instruction,
                evidence.accused == accused, evidence.voteKey == voteKey
            else { continue }
            return evidence
        }
        return nil
    }

    fileprivate func flaw(in evidence: Evidence, for slash: SlashRecord, _ check: inout IndependentCheck) -> String? {
        guard slash.signer.number < genesis.signers.count,
            genesis.signers[Int(slash.signer.number)].key == slash.accused
        else { return "the key accused is not that operator's" }
        return check.flaw(in: evidence, against: slash.accused)
    }

    fileprivate func flaw(
        in evidence: Evidence, for revocation: Revocation, _ check: inout IndependentCheck
    ) -> String? {
        guard revocation.service.number < genesis.services.count,
            genesis.services[Int(revocation.service.number)].coordinator == revocation.accused
        else { return "the key accused is not that coordinator's" }
        return check.flaw(in: evidence, against: revocation.accused)
    }
}

extension InjectedEquivocation {
    fileprivate func isProvable(against key: PublicKey, _ check: inout IndependentCheck) -> Bool {
        votes.filter { $0.attestation.signer == key }
            .filter { check.isSigned($0.attestation.statement, $0.attestation.signature, by: key) }.count >= 2
    }
}
