import Cryptography
import Messages
import Primitives
import Restaking

/// A ledger and the model of it, side by side through one sequence of instructions.
package struct Trial {
    package let scene: Scene
    package private(set) var ledger: Ledger
    package private(set) var model: Model
    /// How often each outcome has been met.
    package private(set) var outcomes: [Outcome: Int] = [:]
    /// The kinds of instructions that have been applied.
    package private(set) var applied: Set<String> = []
    private var deeds: [Draw.Deed] = []
    /// Does something to the ledger behind the model's back, after so many instructions: to see that it is noticed.
    private let meddle: @Sendable (inout Ledger) -> Void
    private var taken = 0

    /// Everything, restaker by restaker, is checked once in so many instructions.
    static let fullCheckInterval = 50

    /// What one instruction has shown.
    package struct Failure: Error, CustomStringConvertible {
        /// Among the steps that were tried, from 0.
        package var step: Int
        package var instruction: String
        package var faults: [String]

        package var description: String {
            (["instruction \(step): \(instruction)"] + faults.map { "  " + $0 }).joined(separator: "\n")
        }
    }

    package init(_ scene: Scene, meddle: @escaping @Sendable (inout Ledger) -> Void = { _ in }) {
        self.scene = scene
        self.meddle = meddle
        do { ledger = try Ledger(genesis: scene.genesis) } catch { fatalError("scene \(scene.seed): \(error)") }
        model = Model(genesis: scene.genesis, told: ledger.operatorSets)
        let comparison = Comparison(ledger, model, actor: nil)
        comparison.check()
        guard comparison.faults.isEmpty else { fatalError("scene \(scene.seed): \(comparison.faults)") }
        model.anchor(on: comparison)
    }

    /// The number of each step of the sequence with this seed.
    package static func steps(seed: UInt64, count: Int) -> [UInt64] {
        var random = SeededRandom(seed: seed, purpose: "steps")
        return (0..<count).map { _ in random.next() }
    }

    /// - Returns: what the first of these steps that does not agree has shown.
    package mutating func take(_ steps: [UInt64]) -> Failure? {
        for step in steps {
            if let failure = take(step) { return failure }
        }
        return nil
    }

    /// What a step is in the present state, in words.
    package func words(of step: UInt64) -> String {
        let (signed, who, _) = draw(step)
        return Words.say(signed.instruction, by: who, in: model.slot, model.epoch)
    }

    private func draw(_ step: UInt64) -> (signed: SignedInstruction, who: Cast, isVerified: Bool) {
        var draw = Draw(step, scene, model, deeds)
        let (instruction, who) = draw.instruction()
        let key = who.key.publicKey
        var nonce = ledger.nextNonce(of: key) ?? 0
        var network = ledger.network
        var isVerified = true
        switch draw.below(200) {
        case 0: nonce += 1
        case 1: nonce -= min(nonce, 1)
        case 2: (network, isVerified) = (.zero, false)
        case 3: isVerified = false
        default: break
        }
        let signed = SignedInstruction(
            network: network, authority: key, nonce: nonce, instruction: instruction, signature: Self.noSignature)
        return (signed, who, isVerified)
    }

    private static let noSignature = Signature(Array(repeating: 0, count: Signature.count))!

    private mutating func take(_ step: UInt64) -> Failure? {
        let (signed, who, isVerified) = draw(step)
        var changes: [Ledger.Change] = []
        let generations = maySlash(signed.instruction) ? generations : [:]
        let outcome =
            isVerified
            ? ledger.applyVerified(signed, changes: &changes) : ledger.apply(signed, changes: &changes)
        meddle(&ledger)
        let (slot, epoch) = (model.slot, model.epoch)
        let emptied = generations.isEmpty ? [] : self.generations.filter { generations[$0.key] != $0.value }.map(\.key)
        let (expected, faults) = model.apply(
            signed, isVerified: isVerified, outcome: outcome, told: changes.map(Told.init), emptied: Set(emptied))
        var found = faults
        if outcome != expected { found.append("the ledger says \(outcome), and not \(expected)") }
        if found.isEmpty { found += compare(signed.instruction, who) }
        outcomes[outcome, default: 0] += 1
        defer { taken += 1 }
        guard found.isEmpty else {
            return Failure(
                step: taken, instruction: Words.say(signed.instruction, by: who, in: slot, epoch), faults: found)
        }
        note(signed.instruction, outcome)
        if outcome == .applied { applied.insert(Words.kind(of: signed.instruction)) }
        return nil
    }

    private func maySlash(_ instruction: Instruction) -> Bool {
        switch instruction {
        case .advance: !model.pending.isEmpty
        case .submitEvidence, .dispute, .voteDispute: true
        default: false
        }
    }

    /// Of every pool.
    private var generations: [Model.Spot: UInt32] {
        var generations: [Model.Spot: UInt32] = [:]
        for signer in (0..<UInt32(Cast.signers)).map({ OperatorIndex($0) }) {
            for asset in (0..<ledger.assetCount).map({ AssetID($0) }) {
                generations[Model.Spot(asset: asset, signer: signer)] = ledger.figures(of: signer, asset).generation
            }
        }
        return generations
    }

    private mutating func compare(_ instruction: Instruction, _ who: Cast) -> [String] {
        var found: [String] = []
        do {
            if taken % Self.fullCheckInterval == 0 { try ledger.checkEverything() } else { try ledger.checkBooks() }
        } catch {
            found.append("\(error)")
        }
        let comparison = Comparison(ledger, model, actor: actor(instruction, who))
        comparison.check()
        model.anchor(on: comparison)
        return found + comparison.faults
    }

    /// Whose own stake an instruction moves, and nobody else's.
    private func actor(_ instruction: Instruction, _ who: Cast) -> Int? {
        switch instruction {
        case .deposit, .withdraw, .delegate, .undelegate, .emergencyExit, .claimRewards:
            model.restaker(of: who.key.publicKey)
        default: nil
        }
    }

    private mutating func note(_ instruction: Instruction, _ outcome: Outcome) {
        guard case .submitCertificate(let certificate, _) = instruction, outcome == .applied else { return }
        if let deed = Draw.deed(of: certificate.statement, in: model) { deeds.append(deed) }
        if deeds.count > 12 { deeds.removeFirst() }
    }
}

extension Told {
    init(_ change: Ledger.Change) {
        self =
            switch change {
            case .epochOpened(let epoch): .epochOpened(epoch)
            case .operatorSetOpened(let set): .operatorSetOpened(set)
            case .endpointRegistered(let endpoint): .endpointRegistered(endpoint)
            case .slashed(let record): .slashed(record)
            case .revoked(let revocation): .revoked(revocation)
            case .settled(let settlement): .settled(settlement)
            case .event(let event): .event(event)
            }
    }
}
