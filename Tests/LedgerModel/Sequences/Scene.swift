import Cryptography
import Messages
import Primitives

/// The network that a sequence begins with: drawn from its seed, over all policies and sizes of amounts.
package struct Scene: Sendable {
    package let seed: UInt64
    package let genesis: Genesis
    package let size: Size

    /// What amounts are like. The smaller they are, the more rounding is felt.
    package enum Size: UInt64, CaseIterable, Sendable {
        /// A handful of lamports.
        case tiny
        case small
        /// Of a real network: up to a hundred thousand SOL.
        case real
        /// As much as the books can carry.
        case huge

        /// The largest amount that is drawn, as a power of 2.
        var bits: UInt64 {
            switch self {
            case .tiny: 5
            case .small: 18
            case .real: 46
            case .huge: 60
            }
        }
    }

    package init(seed: UInt64) {
        var random = SeededRandom(seed: seed, purpose: "scene")
        self.seed = seed
        size = Size.allCases[Int(random.next() % 4)]
        genesis = Self.genesis(size, &random)
    }

    /// Between 1 and 2^bits, each size as likely as another.
    static func amount(_ bits: UInt64, _ random: inout SeededRandom) -> UInt64 {
        let width = random.next() % (bits + 1)
        return (1 << width) | (random.next() & ((1 << width) - 1))
    }

    static func pick<T>(_ choices: T..., using random: inout SeededRandom) -> T {
        choices[Int(random.next() % UInt64(choices.count))]
    }

    private static func genesis(_ size: Size, _ random: inout SeededRandom) -> Genesis {
        Genesis(
            runID: .zero, parameters: parameters(size, &random), clock: Cast.clock.key.publicKey,
            assets: assets(size, &random), nativePool: nativePool(size, &random),
            signers: (0..<Cast.signers).map { signer($0, &random) },
            restakers: (0..<Cast.restakers).map { restaker($0, size, &random) },
            services: (0..<Cast.services).map { service($0, size, &random) })
    }

    private static func parameters(_ size: Size, _ random: inout SeededRandom) -> LedgerParameters {
        let unbonding = 1 + random.next() % 3
        let allocation = AllocationPolicy.allCases[Int(random.next() % 3)]
        return LedgerParameters(
            slotDuration: .milliseconds(50), slotsPerEpoch: 10, unbondingEpochs: unbonding,
            reporterReward: pick(.basisPoints(500), .zero, .one, Fraction(1, over: 3)!, using: &random),
            badEvidenceFee: Lamports(pick(0, 3, 1 << (size.bits / 2), 1 << size.bits, using: &random)),
            allocation: allocation,
            vetoSlots: pick(0, 0, 1 + random.next() % (unbonding * 10), unbonding * 10, using: &random),
            protocolFee: BasisPoints(pick(700, 700, 0, 10_000, using: &random))!,
            minimumSelfDelegation: Lamports(pick(0, 0, 0, 1 << (size.bits / 3), using: &random)),
            commissionStep: BasisPoints(pick(2_500, 10_000, using: &random))!,
            governance: GovernanceTerms(
                council: (0..<Cast.councillors).map { Cast.councillor($0).key.publicKey },
                quorum: pick(1, 2, using: &random), votingEpochs: random.next() % 2),
            disputes: DisputeRules(
                bond: Lamports(pick(0, 1, 1 << (size.bits / 2), using: &random)), votingEpochs: random.next() % 2),
            release: release(size, &random))
    }

    private static func release(_ size: Size, _ random: inout SeededRandom) -> ReleasePlan {
        guard random.next() % 5 == 0 else { return ReleasePlan() }
        return ReleasePlan(
            operators: Epoch(random.next() % 3), services: Epoch(random.next() % 3), slashing: Epoch(random.next() % 4),
            caps: [
                .init(from: Epoch(0), value: Lamports(1 << (size.bits + 1))),
                .init(from: Epoch(5), value: Lamports(1 << 63)),
            ])
    }

    static func assets(_ size: Size, _ random: inout SeededRandom) -> [AssetTerms] {
        let authority = Cast.authority.key.publicKey
        return [
            AssetTerms(name: "SOL", authority: authority, points: 3),
            AssetTerms(
                name: "mSOL", authority: authority,
                rate: ExchangeRate(pick(1_250_000_000, 1_000_000_000, 1, 999_999_937, using: &random))!,
                weight: BasisPoints(pick(9_000, 10_000, 1, using: &random))!,
                depositCap: Lamports(pick(.max, .max, 1 << size.bits, using: &random)),
                rateBound: BasisPoints(pick(100, 10_000, using: &random))!, points: 2),
        ]
    }

    private static func nativePool(_ size: Size, _ random: inout SeededRandom) -> NativePoolTerms {
        let count = pick(0, 1, 3, using: &random)
        return NativePoolTerms(
            validators: (0..<count).map { place in
                BaseValidatorTerms(
                    name: "v-\(place)", yield: BaseYield(staking: amount(38, &random), mev: amount(34, &random)),
                    commission: BasisPoints(pick(0, 500, 10_000, using: &random))!,
                    mevShare: BasisPoints(pick(10_000, 9_000, 0, using: &random))!,
                    stakeLimit: Lamports(pick(.max, 1 << size.bits, using: &random)))
            },
            concentration: BasisPoints(pick(10_000, 5_000, 3_333, using: &random))!,
            movable: BasisPoints(pick(2_500, 10_000, using: &random))!, horizon: pick(30, 2, 0, using: &random))
    }

    private static func signer(_ place: Int, _ random: inout SeededRandom) -> Genesis.Signer {
        let parts: [UInt64] = pick(
            [500_000_000_000_000_000, 300_000_000_000_000_000], [1_000_000_000_000_000_000, 0],
            [333_333_333_333_333_333, 666_666_666_666_666_667], using: &random)
        return Genesis.Signer(
            name: "op-\(place)", key: Cast.signer(place).key.publicKey,
            commission: BasisPoints(pick(0, 500, 1_000, 10_000, using: &random))!,
            allocations: parts.enumerated().map {
                Genesis.Allocation(service: ServiceID(UInt32($0)), magnitude: Magnitude($1)!)
            })
    }

    private static func restaker(_ place: Int, _ size: Size, _ random: inout SeededRandom) -> Genesis.Restaker {
        var restaker = Genesis.Restaker(
            name: "r-\(place)", key: Cast.restaker(place).key.publicKey, deposits: [], delegations: [])
        for asset in [AssetID.native, AssetID(1 as UInt32)] where random.next() % 4 > 0 {
            let amount = amount(size.bits - 3, &random)
            restaker.deposits.append(Genesis.Deposit(asset: asset, amount: Units(amount)))
            let own = place == 4 ? 3 : place == 5 ? 0 : Int(random.next() % 4)
            for signer in Set([own, Int(random.next() % 4)]).sorted() {
                restaker.delegations.append(
                    Genesis.Delegation(
                        asset: asset, signer: OperatorIndex(UInt32(signer)), amount: Units(amount / 3)))
            }
        }
        return restaker
    }

    private static func service(_ place: Int, _ size: Size, _ random: inout SeededRandom) -> Genesis.Service {
        let destination: SlashTerms.Destination = pick(
            .burn, .service, .address(Cast.address.key.publicKey), using: &random)
        return Genesis.Service(
            name: "s-\(place)", module: place == 0 ? "squaring" : "exec",
            coordinator: Cast.coordinator(place).key.publicKey,
            threshold: pick(.twoThirds, Fraction(1, over: 2)!, .zero, using: &random),
            dissemination: .mesh, deadline: .seconds(1), evidenceWindow: .seconds(2),
            optedIn: (0..<Cast.signers).map { OperatorIndex(UInt32($0)) }.filter { _ in random.next() % 8 > 0 },
            assetWeights: [.whole, BasisPoints(pick(10_000, 5_000, 0, using: &random))!],
            slash: SlashTerms(
                equivocation: pick(
                    .basisPoints(500), .one, Fraction(1, over: 7)!, Fraction(2, over: 3)!, using: &random),
                wrongResult: pick(
                    .zero, .basisPoints(1_000), .one, Fraction(1, over: 3)!, Fraction(2, over: 3)!, using: &random),
                policy: pick(.fixed, .fixed, .correlated, using: &random),
                cap: pick(.one, .one, Fraction(1, over: 2)!, using: &random), destination: destination,
                resolver: Cast.resolver.key.publicKey),
            reward: RewardTerms(
                perTask: Lamports(pick(0, 1, 7, 1 << (size.bits / 2), using: &random)),
                perEpoch: Lamports(pick(0, 10, 1 << (size.bits / 2), using: &random)),
                budget: Lamports(pick(0, 1_000, 1 << (size.bits - 2), using: &random))),
            jail: JailTerms(
                window: pick(0, 3, 5, using: &random), least: Fraction(1, over: 2)!, epochs: random.next() % 3),
            admission: pick(.open, .list([OperatorIndex(0), OperatorIndex(1)]), using: &random),
            disputes: pick(.slash, .void, .none, using: &random))
    }
}
