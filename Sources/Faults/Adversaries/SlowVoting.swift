import Attesting
import Messages
import Primitives

/// Sends its votes late: `slow`.
struct SlowVoting: Adversary {
    private var held: [(due: Instant, effect: NodeEffect)] = []

    private static let limit = 4_096

    var nextWake: Instant? { held.first?.due }

    func checkInvariants() { precondition(held.count <= Self.limit, "votes held back are limited") }

    mutating func hear(_ event: NodeEvent, _ scene: inout Scene) -> NodeEvent? {
        while let first = held.first, first.due <= scene.now {
            held.removeFirst()
            scene.effects.append(first.effect)
        }
        return event
    }

    mutating func pass(_ effect: NodeEffect, _ scene: inout Scene) {
        guard case .send(.attestation(let vote), _) = effect, vote.signer == scene.key,
            let index = scene.board.first(of: [.slow], for: vote.statement.voteKey),
            let delay = scene.board.plan(index).parameters.delay
        else { return scene.effects.append(effect) }
        guard held.count < Self.limit else { return }
        let due = scene.now + delay
        let place = held.firstIndex { $0.due > due } ?? held.endIndex
        held.insert((due, effect), at: place)
    }
}
