import Cryptography
import Messages
import Primitives
import Records

/// What was acknowledged stands, and no guard has forgotten: every receipt that a node noted is the answer that the ledger's
/// log has at the end, whatever crashed; nobody honest signs after a restart what contradicts what an earlier process of its
/// signed, and no coordinator issues two tasks under one number; and nobody finds that others hold votes or tasks of its that
/// its guard lacks, unless somebody had put an older guard in its place.
func judgeDurability(of history: RunHistory) -> Finding {
    var (violations, absences) = history.lostAcknowledgements
    violations += history.regressions
    let receipts = history.receipts.count { $0.receipt.outcome.leavesTrace }
    let restarted = Set(history.processes.filter { $0.incarnation > 1 }.map(\.party))
    let bereft = restarted.intersection(history.withoutGuard.keys)
    let whole = restarted.count - bereft.count
    var accounts: [String] = []
    if receipts > 0 { accounts.append("\(RunHistory.count(receipts, "receipt")) found in the ledger's log") }
    if whole > 0 {
        accounts.append("\(RunHistory.count(whole, "node")) started again, with all that was signed and issued")
    }
    if !bereft.isEmpty {
        accounts.append("\(RunHistory.count(bereft.count, "node")) started again on an older or empty disk")
    }
    absences.sort { $0.account < $1.account }
    return .conclude(
        .durability, violations: violations, absences: absences, gaps: history.ledgerGaps,
        otherwise: accounts.isEmpty ? .notApplicable : .holds,
        accounts.isEmpty ? "nothing was acknowledged, and nobody was started again" : accounts.joined(separator: "; "))
}

extension RunHistory {
    /// Receipts that say something else than the log, and those of what it does not have.
    fileprivate var lostAcknowledgements: (otherwise: [ViolationAccount], absent: [ViolationAccount]) {
        guard !receipts.isEmpty else { return ([], []) }
        var standing: [Digest: AppliedInstruction] = [:]
        for instruction in applied { standing[instruction.signed.digest] = instruction }
        var lost: [Digest: AppliedInstruction] = [:]
        for instruction in uncommitted { lost[instruction.signed.digest] = instruction }
        var (otherwise, absent): ([ViolationAccount], [ViolationAccount]) = ([], [])
        for held in receipts where held.receipt.outcome.leavesTrace {
            let digest = held.receipt.instruction
            let said = "the ledger told \(held.holder) \(held.receipt.outcome) of instruction \(digest.short)"
            if let instruction = standing[digest] {
                guard instruction.outcome != held.receipt.outcome else { continue }
                otherwise.append(
                    ViolationAccount(
                        "\(said), and its log says \(instruction.outcome)",
                        exhibits: [exhibit(held), exhibit(instruction)]))
            } else {
                let lost = lost[digest]
                absent.append(
                    ViolationAccount(
                        "\(said), but its log does not have it"
                            + (lost.map { ": it was instruction \($0.sequence) before a restart" } ?? ""),
                        exhibits: [exhibit(held)] + (lost.map { [exhibit($0)] } ?? [])))
            }
        }
        return (otherwise, absent)
    }

    /// What honest parties signed, issued or refused after a restart, and would not have, had their guards all that they should.
    fileprivate var regressions: [ViolationAccount] {
        let (cheats, withoutGuard) = (cheats, withoutGuard)
        var known: [SignedName: SignedByProcess] = [:]
        var accounts: [ViolationAccount] = []
        for signed in signedAgain where !cheats.contains(signed.party) {
            let name = SignedName(party: signed.party, voteKey: signed.voteKey)
            guard let earlier = known[name] else {
                known[name] = signed
                continue
            }
            guard !earlier.agrees(with: signed) else { continue }
            let what = signed.party.isSigner ? "signed two votes for" : "issued two tasks as"
            let processes =
                earlier.incarnation == signed.incarnation
                ? "in process \(signed.incarnation)" : "in processes \(earlier.incarnation) and \(signed.incarnation)"
            accounts.append(
                ViolationAccount(
                    "\(self.name(of: signed.party)) \(what) \(describe(signed.voteKey)), \(processes)",
                    about: [signed.voteKey], exhibits: [exhibit(earlier), exhibit(signed)]))
        }
        for refusal in refusals where refusal.reason.contains("guard is older than what") {
            let party = refusal.party
            guard !cheats.contains(party), withoutGuard[party].map({ $0 > refusal.incarnation }) ?? true else {
                continue
            }
            accounts.append(
                ViolationAccount(
                    "\(name(of: party)), process \(refusal.incarnation), refused to sign, though nobody had touched "
                        + "its guard: \(refusal.reason)",
                    exhibits: [
                        Exhibit(.refusal, "why it refused", at: refusal.place, bytes: Array(refusal.reason.utf8))
                    ]))
        }
        return accounts
    }

    /// Whose guard somebody took back or threw away, and from which process on.
    fileprivate var withoutGuard: [Party: UInt32] {
        Dictionary(disks.filter { $0.disk != .keep }.map { ($0.party, $0.incarnation) }, uniquingKeysWith: min)
    }

    private func exhibit(_ held: HeldReceipt) -> Exhibit {
        Exhibit(
            .receipt, "what \(held.holder) was told", digest: held.receipt.instruction, at: held.place,
            bytes: held.receipt.borsh)
    }

    private func exhibit(_ signed: SignedByProcess) -> Exhibit {
        switch (signed.content, signed.party) {
        case (.vote(let vote), .signer(let signer)): exhibit(vote, of: signer, at: signed.place)
        case (.vote(let vote), _): Exhibit(.vote, "a vote", digest: vote.statement.digest, at: signed.place)
        case (.task(let task), _): exhibit(task, at: signed.place)
        }
    }
}

private struct SignedName: Hashable {
    var party: Party
    var voteKey: VoteKey
}

extension RunHistory.SignedByProcess {
    fileprivate var voteKey: VoteKey {
        switch content {
        case .vote(let vote): vote.statement.voteKey
        case .task(let task): task.header.voteKey
        }
    }

    /// Signatures of one key over the same are the same, and say nothing more.
    fileprivate func agrees(with other: Self) -> Bool {
        switch (content, other.content) {
        case (.vote(let one), .vote(let other)): one.statement == other.statement
        case (.task(let one), .task(let other)): one.header == other.header
        default: true
        }
    }
}

extension Outcome {
    /// Of what was not its authority's next word the log has nothing.
    fileprivate var leavesTrace: Bool {
        switch self {
        case .wrongNetwork, .badSignature, .unknownAuthority, .nonceUsed, .nonceAhead: false
        default: true
        }
    }
}
