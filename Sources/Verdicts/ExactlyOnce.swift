import Cryptography
import Messages
import Primitives

/// One offence, one slash or revocation, and nobody twice: the first slash tombstones an operator, the first revocation
/// ends a coordinator. Every one stands for one applied piece of evidence, and the other way round.
func judgeExactlyOnce(of history: RunHistory) -> Finding {
    var slashesByOffence: [OffenceName: Int] = [:]
    var slashesBySigner: [OperatorIndex: Int] = [:]
    // Of a wrong result, dispute by dispute, there is no evidence, and it costs nobody its seat.
    let equivocations = history.slashes.map(\.record).filter { $0.kind == .equivocation }
    for slash in equivocations {
        slashesByOffence[OffenceName(accused: slash.accused.storage, voteKey: slash.voteKey), default: 0] += 1
        slashesBySigner[slash.signer, default: 0] += 1
    }
    for revocation in history.revocations.map(\.record) {
        slashesByOffence[OffenceName(accused: revocation.accused.storage, voteKey: revocation.voteKey), default: 0] += 1
    }
    var appliedByOffence: [OffenceName: Int] = [:]
    for instruction in history.applied where instruction.outcome == .applied {
        guard case .submitEvidence(let evidence) = instruction.signed.instruction else { continue }
        appliedByOffence[OffenceName(accused: evidence.accused.storage, voteKey: evidence.voteKey), default: 0] += 1
    }
    var violations: [String] = []
    for (signer, count) in slashesBySigner.sorted(by: { $0.key < $1.key }) where count > 1 {
        let offences = equivocations.filter { $0.signer == signer }.map { history.describe($0.voteKey) }
        violations.append(
            "\(history.name(of: signer)) was slashed \(count) times: \(offences.joined(separator: ", "))")
    }
    for (service, records) in Dictionary(grouping: history.revocations, by: \.record.service) where records.count > 1 {
        violations.append("the coordinator of \(history.name(of: service)) was revoked \(records.count) times")
    }
    let results = history.slashes.map(\.record).filter { $0.kind == .wrongResult }
    for (offence, records) in Dictionary(grouping: results, by: \.offence) where records.count > 1 {
        violations.append("the offence \(offence.short) was slashed \(records.count) times")
    }
    var absences: [String] = []
    for offence in Set(slashesByOffence.keys).union(appliedByOffence.keys).sorted() {
        let (slashed, applied) = (slashesByOffence[offence, default: 0], appliedByOffence[offence, default: 0])
        guard slashed != applied else { continue }
        absences.append(
            "\(history.describe(offence.voteKey)): evidence was applied \(applied) times, punished \(slashed) times")
    }
    let (count, revoked) = (history.slashes.count, history.revocations.count)
    return .conclude(
        .exactlyOnce, violations: violations, absences: absences, gaps: history.ledgerGaps,
        otherwise: count + revoked == 0 ? .notApplicable : .holds,
        count + revoked == 0
            ? "nobody was slashed"
            : "\(RunHistory.count(count + revoked, "offence")), \(RunHistory.count(count, "slash"))"
                + (revoked > 0 ? ", \(RunHistory.count(revoked, "revocation"))" : ""))
}

/// Who did what, as records of slashes and evidence both say it.
struct OffenceName: Hashable, Comparable {
    var accused: FixedBytes32
    var voteKey: VoteKey

    static func < (left: Self, right: Self) -> Bool { (left.voteKey, left.accused) < (right.voteKey, right.accused) }
}
