/// One scenario that a seed draws.
package struct Scenario: Hashable, Sendable {
    package var seed: UInt64
}
