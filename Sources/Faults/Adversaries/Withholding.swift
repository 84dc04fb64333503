import Attesting
import Messages
import Primitives

/// Does not do its part: `silent`, `withhold`, `selective`, `just-below`, `withhold-certificate`.
struct Withholding: Adversary {
    mutating func hear(_ event: NodeEvent, _ scene: inout Scene) -> NodeEvent? {
        // Silent is silent: not even afterwards does it ask for its part.
        if case .received(.notice(.settled(let settlement)), _) = event,
            scene.board.first(of: [.silent], for: settlement.voteKey) != nil
        {
            return nil
        }
        return event
    }

    mutating func pass(_ effect: NodeEffect, _ scene: inout Scene) {
        switch effect {
        case .send(.attestation(let vote), let recipients) where vote.signer == scene.key:
            let shown = recipients.filter { isShown(vote.statement, to: $0, scene) }
            if !shown.isEmpty { scene.effects.append(.send(.attestation(vote), to: shown)) }
        case .send(.certificate(let certificate), _):
            let voteKey = certificate.statement.voteKey
            if scene.board.first(of: [.withholdCertificate], for: voteKey) == nil { scene.effects.append(effect) }
        default: scene.effects.append(effect)
        }
    }

    private func isShown(_ statement: Statement, to party: Party, _ scene: Scene) -> Bool {
        let voteKey = statement.voteKey
        guard scene.board.first(of: [.silent], for: voteKey) == nil else { return false }
        if let index = scene.board.first(of: [.justBelow], for: voteKey) {
            guard fits(statement, scene.board.plan(index), scene) else { return false }
        }
        if let index = scene.board.first(of: [.selective], for: voteKey) {
            guard case .signer(let signer) = party, scene.board.plan(index).parameters.chosen.contains(signer) else {
                return false
            }
        }
        guard let index = scene.board.first(of: [.withhold], for: voteKey),
            let share = scene.board.plan(index).parameters.share
        else { return true }
        let draw = SeededRandom.draw(
            seed: scene.board.seed, purpose: "withhold", UInt64(voteKey.service.number), voteKey.subject.number,
            party.drawNumber)
        return draw % share.denominator >= share.numerator
    }

    /// Whether its vote leaves the total at the threshold or below, when everybody votes but those who hold back with it;
    /// of these the first ones vote, as far as there is room.
    private func fits(_ statement: Statement, _ plan: FaultPlan, _ scene: Scene) -> Bool {
        guard let set = scene.sets.set(statement.operatorSet) else { return false }
        let holders = set.members.filter { plan.accomplices.contains($0.signer) || $0.signer == scene.me }
        var weight = Lamports(set.total.number - holders.reduce(0) { $0 + $1.weight.number })
        for holder in holders {
            let fits = !set.isQuorum(weight + holder.weight)
            if holder.signer == scene.me { return fits }
            if fits { weight += holder.weight }
        }
        return false
    }
}

extension Party {
    /// For draws alone: another one for each party.
    fileprivate var drawNumber: UInt64 {
        switch self {
        case .ledger: 0
        case .coordinator(let service): 1 << 32 | UInt64(service.number)
        case .signer(let signer): 2 << 32 | UInt64(signer.number)
        }
    }
}
