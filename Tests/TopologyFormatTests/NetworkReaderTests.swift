import Links
import Messages
import Primitives
import Testing

@testable import TopologyFormat

struct NetworkReaderTests {
    private static func op(_ number: UInt32) -> Party { .signer(OperatorIndex(number - 1)) }
    private static let coordinator = Party.coordinator(ServiceID(0))

    private static func network(_ text: String) throws -> NetworkPlan {
        let topology = BadTopology.sound.replacingOccurrence("name: lab", "name: lab\nnetwork: \(text)")
        return try Topology.parse(topology, file: "lab.yaml").network
    }

    @Test func everyTermOfALink() throws {
        let text =
            "{link: {latency: 2ms, jitter: 500us, loss: 1%, duplicate: 0.1%, reorder: 1/3, bandwidth: 100Mbit/s}}"
        let link = try Self.network(text).link
        #expect(
            link
                == LinkTerms(
                    latency: .milliseconds(2), jitter: .microseconds(500), loss: .basisPoints(100),
                    duplication: .basisPoints(10), reordering: Fraction(1, over: 3)!,
                    bandwidth: Bandwidth(bitsPerSecond: 100_000_000)))
        #expect(try Self.network("{link: {loss: 0%, duplicate: 0/7, reorder: 0 bps}}").link == .none)
    }

    // MARK: Regions

    @Test func regionsSayTheLatencyAndNothingElse() throws {
        let network = try Self.network(
            """

              link: {jitter: 1ms, loss: 1%}
              regions:
                eu-west-1: [op-2, op-3]
                us-east-1: [op-1, coordinator-squares]
            """)
        let terms = network.terms(from: Self.op(1), to: Self.op(2))
        #expect(terms == LinkTerms(latency: .milliseconds(35), jitter: .milliseconds(1), loss: .basisPoints(100)))
        #expect(network.terms(from: Self.op(2), to: Self.op(1)) == terms)
        #expect(network.terms(from: Self.op(2), to: Self.op(3)).latency == .microseconds(500))
        #expect(network.terms(from: Self.coordinator, to: Self.op(1)).latency == .microseconds(500))
        #expect(network.terms(from: Self.coordinator, to: Self.op(3)).latency == .milliseconds(35))
        for party in [Self.op(1), Self.coordinator] {
            #expect(network.terms(from: party, to: .ledger) == .none)
            #expect(network.terms(from: .ledger, to: party) == .none)
        }
    }

    @Test func coordinatorsThatAreNotListedAreInTheFirstRegionListed() throws {
        let network = try Self.network("{regions: {sa-east-1: op-3, us-east-1: op-1..op-2}}")
        #expect(network.regions?.coordinators == [.saEast1])
        #expect(network.regions?.operators == [.usEast1, .usEast1, .saEast1])
    }

    @Test func spreadGoesRoundRobin() throws {
        let network = try Self.network("{regions: spread}")
        #expect(network.regions?.operators == [.usEast1, .usWest2, .saEast1])
        #expect(network.regions?.coordinators == [.usEast1])
        #expect(
            RegionPlan.spread(operators: 11, services: 0).operators.suffix(3) == [.apSoutheast2, .usEast1, .usWest2])
    }

    // MARK: Partitions

    @Test func partitions() throws {
        let network = try Self.network(
            """

              partitions:
                - {between: op-1..op-2, at: 2s, for: 1s}
                - {between: [ledger, op-3], and: coordinator-squares, one-way: true}
            """)
        #expect(
            network.partitions == [
                PartitionPlan(
                    between: [Self.op(1), Self.op(2)], and: [Self.op(3), Self.coordinator, .ledger],
                    begins: .seconds(2), lasts: .seconds(1)),
                PartitionPlan(
                    between: [Self.op(3), .ledger], and: [Self.coordinator], begins: .zero, isOneWay: true),
            ])
    }

    @Test func shapesStandForWhoIsCutOffFromWhom() throws {
        let network = try Self.network(
            """

              partitions:
                - {isolate: [op-1, op-3], at: 2s, one-way: true}
                - {halves: all, for: 1s}
                - {halves: [ledger, op-2]}
                - {ring: [op-1, op-2, op-3, coordinator-squares]}
            """)
        func plan(_ between: [Party], _ and: [Party]) -> PartitionPlan {
            PartitionPlan(between: between, and: and, begins: .zero)
        }
        let everyone = [Self.op(1), Self.op(2), Self.op(3), Self.coordinator, .ledger].sorted()
        func others(_ party: Party) -> [Party] { everyone.filter { $0 != party } }
        #expect(
            network.partitions == [
                PartitionPlan(between: [Self.op(1)], and: others(Self.op(1)), begins: .seconds(2), isOneWay: true),
                PartitionPlan(between: [Self.op(3)], and: others(Self.op(3)), begins: .seconds(2), isOneWay: true),
                PartitionPlan(between: others(Self.op(3)), and: [Self.op(3)], begins: .zero, lasts: .seconds(1)),
                plan(others(Self.op(2)), [Self.op(2)]),
                plan([Self.op(1)], [Self.op(3)]), plan([Self.op(2)], [Self.coordinator]),
            ])
    }

    /// By the definition alone, whatever cuts it takes.
    @Test(arguments: 4...9) func inARingEachReachesItsNeighbours(count: Int) {
        let members = (0..<count).map { Self.op(UInt32($0) + 1) }
        let sides = PartitionShape.ring.sides(members, of: members)
        for (place, one) in members.enumerated() {
            for (otherPlace, other) in members.enumerated() where place != otherPlace {
                let isNear = [1, count - 1].contains(abs(place - otherPlace))
                let isCut = sides.contains { between, and in
                    between.contains(one) && and.contains(other) || between.contains(other) && and.contains(one)
                }
                #expect(isCut != isNear, "\(place) and \(otherPlace)")
            }
        }
        #expect(sides.allSatisfy { !$0.between.isEmpty && !$0.and.isEmpty && $0.between.isDisjoint(with: $0.and) })
    }

    // MARK: Changes

    @Test func changes() throws {
        let network = try Self.network(
            """

              regions: spread
              changes:
                - {between: op-2, at: 2s, for: 1s, latency: 80ms, loss: 0%}
                - {between: [op-1, coordinator-squares], and: op-3, one-way: true, bandwidth: 1Mbit/s}
                - {jitter: 1ms, duplicate: 1%, reorder: 2%}
            """)
        let everyone = [Self.op(1), Self.op(2), Self.op(3), Self.coordinator].sorted()
        #expect(
            network.changes == [
                LinkChangePlan(
                    between: [Self.op(2)], and: everyone.filter { $0 != Self.op(2) }, begins: .seconds(2),
                    lasts: .seconds(1), change: LinkChange(latency: .milliseconds(80), loss: .zero)),
                LinkChangePlan(
                    between: [Self.op(1), Self.coordinator].sorted(), and: [Self.op(3)], begins: .zero, isOneWay: true,
                    change: LinkChange(bandwidth: Bandwidth(bitsPerSecond: 1_000_000))),
                LinkChangePlan(
                    between: everyone, and: everyone, begins: .zero,
                    change: LinkChange(
                        jitter: .milliseconds(1), duplication: .basisPoints(100), reordering: .basisPoints(200))),
            ])
        #expect(!network.isConstant && network.partitions.isEmpty)
        #expect(try Self.network("{link: {latency: 2ms}}").isConstant)
    }

    // MARK: Mistakes

    @Test(arguments: mistakes)
    func refusesExactly(topology: BadTopology) throws {
        try topology.expectErrors()
    }

    private static func bad(_ network: String, _ errors: String...) -> BadTopology {
        BadTopology("name: lab", "name: lab\nnetwork: {\(network)}", errors)
    }

    static let mistakes = [
        bad(
            "link: {latncy: 2ms, los: 1%}",
            "3:18: network.link: unknown key latncy; did you mean latency?",
            "3:31: network.link: unknown key los; did you mean loss?"),
        bad(
            "link: {loss: 0.01, duplicate: 2, reorder: 101%}",
            "3:24: network.link.loss: 0.01 is not a share; write 1%",
            "3:41: network.link.duplicate: 2 is not a share; write 2%",
            "3:53: network.link.reorder: 101% is more than the whole; at most 100%"),
        bad(
            "link: {loss: 51%}",
            "3:24: network.link.loss: 51% is too much; at most 50%: what cuts a link is a partition"),
        bad(
            "link: {bandwidth: 100}", "3:29: network.link.bandwidth: 100 has no unit; write 100Mbit/s"),
        bad("link: {bandwidth: 0}", "3:29: network.link.bandwidth: 0 has no unit; write 100Mbit/s"),
        bad(
            "link: {bandwidth: 100 MB/s}",
            "3:29: network.link.bandwidth: 100 MB/s is not a bandwidth; its unit must be bit/s, kbit/s, Mbit/s or Gbit/s"
        ),
        bad(
            "link: {bandwidth: 999bit/s}",
            "3:29: network.link.bandwidth: 999bit/s is not within 1kbit/s to 1000Gbit/s"),
        bad(
            "regions: spred",
            "3:20: network.regions: spred is not a way to place nodes in regions; write spread or "
                + "{us-east-1: [op-1, op-2], eu-west-1: op-3..op-5}"),
        bad(
            "regions: {us-esat-1: op-1, eu-west-1: op-2..op-3}",
            "3:21: network.regions: unknown key us-esat-1; did you mean us-east-1?"),
        bad(
            "link: {latency: 2ms}, regions: spread",
            "3:27: network.link.latency: regions say how far nodes are apart; leave this out"),
        bad(
            "regions: {us-east-1: op-1, eu-west-1: [op-1..op-2, coordinator-square]}",
            "3:50: network.regions.eu-west-1[0]: op-1 is in us-east-1 already",
            "3:62: network.regions.eu-west-1[1]: coordinator-square is not a coordinator; "
                + "did you mean coordinator-squares?"),
        bad(
            "regions: {us-east-1: [op-1, op-1, ledger]}",
            "3:39: network.regions.us-east-1[1]: op-1 is listed twice",
            "3:45: network.regions.us-east-1[2]: the ledger is in no region: it stands beside everyone; leave it out"),
        bad(
            "regions: {us-east-1: op-1}",
            "3:20: network.regions: op-2 and 1 more are in no region; each operator is in one"),
        bad(
            "regions: {us-east-1: op-1, sa-east-1: op-3}",
            "3:20: network.regions: op-2 is in no region; each operator is in one"),
        bad("regions: {}", "3:20: network.regions: op-1 and 2 more are in no region; each operator is in one"),
        bad(
            "regions: [us-east-1]",
            "3:20: network.regions: a list is not a mapping; write spread or "
                + "{us-east-1: [op-1, op-2], eu-west-1: op-3..op-5}"),
        bad(
            "regions: {us-east-1: op-9}",
            "3:32: network.regions.us-east-1: op-9 is not an operator; the operators are op-1, op-2, op-3"),
        bad(
            "partitions: [{and: op-1}]",
            "3:24: network.partitions[0]: between is missing; write between: [op-1, op-2], isolate: op-3, halves: all "
                + "or ring: all"),
        bad(
            "partitions: [{between: op-1, and: [op-2, op-1]}]",
            "3:52: network.partitions[0].and[1]: op-1 is on the other side already"),
        bad(
            "partitions: [{between: [], and: op-1}, {between: [op-1..op-3, coordinator-squares, ledger]}]",
            "3:34: network.partitions[0].between: nobody is on this side; write [op-1, op-2]",
            "3:60: network.partitions[1].between: nobody is left for the other side; leave somebody out"),
        bad(
            "partitions: [{between: op-1, at: task 3, for: 0ms, one-way: yes, until: 2s}]",
            "3:44: network.partitions[0].at: task 3 is not a duration; write 2s",
            "3:57: network.partitions[0].for: 0ms is too short; at least 1ns",
            "3:71: network.partitions[0].one-way: yes is not true or false; write true",
            "3:76: network.partitions[0]: unknown key until; the keys here are between, and, isolate, halves, ring, "
                + "at, for, one-way"),
        bad(
            "partitions: [{between: op-1..coordinator-squares}]",
            "3:34: network.partitions[0].between: coordinator-squares is not an operator; "
                + "the operators are op-1, op-2, op-3"),
        bad(
            "partitions: [{isolate: op-1, and: op-2}, {between: op-1, ring: all}, {halves: all, ring: all}]",
            "3:45: network.partitions[0].and: isolate says already who is on the other side; leave this out",
            "3:74: network.partitions[1].ring: between says already who is cut off; leave this out",
            "3:100: network.partitions[2].ring: halves says already who is cut off; leave this out"),
        bad(
            "partitions: [{ring: all}, {halves: op-1}, {isolate: []}, {isolate: op-9}, {ring: [op-1, op-1]}]",
            "3:31: network.partitions[0].ring: in a ring of fewer than four nobody is cut off; name four or more, or all",
            "3:46: network.partitions[1].halves: it takes two to make halves; name two or more, or all",
            "3:63: network.partitions[2].isolate: nobody is named; name one or more: op-3",
            "3:78: network.partitions[3].isolate: op-9 is not an operator; the operators are op-1, op-2, op-3",
            "3:99: network.partitions[4].ring[1]: op-1 is listed twice"),
        bad(
            "partitions: [{ring: [op-1, op-2, op-3, coordinator-squares], one-way: true}]",
            "3:31: network.partitions[0].ring: a ring has no first side; leave one-way out"),
        bad(
            "changes: [{between: op-1}, {between: ledger, loss: 1%}, {and: op-1, one-way: true, loss: 1%}]",
            "3:21: network.changes[0]: it changes nothing; give latency: 80ms, jitter, loss: 1%, duplicate, reorder or "
                + "bandwidth: 1Mbit/s",
            "3:48: network.changes[1].between: the ledger stands beside everyone, and its links have no terms; "
                + "leave it out, or write a partition",
            "3:73: network.changes[2].and: without between it is about every link; write between: op-4, or leave this out",
            "3:88: network.changes[2].one-way: without between it is about every link; write between: op-4, or leave "
                + "this out"),
        bad(
            "changes: [{between: op-1, and: op-1, loss: 60%}]",
            "3:42: network.changes[0].and: op-1 is on the other side already",
            "3:54: network.changes[0].loss: 60% is too much; at most 50%: what cuts a link is a partition"),
        bad(
            "changes: [{latency: 80, los: 1%}]",
            "3:31: network.changes[0].latency: 80 has no unit; write 80ms",
            "3:35: network.changes[0]: unknown key los; did you mean loss?"),
    ]
}
