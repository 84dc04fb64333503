import Cryptography
import Foundation
import Messages
import Primitives
import Restaking
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

    /// As a ledger of this genesis would write them: deposits, and an epoch that opens after each tenth.
    static func entries(_ count: Int) -> [LogEntry] {
        var ledger = try! Ledger(genesis: genesis)
        var chain = ledger.network
        var (nonce, epoch) = (UInt64(0), UInt64(0))
        return (1...count).map { number in
            let signed: SignedInstruction
            if number.isMultiple(of: 10) {
                signed = instruction(
                    .advance(to: Slot((epoch + 1) * genesis.parameters.slotsPerEpoch)), nonce: epoch, by: clock)
                epoch += 1
            } else {
                signed = instruction(.deposit(.native, Units(1 + nonce)), nonce: nonce)
                nonce += 1
            }
            let outcome = ledger.apply(signed)
            let entry = LogEntry(
                sequence: ledger.sequence, slot: ledger.slot, signed: signed, outcome: outcome, after: chain)
            chain = entry.chain
            return entry
        }
    }

    /// After the last of these entries.
    static func snapshot(after entries: some Sequence<LogEntry>) -> (snapshot: LedgerSnapshot, head: LogHead) {
        var machine = try! LedgerMachine(genesis: genesis)
        var effects: [LedgerEffect] = []
        for entry in entries { machine.handle(.restored(entry), at: Instant(nanoseconds: 0), effects: &effects) }
        return (LedgerSnapshot(of: machine.ledger), machine.head)
    }

    /// By the operator, unless somebody else is named.
    static func instruction(
        _ instruction: Instruction, nonce: UInt64, by key: SigningKey = signer
    ) -> SignedInstruction {
        let network = genesis.network
        let bytes = SignedInstruction.signedBytes(
            network: network, authority: key.publicKey, nonce: nonce, instruction: instruction)
        return SignedInstruction(
            network: network, authority: key.publicKey, nonce: nonce, instruction: instruction,
            signature: key.sign(bytes))
    }
}
