import Messages
import Primitives

/// Restakers' everyday instructions, all of which the ledger applies: in turn, by restakers drawn at random. Not signed.
struct InstructionMix {
    enum Kind: String, CaseIterable {
        case deposit
        case delegate
        case undelegate
        case withdraw
    }

    private let genesis: Genesis
    private let network: Digest
    private var random = SeededRandom(seed: 1, purpose: "instructions")
    private var nonces: [UInt64]
    private var turn = 0

    init(_ genesis: Genesis) {
        self.genesis = genesis
        network = genesis.network
        nonces = Array(repeating: 0, count: genesis.restakers.count)
    }

    mutating func next(_ kinds: [Kind] = Kind.allCases) -> SignedInstruction {
        turn += 1
        let place = Int(random.next() % UInt64(genesis.restakers.count))
        let asset = AssetID(Int(random.next() % UInt64(genesis.assets.count)))
        defer { nonces[place] += 1 }
        return SignedInstruction(
            network: network, authority: genesis.restakers[place].key, nonce: nonces[place],
            instruction: instruction(kinds[turn % kinds.count], asset, by: place), signature: .unsigned)
    }

    /// Small enough never to come to the end of what genesis gave.
    private mutating func instruction(_ kind: Kind, _ asset: AssetID, by place: Int) -> Instruction {
        let amount = Units(Units.perToken / 100 + random.next() % 1_000)
        let choice = kind == .delegate ? Int(random.next() % 4) : 0
        let signer = LedgerScene.operatorIndex(of: place, asset, choice: choice, of: genesis.signers.count)
        return switch kind {
        case .deposit: .deposit(asset, amount)
        case .delegate: .delegate(asset, amount, to: signer)
        case .undelegate: .undelegate(asset, amount, from: signer)
        case .withdraw: .withdraw(asset, amount)
        }
    }
}
