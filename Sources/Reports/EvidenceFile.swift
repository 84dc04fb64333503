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
