import Attesting

/// A machine whose faults somebody can begin, end and ask about while it runs. It hears of them by `NodeEvent.perturbed`.
package protocol PerturbableMachine: NodeMachine {
    /// In the order in which they came to be known.
    var faultStates: [FaultState] { get }
}
