import Cryptography
import Messages
import Primitives
import Restaking

/// What `quorate verify` tells of a proof: rows for people, one document for programs.
package struct ProofReport: Sendable {
    package static let schemaVersion: Int64 = 1
    private static let labelWidth = 16
    static let nameWidth = 14

    let check: ProofCheck

    package init(_ check: ProofCheck) { self.check = check }

    /// Ends in a newline.
    package var text: String {
        let rows = account + verdict
        return rows.map { label, text in
            label.padding(to: Self.labelWidth) + text + "\n"
        }.joined()
    }

    typealias Row = (label: String, text: String)

    private var account: [Row] {
        switch check.proof {
        case .evidence(let evidence): Self.rows(of: evidence)
        case .certificate(let certificate, let set): rows(of: certificate, in: set)
        case .account(let proof): rows(of: proof)
        case nil: []
        }
    }

    private var verdict: [Row] {
        check.isValid
            ? [("verdict", "valid")]
            : check.flaws.enumerated().map { ($0 == 0 ? "verdict" : "", "invalid: \($1)") }
    }

    private static func rows(of evidence: Evidence) -> [Row] {
        let reading = EvidenceReading(evidence)
        func rows(_ label: String, _ fields: [EvidenceReading.Field]) -> [Row] {
            fields.enumerated().map { place, field in
                let name = field.name.replacing("_", with: " ").padding(to: nameWidth)
                return (place == 0 ? label : "", name + field.value.plain)
            }
        }
        return [
            ("proof", "\(reading.kind): \(reading.meaning)"), ("accused", "\(evidence.accused)"),
            ("about", "\(evidence.voteKey)"), ("offence", "\(evidence.offence)"),
        ] + rows("both say", reading.shared) + rows("the first says", reading.own[0])
            + rows("the second says", reading.own[1])
    }

    private func rows(of certificate: Certificate, in set: OperatorSet) -> [Row] {
        let statement = certificate.statement
        return [
            ("proof", "certificate: a quorum of the stake signed one statement"),
            ("network", "\(statement.voteKey.network)"), ("service", "\(statement.service)"),
            ("subject", "\(statement.voteKey.subject)"), ("kind", "\(statement.voteKey.kind)"),
            ("task", "\(statement.task)"), ("result", "\(statement.result)"),
            ("epoch", "\(set.epoch), revision \(set.revision)"),
            ("threshold", "more than \(set.threshold) of the stake"),
            ("signers", "\(certificate.signers.count) of \(set.members.count)"),
            ("signed stake", "\(set.weight(of: certificate.signers)) of \(set.total)"),
            ("operator set", "\(set.digest)"),
            ("", standing(of: set)),
        ]
    }

    private func standing(of set: OperatorSet) -> String {
        guard let pin = check.pin else {
            return "is what the file says: compare the digest, or pin it with --set-digest"
        }
        return pin == set.digest ? "is the pinned one" : "is not the pinned one"
    }

    package var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("schema_version", .integer(Self.schemaVersion)), ("valid", .bool(check.isValid)),
            ("signatures", .string(check.isModelled ? "modelled" : "ed25519")),
            ("flaws", .array(check.flaws.map(JSONValue.string))),
        ]
        switch check.proof {
        case .evidence(let evidence): members += Self.json(evidence)
        case .certificate(let certificate, let set): members += json(certificate, in: set)
        case .account(let proof): members += json(proof)
        case nil: break
        }
        return .object(members)
    }

    private static func json(_ evidence: Evidence) -> [(key: String, value: JSONValue)] {
        let reading = EvidenceReading(evidence)
        return [
            ("kind", .string(reading.kind)), ("accused", .string("\(evidence.accused)")),
            ("offence", .string("\(evidence.offence)")),
            ("messages", .array(reading.messages.map { .object($0.map { (key: $0.name, value: $0.value) }) })),
            ("differ_in", .array(reading.differences.sorted().map(JSONValue.string))),
        ]
    }

    private func json(_ certificate: Certificate, in set: OperatorSet) -> [(key: String, value: JSONValue)] {
        let statement = certificate.statement
        return [
            ("kind", .string("certificate")), ("network", .string("\(statement.voteKey.network)")),
            ("service", .integer(Int64(statement.service.number))),
            ("subject", .string("\(statement.voteKey.subject)")), ("vote_kind", .string("\(statement.voteKey.kind)")),
            ("task", .string("\(statement.task)")), ("result", .string("\(statement.result)")),
            ("epoch", .unsigned(set.epoch.number)), ("revision", .integer(Int64(set.revision.number))),
            ("threshold", .string("\(set.threshold)")), ("signers", .integer(Int64(certificate.signers.count))),
            ("members", .integer(Int64(set.members.count))),
            ("signed_lamports", .string("\(set.weight(of: certificate.signers).number)")),
            ("total_lamports", .string("\(set.total.number)")), ("operator_set", .string("\(set.digest)")),
            ("pinned", .bool(check.pin == set.digest)),
        ]
    }
}

extension String {
    /// At least one space follows.
    func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
