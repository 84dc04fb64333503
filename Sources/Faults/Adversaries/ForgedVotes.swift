import Attesting
import Cryptography
import Messages
import Primitives

/// Sends votes that nobody may count: `bad-signature`, `wrong-key` and `not-a-member` in the place of its own, `replay` an
/// earlier one of its own beside it, put somewhere else.
struct ForgedVotes: Adversary {
    /// Of nobody in the network.
    private let strangersKey: SigningKey
    /// The last that it sent, by AVS.
    private var earlier: [ServiceID: Attestation] = [:]

    init(seed: UInt64) { strangersKey = .ofStranger(seed: seed) }

    mutating func pass(_ effect: NodeEffect, _ scene: inout Scene) {
        guard case .send(.attestation(var vote), let recipients) = effect, vote.signer == scene.key else {
            return scene.effects.append(effect)
        }
        let voteKey = vote.statement.voteKey
        if let index = scene.board.strike([.badSignature, .wrongKey, .notAMember], on: voteKey) {
            switch scene.board.plan(index).behaviour {
            case .badSignature: vote.signature = vote.signature.altered
            case .wrongKey: vote.signature = strangersKey.sign(vote.statement.signedBytes)
            default:
                vote.signer = strangersKey.publicKey
                vote.signature = strangersKey.sign(vote.statement.signedBytes)
            }
            return scene.effects.append(.send(.attestation(vote), to: recipients))
        }
        scene.effects.append(effect)
        if let index = scene.board.strike([.replay], on: voteKey), let old = earlier[voteKey.service],
            old.statement.voteKey != voteKey
        {
            let moved = Self.moved(old, to: vote.statement, scene.board.plan(index).parameters.form ?? .task)
            scene.effects.append(.send(.attestation(moved), to: recipients))
        }
        earlier[voteKey.service] = vote
    }

    /// An old vote with its signature, in one respect like this statement, or of elsewhere.
    private static func moved(_ vote: Attestation, to statement: Statement, _ form: FaultForm) -> Attestation {
        var moved = vote
        switch form {
        case .epoch:
            moved.statement.epoch = statement.epoch.next
        case .service:
            let other = ServiceID(statement.service.number == 0 ? 1 : 0)
            moved.statement.voteKey.service = other
        case .network: moved.statement.voteKey.network = Domain.statementDigest.digest(vote.statement.borsh)
        default:
            moved.statement.voteKey = statement.voteKey
            moved.statement.task = statement.task
        }
        return moved
    }
}

extension SigningKey {
    /// A key that nobody in the network has.
    static func ofStranger(seed: UInt64) -> SigningKey {
        var encoder = BorshEncoder()
        encoder.encode(seed)
        return SigningKey(seed: Domain.strangersKey.digest(encoder.bytes).storage)
    }
}

extension Signature {
    /// With one bit turned over.
    var altered: Signature {
        var bytes = bytes
        bytes[0] ^= 1
        return Signature(bytes)!
    }
}
