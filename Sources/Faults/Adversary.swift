import Attesting
import Cryptography
import Messages
import Primitives

/// One way to misbehave, around an honest operator: what it keeps from it or tells it instead, and what becomes of what it
/// wants done.
///
/// Adversaries stand in a row: an event passes the outermost first, an effect last.
protocol Adversary: Sendable {
    /// - Returns: what whoever stands further in is told; nil: nothing.
    mutating func hear(_ event: NodeEvent, _ scene: inout Scene) -> NodeEvent?
    /// Hands the effect on by `scene.effects`, or something else, or nothing.
    mutating func pass(_ effect: NodeEffect, _ scene: inout Scene)
    /// The behaviour by which two votes are signed for this vote key, if that is what it does.
    func votesTwice(on voteKey: VoteKey) -> Behaviour?
    /// When it wants to be woken.
    var nextWake: Instant? { get }
    func checkInvariants()
}

extension Adversary {
    func hear(_ event: NodeEvent, _ scene: inout Scene) -> NodeEvent? { event }
    func pass(_ effect: NodeEffect, _ scene: inout Scene) { scene.effects.append(effect) }
    func votesTwice(on voteKey: VoteKey) -> Behaviour? { nil }
    var nextWake: Instant? { nil }
    func checkInvariants() {}
}

/// What an adversary has at hand while it handles one event or one effect.
struct Scene {
    let genesis: Genesis
    let me: OperatorIndex
    let key: PublicKey
    let now: Instant
    /// What the node's clock shows, which need not be the time.
    let shown: Instant
    var board: FaultBoard
    let sets: OperatorSetBook
    let connected: Set<Party>
    var requests: OwnRequests
    /// What goes on from here, in order.
    var effects: [NodeEffect] = []
    /// What the node's own account at the ledger is to submit.
    var submissions: [Instruction] = []

    /// Everybody whom this operator is connected with in an AVS, but for itself and the ledger.
    func others(in service: ServiceID) -> [Party] {
        // A vote may have been moved to an AVS that there is not.
        guard genesis.services.indices.contains(Int(service.number)) else { return [] }
        let terms = genesis.services[Int(service.number)]
        let peers: [Party] = terms.dissemination == .mesh ? terms.optedIn.filter { $0 != me }.map { .signer($0) } : []
        return peers + [.coordinator(service)]
    }

    /// What it does wrong is written to the records, which makes them the ground truth that verdicts are held against.
    mutating func note(_ injection: Injection) { effects.append(.note(.injected(injection))) }
}

/// Numbers the requests of adversaries from here on; those of the honest machine are numbered from 1.
struct OwnRequests: Sendable {
    static let first: UInt64 = 1 << 63
    private var next = Self.first

    mutating func take() -> RequestID {
        defer { next += 1 }
        return RequestID(next)
    }
}
