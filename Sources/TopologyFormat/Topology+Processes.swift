import Faults
import Primitives

extension Topology {
    /// Whether processes can run it, and not only a simulation.
    ///
    /// - Throws: what only a simulation has.
    package func checkIsForProcesses(file: String) throws(TopologyErrors) {
        var errors: [TopologyError] = []
        func report(_ path: String, _ message: String) {
            errors.append(TopologyError(file: file, position: nil, path: path, message: message))
        }
        if let index = faults.firstIndex(where: { $0.behaviour == .powerLoss }) {
            report(
                "faults[\(index)].does",
                "only simulated runs have \(faults[index].behaviour.rawValue); simulate it, or write crash")
        }
        if let word = chaos?.of.first(where: { $0 == .fault(.powerLoss) }) {
            report("chaos.of", "only simulated runs have \(word.text); simulate it, or leave it out")
        }
        guard errors.isEmpty else { throw TopologyErrors(errors) }
    }
}
