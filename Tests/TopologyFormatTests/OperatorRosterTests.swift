import Primitives
import Testing

@testable import TopologyFormat

struct OperatorRosterTests {
    @Test(arguments: mistakes)
    func refusesExactly(topology: BadTopology) throws {
        try topology.expectErrors()
    }

    static let mistakes = [
        BadTopology(
            "op-2: {stake: 200 SOL}", "op-1: {stake: 200 SOL}",
            "5:3: operators: op-1 is given twice, first at 4:3"),
        BadTopology(
            "op-2: {stake: 200 SOL}", "coordinator-squares: {stake: 200 SOL}",
            "5:3: operators.coordinator-squares: coordinator-squares is what a run calls a process that is no operator; "
                + "choose another name"),
        BadTopology("300 SOL", "-300 SOL", "4:17: operators.op-1.stake: -300 SOL is negative; an amount is not"),
        BadTopology("300 SOL", "300", "4:17: operators.op-1.stake: 300 has no unit; write 300 SOL"),
        BadTopology(
            "300 SOL", "20000000000 SOL",
            "4:17: operators.op-1.stake: 20000000000 SOL does not fit 64 bits; at most 18446744073.709551615 SOL"),
        BadTopology(
            "300 SOL", "1.0000000001 SOL",
            "4:17: operators.op-1.stake: 1.0000000001 SOL is finer than a lamport, 0.000000001 SOL"),
        BadTopology(
            "300 SOL", "300 ETH",
            "4:17: operators.op-1.stake: 300 ETH is not an amount; its unit must be SOL or lamports"),
        BadTopology("300 SOL", "lots", "4:17: operators.op-1.stake: lots is not an amount; write 300 SOL"),
        BadTopology(
            "300 SOL", "9223372036 SOL",
            "4:3: operators: the stake of all operators and restakers exceeds 9223372036.854775808 SOL, the "
                + "most that a ledger takes"),
        BadTopology(
            "{stake: 300 SOL}", "300 SOL",
            "4:9: operators.op-1: 300 SOL is not a mapping; write {stake: 300 SOL}"),
        BadTopology("{stake: 300 SOL}", "{}", "4:9: operators.op-1: stake is missing; write stake: 300 SOL"),
        BadTopology(
            "{stake: 300 SOL}", "{stake: 300 SOL, steak: 1}",
            "4:26: operators.op-1: unknown key steak; did you mean stake?"),
        BadTopology(
            "{stake: 300 SOL}", "{stake: 300 SOL, services: [cubes]}",
            "4:37: operators.op-1.services[0]: cubes is not a service; the services are squares"),
        BadTopology("{stake: 300 SOL}", "", "4:8: operators.op-1: stake is missing; write stake: 300 SOL"),
        BadTopology(
            "op-1: {stake", "Op 1: {stake",
            "4:3: operators.Op 1: Op 1 is not a name; write 1 to 32 of a-z, 0-9 and -, not beginning with -",
            "8:38: restakers.r-1.delegate.op-1: op-1 is not an operator; the operators are Op 1, op-2, op-3"),
        BadTopology(
            "  op-1: {stake: 300 SOL}\n  op-2: {stake: 200 SOL}\n  op-3: {stake: 100 SOL}\n",
            "  count: 3\n  stake: zipf(x)\n  total: 0 SOL\n",
            "5:10: operators.stake: zipf(x): the exponent must be a number from 0 to 10",
            "6:10: operators.total: 0 SOL is too little; at least 1 lamport"),
        BadTopology(
            "  op-1: {stake: 300 SOL}\n  op-2: {stake: 200 SOL}\n  op-3: {stake: 100 SOL}\n",
            "  {count: 2, stake: whale, total: 1 SOL}\n",
            "4:3: operators: whale needs at least 3 operators, not 2",
            "16:16: faults[0].operator: op-3 is not an operator; the operators are op-1, op-2",
            "18:13: expect.slashed[0]: op-3 is not an operator; the operators are op-1, op-2"),
        BadTopology(
            "  op-1: {stake: 300 SOL}\n  op-2: {stake: 200 SOL}\n  op-3: {stake: 100 SOL}\n",
            "  {count: 10001, stake: equal, total: 1 SOL}\n",
            "4:11: operators.count: 10001 is not within 1 to 10000"),
        BadTopology(
            "  op-1: {stake: 300 SOL}\n  op-2: {stake: 200 SOL}\n  op-3: {stake: 100 SOL}\n",
            "  {count: 5, stake: equal, total: 4 lamports}\n",
            "4:3: operators: 0.000000004 SOL is too little to give each of 5 operators a lamport"),
        BadTopology(
            "op-1: 60 SOL", "op-1: 160 SOL",
            "8:37: restakers.r-1.delegate: 160 SOL delegated of a deposit of 100 SOL"),
        BadTopology(
            "op-1: 60 SOL", "op-9: 60 SOL",
            "8:38: restakers.r-1.delegate.op-9: op-9 is not an operator; the operators are op-1, op-2, op-3"),
        BadTopology(
            "op-1: 60 SOL", "op-1: 0 SOL",
            "8:44: restakers.r-1.delegate.op-1: 0 SOL is too little; at least 1 lamport"),
        BadTopology("deposit: 100 SOL, ", "", "8:8: restakers.r-1: deposit is missing; write deposit: 300 SOL"),
    ]

    @Test func readsRestakersAndOptIns() throws {
        let text = BadTopology.sound
            .replacingOccurrence("op-2: {stake: 200 SOL}", "op-2: {stake: 1.5 SOL, services: []}")
            .replacingOccurrence("op-1: {stake: 300 SOL}", "op-1: {stake: 5000000001 lamports, services: [squares]}")
        let topology = try Topology.parse(text, file: "lab.yaml")
        #expect(topology.operators.map(\.stake.number) == [5_000_000_001, 1_500_000_000, 100_000_000_000])
        #expect(
            topology.restakers[0].delegations == [
                DelegationPlan(signer: OperatorIndex(0), amount: Lamports(60_000_000_000))
            ])
        #expect(topology.stakesAtGenesis[0] == Lamports(65_000_000_001))
        #expect(topology.services[0].operators == [OperatorIndex(0), OperatorIndex(2)])
    }

    @Test(arguments: [
        ("op-1..op-3", [0, 1, 2]), ("[op-3, op-1..op-2]", [0, 1, 2]), ("op-3", [2]), ("[op-3, op-2]", [1, 2]),
    ])
    func readsMembers(text: String, members: [UInt32]) throws {
        let text = BadTopology.sound.replacingOccurrence("operators: all", "operators: \(text)")
        let topology = try Topology.parse(text, file: "lab.yaml")
        #expect(topology.services[0].operators == members.map(OperatorIndex.init))
    }
}
