import Faults
import Messages
import Primitives
import Records

/// How a node is doing, for a person who looks at a live cluster.
package struct NodeStatus: Hashable, Sendable {
    package var usage: ProcessUsage
    package var role: Role
    /// In the order in which they came to be known.
    package var faults: [FaultState]

    package enum Role: Hashable, Sendable {
        case signer(SignerStatus)
        case coordinator(CoordinatorStatus)
    }

    package init(usage: ProcessUsage, role: Role, faults: [FaultState]) {
        self.usage = usage
        self.role = role
        self.faults = faults
    }
}

/// An operator's own account.
package struct SignerStatus: Hashable, Sendable {
    package var votes: UInt64 = 0
    package var lastVote: Vote?
    /// Why it signs nothing, or did not sign the last time.
    package var refusal: String?

    package struct Vote: Hashable, Sendable {
        package var service: ServiceID
        package var sequence: TaskSequence
        package var at: Instant
        /// From the task's intended issue to the signature.
        package var delay: Duration

        package init(service: ServiceID, sequence: TaskSequence, at: Instant, delay: Duration) {
            self.service = service
            self.sequence = sequence
            self.at = at
            self.delay = delay
        }
    }

    package init() {}
}

/// A coordinator's account of its AVS.
package struct CoordinatorStatus: Hashable, Sendable {
    package var tasks = ProcessReport.TaskCount()
    /// The ledger has revoked its key: nobody votes on its tasks any more.
    package var isRevoked = false
    /// The present operator set; nil before the ledger has told of one.
    package var operatorSet: OperatorSet?
    /// In the order of the operator set's members.
    package var members: [Member] = []
    /// The stake of those whose votes on the newest task that is certified or expired have come, late ones included; nil
    /// before there is one.
    package var answered: Lamports?

    package struct Member: Hashable, Sendable {
        package var signer: OperatorIndex
        /// The newest task that it has voted on.
        package var lastVote: TaskSequence?
        /// From that task's intended issue to the vote's arrival here.
        package var latency: Duration?

        package init(signer: OperatorIndex, lastVote: TaskSequence? = nil, latency: Duration? = nil) {
            self.signer = signer
            self.lastVote = lastVote
            self.latency = latency
        }
    }

    package init() {}
}
