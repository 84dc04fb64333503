import Cryptography
import Messages
import Primitives

/// Everyone whom the ledger slashed has equivocated, by the word of the adversary that did it, and the evidence on
/// which it was slashed proves it.
func judgeInnocence(of history: RunHistory) -> Finding {
    var check = IndependentCheck()
    let equivocations = history.equivocations
    var violations: [String] = []
    var absences: [String] = []
    var gaps = history.ledgerGaps
    for slash in history.slashes.map(\.record) {
        let name = history.name(of: slash.signer)
        let offence = "\(name) was slashed for \(history.describe(slash.voteKey))"
        if let evidence = history.evidence(behind: slash) {
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
    let count = history.slashes.count
    return .conclude(
        .innocence, violations: violations, absences: absences, gaps: gaps, otherwise: .holds,
        count == 0 ? "nobody was slashed" : "\(RunHistory.count(count, "slash")), each of a proven equivocator")
}

extension RunHistory {
    /// What the ledger applied for this slash.
    fileprivate func evidence(behind slash: SlashRecord) -> Evidence? {
        for instruction in applied where instruction.outcome == .applied {
            guard case .submitEvidence(let evidence) = instruction.signed.instruction,
                evidence.accused == slash.accused, evidence.voteKey == slash.voteKey
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
}

extension InjectedEquivocation {
    fileprivate func isProvable(against key: PublicKey, _ check: inout IndependentCheck) -> Bool {
        votes.filter { $0.attestation.signer == key }
            .filter { check.isSigned($0.attestation.statement, $0.attestation.signature, by: key) }.count >= 2
    }
}
