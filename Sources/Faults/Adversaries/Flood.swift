import Attesting
import Cryptography
import Messages
import Primitives

/// Sends what costs its receivers work, all of it valid and of no use: votes on tasks that there never were, the same vote
/// again and again, questions with long answers.
struct Flood: Adversary {
    private var metronome = Metronome()
    /// Votes whose signatures are awaited.
    private var requests: [RequestID: Statement] = [:]
    private var made: UInt64 = 0
    private var latest: Attestation?

    /// No load counts this far.
    private static let firstSubject: UInt64 = 1 << 40

    var nextWake: Instant? { metronome.nextWake }

    mutating func hear(_ event: NodeEvent, _ scene: inout Scene) -> NodeEvent? {
        if case .signed(let id, let signature) = event, let statement = requests.removeValue(forKey: id) {
            let vote = Attestation(statement: statement, signer: scene.key, signature: signature)
            scene.effects.append(.send(.attestation(vote), to: scene.others(in: statement.service)))
            return nil
        }
        let rate = scene.board.present([.flood]).compactMap { scene.board.plan($0).parameters.rate }.max()
        for _ in 0..<metronome.due(at: scene.now, rate: rate) { send(&scene) }
        return event
    }

    mutating func pass(_ effect: NodeEffect, _ scene: inout Scene) {
        if case .send(.attestation(let vote), _) = effect, vote.signer == scene.key { latest = vote }
        scene.effects.append(effect)
    }

    private mutating func send(_ scene: inout Scene) {
        guard let latest else { return }
        made += 1
        let recipients = scene.others(in: latest.statement.service)
        switch made % 4 {
        case 0: scene.effects.append(.send(.ownVotesRequest, to: recipients))
        case 1: scene.effects.append(.send(.attestation(latest), to: recipients))
        default:
            let id = scene.requests.take()
            var statement = latest.statement
            statement.voteKey.subject = Subject(number: Self.firstSubject + made)
            requests[id] = statement
            scene.effects.append(.sign(id, .statement(statement)))
        }
    }
}
