import Primitives

/// What an AVS module decides: how a task is executed, and what its workload looks like.
///
/// A module is pure: the same payload gives the same result on every machine. A node runs it outside its protocol
/// machine, as an effect that is answered by an event; today on the node's only thread, so it must take microseconds.
package protocol ServiceModule: Sendable {
    /// The name that topologies use.
    static var name: String { get }

    /// - Returns: the result to attest, or why the payload is not a task of this module.
    func execute(_ payload: [UInt8]) -> ExecutionOutcome

    /// The payload of the task with this number in a generated load.
    func payload(for sequence: TaskSequence, seed: UInt64) -> [UInt8]
}

package enum ExecutionOutcome: Hashable, Sendable {
    case result([UInt8])
    case refused(reason: String)
}

/// The modules that this build knows.
package enum ModuleCatalogue {
    package static let names = [Squaring.name]

    /// - Returns: nil when no module has this name or the module has no such version.
    package static func module(named name: String, version: UInt32 = 1) -> (any ServiceModule)? {
        switch name {
        case Squaring.name: Squaring(version: version)
        default: nil
        }
    }

    /// The version that answers wrongly, as faulty client software would.
    package static let faultyVersion: UInt32 = 2
}
