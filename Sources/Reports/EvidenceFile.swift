import Cryptography
import Messages
import Primitives
import Verdicts

/// A proof of equivocation as files that anyone can check: the Borsh bytes, and JSON with what an Ed25519 library
/// wants, in hexadecimal.
package struct EvidenceFile: Hashable, Sendable {
    package static let directoryName = "evidence"

    package var evidence: Evidence
    package var offence: Digest
    /// Relative to the run directory, without an extension.
    package var stem: String
    private let signer: String
    private let service: String

    package var jsonPath: String { "\(stem).json" }
    package var borshPath: String { "\(stem).borsh" }

    /// One for each offence of which any node found evidence; what the ledger applied goes before what it did not.
    package static func all(of history: RunHistory) -> [EvidenceFile] {
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
                service: history.name(of: evidence.voteKey.service))
        }
    }

    package var json: JSONValue {
        switch evidence {
        case .equivocation(let pair):
            .object([
                ("schema_version", .integer(1)), ("kind", .string("equivocation")),
                ("offence", .string("\(offence)")), ("operator", .string(signer)), ("service", .string(service)),
                ("subject", .string("\(evidence.voteKey.subject)")), ("identity", .string("\(pair.accused)")),
                ("public_key", .string(Hexadecimal.encode(pair.accused.storage.bytes))),
                ("statements", .array(pair.attestations.map(Self.json))),
            ])
        case .taskEquivocation(let pair):
            .object([
                ("schema_version", .integer(1)), ("kind", .string("task-equivocation")),
                ("offence", .string("\(offence)")), ("service", .string(service)),
                ("subject", .string("\(evidence.voteKey.subject)")), ("identity", .string("\(pair.accused)")),
                ("public_key", .string(Hexadecimal.encode(pair.accused.storage.bytes))),
                (
                    "tasks",
                    .array([
                        Self.json(pair.first, pair.firstSignature), Self.json(pair.second, pair.secondSignature),
                    ])
                ),
            ])
        }
    }

    private static func json(_ task: TaskHeader, _ signature: Signature) -> JSONValue {
        .object([
            ("signed_bytes", .string(Hexadecimal.encode(task.signedBytes))),
            ("signature", .string(Hexadecimal.encode(signature.bytes))),
            (
                "decoded",
                .object([
                    ("network", .string("\(task.network)")), ("service", .integer(Int64(task.service.number))),
                    ("sequence", .string("\(task.sequence)")), ("epoch", .string("\(task.epoch)")),
                    ("operator_set", .string("\(task.operatorSet)")), ("payload", .string("\(task.payload)")),
                    ("issued_ns", .string("\(task.issued.nanoseconds)")),
                    ("deadline_ns", .string("\(task.deadline.nanoseconds)")),
                ])
            ),
        ])
    }

    private static func json(_ vote: Attestation) -> JSONValue {
        let statement = vote.statement
        return .object([
            ("signed_bytes", .string(Hexadecimal.encode(statement.signedBytes))),
            ("signature", .string(Hexadecimal.encode(vote.signature.bytes))),
            (
                "decoded",
                .object([
                    ("network", .string("\(statement.voteKey.network)")),
                    ("service", .integer(Int64(statement.service.number))),
                    ("scope", .string("\(statement.voteKey.subject.scope)")),
                    ("number", .string("\(statement.voteKey.subject.number)")),
                    ("kind", .string("\(statement.voteKey.kind)")),
                    ("operator_set", .string("\(statement.operatorSet)")),
                    ("epoch", .string("\(statement.epoch)")),
                    ("task", .string("\(statement.task)")), ("result", .string("\(statement.result)")),
                ])
            ),
        ])
    }
}
