import Messages
import Primitives
import Restaking
import Testing
import Verdicts

@testable import Reports

/// What shared, unique and elastic stake does for the security of each AVS, in numbers worked out by hand.
@Suite struct SecurityTests {
    private static func part(_ service: UInt32, _ percent: UInt64) -> Genesis.Allocation {
        Genesis.Allocation(
            service: ServiceID(service), magnitude: Magnitude(percent * 10_000_000_000_000_000)!)
    }

    private static func security(_ run: LedgerRun) -> [SecurityAccount] {
        let history = run.history()
        return SecurityAccount.needsParts(of: history)
            ? RestakingReplay(history)?.security ?? [] : SecurityAccount.all(of: history)
    }

    private static func run(
        _ policy: AllocationPolicy, _ parts: [[UInt64]], _ change: (inout Genesis) -> Void = { _ in }
    ) -> LedgerRun {
        LedgerRun { genesis in
            genesis.parameters.allocation = policy
            genesis.restakers.removeLast()
            for (signer, percents) in parts.enumerated() {
                genesis.signers[signer].allocations = percents.enumerated().map { part(UInt32($0), $1) }
            }
            change(&genesis)
        }
    }

    /// What is counted, unique, alone.
    private static func figures(_ accounts: [SecurityAccount]) -> [[UInt64]] {
        accounts.map { [$0.set.total.number, $0.unique.number, $0.alone.number] }
    }

    @Test func sharedStakeIsBehindEveryService() {
        let run = Self.run(.shared, []) { $0.services[1].optedIn = [0, 1].map(OperatorIndex.init) }
        let accounts = Self.security(run)
        // op-1 and op-2 with 400 and 300 are in both; 300 are behind s-0 alone. Halves of 700, and the 300.
        #expect(Self.figures(accounts) == [[1_000, 300, 650], [700, 0, 350]])
        #expect(accounts.map(\.costPooled.number) == [667, 467] && accounts.map(\.costAlone.number) == [434, 234])
    }

    @Test func uniquePartsAreEachServicesOwn() {
        let run = Self.run(.unique, [[60, 40], [50, 50], [100, 0], [0, 30]])
        let accounts = Self.security(run)
        // 240 + 150 + 200, and 160 + 150 + 30: nothing is behind two, although op-1 and op-2 are members of both.
        #expect(Self.figures(accounts) == [[590, 590, 590], [340, 340, 340]])
        #expect(accounts.map(\.costPooled) == accounts.map(\.costAlone))
        #expect(accounts.allSatisfy { $0.division == nil })
    }

    @Test func elasticPartsOverlapAsFarAsTheyExceedTheWhole() {
        let run = Self.run(.elastic, [[80, 60], [50, 50], [100, 100], [100, 0]])
        // op-1 has 400: 320 and 240 overlap in 160, of which 160 and 80 remain if the other takes all of its; cut to
        // 100 %, they are 4/7 and 3/7: 228 and 171. op-2 has 300 in halves. op-3's 200 are all behind both: 0 unique, 100
        // alone. op-4's 100 are s-0's.
        let first: [UInt64] = [320 + 150 + 200 + 100, 160 + 150 + 0 + 100, 228 + 150 + 100 + 100]
        let second: [UInt64] = [240 + 150 + 200, 80 + 150 + 0, 171 + 150 + 100]
        #expect(Self.figures(Self.security(run)) == [first, second])
    }

    /// op-1 has 400 SOL and 100 mSOL, which are worth 200 and count half: 100, of which s-0 takes half again.
    private static func endow(_ genesis: inout Genesis) {
        genesis.restakers[0].deposits.append(.init(asset: LedgerRun.mSOL, amount: Units(100)))
        genesis.restakers[0].delegations.append(
            .init(asset: LedgerRun.mSOL, signer: OperatorIndex(0), amount: Units(100)))
        genesis.services[0].assetWeights = [.whole, BasisPoints(5_000)!]
    }

    @Test func assetsAreLookedAtOneByOne() {
        let run = Self.run(.shared, []) { genesis in
            Self.endow(&genesis)
            // s-1 counts no SOL: what it has of mSOL is shared with s-0, and all SOL is s-0's alone.
            genesis.services[1].assetWeights = [.zero, .whole]
        }
        let accounts = Self.security(run)
        #expect(Self.figures(accounts) == [[1_050, 1_000, 1_025], [100, 0, 50]])
        #expect(accounts.map(\.weighs) == [true, true])
        let disjoint = Self.run(.shared, []) { genesis in
            Self.endow(&genesis)
            genesis.services[0].assetWeights = [.whole, .zero]
            genesis.services[1].assetWeights = [.zero, .whole]
        }
        #expect(
            Self.figures(Self.security(disjoint)) == [[1_000, 1_000, 1_000], [100, 100, 100]],
            "op-1 is a member of both with different assets")
    }

    @Test func whatWasSlashedOrAllocatedMeanwhileCountsFromTheNextEpoch() {
        var run = Self.run(.elastic, [[80, 60], [50, 50], [100, 100], [100, 0]])
        let allocated = run.apply(
            .allocate(ServiceID(0), .native, Magnitude.zero), by: LedgerRun.signers[2])
        #expect(allocated == .applied)
        let before = Self.figures(Self.security(run))
        #expect(before[0][0] == 770)
        run.open(epoch: 1)
        // op-3 is s-1's alone now, with all of its 200.
        let first: [UInt64] = [320 + 150 + 100, 160 + 150 + 100, 228 + 150 + 100]
        let second: [UInt64] = [240 + 150 + 200, 80 + 150 + 200, 171 + 150 + 200]
        #expect(Self.figures(Self.security(run)) == [first, second])
        // A tenth of op-1's 320 and of its 240 is taken, and it has no seat any more.
        #expect(run.apply(run.equivocation(by: 0, run.set()), by: LedgerRun.coordinators[0]) == .applied)
        #expect(Self.figures(Self.security(run)) == [[250, 250, 250], [350, 350, 350]])
    }

    @Test func theWordsSayWhichPolicyItIs() {
        func line(_ policy: AllocationPolicy, weighs: Bool = false) -> String {
            let run = Self.run(policy, [[60, 40], [50, 50], [100, 0], [0, 30]]) { genesis in
                if weighs { Self.endow(&genesis) } else { genesis.assets.removeLast() }
            }
            return Self.security(run)[0].line
        }
        #expect(line(.shared).contains(", and 0.000000334 SOL if everyone had divided its stake evenly;"))
        #expect(line(.shared).hasSuffix("an equivocation costs 10% of that"))
        #expect(
            line(.unique)
                == "s-0: 0.00000059 SOL, 100% of it behind no other service; to corrupt it takes 0.000000394 SOL; an "
                + "equivocation costs 10% of that")
        #expect(line(.elastic).contains("if everyone had cut its parts to what it has"))
        let weighed = line(.shared, weighs: true)
        #expect(weighed.hasPrefix("s-0: 0.00000105 SOL as it weighs stake, "))
        #expect(weighed.hasSuffix("an equivocation costs 10% of the stake behind that"))
    }
}
