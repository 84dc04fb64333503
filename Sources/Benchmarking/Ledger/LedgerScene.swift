import Cryptography
import Messages
import Primitives

/// A network as large as is asked for. Operators, coordinators and the clock have keys that can sign; restakers have
/// none, since making a hundred thousand takes longer than all that is measured of them.
struct LedgerScene {
    static let slotsPerEpoch: UInt64 = 1_000
    /// Of each asset, to each restaker: 1,000 tokens, of which 500 are delegated, to one operator.
    static let deposit = Units(1_000 * Units.perToken)
    static let delegated = Units(500 * Units.perToken)

    let genesis: Genesis
    let clock: SigningKey
    let operators: [SigningKey]

    /// - Parameter operatorsRestake: each operator has a restaking account too, before all others.
    init(restakers: Int, operators count: Int, services: Int, assets: Int, operatorsRestake: Bool = false) {
        let clock = Self.key(0, 0)
        let operators = (0..<count).map { Self.key(1, $0) }
        var terms = [AssetTerms.native(authority: clock.publicKey)]
        for asset in 1..<max(1, assets) {
            terms.append(AssetTerms(name: "LST\(asset)", authority: clock.publicKey, weight: BasisPoints(9_000)!))
        }
        let all = (0..<count).map { OperatorIndex(UInt32($0)) }
        genesis = Genesis(
            runID: .zero,
            parameters: LedgerParameters(
                slotDuration: .seconds(1), slotsPerEpoch: Self.slotsPerEpoch, unbondingEpochs: 2),
            clock: clock.publicKey, assets: terms,
            nativePool: NativePoolTerms(validators: [
                BaseValidatorTerms(name: "base", yield: BaseYield(staking: BaseYield.whole / 10_000))
            ]),
            signers: operators.enumerated().map {
                Genesis.Signer(name: "op-\($0 + 1)", key: $1.publicKey, commission: .onePercent)
            },
            restakers: (operatorsRestake ? operators.map(\.publicKey) : []).enumerated().map {
                Self.restaker($0, key: $1, assets: assets, operators: count)
            }
                + (0..<restakers).map {
                    Self.restaker($0, key: PublicKey(Self.seed(3, $0)), assets: assets, operators: count)
                },
            services: (0..<services).map { service in
                Genesis.Service(
                    name: "avs-\(service)", module: "squaring", coordinator: Self.key(2, service).publicKey,
                    threshold: .twoThirds, dissemination: .star, deadline: .seconds(1), evidenceWindow: .seconds(2),
                    optedIn: all, assetWeights: (0..<assets).map { $0 == 0 ? .whole : BasisPoints(8_000)! })
            })
        self.clock = clock
        self.operators = operators
    }

    private static func restaker(_ index: Int, key: PublicKey, assets: Int, operators: Int) -> Genesis.Restaker {
        let places = (0..<assets).map { AssetID($0) }
        return Genesis.Restaker(
            name: "restaker-\(index)", key: key,
            deposits: places.map { Genesis.Deposit(asset: $0, amount: deposit) },
            delegations: places.map {
                Genesis.Delegation(
                    asset: $0, signer: operatorIndex(of: index, $0, choice: 0, of: operators), amount: delegated)
            })
    }

    /// Each restaker keeps to a few operators: 0 is the one it delegated to at genesis.
    static func operatorIndex(of restaker: Int, _ asset: AssetID, choice: Int, of operators: Int) -> OperatorIndex {
        OperatorIndex(UInt32((restaker + asset.place + choice) % operators))
    }

    private static func key(_ kind: UInt64, _ index: Int) -> SigningKey { SigningKey(seed: seed(kind, index)) }

    private static func seed(_ kind: UInt64, _ index: Int) -> FixedBytes32 {
        var encoder = BorshEncoder()
        encoder.encode(kind)
        encoder.encode(UInt64(index))
        return Domain.simulatedKey.digest(encoder.bytes).storage
    }

    /// Moves the clock to the first slot of an epoch; not signed.
    func opening(of epoch: UInt64, nonce: UInt64) -> SignedInstruction {
        SignedInstruction(
            network: genesis.network, authority: clock.publicKey, nonce: nonce,
            instruction: .advance(to: Slot(epoch * Self.slotsPerEpoch)), signature: .unsigned)
    }

    /// An operator's two votes for one subject.
    func equivocation(by signer: Int, subject: UInt64, in set: OperatorSet) -> Evidence {
        let key = operators[signer]
        func vote(_ result: Digest) -> Attestation {
            let statement = Statement(
                voteKey: VoteKey(network: genesis.network, service: set.service, subject: Subject(number: subject)),
                operatorSet: set.digest, epoch: set.epoch, task: .zero, result: result)
            return Attestation(
                statement: statement, signer: key.publicKey, signature: key.sign(statement.signedBytes))
        }
        return .equivocation(Equivocation(vote(.zero), vote(set.digest))!)
    }
}

extension Signature {
    /// For what is given to a ledger as verified.
    static let unsigned = Signature(Array(repeating: 0, count: Signature.count))!
}
