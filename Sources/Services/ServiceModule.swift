import Primitives

/// What an AVS module decides: who executes its tasks, what its workload looks like, and how people read it.
///
/// The same payload is to give the same result on every machine. A node executes outside its protocol machine, as an
/// effect that is answered by an event.
package protocol ServiceModule: Sendable {
    /// The name that topologies use.
    static var name: String { get }

    var execution: ModuleExecution { get }

    /// The payload of the task with this number in a generated load.
    ///
    /// - Parameter templates: as the topology writes them; none: the module's own.
    func payload(for sequence: TaskSequence, seed: UInt64, templates: [PayloadTemplate]) -> [UInt8]

    /// The payload that a person means.
    func payload(fromText text: String) throws(PayloadMistake) -> [UInt8]

    /// For people.
    func text(ofPayload payload: [UInt8]) -> String
    func text(ofResult result: [UInt8]) -> String

    /// Another result than this one, for adversaries; the same one every time.
    func altered(_ result: [UInt8]) -> [UInt8]
}

/// Who works out the results of a module.
package enum ModuleExecution: Sendable {
    /// The node itself, on its only thread: it must take microseconds, and depend on nothing but the payload.
    case inProcess(@Sendable ([UInt8]) -> ExecutionOutcome)
    /// A program that each operator runs for itself.
    case byProgram
}

package enum ExecutionOutcome: Hashable, Sendable {
    /// To attest.
    case result([UInt8])
    /// Why there is none: the payload is no task of this module, or its program failed.
    case refused(reason: String)
}

/// Why a text is no payload of a module, and what would be one.
package struct PayloadMistake: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// The modules that this build knows.
package enum ModuleCatalogue {
    package static let names = [Squaring.name, Exec.name]

    /// - Returns: nil when no module has this name.
    package static func module(named name: String) -> (any ServiceModule)? {
        switch name {
        case Squaring.name: Squaring()
        case Exec.name: Exec()
        default: nil
        }
    }
}
