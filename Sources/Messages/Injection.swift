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

    package struct SentVote: Hashable, Sendable {
        package var attestation: Attestation
        package var recipients: [Party]

        package init(attestation: Attestation, recipients: [Party]) {
            self.attestation = attestation
            self.recipients = recipients
        }
    }

    package init(behaviour: String, service: ServiceID? = nil, subject: Subject? = nil, votes: [SentVote] = []) {
        self.behaviour = behaviour
        self.service = service
        self.subject = subject
        self.votes = votes
    }
}
