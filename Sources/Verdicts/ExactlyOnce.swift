import Cryptography
import Messages
import Primitives

/// One offence, one slash or revocation, and nobody twice: the first slash tombstones an operator, the first revocation
/// ends a coordinator. Every one stands for one applied piece of evidence, and the other way round.
func judgeExactlyOnce(of history: RunHistory) -> Finding {
    let tally = OffenceTally(of: history)
    let (count, revoked) = (history.slashes.count, history.revocations.count)
    return .conclude(
        .exactlyOnce, violations: tally.repetitions, absences: tally.mismatches, gaps: history.ledgerGaps,
        otherwise: count + revoked == 0 ? .notApplicable : .holds,
        count + revoked == 0
            ? "nobody was slashed"
            : "\(RunHistory.count(count + revoked, "offence")), \(RunHistory.count(count, "slash"))"
                + (revoked > 0 ? ", \(RunHistory.count(revoked, "revocation"))" : ""))
}

/// What was punished, and on which evidence.
private struct OffenceTally {
    private let history: RunHistory
    /// Of a wrong result, dispute by dispute, there is no evidence, and it costs nobody its seat.
    private let equivocations: [RunHistory.Slash]

    init(of history: RunHistory) {
        self.history = history
        equivocations = history.slashes.filter { $0.record.kind == .equivocation }
    }

    /// Who was punished more than once.
    var repetitions: [ViolationAccount] {
        var accounts: [ViolationAccount] = []
        for (signer, slashes) in Dictionary(grouping: equivocations, by: \.record.signer).sorted(by: { $0.key < $1.key }
        )
        where slashes.count > 1 {
            let offences = slashes.map { history.describe($0.record.voteKey) }
            accounts.append(
                ViolationAccount(
                    "\(history.name(of: signer)) was slashed \(slashes.count) times: \(offences.joined(separator: ", "))",
                    about: slashes.map(\.record.voteKey), exhibits: slashes.map(history.exhibit)))
        }
        let revocations = Dictionary(grouping: history.revocations, by: \.record.service)
        for (service, records) in revocations.sorted(by: { $0.key < $1.key }) where records.count > 1 {
            accounts.append(
                ViolationAccount(
                    "the coordinator of \(history.name(of: service)) was revoked \(records.count) times",
                    about: records.map(\.record.voteKey), exhibits: records.map(history.exhibit)))
        }
        let results = Dictionary(
            grouping: history.slashes.filter { $0.record.kind == .wrongResult }, by: \.record.offence)
        for (offence, slashes) in results.sorted(by: { $0.key < $1.key }) where slashes.count > 1 {
            accounts.append(
                ViolationAccount(
                    "the offence \(offence.short) was slashed \(slashes.count) times",
                    about: slashes.map(\.record.voteKey), exhibits: slashes.map(history.exhibit)))
        }
        return accounts
    }

    /// Evidence that was applied more or less often than punished.
    var mismatches: [ViolationAccount] {
        var punished: [OffenceName: [Exhibit]] = [:]
        for slash in equivocations {
            let name = OffenceName(accused: slash.record.accused.storage, voteKey: slash.record.voteKey)
            punished[name, default: []].append(history.exhibit(slash))
        }
        for revoked in history.revocations {
            let name = OffenceName(accused: revoked.record.accused.storage, voteKey: revoked.record.voteKey)
            punished[name, default: []].append(history.exhibit(revoked))
        }
        var applied: [OffenceName: [Exhibit]] = [:]
        for instruction in history.applied where instruction.outcome == .applied {
            guard case .submitEvidence(let evidence) = instruction.signed.instruction else { continue }
            let name = OffenceName(accused: evidence.accused.storage, voteKey: evidence.voteKey)
            applied[name, default: []].append(history.exhibit(instruction))
        }
        return Set(punished.keys).union(applied.keys).sorted().compactMap { offence in
            let (slashes, proofs) = (punished[offence, default: []], applied[offence, default: []])
            guard slashes.count != proofs.count else { return nil }
            return ViolationAccount(
                "\(history.describe(offence.voteKey)): evidence was applied \(proofs.count) times, "
                    + "punished \(slashes.count) times", about: [offence.voteKey], exhibits: proofs + slashes)
        }
    }
}

/// Who did what, as records of slashes and evidence both say it.
struct OffenceName: Hashable, Comparable {
    var accused: FixedBytes32
    var voteKey: VoteKey

    static func < (left: Self, right: Self) -> Bool { (left.voteKey, left.accused) < (right.voteKey, right.accused) }
}
