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
}
