import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// Every lamport that a restaker gains or loses has a cause, and all of them together are its balance.
@Suite struct BalanceAccountTests {
    typealias Fixture = LedgerFixture

    private static func explained(_ restaker: UInt32, _ fixture: Fixture, _ genesis: Genesis) -> (
        BalanceAccount, Ledger
    ) {
        var ledger = try! Ledger(genesis: genesis)
        var account = BalanceAccount(of: RestakerIndex(restaker), in: ledger)
        for signed in fixture.log { _ = account.apply(signed, to: &ledger) }
        return (account, ledger)
    }

    private static func causes(_ account: BalanceAccount, of asset: AssetID = .native) -> [String] {
        account.entries.filter { $0.asset == asset }.map { entry in
            let change =
                switch entry.change {
                case .gain(let amount): "+\(amount.number)"
                case .loss(let amount): "-\(amount.number)"
                }
            let cause =
                switch entry.cause {
                case .slash(let record): "slash of \(record.signer)"
                case .reporterReward: "reporter"
                case .reward(let epoch, let service): "reward \(epoch) \(service)"
                case .baseYield(let epoch): "yield \(epoch)"
                default: "\(entry.cause)"
                }
            return "\(change) \(cause)"
        }
    }

    @Test func `Deposits, slashes, fees, claims and withdrawals have their lines`() {
        var kept: Genesis!
        var fixture = Fixture.wide {
            $0.services[1].slash.equivocation = .basisPoints(1_000)
            kept = $0
        }
        #expect(fixture.restaker(0, .deposit(.native, 100)) == .applied)
        #expect(fixture.restaker(0, Fixture.equivocation(by: 1, fixture.set(1))) == .applied)
        let one = Fixture.vote(Fixture.statement(fixture.set()), by: Fixture.operatorKeys[0])
        var two = Fixture.vote(Fixture.statement(fixture.set(), result: 2), by: Fixture.operatorKeys[2])
        two.signer = one.signer
        #expect(
            fixture.restaker(0, .submitEvidence(.equivocation(Equivocation(one, two)!))) == .badEvidence)
        #expect(fixture.restaker(0, .claimRewards) == .applied)
        #expect(fixture.restaker(0, .withdraw(.native, 1_000)) == .applied)
        let (account, ledger) = Self.explained(0, fixture, kept)
        #expect(
            Self.causes(account) == [
                "+950 genesis", "+100 deposit", "+1 reporter", "-30 slash of 1", "-30 fee", "-1 claim",
                "-70 withdrawal",
            ])
        #expect(ledger.stateRoot == fixture.ledger.stateRoot)
    }

    @Test func `Rewards and yields are told by stream, AVS and epoch, also those of what leaves`() {
        var kept: Genesis!
        var fixture = Fixture.wide {
            $0.services[1].reward = RewardTerms(perTask: 1_000, budget: 100_000)
            $0.nativePool.validators = [
                BaseValidatorTerms(name: "v", yield: BaseYield(staking: BaseYield.whole / 10))
            ]
            kept = $0
        }
        #expect(fixture.restaker(0, .undelegate(.native, 400, from: OperatorIndex(0))) == .applied)
        fixture.settleTasks(0..<1, of: 1, by: [0, 1, 2, 3])
        fixture.open(epoch: 1)
        let (account, _) = Self.explained(0, fixture, kept)
        let lines = Self.causes(account)
        #expect(lines.prefix(3).map { $0.drop { $0 != " " } } == [" genesis", " reward 0 1", " yield 0"])
        #expect(lines[1] == "+950 reward 0 1")
        #expect(lines.dropFirst(3).allSatisfy { $0 == "-1 rounding" || $0 == "+1 rounding" })
    }

    /// A failure names the seed that repeats it.
    @Test(arguments: [11, 12] as [UInt64])
    func `The changes add up to the balance, whatever happened`(_ seed: UInt64) throws {
        var kept: Genesis!
        var fixture = Fixture.wide {
            $0.services[1].reward = RewardTerms(perTask: 1_000, perEpoch: 77, budget: 1_000_000)
            $0.nativePool.validators = [
                BaseValidatorTerms(name: "v", yield: BaseYield(staking: BaseYield.whole / 33))
            ]
            $0.signers[2].commission = BasisPoints(777)!
            $0.parameters.vetoSlots = 7
            kept = $0
        }
        var random = SeededRandom(seed: seed, purpose: "balances")
        func below(_ bound: UInt64) -> UInt64 { random.next() % bound }
        for step in 0..<300 {
            let place = Int(below(3))
            let signer = OperatorIndex(UInt32(below(4)))
            let asset = below(3) == 0 ? Fixture.mSOL : .native
            switch below(10) {
            case 0: _ = fixture.restaker(place, .deposit(asset, Units(below(500))))
            case 1, 2: _ = fixture.restaker(place, .delegate(asset, Units(below(300)), to: signer))
            case 3, 4: _ = fixture.restaker(place, .undelegate(asset, Units(below(300)), from: signer))
            case 5: _ = fixture.restaker(place, .withdraw(asset, Units(below(200))))
            case 6: _ = fixture.restaker(place, .claimRewards)
            case 7:
                let slot = Slot(fixture.ledger.slot.number + 1 + below(12))
                _ = fixture.apply(.advance(to: slot), by: Fixture.clockKey)
            case 8:
                let set = fixture.set(1)
                let signers = set.members.map { Int($0.signer.number) }
                guard !signers.isEmpty else { continue }
                _ = fixture.settle(Fixture.certificate(set, subject: UInt64(step), signers: signers))
            default:
                guard step > 150 else { continue }
                _ = fixture.restaker(place, Fixture.equivocation(by: Int(signer.number), fixture.set(1)))
            }
        }
        for restaker in 0..<3 as Range<UInt32> {
            let (account, ledger) = Self.explained(restaker, fixture, kept)
            let view = ledger.view(ofRestaker: RestakerIndex(restaker))
            for asset in [AssetID.native, Fixture.mSOL] {
                let sum = account.entries.filter { $0.asset == asset }.reduce(Int128(0)) { sum, entry in
                    switch entry.change {
                    case .gain(let amount): sum + Int128(amount.number)
                    case .loss(let amount): sum - Int128(amount.number)
                    }
                }
                #expect(sum == Int128(view.total(of: asset).number), "seed \(seed), restaker \(restaker)")
            }
            let rounding = account.entries.filter { $0.cause == .rounding }
            #expect(
                rounding.allSatisfy { [.gain(1), .loss(1), .loss(2), .gain(2)].contains($0.change) },
                "seed \(seed): \(rounding)")
        }
    }
}
