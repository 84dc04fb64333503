import Cryptography
import Messages
import Primitives

/// The restaking state's own nouns.
extension Fixed {
    static let mSOL = AssetID(1 as UInt32)
    static let offence = Evidence.equivocation(equivocation).offence

    static let assetTerms = AssetTerms(
        name: "mSOL", authority: coordinator.publicKey, rate: ExchangeRate(1_250_000_000)!,
        weight: BasisPoints(9_000)!, depositCap: Lamports(7_000 * Lamports.perSOL), rateBound: BasisPoints(100)!,
        points: 2)
    static let validator = BaseValidatorTerms(
        name: "v-1", yield: BaseYield(staking: 356_000_000, mev: 20_000_000), commission: BasisPoints(500)!,
        mevShare: BasisPoints(9_000)!, stakeLimit: Lamports(100 * Lamports.perSOL))
    static let nativePool = NativePoolTerms(
        validators: [validator], concentration: BasisPoints(4_000)!, movable: BasisPoints(2_500)!, horizon: 30)
    static let slashTerms = SlashTerms(
        equivocation: .basisPoints(500), wrongResult: .basisPoints(1_000), policy: .correlated,
        cap: Fraction(1, over: 2)!, destination: .address(coordinator.publicKey), resolver: accused.publicKey)
    static let letter = Letter(recipient: ServiceID(1), body: [1, 2, 3], certificate: certificate)
    static let governance = GovernanceTerms(council: [coordinator.publicKey], quorum: 1, votingEpochs: 2)
    static let release = ReleasePlan(
        operators: Epoch(1), services: Epoch(2), slashing: Epoch(3),
        caps: [ReleasePlan.DepositCap(from: Epoch(0), value: Lamports(5))])

    static let instructions: [(String, Instruction)] = [
        ("advance", .advance(to: Slot(42))),
        ("registerEndpoint", .registerEndpoint(endpoint)),
        ("registerClient", .registerClient(ClientVersion(name: "quorate-node", version: "1", isSpecific: true))),
        ("setCommission", .setCommission(BasisPoints(250)!)),
        ("optIn", .optIn(ServiceID(3))),
        ("optOut", .optOut(ServiceID(3))),
        ("allocate", .allocate(ServiceID(3), mSOL, Magnitude(500_000_000_000_000_000)!)),
        ("unjail", .unjail(ServiceID(3))),
        ("exit", .exit),
        ("admit", .admit(OperatorIndex(2))),
        ("expel", .expel(OperatorIndex(2))),
        ("deposit", .deposit(.native, Units(12_500_000_000))),
        ("withdraw", .withdraw(mSOL, Units(7))),
        ("updateRate", .updateRate(mSOL, ExchangeRate(1_260_000_000)!)),
        ("updateYield", .updateYield(ValidatorIndex(2 as UInt32), BaseYield(staking: 1, mev: 2))),
        ("propose", .propose(assetTerms)),
        ("vote", .vote(ProposalID(3), accepts: true)),
        ("approveList", .approve(.list(ProposalID(3)))),
        ("approveStatus", .approve(.setStatus(mSOL, .retired))),
        ("approveRate", .approve(.setRate(mSOL, .one))),
        ("approveDefunct", .approve(.markDefunct(ServiceID(3)))),
        ("delegate", .delegate(.native, Units(1), to: OperatorIndex(2))),
        ("undelegate", .undelegate(mSOL, Units(.max), from: OperatorIndex(2))),
        ("emergencyExit", .emergencyExit(mSOL, from: OperatorIndex(2))),
        ("submitEvidence", .submitEvidence(.equivocation(equivocation))),
        ("cancelSlash", .cancelSlash(offence: offence)),
        ("dispute", .dispute(task, statement())),
        ("voteDispute", .voteDispute(DisputeID(4), voids: true)),
        ("submitCertificate", .submitCertificate(certificate, participation: SignerSet(size: 3, bits: [0b111])!)),
        ("claimParticipation", .claimParticipation(vote(signers[2]))),
        ("fund", .fund(ServiceID(3), Lamports(7))),
        ("claimRewards", .claimRewards),
        ("post", .post(letter)),
        ("consume", .consume(9)),
    ]

    static let slash = SlashRecord(
        offence: offence, accused: accused.publicKey, signer: OperatorIndex(2), voteKey: voteKey, epoch: Epoch(5),
        losses: [
            SlashRecord.Loss(
                asset: .native, shares: VaultShares(9_000_000_000), units: Units(10_000_000_000),
                rewarded: Units(500_000_000))
        ], slashed: Lamports(10_000_000_000), reward: Lamports(500_000_000), reporter: coordinator.publicKey,
        slot: Slot(43))

    static let books = Books(
        sequence: 8, asset: mSOL, entered: Units(36), vault: Units(1), earned: Units(2), budgets: Units(3),
        bonds: Units(4), fees: Units(5), burned: Units(6), withdrawn: Units(7), residue: Units(8),
        shares: VaultShares(27), idle: VaultShares(8), delegated: VaultShares(9), unbonding: VaultShares(10))

    static let events: [(String, RestakingEvent)] = [
        ("yieldBooked", .yieldBooked(Epoch(5), gross: Units(9), fee: Units(1), commissions: Units(2))),
        (
            "poolMoved",
            .poolMoved(
                Epoch(5),
                PoolMove(from: ValidatorIndex(0 as UInt32), to: ValidatorIndex(1 as UInt32), amount: Units(9)))
        ),
        ("poolStaked", .poolMoved(Epoch(5), PoolMove(from: nil, to: ValidatorIndex(1 as UInt32), amount: Units(9)))),
        ("rewardsPaid", .rewardsPaid(Epoch(5), ServiceID(3), Lamports(7))),
        ("jailed", .jailed(OperatorIndex(2), ServiceID(3), from: Epoch(6))),
        ("listed", .listed(mSOL, assetTerms, from: Epoch(6))),
        ("statusChanged", .statusChanged(mSOL, .paused)),
        ("rateChanged", .rateChanged(mSOL, from: .one, to: ExchangeRate(1_010_000_000)!)),
        ("disputeOpened", .disputeOpened(DisputeID(4), voteKey)),
        ("resultVoided", .resultVoided(voteKey)),
        ("disputeLost", .disputeLost(DisputeID(4))),
        ("defunct", .defunct(ServiceID(3))),
    ]
}

extension Specimen {
    static let restaking =
        [
            Specimen("mSOL", Fixed.assetTerms), Specimen("active", AssetStatus.active),
            Specimen("paused", AssetStatus.paused), Specimen("retired", AssetStatus.retired),
            Specimen("one", ExchangeRate.one), Specimen("plain", Fixed.validator),
            Specimen("plain", Fixed.validator.yield), Specimen("plain", Fixed.nativePool),
            Specimen("correlated", Fixed.slashTerms), Specimen("plain", SlashTerms()),
            Specimen("burn", SlashTerms.Destination.burn), Specimen("service", SlashTerms.Destination.service),
            Specimen("address", Fixed.slashTerms.destination), Specimen("fixed", SlashTerms.Policy.fixed),
            Specimen("correlated", SlashTerms.Policy.correlated),
            Specimen(
                "plain", RewardTerms(perTask: Lamports(1), perEpoch: Lamports(2), budget: Lamports(3))),
            Specimen("plain", JailTerms()), Specimen("open", Admission.open),
            Specimen("list", Admission.list([OperatorIndex(2)])), Specimen("void", DisputeTerms.void),
            Specimen("slash", DisputeTerms.slash), Specimen("none", DisputeTerms.none),
            Specimen("plain", Fixed.letter), Specimen("plain", Fixed.governance), Specimen("plain", DisputeRules()),
            Specimen("plain", Fixed.release), Specimen("plain", Fixed.release.caps[0]),
            Specimen("shared", AllocationPolicy.shared), Specimen("unique", AllocationPolicy.unique),
            Specimen("elastic", AllocationPolicy.elastic), Specimen("plain", ClientVersion.own),
            Specimen("half", Genesis.Allocation(service: ServiceID(3), magnitude: .whole)),
            Specimen("plain", Fixed.genesis.restakers[0].deposits[0]), Specimen("plain", Fixed.slash.losses[0]),
            Specimen("equivocation", SlashRecord.Kind.equivocation),
            Specimen("wrongResult", SlashRecord.Kind.wrongResult), Specimen("pending", SlashRecord.Stage.pending),
            Specimen("executed", SlashRecord.Stage.executed), Specimen("vetoed", SlashRecord.Stage.vetoed),
        ] + Fixed.instructions.map { Specimen($0.0, $0.1) } + Fixed.events.map { Specimen($0.0, $0.1) }
        + Fixed.instructions.compactMap { name, instruction in
            if case .approve(let motion) = instruction { Specimen(name, motion) } else { nil }
        }
        + Fixed.events.compactMap { name, event in
            if case .poolMoved(_, let move) = event { Specimen(name, move) } else { nil }
        }
}
