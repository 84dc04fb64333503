import Cryptography
import Messages
import Primitives
import Testing
import TopologyFormat

import Staging

@Suite struct GenesisBuilderTests {
    @Test func stakesSumToTheTopologys() throws {
        let topology = try Fixture.parsed()
        let keys = NetworkKeys.generate(for: topology)
        let genesis = GenesisBuilder.genesis(of: topology, keys: keys, runID: .zero)
        let deposited = genesis.restakers.flatMap(\.deposits).reduce(UInt64(0)) { $0 + $1.amount.number }
        #expect(deposited == topology.totalDeposited.number)
        var stakes = [Lamports](repeating: .zero, count: 3)
        for delegation in genesis.restakers.flatMap(\.delegations) {
            stakes[Int(delegation.signer.number)] += Lamports(delegation.amount.number)
        }
        #expect(stakes == topology.stakesAtGenesis)
        #expect(genesis.restakers[1].key == genesis.signers[1].key)
        #expect(genesis.restakers[3].key == keys.restakers[0].publicKey)
    }

    @Test func termsComeFromTheTopology() throws {
        let topology = try Fixture.parsed()
        let genesis = GenesisBuilder.genesis(of: topology, keys: .generate(for: topology), runID: .zero)
        let service = try #require(genesis.services.first)
        #expect(service.threshold == .twoThirds)
        #expect(service.dissemination == .mesh)
        #expect(service.optedIn == [OperatorIndex(0), OperatorIndex(1), OperatorIndex(2)])
        #expect(genesis.parameters.slotsPerEpoch == LedgerPlan.fast.slotsPerEpoch)
        #expect(try Genesis(borsh: genesis.borsh) == genesis)
    }

    @Test func noTwoRunsAreOneNetwork() throws {
        let topology = try Fixture.parsed()
        let keys = NetworkKeys.generate(for: topology)
        let networks = (0..<2).map { _ in
            GenesisBuilder.genesis(of: topology, keys: keys, runID: GenesisBuilder.randomRunID()).network
        }
        #expect(networks[0] != networks[1])
    }

    @Test func anOperatorWithoutOwnStakeIsNoRestaker() throws {
        var topology = try Fixture.parsed()
        topology.operators[1].stake = .zero
        let genesis = GenesisBuilder.genesis(of: topology, keys: .generate(for: topology), runID: .zero)
        #expect(genesis.restakers.map(\.name) == ["op-1", "op-3", "r-1"])
    }
}
