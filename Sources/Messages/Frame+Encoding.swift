import Cryptography
import Primitives

extension Frame {
    /// Header and payload, as they go on the wire.
    package var wireBytes: [UInt8] {
        var frame = BorshEncoder()
        frame.encodeCounted {
            $0.encode(kind.rawValue)
            encodePayload(to: &$0)
        }
        return frame.bytes
    }

    /// The payload of a frame whose header has been read and found within its limit.
    package init(kind: Kind, payload: [UInt8]) throws(BorshError) {
        guard payload.count <= kind.payloadLimit else {
            throw .tooLong(type: "\(kind) frame", count: payload.count, limit: kind.payloadLimit)
        }
        var decoder = BorshDecoder(payload)
        self = try Frame(kind: kind, from: &decoder)
        try decoder.finish()
    }

    private func encodePayload(to encoder: inout BorshEncoder) {
        switch self {
        case .hello(let hello): encoder.encode(hello)
        case .task(let task): encoder.encode(task)
        case .attestation(let attestation): encoder.encode(attestation)
        case .certified(let notice): encoder.encode(notice)
        case .certificateRequest(let voteKey, let statement):
            encoder.encode(voteKey)
            encoder.encode(statement)
        case .certificate(let certificate): encoder.encode(certificate)
        case .summary(let summary): encoder.encode(summary.entries)
        case .voteRequest(let request): encoder.encode(request)
        case .ownVotesRequest: break
        case .ownVotes(let attestations): encoder.encode(attestations)
        case .taskRequest(let voteKey, let task):
            encoder.encode(voteKey)
            encoder.encode(task)
        case .submit(let instruction): encoder.encode(instruction)
        case .receipt(let receipt): encoder.encode(receipt)
        case .notice(let notice): encoder.encode(notice)
        }
    }

    private init(kind: Kind, from decoder: inout BorshDecoder) throws(BorshError) {
        switch kind {
        case .hello: self = .hello(try decoder.decode())
        case .task: self = .task(try decoder.decode())
        case .attestation: self = .attestation(try decoder.decode())
        case .certified: self = .certified(try decoder.decode())
        case .certificateRequest:
            self = .certificateRequest(try decoder.decode(), statement: try decoder.decode())
        case .certificate: self = .certificate(try decoder.decode())
        case .summary: self = .summary(VoteSummary(entries: try decoder.decode(limit: VoteSummary.entryLimit)))
        case .voteRequest: self = .voteRequest(try decoder.decode())
        case .ownVotesRequest: self = .ownVotesRequest
        case .ownVotes: self = .ownVotes(try decoder.decode(limit: Self.ownVotesLimit))
        case .taskRequest: self = .taskRequest(try decoder.decode(), task: try decoder.decode())
        case .submit: self = .submit(try decoder.decode())
        case .receipt: self = .receipt(try decoder.decode())
        case .notice: self = .notice(try decoder.decode())
        }
    }
}

/// Inside logs, where a frame has no header of its own: the kind, then the payload.
extension Frame: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(kind.rawValue)
        encodePayload(to: &encoder)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        guard let kind = Kind(rawValue: value) else { throw .unknownCase(type: "Frame", value: value) }
        self = try Frame(kind: kind, from: &decoder)
    }
}
