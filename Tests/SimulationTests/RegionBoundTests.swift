import Links
import Messages
import Primitives
import Simulation
import TestSupport
import Testing
import TopologyFormat
import Verdicts

/// With work that takes no time, what is left of a quorum latency is the round trip to the operator whose vote tips the
/// scales. The bounds were computed apart, from the table of round trips and the stakes alone.
@Suite(.computing) struct RegionBoundTests {
    /// By the coordinator's region, in the order of the table.
    private static let equal = Stakes(
        stakes: [1, 1, 1, 1, 1, 1, 1, 1, 1], bounds: [191, 161, 301, 179, 205, 191, 179, 202, 251])
    /// us-east-1 12 %, us-west-2 5 %, sa-east-1 2 %, eu-west-1 20 %, eu-central-1 45 % and so on.
    private static let skewed = Stakes(
        stakes: [12, 5, 2, 20, 45, 3, 5, 6, 2], bounds: [93, 143, 205, 70, 93, 129, 179, 227, 251])

    struct Stakes: Sendable {
        /// Of the one operator of each region.
        let stakes: [Int]
        /// In milliseconds.
        let bounds: [Int]
    }

    @Test(arguments: [equal, skewed], Array(Region.allCases.enumerated()).map { Home(place: $0, region: $1) })
    func aQuorumTakesAsLongAsTheTable(stakes: Stakes, home: Home) throws {
        let operators = stakes.stakes.enumerated().map { "op-\($0 + 1): {stake: \($1) SOL}" }
        let regions = Region.allCases.enumerated().map { place, region in
            "\(region.rawValue): [op-\(place + 1)\(region == home.region ? ", coordinator-squares" : "")]"
        }
        let topology = try Scene.topology(
            operators: "{\(operators.joined(separator: ", "))}",
            network: "{dissemination: star, regions: {\(regions.joined(separator: ", "))}}",
            service: "load: {tasks: 15, rate: 10/s}")
        let run = try Simulator.run(try Scene.plan(topology, costs: .none))
        let latencies = RunHistory(run.records).tasks.map { task in task.certified.map { $0 - task.task.issued } }
        let bound = Duration.milliseconds(stakes.bounds[home.place])
        // At first operators still ask the coordinator for their own latest votes, and sign nothing before it has answered.
        #expect(latencies.count == 15 && latencies.allSatisfy { $0.map { $0 >= bound } ?? false })
        #expect(latencies.suffix(10) == ArraySlice(Array(repeating: bound, count: 10)))
    }

    struct Home: Sendable, CustomTestStringConvertible {
        let place: Int
        let region: Region

        var testDescription: String { region.rawValue }
    }
}
