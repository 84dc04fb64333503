import Primitives

/// The protocol's intervals. What belongs to one AVS (deadline, evidence window) stands in genesis.
package enum Timings {
    /// An unresolved task or vote is sent again after this, to whoever has not answered.
    package static let resend = Duration.milliseconds(300)
    /// How often an operator in a mesh tells the coordinator which votes it has come to hold.
    package static let summary = Duration.milliseconds(50)
    /// Whoever holds a conflicting pair submits it directly when the ledger has not slashed by then.
    package static let receiptPatience = Duration.milliseconds(500)
    /// A node that starts signs without having heard from everybody whom its votes go to only after this, and only if
    /// the task's coordinator has answered.
    package static let guardCheck = Duration.seconds(2)
    /// How long votes are kept past the close of their window, to answer claims and late settlements.
    package static let retention = Duration.seconds(5)
}
