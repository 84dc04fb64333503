import Messages
import Primitives

/// Whether a node that has started may sign yet: only once others have said what they hold of it.
///
/// Ready when every coordinator of its AVSs and every other connected peer has answered. A coordinator that is dead
/// holds nobody up for longer than `Timings.guardCheck`, as long as somebody has answered.
struct Readiness: Sendable {
    struct Held: Sendable { let statement: Statement; let deadline: Instant }

    private(set) var isReady = false
    var isRefused = false
    /// Own votes that others hold, whose signatures are being checked.
    var unverified = 0
    /// Statements that wait for the check to end.
    var held: [Held] = []

    private var patience = Instant(nanoseconds: 0)
    private var coordinators: [ServiceID] = []
    private var awaited: Set<Party> = []
    private var heard: Set<Party> = []

    mutating func started(coordinators: [ServiceID], at now: Instant) {
        self.coordinators = coordinators
        patience = now + Timings.guardCheck
    }

    mutating func asked(_ party: Party) {
        if !isReady { awaited.insert(party) }
    }

    func awaits(_ party: Party) -> Bool { awaited.contains(party) }

    mutating func answered(_ party: Party) {
        awaited.remove(party)
        heard.insert(party)
    }

    mutating func lost(_ party: Party) { awaited.remove(party) }

    /// - Returns: true once, when it has just become ready.
    mutating func becomesReady(at now: Instant) -> Bool {
        guard !isReady, !isRefused, unverified == 0, !heard.isEmpty else { return false }
        let allAnswered = awaited.isEmpty && coordinators.allSatisfy { heard.contains(.coordinator($0)) }
        isReady = allAnswered || now >= patience
        return isReady
    }
}
