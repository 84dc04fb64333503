import Messages
import Reports
import Restaking
import Testing

@testable import Benchmarking

@Suite struct LedgerBenchTests {
    private static let sizes = LedgerBench.Sizes(
        instructions: 1_000, restakers: 200, operators: 5, repeats: 2, seconds: 1)

    @Test func aFigureIsItsMedianBesideItsSpreadAndItsAim() {
        let rate = LedgerFigure(.memory, "m", .perSecond, [30, 10, 20], aim: 20)
        #expect(rate.median == 20 && rate.spread == "10 - 30" && rate.meetsAim == true)
        let time = LedgerFigure(.state, "s", .seconds, [1, 2], aim: 1)
        #expect(time.median == 1.5 && time.text(1.5) == "1.50" && time.meetsAim == false)
        #expect(LedgerFigure(.slash, "s", .microseconds, [1]).meetsAim == nil)
        let document = LedgerFigure(.memory, "m", .perSecond, [30, 10, 20], aim: 20).json.document
        for line in ["\"section\": \"memory\"", "\"unit\": \"per_s\"", "\"repetitions\": 3", "\"meets_aim\": true"] {
            #expect(document.contains(line), "\(document)")
        }
    }

    /// Whoever measures refused instructions measures nothing.
    @Test func everyInstructionOfTheMixIsApplied() throws {
        let scene = LedgerScene(restakers: 20, operators: 7, services: 2, assets: 3)
        var ledger = try Ledger(genesis: scene.genesis)
        var mix = InstructionMix(scene.genesis)
        var changes: [Ledger.Change] = []
        for epoch in 1...4 as ClosedRange<UInt64> {
            for _ in 0..<200 {
                let signed = mix.next()
                #expect(ledger.applyVerified(signed, changes: &changes) == .applied, "\(signed.instruction)")
            }
            let opening = scene.opening(of: epoch, nonce: epoch - 1)
            #expect(ledger.applyVerified(opening, changes: &changes) == .applied)
        }
        try ledger.checkEverything()
        #expect(ledger.operatorSets.last?.members.count == 7)
    }

    @Test func whatHappensInMemoryIsMeasured() throws {
        let bench = StateBench(sizes: Self.sizes)
        let figures = try bench.instructions() + bench.evidence() + bench.slashing() + bench.state()
        #expect(figures.count == 5 + 1 + 3 + 6)
        for figure in figures where figure.section != .slash {
            #expect(figure.values.allSatisfy { $0 > 0 }, "\(figure)")
        }
        #expect(Set(figures.map(\.name)).count == figures.count)
        #expect(
            figures.filter { $0.section == .slash }.map(\.name).last == "one of 100 operators of 3 AVSs, 200 restakers")
    }
}
