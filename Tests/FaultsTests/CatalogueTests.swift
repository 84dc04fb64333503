import Messages
import Primitives
import Testing

@testable import Faults

@Suite struct CatalogueTests {
    @Test func everyAdversaryHasOneEntryInTheirOrder() {
        #expect(CatalogueEntry.all.map(\.behaviour) == Behaviour.allCases)
    }

    @Test func whatIsProvableMustBePunishedAndNothingElse() {
        for entry in CatalogueEntry.all {
            let isPunished = entry.expectation == .slashed || entry.expectation == .revoked
            #expect(isPunished == entry.behaviour.isProvable, "\(entry.behaviour)")
            #expect((entry.expectation == .revoked) == (entry.behaviour == .coordinatorEquivocates))
        }
    }

    @Test func sentencesAreShortAndGoOnFromIt() {
        for entry in CatalogueEntry.all {
            #expect(entry.does.count <= 110 && !entry.does.hasSuffix("."), "\(entry.does)")
            #expect(entry.does.first?.isLowercase == true)
            for parameter in entry.parameters { #expect(FaultParameter.keys.contains(parameter.key)) }
            #expect(Set(entry.parameters.map(\.key)).count == entry.parameters.count)
        }
    }

    @Test func plansReadBackAsTheyWereWritten() throws {
        for entry in CatalogueEntry.all {
            var parameters = FaultParameters()
            parameters.delay = .milliseconds(3)
            parameters.chosen = [OperatorIndex(1), OperatorIndex(4)]
            parameters.rate = 7
            parameters.form = FaultForm.allCases.last
            parameters.disk = .older
            parameters.skew = .milliseconds(-5)
            parameters.share = Fraction(1, over: 3)
            parameters.hasDied = true
            let plan = FaultPlan(
                party: .signer(OperatorIndex(2)), behaviour: entry.behaviour, lasts: entry.behaviour.defaultExtent,
                point: .guarded, accomplices: [OperatorIndex(2)], parameters: parameters)
            #expect(try FaultPlan(borsh: plan.borsh) == plan)
        }
    }

    @Test func whoDiesOfAnAmnesiaComesBackWithoutItsMemory() {
        let plan = FaultPlan(party: .signer(OperatorIndex(2)), behaviour: .amnesia, lasts: .duration(.seconds(1)))
        #expect(plan.aftermath?.parameters.hasDied == true && plan.aftermath?.begins == .start)
        for behaviour in Behaviour.allCases where behaviour != .amnesia {
            #expect(FaultPlan(party: .ledger, behaviour: behaviour, lasts: .untilTheEnd).aftermath == nil)
        }
    }
}
