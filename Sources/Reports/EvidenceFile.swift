import Cryptography
import Messages
import Primitives
import Verdicts

/// Evidence as files that anyone can check: a proof file in Borsh, and JSON with what an Ed25519 library wants, in
/// hexadecimal.
package struct EvidenceFile: Hashable, Sendable {
    package static let directoryName = "evidence"

    package var evidence: Evidence
    package var offence: Digest
    /// Relative to the run directory, without an extension.
    package var stem: String
    private let signer: String
    private let service: String
    private let isModelled: Bool

    package var jsonPath: String { "\(stem).json" }
    package var borshPath: String { "\(stem).borsh" }

    /// One for each offence of which any node found evidence; what the ledger applied goes before what it did not.
    ///
    /// - Parameter isModelled: whether the run's signatures are.
    package static func all(of history: RunHistory, isModelled: Bool = false) -> [EvidenceFile] {
        let applied = history.applied.filter { $0.outcome == .applied }.compactMap { instruction -> Evidence? in
            if case .submitEvidence(let evidence) = instruction.signed.instruction { evidence } else { nil }
        }
        var seen: Set<Digest> = []
        var names: Set<String> = []
        return (applied + history.findings.sorted { $0.at < $1.at }.map(\.evidence)).compactMap { evidence in
            let offence = evidence.offence
            guard seen.insert(offence).inserted else { return nil }
            let name = names.insert(offence.short).inserted ? offence.short : "\(offence)"
            let signer = history.genesis.signers.first { $0.key == evidence.accused }
            return EvidenceFile(
                evidence: evidence, offence: offence, stem: "\(directoryName)/\(name)",
                signer: signer?.name ?? "unknown",
                service: history.name(of: evidence.voteKey.service), isModelled: isModelled)
        }
    }

    /// The one against somebody, or of an offence.
    ///
    /// - Parameter words: an operator's or a coordinator's name, or the first digits of an offence.
    package static func find(
        _ words: String, in history: RunHistory, isModelled: Bool = false
    ) throws(EvidenceSearchError) -> EvidenceFile {
        let all = all(of: history, isModelled: isModelled)
        let found = all.filter {
            $0.accused(in: history) == words || !words.isEmpty && "\($0.offence)".hasPrefix(words)
        }
        guard found.count <= 1 else { throw .several(words, found.map { "\($0.offence.short)" }) }
        guard let file = found.first else {
            throw .none(words, all.map { "\($0.accused(in: history)) (\($0.offence.short))" })
        }
        return file
    }

    private func accused(in history: RunHistory) -> String {
        if EvidenceReading(evidence).accusesOperator { return signer }
        return history.name(of: .coordinator(evidence.voteKey.service))
    }

    package var bytes: [UInt8] { ProofFile(.evidence(evidence), isModelled: isModelled).borsh }

    package var json: JSONValue {
        let reading = EvidenceReading(evidence)
        var members: [(key: String, value: JSONValue)] = [
            ("schema_version", .integer(1)), ("kind", .string(reading.kind)), ("offence", .string("\(offence)")),
        ]
        if isModelled { members.append(("worthless", .string(ProofCheck.modelled))) }
        if reading.accusesOperator { members.append(("operator", .string(signer))) }
        members += [
            ("service", .string(service)), ("subject", .string("\(evidence.voteKey.subject)")),
            ("identity", .string("\(evidence.accused)")),
            ("public_key", .string(Hexadecimal.encode(evidence.accused.storage.bytes))),
            (reading.plural, .array(zip(evidence.signedMessages, reading.messages).map(Self.json))),
        ]
        return .object(members)
    }

    private static func json(
        _ signed: (message: [UInt8], signature: Signature), _ fields: [EvidenceReading.Field]
    ) -> JSONValue {
        .object([
            ("signed_bytes", .string(Hexadecimal.encode(signed.message))),
            ("signature", .string(Hexadecimal.encode(signed.signature.bytes))),
            ("decoded", .object(fields.map { (key: $0.name, value: $0.value) })),
        ])
    }
}

/// Why there is no evidence to write.
package enum EvidenceSearchError: Error, Hashable, Sendable {
    case none(String, [String])
    case several(String, [String])
}

extension EvidenceSearchError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .none(let words, []): "nobody has found evidence of an offence, so there is none against \(words)"
        case .none(let words, let all):
            "there is no evidence against \(words), nor of such an offence; there is some against "
                + all.prefix(8).joined(separator: ", ") + (all.count > 8 ? ", ..." : "")
        case .several(let words, let offences):
            "there is evidence of several offences for \(words); name one: \(offences.joined(separator: ", "))"
        }
    }
}
