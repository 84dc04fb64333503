import Cryptography
import Messages
import Primitives

@testable import Restaking

/// The small network with all that a ledger can have: mSOL beside SOL, base validators, a council of five, resolvers.
///
/// One mSOL is 1.25 SOL and counts with 90 % of its value: half of that in AVS 0, nothing in AVS 1. Restaker 0 has
/// 800 units of it, of which 400 are operator 0's; restaker 1 has 1,000 idle.
extension LedgerFixture {
    static let mSOL = AssetID(1 as UInt32)
    static let councilKeys = (60..<65).map { key($0) }
    static let rateKey = key(70)
    static let resolverKey = key(71)
    static let addressKey = key(72)

    static func wide(_ change: (inout Genesis) -> Void = { _ in }) -> LedgerFixture {
        var genesis = genesis()
        genesis.assets = [
            AssetTerms(name: "SOL", authority: rateKey.publicKey, points: 3),
            AssetTerms(
                name: "mSOL", authority: rateKey.publicKey, rate: ExchangeRate(1_250_000_000)!,
                weight: BasisPoints(9_000)!, points: 2),
        ]
        genesis.restakers[0].deposits.append(Genesis.Deposit(asset: mSOL, amount: 800))
        genesis.restakers[0].delegations.append(
            Genesis.Delegation(asset: mSOL, signer: OperatorIndex(0), amount: 400))
        genesis.restakers[1].deposits.append(Genesis.Deposit(asset: mSOL, amount: 1_000))
        genesis.services[0].assetWeights = [.whole, BasisPoints(5_000)!]
        genesis.services[1].assetWeights = [.whole, .zero]
        for place in 0..<2 { genesis.services[place].slash.resolver = resolverKey.publicKey }
        genesis.parameters.governance.council = councilKeys.map(\.publicKey)
        genesis.parameters.disputes = DisputeRules(bond: 50, votingEpochs: 1)
        change(&genesis)
        return LedgerFixture(genesis)
    }

    func books(of asset: AssetID) -> Books { ledger.books[asset.place] }

    func earned(by key: SigningKey, of asset: AssetID = .native) -> Units {
        ledger.accounts[ledger.places[key.publicKey]!].earned(asset)
    }

    /// By three of the council: the last outcome.
    mutating func decide(_ motion: Motion) -> Outcome {
        var outcome = Outcome.applied
        for key in Self.councilKeys.prefix(3) where outcome == .applied {
            outcome = apply(.approve(motion), by: key)
        }
        return outcome
    }

    mutating func coordinator(_ place: Int, _ instruction: Instruction) -> Outcome {
        apply(instruction, by: Self.coordinatorKeys[place])
    }

    mutating func signer(_ place: Int, _ instruction: Instruction) -> Outcome {
        apply(instruction, by: Self.operatorKeys[place])
    }

    /// Settles tasks of an AVS in which these took part; every one of them signs.
    mutating func settleTasks(_ subjects: Range<UInt64>, of service: UInt32 = 0, by signers: [Int]) {
        for subject in subjects {
            let certificate = Self.certificate(set(service), subject: subject, signers: signers)
            let outcome = settle(certificate)
            precondition(outcome == .applied, "task \(subject): \(outcome)")
        }
    }
}
