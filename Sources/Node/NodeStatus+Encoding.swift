import Messages
import Primitives
import Records

extension NodeStatus: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(usage.at)
        encoder.encode(usage.cpu)
        encoder.encode(usage.residentBytes)
        encoder.encode(usage.peakResidentBytes)
        switch role {
        case .signer(let status):
            encoder.encode(UInt8(0))
            encoder.encode(status)
        case .coordinator(let status):
            encoder.encode(UInt8(1))
            encoder.encode(status)
        }
        encoder.encode(faults)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        usage = ProcessUsage(
            at: try decoder.decode(), cpu: try decoder.decode(), residentBytes: try decoder.decode(),
            peakResidentBytes: try decoder.decode())
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: role = .signer(try decoder.decode())
        case 1: role = .coordinator(try decoder.decode())
        default: throw .unknownCase(type: "NodeStatus.Role", value: value)
        }
        faults = try decoder.decode(limit: 10_000)
    }
}

extension SignerStatus: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(votes)
        encoder.encode(lastVote)
        encoder.encode(refusal ?? "")
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        votes = try decoder.decode()
        lastVote = try decoder.decodeOptional()
        let text = try decoder.decodeText(limit: 4096)
        refusal = text.isEmpty ? nil : text
    }
}

extension SignerStatus.Vote: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(service)
        encoder.encode(sequence)
        encoder.encode(at)
        encoder.encode(delay)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        service = try decoder.decode()
        sequence = try decoder.decode()
        at = try decoder.decode()
        delay = try decoder.decode()
    }
}

extension CoordinatorStatus: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(tasks)
        encoder.encode(isRevoked)
        encoder.encode(operatorSet)
        encoder.encode(members)
        encoder.encode(answered)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        tasks = try decoder.decode()
        isRevoked = try decoder.decode()
        operatorSet = try decoder.decodeOptional()
        members = try decoder.decode(limit: OperatorSet.memberLimit)
        answered = try decoder.decodeOptional()
    }
}

extension CoordinatorStatus.Member: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(signer)
        encoder.encode(lastVote)
        encoder.encode(latency)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        signer = try decoder.decode()
        lastVote = try decoder.decodeOptional()
        latency = try decoder.decodeOptional()
    }
}

extension ProcessReport.TaskCount: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(issued)
        encoder.encode(certified)
        encoder.encode(expired)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        self.init(
            issued: try decoder.decode(), certified: try decoder.decode(), expired: try decoder.decode())
    }
}
