import Faults
import Links
import Messages
import Primitives
import Testing
import TopologyFormat

@testable import Staging

/// Seven operators, two AVSs, two minutes of load.
@Suite struct ChaosDrawTests {
    private static let stakes: [UInt64] = [200, 180, 150, 140, 120, 110, 100]

    private static func topology(
        _ chaos: String = "{every: 1s, lasting: 3s}", faults: String = "[]", load: String = "{tasks: 1200, rate: 10/s}",
        network: String = "{dissemination: mesh}"
    ) throws -> Topology {
        let operators = stakes.enumerated().map { "  op-\($0 + 1): {stake: \($1) SOL}" }.joined(separator: "\n")
        return try Topology.parse(
            """
            version: 1
            name: storm
            network: \(network)
            operators:
            \(operators)
            restakers:
              r-1: {deposit: 50 SOL, delegate: {op-1: 20 SOL}}
            services:
              squares: {module: squaring, load: \(load), deadline: 1s, evidence-window: 2s}
              cubes:
                {module: squaring, operators: [op-3, op-4, op-5, op-6, op-7], load: \(load), deadline: 1s, evidence-window: 2s}
            faults: \(faults)
            chaos: \(chaos)
            """, file: "storm.yaml")
    }

    /// Some time in which somebody has what was drawn, without the time that is left for recovery.
    private struct Spell {
        var parties: [Party]
        var begins: Duration
        var ends: Duration?
    }

    private static func spells(_ topology: Topology) -> [Spell] {
        let faults = topology.faults.map { fault -> Spell in
            guard case .after(let begins) = fault.begins else { return Spell(parties: [fault.party], begins: .zero) }
            var ends: Duration?
            if case .duration(let extent) = fault.lasts, fault.parameters.disk == .keep { ends = begins + extent }
            let victims = fault.behaviour == .coordinatorCensors ? fault.parameters.chosen.map { Party.signer($0) } : []
            return Spell(parties: [fault.party] + victims, begins: begins, ends: ends)
        }
        func spell(_ plan: some LinkSpell) -> Spell {
            let (one, other) = (plan.between, plan.and)
            return Spell(parties: one.count < other.count ? one : other, begins: plan.begins, ends: plan.ends)
        }
        var seats: [Spell] = []
        for entry in topology.timeline {
            guard case .after(let time) = entry.at else { continue }
            if case .optOut(let signer, _) = entry.act { seats.append(Spell(parties: [.signer(signer)], begins: time)) }
            if case .optIn(let signer, _) = entry.act {
                let place = seats.lastIndex { $0.parties == [.signer(signer)] }!
                seats[place].ends = time
            }
        }
        return faults + topology.network.partitions.map(spell) + topology.network.changes.map(spell) + seats
    }

    @Test func theSameSeedDrawsTheSameAndAnotherOneAnother() throws {
        let topology = try Self.topology()
        let drawn = topology.drawingChaos(seed: 7)
        #expect(drawn == topology.drawingChaos(seed: 7) && drawn != topology.drawingChaos(seed: 8))
        #expect(drawn.chaos == nil && drawn.drawingChaos(seed: 9) == drawn, "once is enough")
        #expect(drawn.faults.count > 20 && !drawn.network.partitions.isEmpty && !drawn.network.changes.isEmpty)
        #expect(!drawn.timeline.isEmpty)
    }

    @Test func aTopologyWithoutChaosStaysAsItIs() throws {
        let topology = try Fixture.parsed()
        #expect(topology.drawingChaos(seed: 7) == topology)
    }

    /// Whatever it is made of, it can be written down and run.
    @Test func whatIsDrawnIsATopologyOfTheFormat() throws {
        for seed in UInt64(0)..<6 {
            let drawn = try Self.topology().drawingChaos(seed: seed)
            #expect(try Topology.parse(drawn.yaml, file: "drawn.yaml") == drawn, "seed \(seed)")
        }
    }

    @Test func everyWordIsDrawnAndNothingElse() throws {
        for word in ChaosPlan.Word.all where word != .fault(.coordinatorEquivocates) {
            let drawn = try Self.topology("{every: 1s, of: [\(word.text)]}").drawingChaos(seed: 3)
            let names = Set(drawn.faults.map(\.behaviour.rawValue))
            switch word {
            case .fault(let behaviour): #expect(names == [behaviour.rawValue])
            case .partition, .isolate: #expect(!drawn.network.partitions.isEmpty && names.isEmpty)
            case .slowLink: #expect(drawn.network.changes.contains { $0.change.latency != nil })
            case .lossyLink: #expect(drawn.network.changes.contains { $0.change.loss != nil })
            case .churn: #expect(drawn.timeline.count >= 4 && names.isEmpty)
            }
        }
    }

    /// At every moment, in each AVS, by its own stake.
    @Test(arguments: [Fraction(1, over: 3)!, Fraction(1, over: 4)!, Fraction(1, over: 2)!])
    func neverHasTooMuchStakeAFault(within: Fraction) throws {
        var most: UInt64 = 0
        for seed in UInt64(0)..<3 {
            let topology = try Self.topology("{every: 300ms, lasting: 4s, within: \(within)}")
            let spells = Self.spells(topology.drawingChaos(seed: seed))
            for spell in spells {
                let present = spells.filter { $0.begins <= spell.begins && $0.ends.map { $0 > spell.begins } ?? true }
                let parties = present.flatMap(\.parties)
                #expect(Set(parties).count == parties.count, "seed \(seed): one fault at a time")
                #expect(parties.count(where: \.isCoordinator) <= 1, "seed \(seed)")
                let signers = Set(parties.compactMap { if case .signer(let signer) = $0 { signer } else { nil } })
                for service in topology.services {
                    func stake(_ members: [OperatorIndex]) -> UInt64 {
                        members.reduce(0) { $0 + topology.stakesAtGenesis[Int($1.number)].number }
                    }
                    let faulty = stake(service.operators.filter(signers.contains))
                    most = max(most, faulty)
                    #expect(faulty * within.denominator < stake(service.operators) * within.numerator, "seed \(seed)")
                }
            }
        }
        #expect(most > 0)
    }

    @Test func allIsOverWhenTheLoadIs() throws {
        for seed in UInt64(0)..<6 {
            let drawn = try Self.topology().drawingChaos(seed: seed)
            for spell in Self.spells(drawn) {
                #expect(spell.ends ?? spell.begins <= .seconds(120), "seed \(seed)")
            }
            for entry in drawn.timeline {
                guard case .after(let time) = entry.at else { continue }
                #expect(time <= .seconds(120))
            }
        }
    }

    /// What lasts to the end must not take the room of all that would come after it.
    @Test func whatLastsToTheEndLeavesRoom() throws {
        let topology = try Self.topology("{every: 1s, of: [equivocate, silent]}", load: "{tasks: 3000, rate: 10/s}")
        let drawn = topology.drawingChaos(seed: 1)
        let cheats = Set(drawn.faults.filter { $0.behaviour == .equivocate }.map(\.party))
        #expect((1...2).contains(cheats.count), "\(cheats)")
        #expect(drawn.faults.count { $0.behaviour == .silent } > 50)
        #expect(drawn.expect.excused == cheats.sorted() && topology.expect.excused.isEmpty)
    }

    /// A vote that was signed past the guard makes its next process refuse: whoever has flooded does not crash for a while.
    @Test func whoHasFloodedDiesForGood() throws {
        let drawn = try Self.topology("{every: 1s, lasting: 1s, of: [flood, crash]}").drawingChaos(seed: 5)
        var flooded: Set<Party> = []
        var gone: Set<Party> = []
        for fault in drawn.faults {
            #expect(!gone.contains(fault.party))
            if fault.behaviour == .flood { flooded.insert(fault.party) }
            if fault.behaviour == .crash, flooded.contains(fault.party) { gone.insert(fault.party) }
        }
        #expect(flooded.count >= 4 && gone.count <= 1)
    }

    /// Where one word is left out, what others have drawn stays where it is, but for the room that this makes.
    @Test func aWordLessShiftsLittle() throws {
        let all = try Self.topology("{every: 5s, lasting: 1s, of: [silent, slow, pause, withhold]}")
        let less = try Self.topology("{every: 5s, lasting: 1s, of: [silent, slow, pause]}")
        let faults = all.drawingChaos(seed: 11).faults.filter { $0.behaviour != .withhold }
        let others = Set(less.drawingChaos(seed: 11).faults)
        #expect(faults.count > 10 && faults.allSatisfy(others.contains))
    }

    @Test func theTopologysOwnFaultsTakeRoom() throws {
        let own = "[{operator: op-1, does: silent, at: 0s}, {operator: op-2, does: crash, at: 50s, for: 1s}]"
        for seed in UInt64(0)..<10 {
            let topology = try Self.topology("{every: 1s, of: [silent]}", faults: own)
            let drawn = topology.drawingChaos(seed: seed).faults.dropFirst(topology.faults.count)
            #expect(!drawn.isEmpty && !drawn.contains { $0.party == .signer(OperatorIndex(0)) }, "seed \(seed)")
        }
    }

    // MARK: Length

    @Test func ofALiveNetworkADayIsDrawn() throws {
        let topology = try Self.topology("{every: 60s}")
        let live = topology.drawingChaos(seed: 7, isLive: true)
        let last = try #require(Self.spells(live).map(\.begins).max())
        #expect(last > .seconds(23 * 3600) && last < .seconds(24 * 3600))
        #expect(live.timeline.contains { if case .after(let time) = $0.at { time > .seconds(3600) } else { false } })
        #expect(Self.spells(topology.drawingChaos(seed: 7)).allSatisfy { $0.begins < .seconds(120) })
    }

    /// Else the run would have to wait for what comes after its load.
    @Test func whereTheNetworkSetsThePaceThereIsNoChurn() throws {
        let topology = try Self.topology("{every: 60s, of: [silent, churn]}", load: "{tasks: 10, in-flight: 2}")
        let drawn = topology.drawingChaos(seed: 7)
        #expect(drawn.timeline.isEmpty && !drawn.faults.isEmpty)
        var timed = topology
        for place in timed.services.indices {
            timed.services[place].load.pacing = .closed(inFlight: 2, lasting: .seconds(600))
        }
        #expect(!timed.drawingChaos(seed: 7).timeline.isEmpty)
    }

    @Test func anEpochThatIsTooLongForTheRunChangesNoSeats() throws {
        var topology = try Self.topology("{every: 1s, of: [churn]}")
        topology.ledger = .solayerDocs
        #expect(topology.drawingChaos(seed: 7).timeline.isEmpty)
    }
}
