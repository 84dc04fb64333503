/// Where a process can die on the way from a task to a vote, from an offence to its slash, or from an instruction to its
/// receipt.
package enum KillPoint: String, CaseIterable, Hashable, Sendable {
    // From task to vote
    /// An operator has been sent a task, a coordinator a vote, and nothing has been made of it.
    case receive
    /// An operator has executed a task, and its guard knows nothing of it.
    case execute
    /// The guard has recorded what is to be signed, and nothing is signed.
    case guarded = "guard"
    /// A vote, or a task, is signed, and nobody has been sent it.
    case sign
    /// It has been sent.
    case send

    // From offence to slash
    /// Two votes, or two tasks, that contradict each other have been found, and nothing of it is on disk.
    case detect
    /// A coordinator has the evidence on disk, and has not submitted it.
    case persist
    /// The evidence is on its way to the ledger, whose receipt has not come.
    case submit
    /// The receipt has come, and nothing of it is on disk.
    case acknowledge

    /// Of operators: nothing of the evidence that they find goes to their disks.
    package static let ofOperators = allCases.filter { $0 != .persist }
    /// Of coordinators, which execute nothing.
    package static let ofCoordinators = allCases.filter { $0 != .execute }
    /// Of the ledger, on the way from an instruction to its receipt: it has come, and nothing of it is on disk; it is on disk,
    /// and no receipt of it has been sent; the receipt has gone.
    package static let ofLedgers: [KillPoint] = [.receive, .persist, .acknowledge]
}
