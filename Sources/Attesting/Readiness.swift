import Messages
import Primitives

/// Whether a node that has started may sign yet: only once others have said what they hold of it.
///
/// It may as soon as everybody whom its votes go to has answered. Whoever is dead holds nobody up for longer than
/// `Timings.guardCheck`, but for an AVS's own coordinator: it holds every vote of the AVS, and without it there is
/// nothing to sign there. Whoever connects only later is asked as well.
struct Readiness: Sendable {
    struct Held: Sendable { let statement: Statement; let deadline: Instant }

    /// Statements that wait; beyond it they are left to the coordinator, which sends their tasks again.
    static let heldLimit = 4_096

    /// Own votes that others hold, whose signatures are being checked: none is signed meanwhile.
    var unverified = 0
    /// For good: only a person can say what is wrong with the guard.
    private(set) var isRefused = false
    /// Statements that wait for answers.
    private(set) var held: [Held] = []

    /// Until when everybody is waited for; nil before the start.
    private var patience: Instant?
    private var missing: Set<Party> = []
    private var asked: Set<Party> = []
    private var heard: Set<Party> = []

    /// - Parameter expected: who must answer before patience is needed.
    mutating func started(expecting expected: Set<Party>, at now: Instant) {
        missing = expected
        patience = now + Timings.guardCheck
    }

    /// - Returns: whether there is anything to ask: once somebody has answered, they are not asked again.
    mutating func ask(_ party: Party) -> Bool {
        guard !isRefused, !heard.contains(party) else { return false }
        asked.insert(party)
        return true
    }

    /// An answer counts once, and only where there was a question.
    mutating func answered(_ party: Party) -> Bool {
        guard asked.remove(party) != nil else { return false }
        missing.remove(party)
        heard.insert(party)
        return true
    }

    /// Whether it may be answering, be it what has been overtaken by its last word.
    func mayBeAnswering(_ party: Party) -> Bool { asked.contains(party) || heard.contains(party) }

    mutating func lost(_ party: Party) { asked.remove(party) }

    func maySign(for service: ServiceID, at now: Instant) -> Bool {
        guard let patience, !isRefused, unverified == 0, heard.contains(.coordinator(service)) else { return false }
        return missing.isEmpty || now >= patience
    }

    /// Of a coordinator: whether those who vote on its tasks have told what it has issued.
    func mayIssue(to set: OperatorSet, at now: Instant) -> Bool {
        guard let patience, !isRefused, unverified == 0 else { return false }
        return now >= patience || set.members.allSatisfy { heard.contains(.signer($0.signer)) }
    }

    /// - Returns: false when there is no room for it.
    mutating func hold(_ statement: Statement, deadline: Instant, at now: Instant) -> Bool {
        guard !isRefused else { return true }
        if held.count >= Self.heldLimit { held.removeAll { $0.deadline < now } }
        guard held.count < Self.heldLimit else { return false }
        held.append(Held(statement: statement, deadline: deadline))
        return true
    }

    mutating func refuse() {
        isRefused = true
        held = []
    }

    /// - Returns: what waited and may be signed by now.
    mutating func release(at now: Instant) -> [Held] {
        let waiting = held
        held = waiting.filter { !maySign(for: $0.statement.service, at: now) }
        return waiting.filter { maySign(for: $0.statement.service, at: now) }
    }
}
