import TopologyFormat

/// A topology under other rules, ready to be simulated.
package struct PolicyCase: Sendable {
    package let variant: PolicyVariant
    package var topology: Topology

    /// - Parameters:
    ///   - text: the topology's file.
    ///   - file: what messages call it.
    /// - Throws: every mistake of a topology that the settings make of it.
    package init(_ variant: PolicyVariant, text: String, file: String) throws(TopologyErrors) {
        self.variant = variant
        topology = try Topology.parse(text, file: file, with: variant.settings)
    }
}
