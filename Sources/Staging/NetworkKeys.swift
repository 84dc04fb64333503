import Cryptography
import Messages
import Primitives
import TopologyFormat

/// Every identity of one run. A run's keys are worth nothing after it.
package struct NetworkKeys: Sendable {
    package var clock: SigningKey
    /// In the topology's order.
    package var signers: [SigningKey]
    package var restakers: [SigningKey]
    package var coordinators: [SigningKey]
    package var council: [SigningKey]
    /// By AVS: who may cancel its pending slashes.
    package var resolvers: [SigningKey]
    /// By asset, SOL first: who tells its rate, or what base validators yield.
    package var authorities: [SigningKey]
    /// Of assets that are proposed in the course of the run, in the order of the timeline.
    package var proposedAuthorities: [SigningKey]

    /// Fresh from the system's randomness.
    package static func generate(for topology: Topology) -> NetworkKeys {
        NetworkKeys(
            clock: .generate(), signers: topology.operators.map { _ in .generate() },
            restakers: topology.restakers.map { _ in .generate() },
            coordinators: topology.services.map { _ in .generate() },
            council: (0..<topology.ledger.council.members).map { _ in .generate() },
            resolvers: topology.services.map { _ in .generate() },
            authorities: (0...topology.assets.count).map { _ in .generate() },
            proposedAuthorities: topology.proposedAssets.map { _ in .generate() })
    }

    /// The same for every simulated run with this seed, whoever else takes part. They are no secrets.
    package static func derived(from seed: UInt64, for topology: Topology) -> NetworkKeys {
        func key(_ role: String, _ name: String = "") -> SigningKey {
            var encoder = BorshEncoder()
            encoder.encode(seed)
            encoder.encode(role)
            encoder.encode(name)
            return SigningKey(seed: Domain.simulatedKey.digest(encoder.bytes).storage)
        }
        return NetworkKeys(
            clock: key("clock"), signers: topology.operators.map { key("operator", $0.name) },
            restakers: topology.restakers.map { key("restaker", $0.name) },
            coordinators: topology.services.map { key("coordinator", $0.name) },
            council: (0..<topology.ledger.council.members).map { key("council", "\($0)") },
            resolvers: topology.services.map { key("resolver", $0.name) },
            authorities: (["SOL"] + topology.assets.map(\.name)).map { key("authority", $0) },
            proposedAuthorities: topology.proposedAssets.map { key("authority", $0.name) })
    }
}
