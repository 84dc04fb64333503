import Primitives

/// The protocol's intervals. What belongs to one AVS (deadline, evidence window) stands in genesis.
package enum Timings {
    /// An unresolved task or vote is sent again after this, to whoever has not answered.
    package static let resend = Duration.milliseconds(300)
    /// Each time that it has been sent again, twice as long is waited, up to eight times: a network that is late is not
    /// helped by more of the same.
    package static func resend(after attempts: Int) -> Duration { resend * (1 << min(attempts, 3)) }
    /// How often an operator in a mesh tells the coordinator which votes it has come to hold.
    package static let summary = Duration.milliseconds(50)
    /// Whoever holds a conflicting pair submits it directly when the ledger has not slashed by then.
    package static let receiptPatience = Duration.milliseconds(500)
    /// A node that starts signs without having heard from everybody whom its votes go to only after this, and only if
    /// the task's coordinator has answered.
    package static let guardCheck = Duration.seconds(2)
    /// How long votes are kept past the close of their window, to answer claims and late settlements.
    package static let retention = Duration.seconds(5)
    /// What comes with every task and need not be done to the moment is done together, this often at most: otherwise a
    /// node would be woken several times for each task.
    package static let grain = Duration.milliseconds(10)

    /// The next whole grain.
    package static func coarse(_ instant: Instant) -> Instant {
        let grain = UInt64(grain.nanoseconds)
        let rest = instant.nanoseconds % grain
        return rest == 0 ? instant : instant + .nanoseconds(Int64(grain - rest))
    }
}
