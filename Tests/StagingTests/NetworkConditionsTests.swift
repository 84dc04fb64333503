import Links
import Messages
import Primitives
import Records
import Testing
import TopologyFormat

@testable import Staging

@Suite struct NetworkConditionsTests {
    private static let one = Party.signer(OperatorIndex(0))
    private static let two = Party.signer(OperatorIndex(1))
    private static let three = Party.signer(OperatorIndex(2))
    private static let coordinator = Party.coordinator(ServiceID(0))
    private static let everyone = [one, two, three, coordinator, .ledger]
    private static let terms = LinkTerms(latency: .milliseconds(2), loss: .basisPoints(100))
    private let plan = NetworkPlan(dissemination: .mesh, link: terms)

    private func partition(_ between: [Party], _ and: [Party], isOneWay: Bool = false) -> PartitionPlan {
        PartitionPlan(between: between, and: and, begins: .zero, isOneWay: isOneWay)
    }

    private func change(_ between: [Party], _ and: [Party], _ change: LinkChange, isOneWay: Bool = false)
        -> LinkChangePlan
    { LinkChangePlan(between: between, and: and, begins: .zero, isOneWay: isOneWay, change: change) }

    @Test func aPartitionCutsBothWaysOrOne() {
        var conditions = NetworkConditions(plan)
        #expect(conditions.isUndisturbed && !conditions.isCut(from: Self.one, to: Self.two))
        conditions.begin(partition([Self.one], [Self.two, .ledger]), number: 0)
        conditions.begin(partition([Self.three], [Self.one], isOneWay: true), number: 1)
        #expect(conditions.isCut(from: Self.one, to: Self.two) && conditions.isCut(from: Self.two, to: Self.one))
        #expect(conditions.isCut(from: .ledger, to: Self.one))
        #expect(!conditions.isCut(from: Self.two, to: .ledger), "they are on one side")
        #expect(conditions.isCut(from: Self.three, to: Self.one) && !conditions.isCut(from: Self.one, to: Self.three))
        #expect(
            conditions.state(of: Self.three, seenBy: Self.one) == LinkState(terms: Self.terms, cutsReceived: true))
        #expect(conditions.state(of: Self.one, seenBy: Self.three) == LinkState(terms: Self.terms, cutsSent: true))
        conditions.end(number: 0)
        #expect(!conditions.isCut(from: Self.one, to: Self.two) && conditions.isCut(from: Self.three, to: Self.one))
        conditions.end(number: 1)
        #expect(conditions.isUndisturbed)
    }

    @Test func ofTwoThatOverlapBothMustHeal() {
        var conditions = NetworkConditions(plan)
        conditions.begin(partition([Self.one], [Self.two]), number: 0)
        conditions.begin(partition([Self.two], [Self.one, Self.three]), number: 1)
        conditions.end(number: 0)
        #expect(conditions.isCut(from: Self.one, to: Self.two))
        conditions.end(number: 1)
        #expect(!conditions.isCut(from: Self.one, to: Self.two))
    }

    @Test func ofTwoChangesTheLaterSaysWhatBothSay() {
        var conditions = NetworkConditions(plan)
        conditions.begin(
            change([Self.one], [Self.two], LinkChange(latency: .milliseconds(80), jitter: .milliseconds(1))), number: 0)
        conditions.begin(change([Self.two], [Self.one], LinkChange(latency: .zero), isOneWay: true), number: 1)
        var expected = Self.terms
        (expected.latency, expected.jitter) = (.milliseconds(80), .milliseconds(1))
        #expect(conditions.terms(from: Self.one, to: Self.two) == expected)
        expected.latency = .zero
        #expect(conditions.terms(from: Self.two, to: Self.one) == expected)
        #expect(conditions.terms(from: Self.one, to: Self.three) == Self.terms)
        conditions.end(number: 0)
        expected.jitter = .zero
        #expect(conditions.terms(from: Self.two, to: Self.one) == expected, "the loss of the network's own link stays")
        #expect(conditions.terms(from: Self.one, to: Self.two) == Self.terms)
    }

    @Test func aChangeOfAllLinksLeavesTheLedgerAlone() {
        var conditions = NetworkConditions(plan)
        let everyone = Self.everyone.dropLast()
        let plan = change(Array(everyone), Array(everyone), LinkChange(latency: .milliseconds(80)))
        conditions.begin(plan, number: 0)
        for one in everyone {
            for other in everyone where one != other {
                #expect(conditions.terms(from: one, to: other).latency == .milliseconds(80))
            }
            #expect(conditions.terms(from: one, to: .ledger) == .none)
        }
        #expect(plan.sides.map(\.side) == Array(repeating: Intervention.Side.among, count: 4))
        #expect(partition([Self.one], [Self.two]).sides.map(\.side) == [.between, .and])
    }

    @Test func whoIsStartedIsToldWhatItCannotKnow() {
        var conditions = NetworkConditions(plan)
        #expect(conditions.updates(for: Self.one, among: Self.everyone).isEmpty)
        conditions.begin(partition([Self.one], [Self.two, .ledger]), number: 0)
        #expect(
            conditions.updates(for: Self.one, among: Self.everyone) == [
                LinkUpdate(
                    peers: [Self.two],
                    state: LinkState(terms: Self.terms, cutsSent: true, cutsReceived: true)),
                LinkUpdate(
                    peers: [.ledger], state: LinkState(terms: .none, cutsSent: true, cutsReceived: true)),
            ])
        #expect(conditions.updates(for: Self.three, among: Self.everyone).isEmpty)
    }

    @Test func aDelayIsThatOfTheWorstLinkInAChange() {
        var network = plan
        network.link = .none
        network.regions = RegionPlan(operators: [.usEast1, .apSouth1, .usEast1], coordinators: [.usEast1])
        let conditions = NetworkConditions(network)
        func delay(_ and: [Party], _ change: LinkChange) -> Duration {
            conditions.delay(under: self.change([Self.one], and, change))
        }
        #expect(delay([Self.two, Self.three], LinkChange(jitter: .milliseconds(1))) == .microseconds(96_500))
        #expect(delay([Self.three], LinkChange(jitter: .milliseconds(1))) == .microseconds(1_500))
        #expect(delay([Self.two], LinkChange(latency: .milliseconds(3))) == .milliseconds(3))
    }
}
