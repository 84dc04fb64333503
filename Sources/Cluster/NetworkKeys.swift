import Cryptography
import TopologyFormat

/// Every identity of one run. Fresh from the system's randomness: a run's keys are worth nothing after it.
package struct NetworkKeys: Sendable {
    package var clock: SigningKey
    /// In the topology's order.
    package var signers: [SigningKey]
    package var restakers: [SigningKey]
    package var coordinators: [SigningKey]

    package static func generate(for topology: Topology) -> NetworkKeys {
        NetworkKeys(
            clock: .generate(), signers: topology.operators.map { _ in .generate() },
            restakers: topology.restakers.map { _ in .generate() },
            coordinators: topology.services.map { _ in .generate() })
    }
}
