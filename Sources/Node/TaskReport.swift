import Messages
import Primitives

/// What a coordinator tells of a task that somebody has submitted: first that it is issued, then what it came to.
package struct TaskReport: Hashable, Sendable {
    /// The submission's.
    package var ticket: UInt64
    package var stage: Stage

    package enum Stage: Hashable, Sendable {
        /// There will be no task.
        case refused(reason: String)
        case issued(TaskSequence)
        case certified(Certified)
        case expired(Expired)
    }

    package struct Certified: Hashable, Sendable {
        package var sequence: TaskSequence
        package var task: Digest
        package var result: Digest
        /// From issue to certificate.
        package var latency: Duration
        /// When the certificate formed.
        package var signers: [OperatorIndex]
        package var signed: Lamports
        package var total: Lamports

        package init(
            sequence: TaskSequence, task: Digest, result: Digest, latency: Duration, signers: [OperatorIndex],
            signed: Lamports, total: Lamports
        ) {
            self.sequence = sequence
            self.task = task
            self.result = result
            self.latency = latency
            self.signers = signers
            self.signed = signed
            self.total = total
        }
    }

    package struct Expired: Hashable, Sendable {
        package var sequence: TaskSequence
        /// Whose votes had come, whatever they said.
        package var voters: [OperatorIndex]
        package var voted: Lamports
        package var total: Lamports

        package init(sequence: TaskSequence, voters: [OperatorIndex], voted: Lamports, total: Lamports) {
            self.sequence = sequence
            self.voters = voters
            self.voted = voted
            self.total = total
        }
    }

    package init(ticket: UInt64, stage: Stage) {
        self.ticket = ticket
        self.stage = stage
    }
}

extension TaskReport: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(ticket)
        switch stage {
        case .refused(let reason):
            encoder.encode(UInt8(0))
            encoder.encode(reason)
        case .issued(let sequence):
            encoder.encode(UInt8(1))
            encoder.encode(sequence)
        case .certified(let task):
            encoder.encode(UInt8(2))
            encoder.encode(task.sequence)
            encoder.encode(task.task)
            encoder.encode(task.result)
            encoder.encode(task.latency)
            encoder.encode(task.signers)
            encoder.encode(task.signed)
            encoder.encode(task.total)
        case .expired(let task):
            encoder.encode(UInt8(3))
            encoder.encode(task.sequence)
            encoder.encode(task.voters)
            encoder.encode(task.voted)
            encoder.encode(task.total)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        ticket = try decoder.decode()
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: stage = .refused(reason: try decoder.decodeText(limit: 1024))
        case 1: stage = .issued(try decoder.decode())
        case 2:
            stage = .certified(
                Certified(
                    sequence: try decoder.decode(), task: try decoder.decode(), result: try decoder.decode(),
                    latency: try decoder.decode(), signers: try decoder.decode(limit: OperatorSet.memberLimit),
                    signed: try decoder.decode(), total: try decoder.decode()))
        case 3:
            stage = .expired(
                Expired(
                    sequence: try decoder.decode(), voters: try decoder.decode(limit: OperatorSet.memberLimit),
                    voted: try decoder.decode(), total: try decoder.decode()))
        default: throw .unknownCase(type: "TaskReport.Stage", value: value)
        }
    }
}
