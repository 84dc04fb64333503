import Cryptography
import Staging
import Testing
import TopologyFormat

@Suite struct NetworkKeysTests {
    @Test func oneSeedGivesTheSameKeysWhoeverElseTakesPart() throws {
        let topology = try Fixture.parsed()
        var smaller = topology
        smaller.operators.removeFirst()
        let keys = NetworkKeys.derived(from: 7, for: topology)
        let fewer = NetworkKeys.derived(from: 7, for: smaller)
        #expect(fewer.signers.map(\.publicKey) == keys.signers.dropFirst().map(\.publicKey))
        #expect(fewer.coordinators.map(\.publicKey) == keys.coordinators.map(\.publicKey))
        let others = NetworkKeys.derived(from: 8, for: topology)
        #expect(Set((keys.signers + others.signers + keys.coordinators + [keys.clock]).map(\.publicKey)).count == 8)
    }
}
