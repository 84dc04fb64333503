import Cryptography
import Primitives

/// What an adversary has just done.
package struct Injection: Hashable, Sendable {
    /// The adversary's name in topologies.
    package var behaviour: String
    package var service: ServiceID?
    package var subject: Subject?
    /// The votes that it sent, where its fault is in votes; of an equivocation there are two.
    package var votes: [SentVote]
    /// The tasks that it sent, where its fault is in tasks: two under one number.
    package var tasks: [SentTask]

    package struct SentVote: Hashable, Sendable {
        package var attestation: Attestation
        package var recipients: [Party]

        package init(attestation: Attestation, recipients: [Party]) {
            self.attestation = attestation
            self.recipients = recipients
        }
    }

    package struct SentTask: Hashable, Sendable {
        package var header: TaskHeader
        package var signature: Signature
        package var recipients: [Party]

        package init(_ signed: SignedTask, recipients: [Party]) {
            header = signed.task.header
            signature = signed.signature
            self.recipients = recipients
        }
    }

    package init(
        behaviour: String, service: ServiceID? = nil, subject: Subject? = nil, votes: [SentVote] = [],
        tasks: [SentTask] = []
    ) {
        self.behaviour = behaviour
        self.service = service
        self.subject = subject
        self.votes = votes
        self.tasks = tasks
    }
}
