import Cryptography
import Messages
import Primitives

/// The ledger as a machine: submissions in, log entries, receipts and notices out. Its duties:
///
/// 1. go through the log again at the start, from genesis or from a snapshot, and refuse one that is damaged;
/// 2. apply each submission in the slot in which it came: where the slot has moved, the clock's own instruction goes
///    first, and submissions wait for its signature;
/// 3. open epochs on time, even when nobody submits anything;
/// 4. put every instruction that took up its nonce in the log before its receipt is sent. What is not its authority's
///    next word (of another network, with a bad signature or a wrong nonce, of nobody) gets a receipt and leaves no
///    trace in log or records, so that nobody can fill the disk with it;
/// 5. tell whoever connects the present state, and everyone what changes.
package struct LedgerMachine: Sendable {
    /// Instructions of one party that may wait for the clock; who sends more is disconnected, and sends again what
    /// has no receipt once it is back.
    package static let waitingLimit = 4_096

    /// Of past settlements, so many are told to whoever connects: enough for what it may have missed while it was away.
    static let settlementsTold = 1_024

    package private(set) var ledger: Ledger
    package private(set) var head: LogHead
    private let clock: PublicKey
    private let coordinators: [PublicKey]
    private var phase = Phase.restoring
    private var observed = Slot(0)
    /// What the clock has been asked to sign.
    private var asked: Slot?
    private var waiting: [Submission] = []
    private var waitingCounts: [Party: Int] = [:]
    /// The last page that was noted of each asset.
    private var noted: [Books] = []
    /// Worked out once for each state, and not for each of thousands who connect.
    private var knownRoot: (sequence: UInt64, root: Digest)?

    private enum Phase: Sendable { case restoring, serving, stopped }

    private struct Submission: Sendable {
        let signed: SignedInstruction
        let submitter: Submitter
    }

    /// Who gets the receipt.
    private enum Submitter: Sendable {
        case party(Party)
        case ticket(UInt64)
        /// The clock, which needs none.
        case nobody
    }

    package init(genesis: Genesis) throws(GenesisError) {
        ledger = try Ledger(genesis: genesis)
        head = LogHead(sequence: 0, chain: ledger.network)
        clock = genesis.clock
        coordinators = genesis.services.map(\.coordinator)
    }

    package mutating func handle(_ event: LedgerEvent, at now: Instant, effects: inout [LedgerEffect]) {
        switch (phase, event) {
        case (.stopped, _): break
        case (.restoring, .resumed(let snapshot, let head)): resume(snapshot, head, effects: &effects)
        case (.restoring, .restored(let entry)): restore(entry, effects: &effects)
        case (.restoring, .opened(let expected)): open(expecting: expected, effects: &effects)
        case (.restoring, _), (.serving, .resumed), (.serving, .restored), (.serving, .opened):
            stop(.outOfPlace, effects: &effects)
        case (.serving, .connected(let party, let key)): connected(party, key, effects: &effects)
        case (.serving, .disconnected(let party)): drop(party)
        case (.serving, .submitted(let signed, let party)): submitted(signed, party, effects: &effects)
        case (.serving, .instructed(let signed, let ticket)):
            guard isClockBehind else { return apply(signed, for: .ticket(ticket), effects: &effects) }
            waiting.append(Submission(signed: signed, submitter: .ticket(ticket)))
            askClock(effects: &effects)
        case (.serving, .tick(let slot)):
            observed = max(observed, slot)
            if epoch(of: observed) > ledger.epoch { askClock(effects: &effects) }
        case (.serving, .signed(let signed)): clockSigned(signed, effects: &effects)
        }
    }

    // MARK: The log

    private mutating func resume(_ snapshot: LedgerSnapshot, _ place: LogHead, effects: inout [LedgerEffect]) {
        guard head.sequence == 0 else { return stop(.outOfPlace, effects: &effects) }
        do throws(SnapshotError) {
            let later = try ledger.later(snapshot)
            guard later.sequence == place.sequence else {
                throw .otherPlace(expected: place.sequence, found: later.sequence)
            }
            ledger = later
            head = place
        } catch {
            effects.append(.passOver(error))
        }
    }

    /// The chain stands for the signature, which was valid when the entry was written: whoever does not trust the file
    /// checks both.
    private mutating func restore(_ entry: LogEntry, effects: inout [LedgerEffect]) {
        guard entry.sequence == head.sequence + 1 else {
            return stop(.outOfOrder(expected: head.sequence + 1, found: entry.sequence), effects: &effects)
        }
        guard entry.follows(head.chain) else { return stop(.brokenChain(sequence: entry.sequence), effects: &effects) }
        var changes: [Ledger.Change] = []
        let outcome =
            entry.signed.network == ledger.network
            ? ledger.applyVerified(entry.signed, changes: &changes) : .wrongNetwork
        guard outcome == entry.outcome, outcome.takesNonce else {
            let fault = LogFault.otherOutcome(sequence: entry.sequence, logged: entry.outcome, found: outcome)
            return stop(fault, effects: &effects)
        }
        guard ledger.slot == entry.slot else {
            let fault = LogFault.otherSlot(sequence: entry.sequence, logged: entry.slot, found: ledger.slot)
            return stop(fault, effects: &effects)
        }
        head = LogHead(sequence: entry.sequence, chain: entry.chain)
        noted = []
    }

    /// A ledger that starts from genesis notes what it starts with; one that was restored has noted it before.
    private mutating func open(expecting expected: LogHead?, effects: inout [LedgerEffect]) {
        if let expected, expected != head {
            return stop(.otherHead(expected: expected, found: head), effects: &effects)
        }
        phase = .serving
        observed = ledger.slot
        effects.append(.note(.ledgerOpened(after: head.sequence)))
        guard head.sequence == 0 else { return }
        for set in ledger.operatorSets { effects.append(.note(.operatorSetOpened(set))) }
        noteBooks(effects: &effects)
    }

    /// A page for each asset of which something has moved.
    private mutating func noteBooks(effects: inout [LedgerEffect]) {
        let pages = ledger.books
        for (place, page) in pages.enumerated() where place >= noted.count || !page.says(noted[place]) {
            effects.append(.note(.books(page)))
        }
        noted = pages
    }

    private mutating func stop(_ fault: LogFault, effects: inout [LedgerEffect]) {
        phase = .stopped
        effects.append(.stop(fault))
    }

    // MARK: Connections

    private mutating func connected(_ party: Party, _ key: PublicKey, effects: inout [LedgerEffect]) {
        guard self.key(of: party) == key, let nonce = ledger.nextNonce(of: key) else {
            effects.append(.disconnect(party, reason: "the key \(key) is not that of \(party) in genesis"))
            return
        }
        effects.append(.send(.account(nextNonce: nonce), to: party))
        effects.append(.send(.clock(ledger.slot, ledger.epoch, stateRoot: stateRoot()), to: party))
        effects.append(.send(.directory(ledger.directory), to: party))
        for set in ledger.operatorSets { effects.append(.send(.operatorSet(set), to: party)) }
        for record in ledger.slashes { effects.append(.send(.slashed(record), to: party)) }
        for revocation in ledger.revocations { effects.append(.send(.revoked(revocation), to: party)) }
        for settlement in ledger.latestSettlements(Self.settlementsTold) {
            effects.append(.send(.settled(settlement), to: party))
        }
    }

    private func key(of party: Party) -> PublicKey? {
        switch party {
        case .signer(let index): ledger.key(of: index)
        case .coordinator(let service):
            Int(service.number) < coordinators.count ? coordinators[Int(service.number)] : nil
        case .ledger: nil
        }
    }

    /// What still waits is not applied: it has no receipt, and is sent again.
    private mutating func drop(_ party: Party) {
        guard waitingCounts.removeValue(forKey: party) != nil else { return }
        waiting.removeAll { if case .party(party) = $0.submitter { true } else { false } }
    }

    // MARK: Instructions

    private mutating func submitted(_ signed: SignedInstruction, _ party: Party, effects: inout [LedgerEffect]) {
        guard isClockBehind else { return apply(signed, for: .party(party), effects: &effects) }
        guard waitingCounts[party, default: 0] < Self.waitingLimit else {
            drop(party)
            effects.append(
                .disconnect(party, reason: "more than \(Self.waitingLimit) instructions wait for the clock"))
            return
        }
        waiting.append(Submission(signed: signed, submitter: .party(party)))
        waitingCounts[party, default: 0] += 1
        askClock(effects: &effects)
    }

    /// Whether submissions wait for the clock's signature.
    private var isClockBehind: Bool { asked != nil || observed > ledger.slot }

    private mutating func askClock(effects: inout [LedgerEffect]) {
        guard asked == nil else { return }
        let step = min(observed, ledger.farthestAdvance)
        asked = step
        effects.append(.sign(.advance(to: step), nonce: ledger.nextNonce(of: clock)!))
    }

    private mutating func clockSigned(_ signed: SignedInstruction, effects: inout [LedgerEffect]) {
        guard let slot = asked, signed.authority == clock, signed.instruction == .advance(to: slot) else {
            return stop(.clockRefused(.notAuthorized), effects: &effects)
        }
        asked = nil
        let outcome = apply(signed, to: .nobody, effects: &effects)
        guard outcome == .applied else { return stop(.clockRefused(outcome), effects: &effects) }
        let due = waiting
        waiting = []
        waitingCounts = [:]
        for submission in due { apply(submission.signed, for: submission.submitter, effects: &effects) }
        if epoch(of: observed) > ledger.epoch { askClock(effects: &effects) }
    }

    private mutating func apply(
        _ signed: SignedInstruction, for submitter: Submitter, effects: inout [LedgerEffect]
    ) {
        _ = apply(signed, to: submitter, effects: &effects)
    }

    private mutating func apply(
        _ signed: SignedInstruction, to submitter: Submitter, effects: inout [LedgerEffect]
    ) -> Outcome {
        var changes: [Ledger.Change] = []
        let outcome = ledger.apply(signed, changes: &changes)
        if outcome.takesNonce {
            let entry = LogEntry(
                sequence: ledger.sequence, slot: ledger.slot, signed: signed, outcome: outcome, after: head.chain)
            head = LogHead(sequence: entry.sequence, chain: entry.chain)
            effects.append(.append(entry))
            effects.append(.note(.applied(sequence: entry.sequence, slot: entry.slot, signed, outcome)))
            for change in changes { note(change, effects: &effects) }
            noteBooks(effects: &effects)
            for change in changes { publish(change, effects: &effects) }
        }
        switch submitter {
        case .party(let party): effects.append(.reply(receipt(signed, outcome), to: party))
        case .ticket(let ticket): effects.append(.answer(receipt(signed, outcome), ticket: ticket))
        case .nobody: break
        }
        return outcome
    }

    private func receipt(_ signed: SignedInstruction, _ outcome: Outcome) -> Receipt {
        Receipt(instruction: signed.digest, outcome: outcome, slot: ledger.slot)
    }

    private func note(_ change: Ledger.Change, effects: inout [LedgerEffect]) {
        switch change {
        case .operatorSetOpened(let set): effects.append(.note(.operatorSetOpened(set)))
        case .slashed(let record): effects.append(.note(.slashed(record)))
        case .revoked(let revocation): effects.append(.note(.revoked(revocation)))
        case .event(let event): effects.append(.note(.restaking(event)))
        case .epochOpened, .endpointRegistered, .settled: break
        }
    }

    /// Nothing changes without a number of its own in the log.
    private mutating func stateRoot() -> Digest {
        if let knownRoot, knownRoot.sequence == ledger.sequence { return knownRoot.root }
        let root = ledger.stateRoot
        knownRoot = (ledger.sequence, root)
        return root
    }

    private mutating func publish(_ change: Ledger.Change, effects: inout [LedgerEffect]) {
        switch change {
        case .epochOpened(let epoch): effects.append(.publish(.clock(ledger.slot, epoch, stateRoot: stateRoot())))
        case .operatorSetOpened(let set): effects.append(.publish(.operatorSet(set)))
        case .endpointRegistered: effects.append(.publish(.directory(ledger.directory)))
        case .slashed(let record): effects.append(.publish(.slashed(record)))
        case .revoked(let revocation): effects.append(.publish(.revoked(revocation)))
        case .settled(let settlement): effects.append(.publish(.settled(settlement)))
        case .event: break
        }
    }

    private func epoch(of slot: Slot) -> Epoch { Epoch(slot.number / ledger.parameters.slotsPerEpoch) }
}

extension Books {
    /// Whether it says the same, after whichever instruction.
    fileprivate func says(_ other: Books) -> Bool {
        var copy = self
        copy.sequence = other.sequence
        return copy == other
    }
}
