import Faults
import Messages
import Primitives
import Staging
import Testing
import TopologyFormat

@Suite struct RunPatienceTests {
    /// A closed loop has no length; an open one has no use for progress.
    @Test func patienceIsWithProgressWhereTheLoadHasNoEndOfItsOwn() throws {
        let open = try Fixture.parsed()
        #expect(RunPatience(of: open).progress == nil)
        #expect(RunPatience(of: open).timeLimit == .milliseconds(500 + 2_000 + 15_000))
        let closed = RunPatience(of: try open.overridden(by: .init(tasks: 1_000_000, inFlight: 1)))
        #expect(closed.progress == .seconds(2 + 15))
        #expect(closed.timeLimit == .seconds(2 + 15))
    }

    /// Whoever is cut off from the coordinator or the ledger is waited for, and so are these; operators are not.
    @Test func patienceIsAsLongAsNothingCanBeSettled() throws {
        var topology = try Fixture.parsed()
        let usual = RunPatience(of: topology).timeLimit
        let (one, two) = (Party.signer(OperatorIndex(0)), Party.signer(OperatorIndex(1)))
        for (between, and, lasts, longer) in [
            (one, two, .seconds(9), .zero), (.ledger, one, .seconds(7), .seconds(7)),
            (one, .coordinator(ServiceID(0)), .seconds(5), .seconds(5)), (.ledger, two, nil, .zero),
        ] as [(Party, Party, Duration?, Duration)] {
            topology.network.partitions = [
                PartitionPlan(between: [between], and: [and], begins: .zero, lasts: lasts)
            ]
            #expect(RunPatience(of: topology).timeLimit == usual + longer)
        }
        topology.network.partitions = []
        topology.faults = [
            FaultPlan(party: .coordinator(ServiceID(0)), behaviour: .pause, lasts: .duration(.seconds(3)))
        ]
        #expect(RunPatience(of: topology).timeLimit == usual + .seconds(3))
        topology.faults[0].party = one
        #expect(RunPatience(of: topology).timeLimit == usual)
    }
}
