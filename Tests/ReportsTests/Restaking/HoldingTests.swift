import Cryptography
import Messages
import Primitives
import Restaking
import TestSupport
import Testing
import Verdicts

@testable import Reports

/// What restakers had, lost, earned and have, worked out by hand, and against the accounts that explain it line by line.
@Suite struct HoldingTests {
    private static func holdings(_ run: LedgerRun) -> [HoldingAccount] {
        RestakingReplay(run.history())?.holdings ?? []
    }

    private static func bob(_ run: LedgerRun) -> HoldingAccount? {
        holdings(run).first { $0.name == "bob" && $0.asset == .native }
    }

    @Test func depositsSlashesAndWithdrawals() throws {
        var run = LedgerRun()
        #expect(run.bob(.deposit(.native, Units(70))) == .applied)
        #expect(run.bob(.deposit(LedgerRun.mSOL, Units(40))) == .applied)
        #expect(run.apply(run.equivocation(by: 0, run.set()), by: LedgerRun.coordinators[0]) == .applied)
        // It pays what there is: 570.
        #expect(run.bob(.withdraw(.native, Units(9_999))) == .applied)
        let found = try #require(Self.bob(run))
        // A tenth of what is with op-1; op-1's own stake pays the other 40.
        #expect(found.began == Units(1_000) && found.figures.deposited == Units(70))
        #expect(found.figures.slashed == Units(30) && found.figures.withdrawn == Units(570))
        #expect(found.ended == Units(470) && found.baseYield == .gain(.zero) && found.lost == Lamports(30))
        let all = Self.holdings(run)
        #expect(all.map { "\($0.name) \($0.assetName)" } == ["op-1 SOL", "bob SOL", "bob mSOL"])
        #expect(all[0].figures.slashed == Units(40) && all[0].ended == Units(360))
        #expect(all[2].began == .zero && all[2].figures.deposited == Units(40) && all[2].ended == Units(40))
        #expect(
            all[1].account
                == "bob began with 0.000001 SOL; deposited 0.00000007 SOL; lost 0.00000003 SOL by slashes; withdrew "
                + "0.00000057 SOL; ended with 0.00000047 SOL")
    }

    @Test func rewardsAreWhatWasEarnedClaimedOrNot() throws {
        var run = LedgerRun {
            $0.services[0].reward = RewardTerms(perTask: Lamports(1_500), budget: Lamports(100_000))
            $0.signers[0].commission = BasisPoints(5_000)!
        }
        run.certify(1, result: LedgerRun.right)
        run.open(epoch: 1)
        // One for each of 1,500 lamports at stake: op-1 has 700, of which half are its own; of 350 bob's part is 150. op-2
        // has 500, of which his are 200.
        #expect(try #require(Self.bob(run)).rewards == Units(350))
        #expect(run.bob(.claimRewards) == .applied)
        run.certify(2, result: LedgerRun.right)
        run.open(epoch: 2)
        let found = try #require(Self.bob(run))
        #expect(found.rewards == Units(700) && found.figures.claimed == Units(350) && found.ended == Units(1_350))
        #expect(found.lost == .zero && Self.holdings(run).map(\.name) == ["bob"], "nobody else lost anything")
    }

    @Test func feesBondsAndReportersRewards() throws {
        var run = LedgerRun()
        #expect(run.bob(run.equivocation(by: 0, run.set(), isForged: true)) == .badEvidence)
        let right = run.certify(1, result: LedgerRun.right)
        #expect(run.bob(.dispute(right.task, right.statement)) == .challengeFailed)
        var found = try #require(Self.bob(run))
        #expect(found.figures.forfeited == Units(80) && found.ended == Units(920), "a fee of 30, a bond of 50")
        let wrong = run.certify(2, result: [1])
        #expect(run.bob(.dispute(wrong.task, wrong.statement)) == .applied)
        found = try #require(Self.bob(run))
        // The bond is back; a fifth of all stake that signed is gone: 60 of bob's with op-1, 40 with op-2.
        #expect(found.figures.forfeited == Units(80) && found.figures.slashed == Units(100))
        // A twentieth of 140, 100, 40 and 20 is the reporter's, rounded down each.
        #expect(found.figures.awarded == Units(7 + 5 + 2 + 1) && found.rewards == .zero)
        #expect(found.ended == Units(920 - 100 + 15) && found.baseYield == .gain(.zero))
        #expect(run.bob(.claimRewards) == .applied)
        found = try #require(Self.bob(run))
        #expect(found.figures.claimed == Units(50 + 15) && found.rewards == .zero && found.ended == Units(770))
    }

    @Test func slashedStakeThatGoesToARestakerIsAwardedToIt() throws {
        var run = LedgerRun { $0.services[0].slash.destination = .address(LedgerRun.bob.publicKey) }
        #expect(run.apply(run.equivocation(by: 2, run.set()), by: LedgerRun.coordinators[0]) == .applied)
        // 20 of 200; the reporter has a twentieth of it.
        #expect(try #require(Self.bob(run)).figures.awarded == Units(19))
    }

    @Test func baseYieldIsWhatNothingElseExplains() throws {
        var run = LedgerRun {
            $0.nativePool.validators = [BaseValidatorTerms(name: "v", yield: BaseYield(staking: BaseYield.whole / 10))]
        }
        run.open(epoch: 1)
        let found = try #require(Self.bob(run))
        // A tenth of 2,000 for all, less 7 % of it: 186. With the vault's virtual 1,000 a share is worth 3,186 / 3,000: his
        // parts of 300, 200 and 500 are 318, 212 and 531.
        #expect(found.ended == Units(1_061) && found.baseYield == .gain(Units(61)))
        #expect(RestakingReplay(run.history())?.pool?.yielded == Units(200))
    }

    /// Slashes that wait are executed in the course of an instruction that books rewards and yields too.
    @Test(arguments: [SlashTerms.Policy.fixed, .correlated])
    func whatIsSlashedLaterIsToldApartFromWhatIsEarnedMeanwhile(_ policy: SlashTerms.Policy) throws {
        var run = LedgerRun {
            $0.parameters.vetoSlots = policy == .fixed ? 12 : 0
            $0.nativePool.validators = [BaseValidatorTerms(name: "v", yield: BaseYield(staking: BaseYield.whole / 10))]
            $0.services[0].slash.policy = policy
        }
        #expect(run.apply(run.equivocation(by: 0, run.set()), by: LedgerRun.coordinators[0]) == .applied)
        #expect(run.bob(.undelegate(.native, Units(200), from: OperatorIndex(0))) == .applied)
        // Over the end of the window, three epochs' yields and the end of unbonding in one step.
        run.open(epoch: 4)
        try Self.expectAsExplained(run)
        #expect(try #require(Self.bob(run)).figures.slashed > .zero)
    }

    /// The account that `quorate ledger explain` prints has each figure, as the sum of its lines.
    private static func expectAsExplained(_ run: LedgerRun) throws {
        let found = try #require(RestakingReplay(run.history())).holdings
        for place in run.genesis.restakers.indices {
            let restaker = RestakerIndex(UInt32(place))
            var ledger = try Ledger(genesis: run.genesis)
            var account = BalanceAccount(of: restaker, in: ledger)
            for signed in run.instructions { _ = account.apply(signed, to: &ledger) }
            for holding in found where holding.restaker == restaker {
                func sum(_ matches: (BalanceAccount.Cause) -> Bool) -> Int128 {
                    account.entries.filter { $0.asset == holding.asset && matches($0.cause) }.reduce(0) { sum, entry in
                        switch entry.change {
                        case .gain(let amount): sum + Int128(amount.number)
                        case .loss(let amount): sum - Int128(amount.number)
                        }
                    }
                }
                func near(_ amount: Units, _ expected: Int128) -> Bool {
                    let difference = Int128(amount.number) - expected
                    return abs(difference) <= 8
                }
                let words: Comment = "\(holding.name): \(holding.account)"
                #expect(holding.ended == ledger.view(ofRestaker: restaker).total(of: holding.asset), words)
                #expect(near(holding.figures.slashed, -sum { if case .slash = $0 { true } else { false } }), words)
                #expect(near(holding.rewards, sum { if case .reward = $0 { true } else { false } }), words)
                #expect(near(holding.figures.withdrawn, -sum { $0 == .withdrawal }), words)
                #expect(near(holding.figures.claimed, -sum { $0 == .claim }), words)
                #expect(near(holding.figures.deposited, sum { $0 == .deposit }), words)
                #expect(near(holding.began, sum { $0 == .genesis }), words)
            }
        }
    }

    /// A failure names the seed that repeats it.
    @Test(arguments: [3, 4, 5] as [UInt64])
    func whateverHappensItIsAsExplained(_ seed: UInt64) throws {
        var run = LedgerRun {
            $0.parameters.vetoSlots = 7
            $0.services[1].reward = RewardTerms(perTask: Lamports(1_000), budget: Lamports(1_000_000))
            $0.nativePool.validators = [BaseValidatorTerms(name: "v", yield: BaseYield(staking: BaseYield.whole / 33))]
        }
        var random = SeededRandom(seed: seed, purpose: "holdings")
        func below(_ bound: UInt64) -> UInt64 { random.next() % bound }
        for step in 0..<200 as Range<UInt64> {
            let signer = OperatorIndex(UInt32(below(4)))
            let asset = below(3) == 0 ? LedgerRun.mSOL : .native
            switch below(9) {
            case 0: _ = run.bob(.deposit(asset, Units(below(500))))
            case 1, 2: _ = run.bob(.delegate(asset, Units(below(300)), to: signer))
            case 3: _ = run.bob(.undelegate(asset, Units(below(300)), from: signer))
            case 4: _ = run.bob(.withdraw(asset, Units(below(200))))
            case 5: _ = run.bob(.claimRewards)
            case 6: run.apply(.advance(to: Slot(run.ledger.slot.number + 1 + below(12))), by: LedgerRun.clock)
            case 7: if !run.set(1).members.isEmpty { run.certify(step, result: LedgerRun.right, of: 1) }
            default:
                if step > 100, run.set(1).index(of: signer) != nil {
                    run.apply(
                        run.equivocation(by: Int(signer.number), run.set(1)), by: LedgerRun.coordinators[1])
                }
            }
        }
        try Self.expectAsExplained(run)
    }

    @Test func whereOnlyOperatorsRestakeNothingIsToldAndWhereTheLogIsNotWholeNothingCanBe() throws {
        var alone = LedgerRun { $0.restakers.removeLast() }
        #expect(alone.apply(alone.equivocation(by: 0, alone.set()), by: LedgerRun.coordinators[0]) == .applied)
        #expect(RestakingReplay(alone.history()) == nil)
        var run = LedgerRun()
        for _ in 0..<3 { #expect(run.bob(.deposit(.native, Units(70))) == .applied) }
        #expect(RestakingReplay(run.history()) != nil)
        #expect(RestakingReplay(run.history(without: 1)) == nil)
    }

    /// The certificates of what was applied are not verified once more, those of what was refused are; a log whose
    /// outcomes are others' is not believed.
    @Test func aLogIsBelievedWhereItComesToTheSameAgain() throws {
        var run = LedgerRun()
        run.certify(1, result: LedgerRun.right)
        #expect(run.certify(2, result: LedgerRun.right, isForged: true).outcome == .badCertificate)
        #expect(run.bob(.deposit(.native, Units(70))) == .applied)
        #expect(try #require(Self.bob(run)).ended == Units(1_070))
        #expect(RestakingReplay(run.history(claiming: .capExceeded, of: 2)) == nil)
        #expect(RestakingReplay(run.history(claiming: .applied, of: 1)) != nil, "it cannot know better")
    }
}
