import Attesting
import Cryptography
import Messages
import Primitives
import Services

/// Submits evidence that proves nothing against an honest operator: `false-accusation` beside a vote, `evidence-flood` as fast
/// as it is told, with true evidence that it has seen in between.
struct FalseAccusations: Adversary {
    private let strangersKey: SigningKey
    private var metronome = Metronome()
    /// The last vote of each operator that it has seen.
    private var seen: [PublicKey: Attestation] = [:]
    private var evidence: [Evidence] = []
    private var own: Attestation?
    private var made: UInt64 = 0
    /// Submitted, without a receipt.
    private var open = 0

    private static let evidenceLimit = 16
    private static let openLimit = 256

    init(seed: UInt64) { strangersKey = .ofStranger(seed: seed) }

    var nextWake: Instant? { metronome.nextWake }

    func checkInvariants() {
        precondition(evidence.count <= Self.evidenceLimit, "remembered evidence is limited")
        precondition(open <= Self.openLimit, "open accusations are limited")
    }

    mutating func hear(_ event: NodeEvent, _ scene: inout Scene) -> NodeEvent? {
        switch event {
        case .received(.attestation(let vote), _): seen[vote.signer] = vote
        case .received(.receipt, .ledger): open = max(0, open - 1)
        default: break
        }
        let rate = scene.board.present([.evidenceFlood]).compactMap { scene.board.plan($0).parameters.rate }.max()
        for _ in 0..<metronome.due(at: scene.now, rate: rate) { flood(&scene) }
        return event
    }

    mutating func pass(_ effect: NodeEffect, _ scene: inout Scene) {
        scene.effects.append(effect)
        switch effect {
        case .note(.evidenceFound(let found)):
            if evidence.count < Self.evidenceLimit { evidence.append(found) }
        case .send(.attestation(let vote), _) where vote.signer == scene.key:
            own = vote
            guard let index = scene.board.strike([.falseAccusation], on: vote.statement.voteKey) else { return }
            accuse(about: vote, scene.board.plan(index).parameters, &scene)
        default: break
        }
    }

    private mutating func flood(_ scene: inout Scene) {
        guard open < Self.openLimit, let own else { return }
        made += 1
        if made.isMultiple(of: 2), !evidence.isEmpty {
            open += 1
            scene.submissions.append(.submitEvidence(evidence[Int(made / 2) % evidence.count]))
        } else {
            var parameters = FaultParameters()
            parameters.form = .alteredBytes
            accuse(about: own, parameters, &scene)
        }
    }

    private mutating func accuse(about own: Attestation, _ parameters: FaultParameters, _ scene: inout Scene) {
        guard let victim = victim(parameters, scene) else { return }
        var first = seen[victim] ?? Attestation(statement: own.statement, signer: victim, signature: own.signature)
        var second = first
        // Another one each time, so that each is another pair.
        made += 1
        second.statement.result = Domain.resultDigest.digest(Squaring.bytes(made))
        switch parameters.form ?? .alteredBytes {
        case .otherNetwork:
            let elsewhere = Domain.statementDigest.digest(first.statement.voteKey.network.storage.bytes)
            (first.statement.voteKey.network, second.statement.voteKey.network) = (elsewhere, elsewhere)
        case .forgedSignature: second.signature = strangersKey.sign(second.statement.signedBytes)
        case .sameVote:
            guard let pair = Equivocation(first, second) else { return }
            let bytes = Self.submission(of: pair, sayingTwice: first, by: scene.key, in: scene.genesis)
            return scene.effects.append(.sendBytes(bytes, to: [.ledger]))
        default: break
        }
        guard open < Self.openLimit, let pair = Equivocation(first, second) else { return }
        open += 1
        scene.submissions.append(.submitEvidence(.equivocation(pair)))
    }

    private func victim(_ parameters: FaultParameters, _ scene: Scene) -> PublicKey? {
        let signers = scene.genesis.signers
        let chosen =
            parameters.chosen.first ?? signers.indices.map { OperatorIndex(UInt32($0)) }.first { $0 != scene.me }
        return chosen.map { signers[Int($0.number)].key }
    }

    /// There is no value for evidence without a conflict: one vote takes the place of the other in the bytes of a frame.
    private static func submission(
        of pair: Equivocation, sayingTwice vote: Attestation, by authority: PublicKey, in genesis: Genesis
    ) -> [UInt8] {
        let signed = SignedInstruction(
            network: genesis.network, authority: authority, nonce: 0,
            instruction: .submitEvidence(.equivocation(pair)), signature: vote.signature)
        var bytes = Frame.submit(signed).wireBytes
        let first = pair.first.borsh + pair.firstSignature.bytes
        let second = pair.second.borsh + pair.secondSignature.bytes
        if let range = bytes.firstRange(of: second) { bytes.replaceSubrange(range, with: first) }
        return bytes
    }
}
