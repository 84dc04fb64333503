import Cryptography
import Foundation
import Messages
import Primitives
import SystemPackage

/// A network of one operator, whose key is its restaker's too, and one AVS.
enum Fixture {
    static let clock = key(200)
    static let coordinator = key(100)
    static let signer = key(1)

    static let genesis = Genesis(
        runID: .zero,
        parameters: LedgerParameters(slotDuration: .milliseconds(20), slotsPerEpoch: 8, unbondingEpochs: 2),
        clock: clock.publicKey, signers: [Genesis.Signer(name: "op-1", key: signer.publicKey)],
        restakers: [
            Genesis.Restaker(
                name: "op-1", key: signer.publicKey, deposit: Lamports(1_000),
                delegations: [Genesis.Delegation(signer: OperatorIndex(0), amount: Lamports(1_000))])
        ],
        services: [
            Genesis.Service(
                name: "squares", module: "squaring", coordinator: coordinator.publicKey, threshold: .twoThirds,
                dissemination: .star, deadline: .seconds(1),
                evidenceWindow: .seconds(2), optedIn: [OperatorIndex(0)],
                slash: SlashTerms(equivocation: .basisPoints(500)))
        ])

    static func key(_ number: UInt8) -> SigningKey {
        SigningKey(seed: FixedBytes32([number] + [UInt8](repeating: 0, count: 31))!)
    }

    /// By the operator.
    static func instruction(_ instruction: Instruction, nonce: UInt64) -> SignedInstruction {
        let network = genesis.network
        let bytes = SignedInstruction.signedBytes(
            network: network, authority: signer.publicKey, nonce: nonce, instruction: instruction)
        return SignedInstruction(
            network: network, authority: signer.publicKey, nonce: nonce, instruction: instruction,
            signature: signer.sign(bytes))
    }
}
