import Cryptography
import Messages
import Primitives

/// What a machine wants done. A driver carries effects out in their order: a statement is durable before it is
/// signed, and signed before it is sent.
package enum NodeEffect: Hashable, Sendable {
    /// Append to the guard file and make it durable before anything that follows.
    case persist(GuardEntry)
    /// Answered by `.signed`.
    case sign(RequestID, SignatureRequest)
    /// Answered by `.verified`.
    case verify(RequestID, VerificationRequest)
    /// Answered by `.executed`, as far as anybody can still use it: not after the deadline.
    case execute(TaskExecution)
    /// To each of these; whoever is not connected does not get it.
    case send(Frame, to: [Party])
    case disconnect(Party, reason: String)
    /// Answered by one `.woke` at the earliest of the times asked for since the last `.woke`; what is due later is
    /// asked for again then.
    case wake(at: Instant)
    case note(Observation)
    /// By coordinators: every task is closed and every submission has its receipt.
    case finished
    /// By adversaries: the process dies now, as by `kill -9`, with everything before this done and nothing after it.
    case crash
    /// By adversaries: bytes as they are, which need be no frame.
    case sendBytes([UInt8], to: [Party])
    /// By adversaries: the process does nothing at all for so long, as one that is stopped.
    case pause(for: Duration)
    /// By adversaries: there is no room any more on the disk of its guard.
    case fillDisk
    /// By adversaries: the disk of its guard keeps no more of it than it has when the host's power is gone.
    case losePower
}

/// One task to be executed, by the module of its service.
package struct TaskExecution: Hashable, Sendable {
    /// The task's digest.
    package var task: Digest
    package var service: ServiceID
    package var sequence: TaskSequence
    package var payload: [UInt8]
    package var deadline: Instant

    package init(task: Digest, service: ServiceID, sequence: TaskSequence, payload: [UInt8], deadline: Instant) {
        self.task = task
        self.service = service
        self.sequence = sequence
        self.payload = payload
        self.deadline = deadline
    }

    package init(of task: ServiceTask, digest: Digest) {
        self.init(
            task: digest, service: task.service, sequence: task.sequence, payload: task.payload,
            deadline: task.deadline)
    }
}

package enum SignatureRequest: Hashable, Sendable {
    case statement(Statement)
    case task(ServiceTask)
    case instruction(Instruction, nonce: UInt64)

    package func signature(by key: SigningKey, network: Digest) -> Signature {
        switch self {
        case .statement(let statement): key.sign(statement.signedBytes)
        case .task(let task): key.sign(task.signedBytes)
        case .instruction(let instruction, let nonce):
            key.sign(
                SignedInstruction.signedBytes(
                    network: network, authority: key.publicKey, nonce: nonce, instruction: instruction))
        }
    }
}

package enum VerificationRequest: Hashable, Sendable {
    case attestation(Attestation)
    case task(SignedTask, by: PublicKey)

    package var isValid: Bool {
        switch self {
        case .attestation(let attestation): attestation.isValid
        case .task(let signed, let key): signed.signature.isValid(for: signed.task.signedBytes, by: key)
        }
    }
}

extension SignatureRequest: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .statement(let statement):
            encoder.encode(UInt8(0))
            encoder.encode(statement)
        case .task(let task):
            encoder.encode(UInt8(1))
            encoder.encode(task)
        case .instruction(let instruction, let nonce):
            encoder.encode(UInt8(2))
            encoder.encode(instruction)
            encoder.encode(nonce)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .statement(try decoder.decode())
        case 1: self = .task(try decoder.decode())
        case 2: self = .instruction(try decoder.decode(), nonce: try decoder.decode())
        default: throw .unknownCase(type: "SignatureRequest", value: value)
        }
    }
}

extension VerificationRequest: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .attestation(let attestation):
            encoder.encode(UInt8(0))
            encoder.encode(attestation)
        case .task(let signed, let key):
            encoder.encode(UInt8(1))
            encoder.encode(signed)
            encoder.encode(key)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .attestation(try decoder.decode())
        case 1: self = .task(try decoder.decode(), by: try decoder.decode())
        default: throw .unknownCase(type: "VerificationRequest", value: value)
        }
    }
}

/// Effects are encoded to be compared, never to be read back.
extension NodeEffect {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .persist(let entry):
            encoder.encode(UInt8(0))
            encoder.encode(entry)
        case .sign(let id, let request):
            encoder.encode(UInt8(1))
            encoder.encode(id)
            encoder.encode(request)
        case .verify(let id, let request):
            encoder.encode(UInt8(2))
            encoder.encode(id)
            encoder.encode(request)
        case .execute(let execution):
            encoder.encode(UInt8(3))
            encoder.encode(execution.task)
            encoder.encode(execution.service)
            encoder.encode(execution.sequence)
            encoder.encode(execution.deadline)
            encoder.encode(execution.payload)
        case .send(let frame, let recipients):
            encoder.encode(UInt8(4))
            encoder.encode(recipients)
            encoder.encode(frame)
        case .disconnect(let party, let reason):
            encoder.encode(UInt8(5))
            encoder.encode(party)
            encoder.encode(reason)
        case .wake(let instant):
            encoder.encode(UInt8(6))
            encoder.encode(instant)
        case .note(let observation):
            encoder.encode(UInt8(7))
            encoder.encode(observation)
        case .finished: encoder.encode(UInt8(8))
        case .crash: encoder.encode(UInt8(9))
        case .sendBytes(let bytes, let recipients):
            encoder.encode(UInt8(10))
            encoder.encode(recipients)
            encoder.encode(bytes)
        case .pause(let duration):
            encoder.encode(UInt8(11))
            encoder.encode(duration)
        case .fillDisk: encoder.encode(UInt8(12))
        case .losePower: encoder.encode(UInt8(13))
        }
    }

    /// The digest of all effects of one event, every byte of them.
    package static func digest(of effects: [NodeEffect]) -> Digest {
        var encoder = BorshEncoder()
        return digest(of: effects, in: &encoder)
    }

    /// - Parameter encoder: is emptied first; whoever keeps it saves its allocation.
    package static func digest(of effects: [NodeEffect], in encoder: inout BorshEncoder) -> Digest {
        if effects.isEmpty { return digestOfNone }
        encoder.remove()
        for effect in effects { effect.encode(to: &encoder) }
        return Domain.effects.digest(encoder.bytes)
    }

    /// Half of all events have none.
    private static let digestOfNone = Domain.effects.digest([])
}
