import Cryptography
import Messages
import Primitives

/// After every instruction each lamport that entered is in exactly one place, and what was burned and earned is what
/// the slashes between say.
func judgeConservation(of history: RunHistory) -> Finding {
    var violations: [String] = []
    var absences: [String] = []
    let slashes = Dictionary(
        history.slashes.map {
            (OffenceName(accused: $0.record.accused.storage, voteKey: $0.record.voteKey), $0.record)
        }, uniquingKeysWith: { first, _ in first })
    let instructions = history.applied.sorted { $0.sequence < $1.sequence }
    var next = 0
    var previous: Books?
    for page in history.books {
        let after = "after instruction \(page.sequence)"
        let start = next
        while next < instructions.count, instructions[next].sequence <= page.sequence { next += 1 }
        let held = page.parts.reduce(UInt128(0)) { $0 + UInt128($1.number) }
        if held != UInt128(page.entered.number) {
            violations.append("\(after) \(page.entered.number) lamports have entered, but \(held) are there")
        }
        if let previous {
            if let bucket = page.bucketThatShrank(since: previous) {
                violations.append("\(after) less is \(bucket) than before")
            }
            if page.sequence < previous.sequence {
                violations.append("\(after) come the books after instruction \(previous.sequence)")
            } else if let fault = history.faultInFlow(
                from: previous, to: page, by: instructions[start..<next], slashes: slashes)
            {
                absences.append("\(after) \(fault)")
            }
        }
        previous = page
    }
    let pages = history.books.count
    return .conclude(
        .conservation, violations: violations, absences: absences, gaps: history.ledgerGaps,
        otherwise: pages == 0 ? .unknown : .holds,
        pages == 0
            ? "the ledger's record has no books"
            : "\(RunHistory.count(pages, "page")) of books, to the lamport")
}

extension Books {
    fileprivate var parts: [Lamports] { [idle, delegated, unbonding, burned, rewarded, withdrawn, residue] }

    /// Nothing ever comes back from these.
    fileprivate func bucketThatShrank(since old: Books) -> String? {
        if entered < old.entered { return "entered" }
        if burned < old.burned { return "burned" }
        if rewarded < old.rewarded { return "rewarded" }
        if withdrawn < old.withdrawn { return "withdrawn" }
        return residue < old.residue ? "residue" : nil
    }
}

extension RunHistory {
    /// What the instructions between two pages burned and paid, against what the pages say.
    fileprivate func faultInFlow(
        from old: Books, to new: Books, by instructions: ArraySlice<AppliedInstruction>,
        slashes: [OffenceName: SlashRecord]
    ) -> String? {
        var burned = Int128(0)
        var rewarded = Int128(0)
        var fees = Int128(0)
        for instruction in instructions {
            guard case .submitEvidence(let evidence) = instruction.signed.instruction else { continue }
            if instruction.outcome == .badEvidence { fees += Int128(genesis.parameters.badEvidenceFee.number) }
            guard instruction.outcome == .applied else { continue }
            // A coordinator has no stake: revoking it moves nothing.
            if case .taskEquivocation = evidence { continue }
            guard let record = slashes[OffenceName(accused: evidence.accused.storage, voteKey: evidence.voteKey)] else {
                return "evidence was applied, but nothing slashed"
            }
            guard record.reward <= record.slashed else { return "the reporter earned more than was slashed" }
            burned += Int128(record.slashed.number) - Int128(record.reward.number)
            rewarded += Int128(record.reward.number)
        }
        let paid = Int128(new.rewarded.number) - Int128(old.rewarded.number)
        if paid != rewarded { return "reporters earned \(paid) lamports; the slashes say \(rewarded)" }
        let gone = Int128(new.burned.number) - Int128(old.burned.number)
        guard gone >= burned, gone <= burned + fees else {
            return "\(gone) lamports were burned; the slashes say \(burned)"
                + (fees > 0 ? ", and fees up to \(fees)" : "")
        }
        return nil
    }
}
