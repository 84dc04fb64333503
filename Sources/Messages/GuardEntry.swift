import Cryptography
import Primitives

/// What a node makes durable before it acts on it: the memory that keeps it honest across crashes.
package enum GuardEntry: Hashable, Sendable {
    /// By an operator: the one statement that it signs for a vote key.
    case statement(Statement)
    /// By a coordinator: the one task that it issues under a number.
    case task(TaskHeader)
    /// By a coordinator: a proof that it has come to hold and is about to submit.
    case evidence(Evidence)
    /// By a coordinator: the ledger has answered the evidence of this offence.
    case answered(offence: Digest)
    /// By a coordinator: the one task that it issues under a number, where that is not its load's: what nobody could work
    /// out again, and how many such tasks it has issued, this one counted.
    case submission(TaskHeader, payload: [UInt8], ticket: UInt64, count: UInt64)
}

extension GuardEntry: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .statement(let statement):
            encoder.encode(UInt8(0))
            encoder.encode(statement)
        case .task(let header):
            encoder.encode(UInt8(1))
            encoder.encode(header)
        case .evidence(let evidence):
            encoder.encode(UInt8(2))
            encoder.encode(evidence)
        case .answered(let offence):
            encoder.encode(UInt8(3))
            encoder.encode(offence)
        case .submission(let header, let payload, let ticket, let count):
            encoder.encode(UInt8(4))
            encoder.encode(header)
            encoder.encode(payload)
            encoder.encode(ticket)
            encoder.encode(count)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .statement(try decoder.decode())
        case 1: self = .task(try decoder.decode())
        case 2: self = .evidence(try decoder.decode())
        case 3: self = .answered(offence: try decoder.decode())
        case 4:
            self = .submission(
                try decoder.decode(), payload: try decoder.decodeBytes(limit: ServiceTask.payloadLimit),
                ticket: try decoder.decode(), count: try decoder.decode())
        default: throw .unknownCase(type: "GuardEntry", value: value)
        }
    }
}
