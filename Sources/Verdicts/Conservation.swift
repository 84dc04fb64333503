import Cryptography
import Messages
import Primitives

/// After every instruction all that entered of each asset is in exactly one place, every share of its vault has one
/// holder, and what was burned and earned is what the slashes between say.
func judgeConservation(of history: RunHistory) -> Finding {
    var violations: [ViolationAccount] = []
    var absences: [ViolationAccount] = []
    let flows = LedgerFlows(of: history)
    var latest: [AssetID: RunHistory.BookPage] = [:]
    for noted in history.bookPages {
        let page = noted.books
        func account(_ text: String) -> ViolationAccount {
            ViolationAccount(text, exhibits: [latest[page.asset], noted].compactMap(\.self).map(history.exhibit))
        }
        let after = "after instruction \(page.sequence)"
        let unit = page.asset == .native ? "lamports" : "units of \(history.name(of: page.asset))"
        let held = page.parts.reduce(UInt128(0)) { $0 + UInt128($1.number) }
        if held != UInt128(page.entered.number) {
            violations.append(account("\(after) \(page.entered.number) \(unit) have entered, but \(held) are there"))
        }
        let shares = page.shareParts.reduce(UInt128(0)) { $0 + UInt128($1.number) }
        if shares != UInt128(page.shares.number) {
            violations.append(account("\(after) there are \(page.shares.number) shares, but \(shares) are held"))
        }
        if let previous = latest[page.asset]?.books {
            if let bucket = page.bucketThatShrank(since: previous) {
                violations.append(account("\(after) less is \(bucket) than before"))
            }
            if page.sequence < previous.sequence {
                violations.append(account("\(after) come the books after instruction \(previous.sequence)"))
            } else if let fault = flows.fault(from: previous, to: page, unit: unit) {
                absences.append(account("\(after) \(fault)"))
            }
        }
        latest[page.asset] = noted
    }
    let pages = history.bookPages.count
    return .conclude(
        .conservation, violations: violations, absences: absences, gaps: history.ledgerGaps,
        otherwise: pages == 0 ? .unknown : .holds,
        pages == 0
            ? "the ledger's record has no books"
            : "\(RunHistory.count(pages, "page")) of books, to the lamport")
}

extension Books {
    /// Nothing ever comes back from these.
    fileprivate func bucketThatShrank(since old: Books) -> String? {
        if entered < old.entered { return "entered" }
        if burned < old.burned { return "burned" }
        if withdrawn < old.withdrawn { return "withdrawn" }
        if fees < old.fees { return "fees" }
        return residue < old.residue ? "residue" : nil
    }
}

/// What the instructions between two pages moved, against what the pages say.
private struct LedgerFlows {
    private let history: RunHistory
    private let instructions: [RunHistory.AppliedInstruction]

    init(of history: RunHistory) {
        self.history = history
        instructions = history.applied.sorted { $0.sequence < $1.sequence }
    }

    func fault(from old: Books, to new: Books, unit: String) -> String? {
        var (burned, rewarded, optional) = (UInt128(0), UInt128(0), UInt128(0))
        for note in history.slashNotes
        where note.record.stage == .executed && note.sequence > old.sequence && note.sequence <= new.sequence {
            for loss in note.record.losses where loss.asset == new.asset {
                guard loss.rewarded <= loss.units else { return "the reporter earned more than was slashed" }
                let rest = UInt128((loss.units - loss.rewarded).number)
                rewarded += UInt128(loss.rewarded.number)
                if history.burns(note.record.voteKey.service) { burned += rest } else { rewarded += rest }
            }
        }
        for instruction in between(old.sequence, new.sequence) {
            switch (instruction.signed.instruction, instruction.outcome) {
            case (.submitEvidence(let evidence), .applied):
                guard history.isPunished(evidence) else { return "evidence was applied, but nothing slashed" }
            case (.submitEvidence, .badEvidence) where new.asset == .native:
                optional += UInt128(history.genesis.parameters.badEvidenceFee.number)
            case (.dispute, _) where new.asset == .native:
                optional += UInt128(history.genesis.parameters.disputes.bond.number)
            case (.deposit(let asset, let amount), .applied) where asset == new.asset:
                if UInt128(new.entered.number) < UInt128(old.entered.number) + UInt128(amount.number) {
                    return "a deposit of \(amount.number) \(unit) has not entered"
                }
            default: break
            }
        }
        // Bonds that were posted before may be lost now.
        optional += UInt128(old.bonds.number)
        let gone = UInt128(new.burned.number) - min(UInt128(old.burned.number), UInt128(new.burned.number))
        guard gone >= burned, gone <= burned + optional else {
            return "\(gone) \(unit) were burned; the slashes say \(burned)"
                + (optional > 0 ? ", and fees and bonds up to \(optional)" : "")
        }
        // What is earned leaves by a claim alone.
        let (before, after) = (old.earned.number + old.withdrawn.number, new.earned.number + new.withdrawn.number)
        guard UInt128(after) >= UInt128(before) + rewarded else {
            return "\(Int128(after) - Int128(before)) \(unit) were earned or left; the slashes say \(rewarded)"
        }
        return nil
    }

    private func between(_ first: UInt64, _ last: UInt64) -> ArraySlice<RunHistory.AppliedInstruction> {
        instructions[place(after: first)..<max(place(after: first), place(after: last))]
    }

    /// Of the first instruction with a higher number.
    private func place(after sequence: UInt64) -> Int {
        var (low, high) = (0, instructions.count)
        while low < high {
            let middle = (low + high) / 2
            if instructions[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension RunHistory {
    fileprivate func burns(_ service: ServiceID) -> Bool {
        Int(service.number) < genesis.services.count
            && genesis.services[Int(service.number)].slash.destination == .burn
    }

    /// A coordinator has no stake: revoking it moves nothing.
    fileprivate func isPunished(_ evidence: Evidence) -> Bool {
        if case .taskEquivocation = evidence { return true }
        return slashes.contains { $0.record.accused == evidence.accused && $0.record.voteKey == evidence.voteKey }
    }
}
