import Cryptography
import Messages
import Primitives
import Services

/// Names one request for work that leaves a machine as an effect and comes back as an event.
package struct RequestID: NumberedName, BorshCodable {
    package let number: UInt64
    package init(_ number: UInt64) { self.number = number }
}

/// What can happen to the machine of an operator or coordinator.
package enum NodeEvent: Hashable, Sendable {
    /// The process has started; what its guard file holds, in the order it was written.
    case started(recorded: [GuardEntry])
    /// Everyone is connected: the run's time counts from here.
    case began(Instant)
    case connected(Party)
    case disconnected(Party)
    /// Decoded, but not verified: the machine decides what it is worth.
    case received(Frame, from: Party)
    case verified(RequestID, valid: Bool)
    case signed(RequestID, Signature)
    case executed(task: Digest, ExecutionOutcome)
    /// The earliest time that the machine has asked to be woken at since the last of these has come.
    case woke
    /// Coordinators of a live cluster: somebody wants a task with this payload issued now.
    case submitted(ticket: UInt64, payload: [UInt8])
    /// Coordinators of a live cluster: nothing more is issued.
    case draining
    /// For the adversary that is wrapped around a machine, in its own encoding. No machine knows what it means.
    case perturbed([UInt8])
}

extension NodeEvent: BorshCodable {
    package static let guardLimit = 100_000_000

    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .started(let recorded):
            encoder.encode(UInt8(0))
            encoder.encode(recorded)
        case .began(let instant):
            encoder.encode(UInt8(1))
            encoder.encode(instant)
        case .connected(let party):
            encoder.encode(UInt8(2))
            encoder.encode(party)
        case .disconnected(let party):
            encoder.encode(UInt8(3))
            encoder.encode(party)
        case .received(let frame, let party):
            encoder.encode(UInt8(4))
            encoder.encode(party)
            encoder.encode(frame)
        case .verified(let id, let valid):
            encoder.encode(UInt8(5))
            encoder.encode(id)
            encoder.encode(valid)
        case .signed(let id, let signature):
            encoder.encode(UInt8(6))
            encoder.encode(id)
            encoder.encode(signature)
        case .executed(let task, .result(let result)):
            encoder.encode(UInt8(7))
            encoder.encode(task)
            encoder.encode(result)
        case .executed(let task, .refused(let reason)):
            encoder.encode(UInt8(8))
            encoder.encode(task)
            encoder.encode(reason)
        case .woke:
            encoder.encode(UInt8(9))
        case .submitted(let ticket, let payload):
            encoder.encode(UInt8(10))
            encoder.encode(ticket)
            encoder.encode(payload)
        case .draining:
            encoder.encode(UInt8(11))
        case .perturbed(let bytes):
            encoder.encode(UInt8(12))
            encoder.encode(bytes)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .started(recorded: try decoder.decode(limit: Self.guardLimit))
        case 1: self = .began(try decoder.decode())
        case 2: self = .connected(try decoder.decode())
        case 3: self = .disconnected(try decoder.decode())
        case 4:
            let party: Party = try decoder.decode()
            self = .received(try decoder.decode(), from: party)
        case 5: self = .verified(try decoder.decode(), valid: try decoder.decode())
        case 6: self = .signed(try decoder.decode(), try decoder.decode())
        case 7: self = .executed(task: try decoder.decode(), .result(try decoder.decodeBytes(limit: 1024 * 1024)))
        case 8: self = .executed(task: try decoder.decode(), .refused(reason: try decoder.decodeText(limit: 1024)))
        case 9: self = .woke
        case 10: self = .submitted(ticket: try decoder.decode(), payload: try decoder.decodeBytes(limit: 1024 * 1024))
        case 11: self = .draining
        case 12: self = .perturbed(try decoder.decodeBytes(limit: 1024 * 1024))
        default: throw .unknownCase(type: "NodeEvent", value: value)
        }
    }
}
