import Faults
import Glibc
import Links
import Messages
import Node
import Primitives
import Records
import Testing
import TopologyFormat

@testable import Cluster

/// When partitions and slow links begin and end, who is told, and what the records know of it.
@Suite struct ConductorLinkTests {
    private static let terms = LinkTerms(latency: .milliseconds(2))
    private static let lead = Duration.milliseconds(20)

    private static func cut(
        _ between: [Party], _ and: [Party], at begins: Duration = .zero, for lasts: Duration? = nil,
        isOneWay: Bool = false
    ) -> PartitionPlan {
        PartitionPlan(between: between, and: and, begins: begins, lasts: lasts, isOneWay: isOneWay)
    }

    private static func slow(
        _ between: [Party], _ and: [Party], _ latency: Duration, at begins: Duration = .zero, for lasts: Duration? = nil
    ) -> LinkChangePlan {
        LinkChangePlan(
            between: between, and: and, begins: begins, lasts: lasts, change: LinkChange(latency: latency))
    }

    private static func state(sent: Bool = false, received: Bool = false, _ terms: LinkTerms = terms) -> LinkState {
        LinkState(terms: terms, cutsSent: sent, cutsReceived: received)
    }

    private static func links(_ party: Party, _ peers: [Party], _ state: LinkState) -> Conductor.Effect {
        .tell(party, .links([LinkUpdate(peers: peers, state: state)]))
    }

    private static func run(_ partitions: [PartitionPlan] = [], _ changes: [LinkChangePlan] = []) -> Stage {
        var stage = Stage(
            network: NetworkPlan(dissemination: .mesh, link: terms, partitions: partitions, changes: changes))
        stage.begin()
        return stage
    }

    private static func live(_ partitions: [PartitionPlan] = []) -> Stage {
        var stage = Stage(
            drainPatience: .seconds(20),
            network: NetworkPlan(dissemination: .mesh, link: terms, partitions: partitions))
        stage.begin()
        stage.tell(.woke, after: lead)
        return stage
    }

    private func record(_ stage: Stage, _ party: Party, _ act: Intervention.Act, _ incarnation: UInt32 = 1)
        -> Conductor.Effect
    { .record(Intervention(at: stage.now, party: party, incarnation: incarnation, act: act)) }

    private func answers(_ effects: [Conductor.Effect]) -> [NetworkAnswer] {
        effects.compactMap { if case .answer(_, let answer) = $0 { answer } else { nil } }
    }

    private func order(_ kind: LinkFault.Kind, title: String? = nil, ticket: UInt64 = 1) -> Conductor.Event {
        .ordered(.disturb(kind, title: title), ticket: ticket)
    }

    // MARK: By the topology

    @Test func aPartitionBeginsAndHealsInItsTime() {
        let (first, second) = (Stage.first, Stage.second)
        var stage = Stage(
            network: NetworkPlan(
                dissemination: .mesh, link: Self.terms,
                partitions: [Self.cut([first], [second], at: .seconds(2), for: .seconds(1))]))
        stage.begin()
        let beginning = stage.now + Self.lead
        #expect(stage.effects.contains(.wake(beginning + .seconds(2))))
        #expect(stage.tell(.woke, after: .seconds(2)).isEmpty, "the time counts from the beginning")
        let begun = stage.tell(.woke, after: Self.lead)
        #expect(
            begun == [
                record(stage, first, .cutOff(partition: 0, side: .between)),
                record(stage, second, .cutOff(partition: 0, side: .and)),
                Self.links(first, [second], Self.state(sent: true, received: true)),
                Self.links(second, [first], Self.state(sent: true, received: true)),
                .report(.disturbed("partition 1: op-1 | op-2")), .wake(beginning + .seconds(3)),
            ], "on record before anybody is told")
        #expect(stage.tell(.woke, after: .milliseconds(999)).isEmpty)
        let healed = stage.tell(.woke, after: .milliseconds(1))
        #expect(
            healed == [
                Self.links(first, [second], Self.state()), Self.links(second, [first], Self.state()),
                record(stage, first, .rejoined(partition: 0)), record(stage, second, .rejoined(partition: 0)),
                .report(.healed("partition 1: op-1 | op-2")),
            ], "on record after everybody is told")
        #expect(stage.tell(.woke, after: .seconds(5)).isEmpty, "once")
    }

    @Test func ofAOneWayPartitionEachEndKnowsItsOwnSide() {
        var stage = Self.run([Self.cut([Stage.first], [.ledger], isOneWay: true)])
        let begun = stage.tell(.woke, after: Self.lead)
        #expect(begun.contains(Self.links(Stage.first, [.ledger], Self.state(sent: true, .none))))
        #expect(begun.contains(Self.links(.ledger, [Stage.first], Self.state(received: true, .none))))
    }

    @Test func whatOneOfTwoStillCutsStaysCut() {
        let (first, second) = (Stage.first, Stage.second)
        var stage = Self.run([
            Self.cut([first], [second], for: .seconds(1)), Self.cut([second], [first], for: .seconds(2)),
        ])
        stage.tell(.woke, after: Self.lead)
        let half = stage.tell(.woke, after: .seconds(1))
        #expect(half.contains(Self.links(first, [second], Self.state(sent: true, received: true))))
        #expect(stage.tell(.woke, after: .seconds(1)).contains(Self.links(first, [second], Self.state())))
    }

    /// The records count partitions and changes on.
    @Test func linksChangeAndAreRestored() {
        let (first, second) = (Stage.first, Stage.second)
        let slow = Self.slow(
            [first], [second, Stage.coordinator], .milliseconds(80), at: .seconds(1), for: .seconds(1))
        var stage = Self.run([Self.cut([first], [.ledger], at: .seconds(900))], [slow])
        let begun = stage.tell(.woke, after: Self.lead + .seconds(1))
        let worse = Self.state(LinkTerms(latency: .milliseconds(80)))
        #expect(
            begun.first
                == record(stage, first, .slowed(change: 1, side: .between, delay: .milliseconds(80))))
        #expect(begun.contains(record(stage, second, .slowed(change: 1, side: .and, delay: .milliseconds(80)))))
        #expect(begun.contains(Self.links(first, [Stage.coordinator, second].sorted(), worse)))
        #expect(begun.contains(Self.links(second, [first], worse)))
        #expect(
            begun.contains(.report(.disturbed("slow 2: op-1 <-> rest: latency 80ms"))), "all but the ledger: \(begun)")
        let restored = stage.tell(.woke, after: .seconds(1))
        #expect(restored.contains(Self.links(second, [first], Self.state())))
        #expect(restored.contains(record(stage, Stage.coordinator, .restored(change: 1))))
    }

    @Test func ofAllLinksEverybodyButTheLedgerIsTold() {
        let everyone = [Stage.coordinator, Stage.first, Stage.second].sorted()
        var stage = Self.run([], [Self.slow(everyone, everyone, .milliseconds(80))])
        let begun = stage.tell(.woke, after: Self.lead)
        for party in everyone {
            let peers = everyone.filter { $0 != party }
            #expect(begun.contains(Self.links(party, peers, Self.state(LinkTerms(latency: .milliseconds(80))))))
            #expect(begun.contains(record(stage, party, .slowed(change: 0, side: .among, delay: .milliseconds(80)))))
        }
        #expect(begun.count(where: { if case .tell = $0 { true } else { false } }) == 3)
        #expect(begun.contains(.report(.disturbed("slow 1: all links: latency 80ms"))))
    }

    /// A wake that comes late must not lose what was due in between.
    @Test func whatIsOverdueIsDoneInItsOrder() {
        var stage = Self.run([
            Self.cut([Stage.first], [Stage.second], at: .seconds(2), for: .seconds(1)),
            Self.cut([Stage.first], [.ledger], at: .seconds(1)),
        ])
        let reports = stage.tell(.woke, after: .seconds(9)).compactMap { effect -> NetworkEvent? in
            if case .report(let event) = effect { event } else { nil }
        }
        #expect(
            reports == [
                .disturbed("partition 2: op-1 | ledger"), .disturbed("partition 1: op-1 | op-2"),
                .healed("partition 1: op-1 | op-2"),
            ])
    }

    // MARK: Processes that come and go

    @Test func whoIsStartedAgainIsToldBeforeAnythingElse() {
        let crash = FaultPlan(
            party: Stage.second, behaviour: .crash, begins: .after(.seconds(1)), lasts: .duration(.seconds(1)))
        var stage = Stage(
            crash: crash,
            network: NetworkPlan(
                dissemination: .mesh, link: Self.terms,
                partitions: [Self.cut([Stage.first], [Stage.second], for: .seconds(5))]))
        stage.begin()
        let began = stage.now + Self.lead
        stage.tell(.woke, after: Self.lead)
        stage.tell(.ended(Stage.second, .signalled(SIGKILL)), after: .seconds(1))
        let again = stage.tell(.woke, after: .seconds(1))
        #expect(
            again == [
                .launch(Stage.second, incarnation: 2, faults: [], ledgerPort: 4000),
                Self.links(Stage.second, [Stage.first], Self.state(sent: true, received: true)),
                .tell(Stage.second, .begin(began)), .report(.restarted("op-2")),
            ])
        let healed = stage.tell(.woke, after: .seconds(3))
        #expect(healed.contains(record(stage, Stage.second, .rejoined(partition: 0), 2)))
    }

    @Test func theDeadAreToldNothing() {
        var stage = Self.live()
        stage.tell(.ordered(.kill(Stage.second), ticket: 1))
        stage.tell(.ended(Stage.second, .signalled(SIGKILL)))
        let begun = stage.tell(order(.partition([Self.cut([Stage.first], [Stage.second])])))
        #expect(begun.contains(record(stage, Stage.second, .cutOff(partition: 0, side: .and))))
        let told = begun.compactMap { if case .tell(let party, _) = $0 { party } else { nil } }
        #expect(told == [Stage.first])
    }

    // MARK: By order

    @Test func aPartitionIsOrderedAndHealed() {
        var stage = Self.live()
        let parted = stage.tell(order(.partition([Self.cut([Stage.first], [Stage.second])]), ticket: 5))
        #expect(parted.first == record(stage, Stage.first, .cutOff(partition: 0, side: .between)))
        #expect(answers(parted) == [.done("partition 1: op-1 | op-2; undo it: quorate heal 1")])
        let healed = stage.tell(.ordered(.heal(number: nil), ticket: 6))
        #expect(healed.contains(Self.links(Stage.first, [Stage.second], Self.state())))
        #expect(answers(healed) == [.done("healed: partition 1: op-1 | op-2")])
        #expect(
            answers(stage.tell(.ordered(.heal(number: nil), ticket: 7)))
                == [.refused("there is nothing to heal: no partition, and no slow link")])
    }

    @Test func anOrderWithATimeEndsByItself() {
        var stage = Self.live()
        stage.tell(.woke, after: .seconds(50))
        let parted = stage.tell(order(.partition([Self.cut([Stage.first], [Stage.second], for: .seconds(3))])))
        #expect(parted.contains(.wake(stage.now + .seconds(3))))
        #expect(answers(parted) == [.done("partition 1: op-1 | op-2, for 3.0 s")])
        #expect(stage.tell(.woke, after: .milliseconds(2_999)).isEmpty)
        #expect(stage.tell(.woke, after: .milliseconds(1)).contains(.report(.healed("partition 1: op-1 | op-2"))))
    }

    @Test func aShapeIsOneThingUnderOneNumber() {
        var stage = Self.live()
        let plans = [Self.cut([Stage.first], [.ledger]), Self.cut([Stage.second], [.ledger])]
        let parted = stage.tell(order(.partition(plans), title: "each of op-1, op-2 | everyone"))
        #expect(parted.contains(record(stage, Stage.second, .cutOff(partition: 1, side: .between))))
        #expect(answers(parted) == [.done("partition 1: each of op-1, op-2 | everyone; undo it: quorate heal 1")])
        let slow = stage.tell(order(.slow(Self.slow([Stage.first], [Stage.second], .seconds(1))), ticket: 2))
        #expect(slow.first == record(stage, Stage.first, .slowed(change: 2, side: .between, delay: .seconds(1))))
        #expect(
            answers(stage.tell(.ordered(.heal(number: 3), ticket: 3)))
                == [.refused("no partition or slow link that is there has the number 3; there is 1, 2")])
        let healed = stage.tell(.ordered(.heal(number: 1), ticket: 4))
        #expect(answers(healed) == [.done("healed: partition 1: each of op-1, op-2 | everyone")])
        #expect(healed.contains(record(stage, .ledger, .rejoined(partition: 1))))
        #expect(answers(stage.tell(.ordered(.heal(number: 2), ticket: 5))).count == 1)
    }

    @Test func aStatusShowsWhatIsThereAndWhatIsToCome() throws {
        var stage = Self.live([Self.cut([Stage.first], [.ledger], at: .seconds(9))])
        stage.tell(order(.slow(Self.slow([Stage.first], [Stage.second], .milliseconds(80), for: .seconds(3)))))
        stage.tell(order(.partition([Self.cut([Stage.second], [.ledger])]), ticket: 2))
        stage.tell(.ordered(.tellStatus, ticket: 3))
        let told = answers(stage.tell(.woke, after: .seconds(1)))
        guard case .status(_, let links)? = told.first else { return #expect(Bool(false)) }
        #expect(links.map(\.number) == [1, 2, 3] && links.map(\.isOrdered) == [false, true, true])
        #expect(links.map(\.extent) == ["op-1 | ledger", "op-1 <-> op-2", "op-2 | ledger"])
        #expect(links.map(\.stage) == [.waiting(.seconds(8)), .on(left: .seconds(2)), .on(left: nil)])
    }

    @Test func drainingHealsAndNothingBeginsAnyMore() {
        var stage = Self.live([Self.cut([Stage.first], [.ledger], at: .seconds(9))])
        stage.tell(order(.partition([Self.cut([Stage.coordinator], [.ledger])])))
        let drained = stage.tell(.ordered(.drain, ticket: 2))
        let healed = drained.firstIndex(of: Self.links(Stage.coordinator, [.ledger], Self.state(.none)))
        let told = drained.firstIndex(of: .tell(Stage.coordinator, .drain))
        #expect(healed != nil && told != nil && healed! < told!)
        #expect(drained.contains(record(stage, .ledger, .rejoined(partition: 1))))
        #expect(stage.tell(.woke, after: .seconds(10)).isEmpty)
        #expect(answers(stage.tell(order(.partition([]), ticket: 3))) == [.refused("the cluster is stopping")])
    }
}
