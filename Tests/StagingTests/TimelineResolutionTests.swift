import Cryptography
import Messages
import Primitives
import Restaking
import Testing

@testable import Staging
@testable import TopologyFormat

/// Each act of a timeline becomes the instructions that it means, by the ledger as it stands; or why it cannot.
@Suite struct TimelineResolutionTests {
    private typealias Act = TimelinePlan.Act
    private static let (bob, carol) = (
        TimelinePlan.Account.restaker(RestakerIndex(0)), TimelinePlan.Account.signer(op1)
    )
    private static let (op1, op2) = (OperatorIndex(0), OperatorIndex(1))
    private static let (squares, audits) = (ServiceID(0), ServiceID(1))
    private static let mSOL = AssetID(1)

    /// bob has 100 SOL, of which 40 are with op-1, and 50 mSOL.
    private struct Scene {
        let topology: Topology
        let keys: NetworkKeys
        var ledger: Ledger
        var tasks: [TaskSequence: TimelineResolution.CertifiedTask] = [:]

        /// - Parameter module: of squares, as the ledger knows it.
        init(
            ledger rules: String = "{unbonding-epochs: 1}", timeline: String = "", module: String = "squaring"
        ) throws {
            topology = try Topology.parse(
                """
                version: 1
                name: lab
                ledger: \(rules)
                assets: {mSOL: {rate: 1.25 SOL}}
                operators: {op-1: {stake: 100 SOL}, op-2: {stake: 100 SOL}}
                restakers: {bob: {deposit: [100 SOL, 50 mSOL], delegate: {op-1: 40 SOL}}}
                services:
                  squares: {module: squaring, load: {tasks: 40, rate: 100/s}, evidence-window: 1s, admission: list}
                  audits: {module: squaring, load: {tasks: 40, rate: 100/s}, evidence-window: 1s}
                base-validators: {alpha: {yield: 0%/year, mev: 0%/year}}
                timeline: [\(timeline)]
                """, file: "lab.yaml")
            keys = NetworkKeys.derived(from: 1, for: topology)
            var genesis = GenesisBuilder.genesis(of: topology, keys: keys, runID: .zero)
            genesis.services[0].module = module
            ledger = try Ledger(genesis: genesis)
        }

        var resolution: TimelineResolution { TimelineResolution(topology: topology, keys: keys) }

        func steps(_ act: TimelinePlan.Act) throws -> [TimelineResolution.Step] {
            try resolution.steps(of: act, in: ledger) { _, sequence in tasks[sequence] }
        }

        func obstacle(_ act: TimelinePlan.Act) -> String? {
            do throws(TimelineResolution.Obstacle) {
                let steps = try resolution.steps(of: act, in: ledger) { _, sequence in tasks[sequence] }
                return "none: \(steps.count) steps"
            } catch { return error.description }
        }

        /// Whoever signs, and what.
        func expect(
            _ act: TimelinePlan.Act, _ key: SigningKey, _ instruction: Instruction,
            at location: SourceLocation = #_sourceLocation
        ) throws {
            let steps = try steps(act)
            #expect(steps.map(\.instruction) == [instruction], sourceLocation: location)
            #expect(steps.map(\.key.publicKey) == [key.publicKey], sourceLocation: location)
        }

        @discardableResult
        mutating func apply(_ instruction: Instruction, by key: SigningKey) -> Outcome {
            let nonce = ledger.nextNonce(of: key.publicKey) ?? 0
            let bytes = SignedInstruction.signedBytes(
                network: ledger.network, authority: key.publicKey, nonce: nonce, instruction: instruction)
            return ledger.apply(
                SignedInstruction(
                    network: ledger.network, authority: key.publicKey, nonce: nonce, instruction: instruction,
                    signature: key.sign(bytes)))
        }

        mutating func apply(_ act: TimelinePlan.Act) throws {
            for step in try steps(act) { #expect(apply(step.instruction, by: step.key) == .applied) }
        }

        /// Its coordinator's task, that both operators sign.
        mutating func certify(_ number: UInt64, isKnown: Bool = true, isSettled: Bool = false) {
            let set = ledger.operatorSets.last { $0.service == squares }!
            let task = ServiceTask(
                network: ledger.network, service: squares, sequence: TaskSequence(number), epoch: set.epoch,
                operatorSet: set.digest, payload: [7], issued: Instant(nanoseconds: 1),
                deadline: Instant(nanoseconds: 2))
            let statement = Statement(for: task, digest: task.digest, result: [49])
            var signers = SignerSet(size: set.members.count)
            for place in set.members.indices { signers.insert(MemberIndex(place)) }
            let certificate = Certificate(
                statement: statement, signers: signers,
                signatures: set.members.map { keys.signers[Int($0.signer.number)].sign(statement.signedBytes) })!
            tasks[TaskSequence(number)] = TimelineResolution.CertifiedTask(
                task: task, certificate: certificate, result: isKnown ? [49] : nil)
            guard isSettled else { return }
            let outcome = apply(
                .submitCertificate(certificate, participation: signers), by: keys.coordinators[0])
            #expect(outcome == .applied)
        }
    }

    private static func lamports(_ sol: UInt64) -> Units { Units(sol * Lamports.perSOL) }

    private static func amount(_ sol: UInt64, _ asset: String = "SOL") -> TimelinePlan.Quantity {
        .amount(.init(asset: asset, units: lamports(sol)))
    }

    private static func share(_ percent: UInt64, of asset: String = "SOL") -> TimelinePlan.Quantity {
        .share(.basisPoints(percent * 100), of: asset)
    }

    // MARK: Restakers

    @Test func restakersActWithTheirKeysOnAmountsAndShares() throws {
        let scene = try Scene()
        let (bob, op1) = (scene.keys.restakers[0], scene.keys.signers[0])
        try scene.expect(
            .deposit(Self.bob, .init(asset: "mSOL", units: Units(7))), bob, .deposit(Self.mSOL, Units(7)))
        try scene.expect(
            .deposit(Self.carol, .init(asset: "SOL", units: Units(7))), op1, .deposit(.native, Units(7)))
        try scene.expect(.withdraw(Self.bob, Self.amount(500)), bob, .withdraw(.native, Self.lamports(500)))
        // 60 are idle; 40 are delegated.
        try scene.expect(.withdraw(Self.bob, Self.share(50)), bob, .withdraw(.native, Self.lamports(30)))
        try scene.expect(
            .delegate(Self.bob, Self.share(50, of: "mSOL"), to: Self.op2), bob,
            .delegate(Self.mSOL, Self.lamports(25), to: Self.op2))
        try scene.expect(
            .undelegate(Self.bob, Self.share(25), from: Self.op1), bob,
            .undelegate(.native, Self.lamports(10), from: Self.op1))
        try scene.expect(
            .emergencyExit(Self.bob, "mSOL", from: Self.op1), bob, .emergencyExit(Self.mSOL, from: Self.op1))
        try scene.expect(.claimRewards(Self.bob), bob, .claimRewards)
    }

    @Test func sharesAreOfWhatThereIsNow() throws {
        var scene = try Scene()
        // What is on its way can be taken back, too.
        try scene.apply(.delegate(Self.bob, Self.amount(20), to: Self.op1))
        try scene.expect(
            .undelegate(Self.bob, Self.share(100), from: Self.op1), scene.keys.restakers[0],
            .undelegate(.native, Self.lamports(60), from: Self.op1))
        try scene.apply(.undelegate(Self.bob, Self.amount(60), from: Self.op1))
        // 40 leave in epoch 0 and unbond for one more; 60 are idle.
        for (epoch, free) in [(0, 60), (1, 60), (2, 100)] as [(UInt64, UInt64)] {
            if epoch > 0 {
                scene.apply(.advance(to: Slot(epoch * 32)), by: scene.keys.clock)
            }
            try scene.expect(
                .withdraw(Self.bob, Self.share(100)), scene.keys.restakers[0],
                .withdraw(.native, Self.lamports(free)))
        }
    }

    @Test func whatIsNotThereIsSaid() throws {
        var scene = try Scene()
        #expect(scene.obstacle(.deposit(Self.bob, .init(asset: "INF", units: Units(1)))) == "INF is not listed")
        #expect(scene.obstacle(.emergencyExit(Self.bob, "INF", from: Self.op1)) == "INF is not listed")
        #expect(
            scene.obstacle(.undelegate(Self.bob, Self.share(50), from: Self.op2)) == "no SOL is with op-2",
            "he has nothing with op-2")
        #expect(
            scene.obstacle(.undelegate(Self.bob, Self.share(50, of: "mSOL"), from: Self.op1)) == "no mSOL is with op-1")
        try scene.apply(.delegate(Self.bob, Self.share(100, of: "mSOL"), to: Self.op1))
        #expect(scene.obstacle(.delegate(Self.bob, Self.share(1, of: "mSOL"), to: Self.op1)) == "no mSOL is idle")
        #expect(scene.obstacle(.withdraw(Self.bob, Self.share(1, of: "mSOL"))) == "no mSOL is free")
        #expect(
            scene.obstacle(.withdraw(Self.bob, Self.amount(1, "mSOL"))) == "none: 1 steps", "the ledger's to refuse")
        #expect(scene.obstacle(.vote(Self.bob, "INF", accepts: true)) == "nobody has proposed INF")
    }

    @Test func whoeverHasNoAccountHasNothingToTake() throws {
        let topology = try Topology.parse(
            """
            version: 1
            name: lab
            operators: {op-1: {stake: 100 SOL}, op-2: {stake: 0 SOL}}
            restakers: {bob: {deposit: 10 SOL, delegate: {op-2: 10 SOL}}}
            services: {squares: {module: squaring, load: {tasks: 40, rate: 100/s}}}
            """, file: "lab.yaml")
        let keys = NetworkKeys.derived(from: 1, for: topology)
        let ledger = try Ledger(genesis: GenesisBuilder.genesis(of: topology, keys: keys, runID: .zero))
        #expect(
            throws: TimelineResolution.Obstacle(
                "it has no restaking account: give it a stake or a deposit at the beginning")
        ) {
            try TimelineResolution(topology: topology, keys: keys).steps(
                of: .withdraw(.signer(Self.op2), Self.amount(1)), in: ledger
            ) { _, _ in nil }
        }
    }

    // MARK: Votes and disputes

    @Test func proposalsAreSignedByWhoeverProposesAndNamedByTheLatest() throws {
        let plan = "{at: start, restaker: bob, propose: INF, rate: 1.5 SOL}"
        var scene = try Scene(timeline: plan)
        guard case .propose(_, let asset) = scene.topology.timeline[0].act else { return #expect(Bool(false)) }
        let act = Act.propose(Self.bob, asset)
        try scene.expect(
            act, scene.keys.restakers[0],
            .propose(asset.terms(authority: scene.keys.proposedAuthorities[0].publicKey)))
        try scene.apply(act)
        try scene.apply(act)
        for accepts in [true, false] {
            try scene.expect(
                .vote(Self.bob, "INF", accepts: accepts), scene.keys.restakers[0],
                .vote(ProposalID(1), accepts: accepts))
        }
    }

    @Test func aDisputeNamesTheTaskAndWhatWasCertified() throws {
        var scene = try Scene()
        let act = Act.dispute(Self.bob, Self.squares, TaskSequence(3))
        #expect(scene.obstacle(act) == "task 3 of squares is not certified")
        scene.certify(3)
        let found = scene.tasks[TaskSequence(3)]!
        try scene.expect(act, scene.keys.restakers[0], .dispute(found.task, found.certificate.statement))
    }

    @Test func votesOnDisputesAreOnThoseThatAreOpen() throws {
        // Which the ledger cannot execute again, so that it takes votes.
        var scene = try Scene(module: "exec")
        for voids in [true, false] {
            #expect(
                scene.obstacle(.voteDisputes(Self.op1, voids: voids))
                    == "no dispute is open that it could vote on")
        }
        for number in [1, 2] as [UInt64] {
            scene.certify(number, isSettled: true)
            try scene.apply(.dispute(Self.bob, Self.squares, TaskSequence(number)))
        }
        let steps = try scene.steps(.voteDisputes(Self.op1, voids: true))
        #expect(steps.map(\.instruction) == [0, 1].map { .voteDispute(DisputeID($0), voids: true) })
        #expect(steps.allSatisfy { $0.key.publicKey == scene.keys.signers[0].publicKey })
        #expect(scene.apply(steps[0].instruction, by: steps[0].key) == .applied)
        try scene.expect(
            .voteDisputes(Self.op1, voids: false), scene.keys.signers[0], .voteDispute(DisputeID(1), voids: false))
        #expect(try scene.steps(.voteDisputes(Self.op2, voids: true)).count == 2, "it has not voted")
    }

    // MARK: Operators and AVSs

    @Test func operatorsActWithTheirOwnKeys() throws {
        let scene = try Scene(ledger: "{allocation: unique}")
        let key = scene.keys.signers[1]
        try scene.expect(
            .setCommission(Self.op2, BasisPoints(500)!), key, .setCommission(BasisPoints(500)!))
        try scene.expect(.optIn(Self.op2, Self.audits), key, .optIn(Self.audits))
        try scene.expect(.optOut(Self.op2, Self.squares), key, .optOut(Self.squares))
        try scene.expect(.unjail(Self.op2, Self.audits), key, .unjail(Self.audits))
        try scene.expect(.exit(Self.op2), key, .exit)
        let part = AllocationPlan(service: Self.audits, share: .basisPoints(6_000))
        let steps = try scene.steps(.allocate(Self.op2, part))
        #expect(
            steps.map(\.instruction) == [
                .allocate(Self.audits, .native, part.magnitude), .allocate(Self.audits, Self.mSOL, part.magnitude),
            ], "of every asset alike")
        #expect(steps.allSatisfy { $0.key.publicKey == key.publicKey })
    }

    @Test func coordinatorsActForTheirServices() throws {
        var scene = try Scene()
        let key = scene.keys.coordinators[1]
        try scene.expect(.admit(Self.audits, Self.op2), key, .admit(Self.op2))
        try scene.expect(.expel(Self.audits, Self.op2), key, .expel(Self.op2))
        try scene.expect(.fund(Self.audits, Lamports(5)), key, .fund(Self.audits, Lamports(5)))
        try scene.expect(.consume(Self.audits), key, .consume(0))
        let post = Act.post(Self.squares, TaskSequence(3), to: Self.audits)
        #expect(scene.obstacle(post) == "task 3 of squares is not certified")
        scene.certify(3, isKnown: false)
        #expect(scene.obstacle(post) == "the result of task 3 of squares is not at hand")
        scene.certify(3, isSettled: true)
        let certificate = scene.tasks[TaskSequence(3)]!.certificate
        try scene.expect(
            post, scene.keys.coordinators[0],
            .post(Letter(recipient: Self.audits, body: [49], certificate: certificate)))
        try scene.apply(post)
        try scene.expect(.consume(Self.audits), key, .consume(0))
        try scene.apply(.consume(Self.audits))
        try scene.expect(.consume(Self.audits), key, .consume(1))
    }

    @Test func theResolverCancelsWhatIsPending() throws {
        var scene = try Scene(ledger: "{veto: 20 slots}")
        let act = Act.cancelSlash(Self.squares, of: Self.op2)
        #expect(scene.obstacle(act) == "no slash of op-2 by squares is pending")
        let set = scene.ledger.operatorSets.last { $0.service == Self.squares }!
        let votes = ([1, 2] as [UInt8]).map { result in
            let statement = Statement(
                voteKey: VoteKey(network: set.network, service: set.service, subject: Subject(number: 1)),
                operatorSet: set.digest, epoch: set.epoch, task: .zero, result: Domain.resultDigest.digest([result]))
            return Attestation(
                statement: statement, signer: scene.keys.signers[1].publicKey,
                signature: scene.keys.signers[1].sign(statement.signedBytes))
        }
        let evidence = Evidence.equivocation(Equivocation(votes[0], votes[1])!)
        #expect(scene.apply(.submitEvidence(evidence), by: scene.keys.coordinators[0]) == .applied)
        try scene.expect(act, scene.keys.resolvers[0], .cancelSlash(offence: evidence.offence))
        #expect(scene.obstacle(.cancelSlash(Self.audits, of: Self.op2)) == "no slash of op-2 by audits is pending")
        #expect(scene.obstacle(.cancelSlash(Self.squares, of: Self.op1)) == "no slash of op-1 by squares is pending")
    }

    // MARK: Rates and the council

    @Test func ratesAreToldByTheAssetsAuthorityAbsoluteOrByShares() throws {
        let scene = try Scene()
        let authority = scene.keys.authorities[1]
        for (change, rate) in [
            (.to(ExchangeRate(2_000_000_000)!), 2_000_000_000), (.by(.basisPoints(100), isFall: true), 1_237_500_000),
            (.by(.basisPoints(100), isFall: false), 1_262_500_000),
        ] as [(TimelinePlan.RateChange, UInt64)] {
            try scene.expect(.setRate("mSOL", change), authority, .updateRate(Self.mSOL, ExchangeRate(rate)!))
        }
        #expect(
            scene.obstacle(.setRate("mSOL", .by(.one, isFall: true)))?.hasPrefix("that is no rate: 0") == true)
        #expect(scene.obstacle(.setRate("INF", .by(.one, isFall: true))) == "INF is not listed")
        let yield = YieldPlan(parts: 5, isYearly: false)
        let steps = try scene.steps(.setYield(ValidatorIndex(0), yield))
        #expect(steps.map(\.key.publicKey) == [scene.keys.authorities[0].publicKey])
        guard case .updateYield(ValidatorIndex(0), let told)? = steps.first?.instruction else {
            return #expect(Bool(false), "\(steps.map(\.instruction))")
        }
        #expect(
            told.staking == yield.perEpoch(of: scene.topology.ledger)
                && told.mev == scene.ledger.baseValidators[0].yield.mev)
    }

    @Test func asManyOfTheCouncilApproveAsItTakes() throws {
        var scene = try Scene(ledger: "{council: {members: 5, quorum: 3}}")
        let act = Act.councilStatus("mSOL", .paused)
        let motion = Motion.setStatus(Self.mSOL, .paused)
        var steps = try scene.steps(act)
        #expect(steps.map(\.instruction) == Array(repeating: .approve(motion), count: 3))
        #expect(steps.map(\.key.publicKey) == scene.keys.council.prefix(3).map(\.publicKey))
        // Another way round: the second and the fourth have approved.
        for seat in [1, 3] { #expect(scene.apply(.approve(motion), by: scene.keys.council[seat]) == .applied) }
        steps = try scene.steps(act)
        #expect(steps.map(\.key.publicKey) == [scene.keys.council[0].publicKey])
        try scene.apply(act)
        #expect(scene.ledger.assetViews[1].status == .paused)
        #expect(try scene.steps(act).count == 3, "what has carried is forgotten")
    }

    @Test func theCouncilsOtherMotions() throws {
        let scene = try Scene()
        #expect(scene.obstacle(.councilList("INF")) == "nobody has proposed INF")
        #expect(scene.obstacle(.councilRate("INF", .to(.one))) == "INF is not listed")
        #expect(
            try scene.steps(.councilRate("mSOL", .by(.basisPoints(3_000), isFall: true))).first?.instruction
                == .approve(.setRate(Self.mSOL, ExchangeRate(875_000_000)!)))
        #expect(try scene.steps(.councilDefunct(Self.audits)).first?.instruction == .approve(.markDefunct(Self.audits)))
        #expect(try scene.steps(.forward(epochs: 2)).isEmpty, "the clock's driver does it")
    }
}
