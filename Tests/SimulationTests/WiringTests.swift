import Messages
import Primitives
import Staging
import Testing

@testable import Simulation

@Suite struct WiringTests {
    @Test(arguments: ["mesh", "star"])
    func everyPairHasANumberOfItsOwnAndIsWantedAsPeersAre(dissemination: String) throws {
        let topology = try Scene.topology(network: "{dissemination: \(dissemination)}")
        let genesis = GenesisBuilder.genesis(of: topology, keys: .derived(from: 1, for: topology), runID: .zero)
        let wiring = Wiring(genesis)
        let pairs = wiring.pairs()
        for (number, pair) in pairs.enumerated() {
            #expect(wiring.connection(pair.low, pair.high) == number)
            #expect(wiring.connection(pair.high, pair.low) == number)
        }
        for (number, party) in wiring.parties.enumerated() { #expect(wiring.place(of: party).number == number) }
        // A ledger, a coordinator, four operators: 5 + 4, and in a mesh six pairs of operators.
        #expect(pairs.count == (dissemination == "mesh" ? 15 : 9))
        #expect(Wiring.wanted(pairs, wiring.parties, genesis).allSatisfy { $0 })
        #expect(wiring.connection(.ledger, .ledger) == nil)
        if dissemination == "star" { #expect(wiring.connection(Place(number: 2), Place(number: 3)) == nil) }
    }
}
