import Links
import Messages
import Primitives

/// In which region each node stands. The ledger has none: it stands beside everyone.
package struct RegionPlan: Hashable, Sendable {
    /// One for each operator.
    package var operators: [Region]
    /// One for each service's coordinator.
    package var coordinators: [Region]

    package init(operators: [Region], coordinators: [Region]) {
        self.operators = operators
        self.coordinators = coordinators
    }

    /// Operators round robin over all regions in the order of their table; the coordinators in the first.
    package static func spread(operators: Int, services: Int) -> RegionPlan {
        let regions = Region.allCases
        return RegionPlan(
            operators: (0..<operators).map { regions[$0 % regions.count] },
            coordinators: Array(repeating: regions[0], count: services))
    }

    /// - Returns: nil for the ledger.
    package func region(of party: Party) -> Region? {
        switch party {
        case .signer(let signer): operators[Int(signer.number)]
        case .coordinator(let service): coordinators[Int(service.number)]
        case .ledger: nil
        }
    }
}
