import Messages
import Primitives

/// Whether a node that has started may sign yet: only once others have said what they hold of it.
///
/// Ready when everybody whom its votes go to has answered. Whoever is dead holds nobody up for longer than
/// `Timings.guardCheck`, as long as somebody has answered.
struct Readiness: Sendable {
    struct Held: Sendable { let statement: Statement; let deadline: Instant }

    /// Statements that wait; beyond it they are left to the coordinator, which sends their tasks again.
    private static let heldLimit = 4_096

    private enum Phase: Sendable { case stopped, checking, ready, refused }

    private var phase = Phase.stopped
    /// Own votes that others hold, whose signatures are being checked.
    var unverified = 0
    /// Statements that wait for the check to end.
    private(set) var held: [Held] = []

    private var patience = Instant(nanoseconds: 0)
    private var expected: Set<Party> = []
    private var asked: Set<Party> = []
    private var hasHeard = false

    var isReady: Bool { phase == .ready }
    var isRefused: Bool { phase == .refused }
    var isChecking: Bool { phase == .checking || phase == .stopped }

    /// - Parameter expected: who must answer before patience is needed.
    mutating func started(expecting expected: Set<Party>, at now: Instant) {
        self.expected = expected
        phase = .checking
        patience = now + Timings.guardCheck
    }

    mutating func ask(_ party: Party) { asked.insert(party) }

    /// An answer counts once, and only where there was a question.
    mutating func answered(_ party: Party) -> Bool {
        guard asked.remove(party) != nil else { return false }
        expected.remove(party)
        hasHeard = true
        return true
    }

    mutating func lost(_ party: Party) { asked.remove(party) }

    mutating func hold(_ statement: Statement, deadline: Instant, at now: Instant) {
        guard isChecking else { return }
        if held.count >= Self.heldLimit { held.removeAll { $0.deadline < now } }
        guard held.count < Self.heldLimit else { return }
        held.append(Held(statement: statement, deadline: deadline))
    }

    /// For good: only a person can say what is wrong with the guard.
    mutating func refuse() {
        phase = .refused
        held = []
    }

    /// - Returns: what may be signed now that the check has just ended; nil otherwise.
    mutating func becomesReady(at now: Instant) -> [Held]? {
        guard phase == .checking, unverified == 0, hasHeard, expected.isEmpty || now >= patience else { return nil }
        phase = .ready
        defer { held = [] }
        return held
    }
}
