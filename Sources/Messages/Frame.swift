import Cryptography
import Primitives

/// What travels on a connection. On the wire: `u32` length of what follows, `u8` kind, the payload in Borsh.
package enum Frame: Hashable, Sendable {
    case hello(Hello)
    case task(SignedTask)
    case attestation(Attestation)
    case certified(CertifiedNotice)
    /// By the digest of the statement.
    case certificateRequest(VoteKey, statement: Digest)
    case certificate(Certificate)
    case summary(VoteSummary)
    case voteRequest(VoteRequest)
    /// Asks for the latest votes of the asker that the other holds: a node that starts makes sure that its guard is
    /// not older than what others have seen.
    case ownVotesRequest
    case ownVotes([Attestation])
    /// In a mesh, to a peer that has voted on another task than the one issued here under that number: asks for the task.
    case taskRequest(VoteKey, task: Digest)
    /// Indirect, so that votes do not take the room of instructions.
    indirect case submit(SignedInstruction)
    case receipt(Receipt)
    case notice(LedgerNotice)

    package enum Kind: UInt8, CaseIterable, Sendable {
        case hello = 1
        case task = 2
        case attestation = 3
        case certified = 4
        case certificateRequest = 5
        case certificate = 6
        case summary = 7
        case voteRequest = 8
        case ownVotesRequest = 9
        case ownVotes = 10
        case taskRequest = 11
        case submit = 16
        case receipt = 17
        case notice = 18

        /// The most bytes that a payload of this kind may have; more is refused before it is read.
        package var payloadLimit: Int {
            switch self {
            case .hello, .receipt: 256
            case .attestation, .certified, .certificateRequest, .voteRequest, .taskRequest: 512
            case .ownVotesRequest: 0
            case .ownVotes: 32 * 1024
            case .task: ServiceTask.payloadLimit + 1024
            case .summary: 256 * 1024
            case .certificate, .submit, .notice: 1024 * 1024
            }
        }
    }

    package static let ownVotesLimit = 64
    /// Length and kind.
    package static let headerSize = 5

    package var kind: Kind {
        switch self {
        case .hello: .hello
        case .task: .task
        case .attestation: .attestation
        case .certified: .certified
        case .certificateRequest: .certificateRequest
        case .certificate: .certificate
        case .summary: .summary
        case .voteRequest: .voteRequest
        case .ownVotesRequest: .ownVotesRequest
        case .ownVotes: .ownVotes
        case .taskRequest: .taskRequest
        case .submit: .submit
        case .receipt: .receipt
        case .notice: .notice
        }
    }
}
