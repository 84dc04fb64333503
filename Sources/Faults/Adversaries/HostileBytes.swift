import Attesting
import Messages
import Primitives

/// Sends bytes that are no frames: `malformed` and `oversized` after a vote, `slow-loris` one by one, which never come to an
/// end, and nothing else meanwhile.
struct HostileBytes: Adversary {
    /// Who has been sent the beginning of the frame that never ends.
    private var begun: Set<Party> = []
    private var next: Instant?

    private static let pause = Duration.milliseconds(100)

    var nextWake: Instant? { next }

    mutating func hear(_ event: NodeEvent, _ scene: inout Scene) -> NodeEvent? {
        if case .disconnected(let party) = event { begun.remove(party) }
        guard !scene.board.present([.slowLoris]).isEmpty else {
            next = nil
            return event
        }
        guard next.map({ $0 <= scene.now }) ?? true else { return event }
        next = scene.now + Self.pause
        for party in scene.connected.sorted() where party != .ledger {
            let bytes = begun.insert(party).inserted ? Self.longFrame : [0]
            scene.effects.append(.sendBytes(bytes, to: [party]))
        }
        return event
    }

    mutating func pass(_ effect: NodeEffect, _ scene: inout Scene) {
        if case .send(_, let recipients) = effect, !scene.board.present([.slowLoris]).isEmpty {
            if recipients.contains(.ledger) { scene.effects.append(effect) }
            return
        }
        scene.effects.append(effect)
        guard case .send(.attestation(let vote), let recipients) = effect, vote.signer == scene.key,
            let index = scene.board.strike([.malformed, .oversized], on: vote.statement.voteKey)
        else { return }
        let isMalformed = scene.board.plan(index).behaviour == .malformed
        scene.effects.append(.sendBytes(isMalformed ? Self.noVote : Self.tooLongVote, to: recipients))
    }

    /// A frame's header, and so many bytes of 0xFF as a vote has, which are none.
    private static let noVote = header(.attestation, length: 253) + Array(repeating: 0xFF, count: 253)
    /// More than a vote may have.
    private static let tooLongVote = header(.attestation, length: 1 << 20) + Array(repeating: 0, count: 4_096)
    /// As many bytes as a summary may have, none of which come.
    private static let longFrame = header(.summary, length: UInt32(Frame.Kind.summary.payloadLimit))

    private static func header(_ kind: Frame.Kind, length: UInt32) -> [UInt8] {
        var encoder = BorshEncoder()
        encoder.encode(length + 1)
        encoder.encode(kind.rawValue)
        return encoder.bytes
    }
}
