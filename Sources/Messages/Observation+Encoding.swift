import Cryptography
import Primitives

private let textLimit = 1024
private let recipientLimit = OperatorSet.memberLimit + 64

extension Observation: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .taskIssued(let task):
            encoder.encode(UInt8(0))
            encoder.encode(task)
        case .taskExpired(let service, let sequence):
            encoder.encode(UInt8(1))
            encoder.encode(service)
            encoder.encode(sequence)
        case .certified(let certificate):
            encoder.encode(UInt8(2))
            encoder.encode(certificate)
        case .evidenceFound(let evidence):
            encoder.encode(UInt8(3))
            encoder.encode(evidence)
        case .receiptArrived(let receipt):
            encoder.encode(UInt8(4))
            encoder.encode(receipt)
        case .attested(let attestation):
            encoder.encode(UInt8(5))
            encoder.encode(attestation)
        case .refusedToSign(let reason):
            encoder.encode(UInt8(6))
            encoder.encode(reason)
        case .rejected(let party, let reason):
            encoder.encode(UInt8(7))
            encoder.encode(party)
            encoder.encode(reason)
        case .injected(let injection):
            encoder.encode(UInt8(8))
            encoder.encode(injection)
        case .applied(let sequence, let slot, let instruction, let outcome):
            encoder.encode(UInt8(9))
            encoder.encode(sequence)
            encoder.encode(slot)
            encoder.encode(instruction)
            encoder.encode(outcome)
        case .slashed(let record):
            encoder.encode(UInt8(10))
            encoder.encode(record)
        case .operatorSetOpened(let set):
            encoder.encode(UInt8(11))
            encoder.encode(set)
        case .books(let books):
            encoder.encode(UInt8(12))
            encoder.encode(books)
        case .recovered(let behaviour, let service):
            encoder.encode(UInt8(13))
            encoder.encode(behaviour)
            encoder.encode(service)
        case .operatorSetAdopted(let service, let set):
            encoder.encode(UInt8(14))
            encoder.encode(service)
            encoder.encode(set)
        case .revoked(let revocation):
            encoder.encode(UInt8(15))
            encoder.encode(revocation)
        case .notExecuted(let service, let sequence, let reason):
            encoder.encode(UInt8(16))
            encoder.encode(service)
            encoder.encode(sequence)
            encoder.encode(reason)
        case .taskSubmitted(let service, let sequence, let ticket):
            encoder.encode(UInt8(17))
            encoder.encode(service)
            encoder.encode(sequence)
            encoder.encode(ticket)
        case .submissionRefused(let ticket, let reason):
            encoder.encode(UInt8(18))
            encoder.encode(ticket)
            encoder.encode(reason)
        case .restaking(let event):
            encoder.encode(UInt8(19))
            encoder.encode(event)
        case .stalled(let lateness):
            encoder.encode(UInt8(20))
            encoder.encode(lateness)
        case .ledgerOpened(let sequence):
            encoder.encode(UInt8(21))
            encoder.encode(sequence)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .taskIssued(try decoder.decode())
        case 1: self = .taskExpired(try decoder.decode(), try decoder.decode())
        case 2: self = .certified(try decoder.decode())
        case 3: self = .evidenceFound(try decoder.decode())
        case 4: self = .receiptArrived(try decoder.decode())
        case 5: self = .attested(try decoder.decode())
        case 6: self = .refusedToSign(reason: try decoder.decodeText(limit: textLimit))
        case 7: self = .rejected(from: try decoder.decode(), reason: try decoder.decodeText(limit: textLimit))
        case 8: self = .injected(try decoder.decode())
        case 9:
            self = .applied(
                sequence: try decoder.decode(), slot: try decoder.decode(), try decoder.decode(), try decoder.decode())
        case 10: self = .slashed(try decoder.decode())
        case 11: self = .operatorSetOpened(try decoder.decode())
        case 12: self = .books(try decoder.decode())
        case 13:
            self = .recovered(
                behaviour: try decoder.decodeText(limit: textLimit), service: try decoder.decodeOptional())
        case 14: self = .operatorSetAdopted(try decoder.decode(), try decoder.decode())
        case 15: self = .revoked(try decoder.decode())
        case 16:
            self = .notExecuted(
                try decoder.decode(), try decoder.decode(), reason: try decoder.decodeText(limit: textLimit))
        case 17: self = .taskSubmitted(try decoder.decode(), try decoder.decode(), ticket: try decoder.decode())
        case 18:
            self = .submissionRefused(
                ticket: try decoder.decode(), reason: try decoder.decodeText(limit: textLimit))
        case 19: self = .restaking(try decoder.decode())
        case 20: self = .stalled(try decoder.decode())
        case 21: self = .ledgerOpened(after: try decoder.decode())
        default: throw .unknownCase(type: "Observation", value: value)
        }
    }
}

extension Injection.SentVote: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(attestation)
        encoder.encode(recipients)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        attestation = try decoder.decode()
        recipients = try decoder.decode(limit: recipientLimit)
    }
}

extension Injection.SentTask: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(header)
        encoder.encode(signature)
        encoder.encode(recipients)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        header = try decoder.decode()
        signature = try decoder.decode()
        recipients = try decoder.decode(limit: recipientLimit)
    }
}

extension Injection: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(behaviour)
        encoder.encode(service)
        encoder.encode(subject)
        encoder.encode(votes)
        encoder.encode(tasks)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        behaviour = try decoder.decodeText(limit: textLimit)
        service = try decoder.decodeOptional()
        subject = try decoder.decodeOptional()
        votes = try decoder.decode(limit: 16)
        tasks = try decoder.decode(limit: 16)
    }
}
