import Cryptography
import Messages
import Primitives

/// Everyone whom the ledger slashed or revoked has equivocated, by the word of the adversary that did it, and the evidence on
/// which it was punished proves it.
func judgeInnocence(of history: RunHistory) -> Finding {
    var check = IndependentCheck()
    let equivocations = history.equivocations
    var violations: [ViolationAccount] = []
    var absences: [ViolationAccount] = []
    var gaps = history.ledgerGaps
    for punished in history.slashes where punished.record.kind == .equivocation {
        let slash = punished.record
        let name = history.name(of: slash.signer)
        let offence = "\(name) was slashed for \(history.describe(slash.voteKey))"
        let proof = history.proof(against: slash.accused, about: slash.voteKey)
        func account(_ text: String) -> ViolationAccount {
            ViolationAccount(
                "\(offence), but \(text)", about: [slash.voteKey],
                exhibits: [history.exhibit(punished)] + (proof.map { [history.exhibit($0.instruction)] } ?? []))
        }
        if let proof {
            let flaw = history.flaw(in: proof.evidence, for: slash, &check)
            if let flaw { violations.append(account("the evidence proves nothing: \(flaw)")) }
        } else {
            absences.append(account("no evidence for it was applied"))
        }
        let guilty = equivocations.contains {
            $0.signer == slash.signer && $0.voteKey == slash.voteKey && $0.isProvable(against: slash.accused, &check)
        }
        // Of what its next process signs nobody need have noted that it was the second time.
        if guilty || history.relapsed(before: punished.at).contains(.signer(slash.signer)) { continue }
        let missing = history.operatorGaps.filter { $0.party == .signer(slash.signer) }
        if missing.isEmpty {
            violations.append(account("it sent no two different votes for it"))
        } else {
            gaps += missing
        }
    }
    for revoked in history.revocations {
        let revocation = revoked.record
        let offence =
            "the coordinator of \(history.name(of: revocation.service)) was revoked for "
            + history.describe(revocation.voteKey)
        let proof = history.proof(against: revocation.accused, about: revocation.voteKey)
        func account(_ text: String) -> ViolationAccount {
            ViolationAccount(
                "\(offence), but \(text)", about: [revocation.voteKey],
                exhibits: [history.exhibit(revoked)] + (proof.map { [history.exhibit($0.instruction)] } ?? []))
        }
        if let proof {
            let flaw = history.flaw(in: proof.evidence, for: revocation, &check)
            if let flaw { violations.append(account("the evidence proves nothing: \(flaw)")) }
        } else {
            absences.append(account("no evidence for it was applied"))
        }
        guard !history.taskEquivocations.contains(where: { $0.voteKey == revocation.voteKey }) else { continue }
        let missing = history.coordinatorGaps.filter { $0.party == .coordinator(revocation.service) }
        if missing.isEmpty {
            violations.append(account("it sent no two different tasks under that number"))
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
    fileprivate func proof(
        against accused: PublicKey, about voteKey: VoteKey
    ) -> (evidence: Evidence, instruction: AppliedInstruction)? {
        for instruction in applied where instruction.outcome == .applied {
            guard case .submitEvidence(let evidence) = instruction.signed.instruction,
                evidence.accused == accused, evidence.voteKey == voteKey
            else { continue }
            return (evidence, instruction)
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
