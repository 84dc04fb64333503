import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// Who may ask for what, and in which order the ledger looks.
@Suite struct AuthorityTests {
    typealias Fixture = LedgerFixture

    @Test func `An operator registers its own endpoint only, a coordinator certifies for its own AVS only`() {
        var fixture = Fixture()
        let endpoint = Endpoint(signer: OperatorIndex(1), address: Endpoint.loopback, port: 1)
        #expect(fixture.apply(.registerEndpoint(endpoint), by: Fixture.operatorKeys[0]) == .notAuthorized)
        let certificate = Fixture.certificate(fixture.set(0), signers: [0, 1, 2])
        let instruction = Instruction.submitCertificate(certificate, participation: certificate.signers)
        #expect(fixture.apply(instruction, by: Fixture.coordinatorKeys[1]) == .notAuthorized)
    }

    @Test func `Network, signature, authority, nonce: in this order`() {
        var fixture = Fixture()
        var signed = fixture.sign(.deposit(.native, 5), by: Fixture.restakerKeys[0], nonce: 3)
        #expect(fixture.apply(signed) == .nonceAhead)
        signed.authority = Fixture.stranger.publicKey
        #expect(fixture.apply(signed) == .badSignature)
        signed.network = .zero
        #expect(fixture.apply(signed) == .wrongNetwork)
        #expect(fixture.apply(.deposit(.native, 5), by: Fixture.stranger) == .unknownAuthority)
        #expect(fixture.ledger.sequence == 0)
        #expect(fixture.log.isEmpty)
    }

    @Test func `An instruction of another run with the same keys is refused`() {
        var fixture = Fixture()
        let other = Fixture(Fixture.genesis(run: 8))
        #expect(fixture.apply(other.sign(.deposit(.native, 5), by: Fixture.restakerKeys[0])) == .wrongNetwork)
    }

    @Test func `A nonce is taken up once, by what is refused too, so that nothing can be sent again later`() {
        var fixture = Fixture()
        let refused = fixture.sign(.withdraw(.native, 5), by: Fixture.restakerKeys[0])
        #expect(fixture.apply(refused) == .insufficientStake)
        #expect(fixture.restaker(0, .deposit(.native, 5)) == .applied)
        #expect(fixture.apply(refused) == .nonceUsed)
        #expect(fixture.ledger.nextNonce(of: Fixture.restakerKeys[0].publicKey) == 2)
    }

    @Test func `An operator's own restaking account has the operator's key, and one nonce`() {
        var fixture = Fixture()
        #expect(fixture.apply(.deposit(.native, 5), by: Fixture.operatorKeys[3]) == .applied)
        #expect(fixture.apply(.optOut(ServiceID(0)), by: Fixture.operatorKeys[3]) == .applied)
        #expect(fixture.ledger.nextNonce(of: Fixture.operatorKeys[3].publicKey) == 2)
    }

    @Test func `Genesis is refused with the reason`() {
        func refusal(_ change: (inout Genesis) -> Void) -> GenesisError? {
            var genesis = Fixture.genesis()
            change(&genesis)
            do {
                _ = try Ledger(genesis: genesis)
                return nil
            } catch { return error }
        }
        let key = Fixture.operatorKeys[0].publicKey
        #expect(refusal { _ in } == nil)
        #expect(refusal { $0.signers[1].key = key } == .sharedKey(key, first: "operator op-1", second: "operator op-2"))
        #expect(refusal { $0.clock = key } != nil)
        #expect(refusal { $0.services[0].coordinator = key } != nil)
        #expect(refusal { $0.services[0].coordinator = $0.restakers[0].key } != nil)
        #expect(refusal { $0.restakers[0].key = $0.restakers[1].key } != nil)
        #expect(
            refusal { $0.restakers[0].deposits[0].amount = 949 }
                == .delegatedBeyondDeposit(restaker: "r-1", asset: "SOL", deposit: 949))
        #expect(refusal { $0.restakers[1].deposits[0].amount = Units(UInt64.max) } == .depositsTooLarge)
        #expect(refusal { $0.restakers[1].deposits[0].asset = AssetID(1 as UInt32) } != nil)
        #expect(refusal { $0.restakers[0].delegations[0].asset = AssetID(1 as UInt32) } != nil)
        #expect(refusal { $0.services[0].reward.budget = Lamports(UInt64.max) } == .budgetsTooLarge)
        #expect(refusal { $0.restakers[0].delegations[0].amount = Units(UInt64.max) } != nil)
        #expect(refusal { $0.restakers[0].delegations[0].signer = OperatorIndex(4) } != nil)
        #expect(refusal { $0.services[0].optedIn.append(OperatorIndex(4)) } != nil)
        #expect(
            refusal { $0.services[0].optedIn.append(OperatorIndex(0)) }
                == .duplicateOptIn(OperatorIndex(0), service: "s-0"))
        #expect(refusal { $0.services[0].threshold = .one } != nil)
        #expect(refusal { $0.services[0].slash.equivocation = Fraction(3, over: 2)! } != nil)
        #expect(refusal { $0.parameters.reporterReward = Fraction(3, over: 2)! } != nil)
        #expect(refusal { $0.parameters.unbondingEpochs = 0 } != nil)
        #expect(refusal { $0.parameters.unbondingEpochs = .max } != nil)
        #expect(refusal { $0.parameters.slotsPerEpoch = 0 } != nil)
        #expect(refusal { $0.parameters.vetoSlots = 21 } != nil, "longer than unbonding")
        #expect(refusal { $0.parameters.governance.votingEpochs = 3 } != nil)
        #expect(refusal { $0.parameters.governance.council = [$0.clock] } != nil, "a quorum of 3")
        #expect(refusal { $0.assets[0].weight = BasisPoints(9_000)! } != nil)
        #expect(refusal { $0.assets.append($0.assets[0]) } != nil)
        #expect(refusal { $0.services[0].jail.window = 129 } != nil)
        #expect(refusal { $0.services[0].slash.cap = Fraction(3, over: 2)! } != nil)
        #expect(refusal { $0.services[0].admission = .list([OperatorIndex(4)]) } != nil)
    }

    /// What a topology cannot say, a genesis file can.
    @Test func `Genesis is refused in the words of what is wrong, and says what would be right`() {
        func refusal(_ change: (inout Genesis) -> Void) -> String? {
            var genesis = Fixture.genesis()
            change(&genesis)
            do throws(GenesisError) {
                _ = try Ledger(genesis: genesis)
                return nil
            } catch { return error.description }
        }
        func part(_ service: UInt32, _ tenths: UInt64) -> Genesis.Allocation {
            Genesis.Allocation(service: ServiceID(service), magnitude: Magnitude(tenths * 100_000_000_000_000_000)!)
        }
        #expect(
            refusal { $0.parameters.slotDuration = .zero } == "genesis: the slot duration must be longer than 0")
        #expect(
            refusal { $0.parameters.governance.council = [Fixture.key(60), Fixture.key(61)].map(\.publicKey) }
                == "genesis: the council's quorum of 3 must be between 1 and its 2 members")
        #expect(
            refusal { genesis in
                genesis.parameters.governance.council = Array(repeating: Fixture.key(60).publicKey, count: 3)
            } == "genesis: the council has a key twice")
        #expect(
            refusal { $0.parameters.governance.acceptance = Fraction(3, over: 2)! }
                == "genesis: the share that accepts a proposal must be at most 1")
        #expect(
            refusal { $0.parameters.disputes.votingEpochs = 3 }
                == "genesis: voting on disputes for 3 epochs must not be longer than unbonding")
        for epochs in [[2, 1], [1, 1]] as [[UInt64]] {
            #expect(
                refusal { genesis in
                    genesis.parameters.release.caps = epochs.map { ReleasePlan.DepositCap(from: Epoch($0), value: 5) }
                } == "genesis: the deposit caps must be in ascending order of epochs")
        }
        #expect(
            refusal { genesis in
                let terms = AssetTerms(name: "x", authority: genesis.clock)
                genesis.assets =
                    [genesis.assets[0]]
                    + (1...64).map {
                        var terms = terms
                        terms.name = "asset-\($0)"
                        return terms
                    }
            } == "genesis: the number of assets, 65, must be at most 64")
        #expect(
            refusal { $0.assets[0].rate = ExchangeRate(2)! }
                == "genesis: the first asset must be SOL, at a rate of 1 and without a haircut")
        for (count, parts) in [(BaseValidatorTerms.countLimit + 1, 1), (1, BaseYield.whole + 1)] as [(Int, UInt64)] {
            #expect(
                refusal { genesis in
                    genesis.nativePool.validators = (0..<count).map {
                        BaseValidatorTerms(name: "v-\($0)", yield: BaseYield(staking: parts))
                    }
                }
                    == "genesis: the base validators must be at most \(BaseValidatorTerms.countLimit), each yielding at "
                    + "most 100 % in an epoch")
        }
        #expect(
            refusal { $0.signers[0].allocations = [part(2, 1)] }
                == "genesis: an allocation of op-1 names AVS 2, which does not exist")
        #expect(
            refusal { $0.signers[0].allocations = [part(0, 1), part(0, 2)] }
                == "genesis: the allocations of op-1 name an AVS twice")
        #expect(
            refusal { genesis in
                genesis.parameters.allocation = .unique
                genesis.signers[0].allocations = [part(0, 6), part(1, 5)]
            } == "genesis: the allocations of op-1 are together more than its whole stake")
        #expect(
            refusal { genesis in
                genesis.parameters.allocation = .elastic
                genesis.signers[0].allocations = [part(0, 6), part(1, 5)]
            } == nil, "elastic parts may overlap")
        for policy in [AllocationPolicy.elastic, .unique] {
            let message = refusal { genesis in
                genesis.parameters.allocation = policy
                genesis.services = (0..<20).map { place in
                    var service = genesis.services[0]
                    service.coordinator = Fixture.key(UInt8(100 + place)).publicKey
                    return service
                }
                genesis.signers[0].allocations = (0..<20).map { part($0, 10) }
            }
            #expect((message == nil) == (policy == .elastic), "more than 64 bits of parts: \(message ?? "fine")")
        }
        #expect(
            refusal { $0.services[1].jail.least = Fraction(3, over: 2)! }
                == "genesis: the window for absences of s-1 must be at most 128 tasks, with a share of at most 1")
        #expect(
            refusal { $0.restakers[0].deposits.append(.init(asset: .native, amount: Units(UInt64.max))) }
                == "genesis: the deposits together exceed \(Lamports(PoolLimit.number))", "one restaker's alone")
        #expect(
            refusal { genesis in
                genesis.assets.append(
                    AssetTerms(name: "x", authority: genesis.clock, rate: ExchangeRate(1_000_000_000_000)!))
                genesis.restakers[0].deposits.append(
                    .init(asset: AssetID(1 as UInt32), amount: Units(PoolLimit.number / 2)))
            } == "genesis: the deposits together exceed \(Lamports(PoolLimit.number))", "by their value")
        #expect(
            refusal { $0.restakers[1].delegations = [.init(signer: OperatorIndex(9), amount: 1)] }
                == "genesis: a delegation of r-2 names operator 9, which does not exist")
    }
}
