import Cryptography
import Messages
import Primitives

/// The least account of one violation: what is wrong, about which tasks, and what it can be seen by.
package struct ViolationAccount: Hashable, Sendable {
    /// For people: one sentence.
    package var account: String
    package var subjects: [VoteKey]
    package var exhibits: [Exhibit]

    package init(_ account: String, about subjects: [VoteKey] = [], exhibits: [Exhibit] = []) {
        self.account = account
        self.subjects = subjects
        self.exhibits = exhibits
    }
}

/// Something that the records hold, so that somebody can look at just those bytes.
package struct Exhibit: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case task, vote, certificate, evidence, instruction, receipt, slash, revocation, books, refusal, usage
        case operatorSet = "operator-set"
    }

    package var kind: Kind
    /// What it is, in a few words.
    package var text: String
    /// By which others name it; nil for what nobody names.
    package var digest: Digest?
    package var place: RecordPlace?
    /// In Borsh; empty for what has none.
    package var bytes: [UInt8]

    package init(_ kind: Kind, _ text: String, digest: Digest? = nil, at place: RecordPlace?, bytes: [UInt8] = []) {
        self.kind = kind
        self.text = text
        self.digest = digest
        self.place = place
        self.bytes = bytes
    }
}

/// Where in a run directory something stands.
package struct RecordPlace: Hashable, Sendable {
    /// `records/op-3.1.qrec`
    package var file: String
    /// Where its entry begins, counted from the file's first byte; nil for records that were never in a file.
    package var byte: Int?

    package init(file: String, byte: Int?) {
        self.file = file
        self.byte = byte
    }
}

extension RecordPlace: CustomStringConvertible {
    package var description: String { byte.map { "\(file), byte \($0)" } ?? file }
}

extension RunHistory {
    func exhibit(_ held: HeldCertificate) -> Exhibit {
        let certificate = held.certificate
        let statement = certificate.statement
        return Exhibit(
            .certificate,
            "\(held.holder)'s certificate for \(describe(statement.voteKey)), result \(statement.result.short), "
                + "\(Self.count(certificate.signers.count, "signer"))",
            digest: statement.digest, at: held.place, bytes: certificate.borsh)
    }

    func exhibit(_ vote: Attestation, of signer: OperatorIndex, at place: RecordPlace?) -> Exhibit {
        let statement = vote.statement
        return Exhibit(
            .vote,
            "the vote of \(name(of: signer)) for \(describe(statement.voteKey)), result \(statement.result.short) of "
                + "task \(statement.task.short)", digest: statement.digest, at: place, bytes: vote.borsh)
    }

    func exhibit(_ task: ServiceTask, at place: RecordPlace?) -> Exhibit {
        Exhibit(
            .task, "task \(task.sequence) of \(name(of: task.service))", digest: task.digest, at: place,
            bytes: task.borsh)
    }

    func exhibit(_ instruction: AppliedInstruction) -> Exhibit {
        Exhibit(
            .instruction, "instruction \(instruction.sequence), answered \(instruction.outcome)",
            digest: instruction.signed.digest, at: instruction.place, bytes: instruction.signed.borsh)
    }

    func exhibit(_ slash: Slash) -> Exhibit {
        Exhibit(
            .slash, "the slash of \(name(of: slash.record.signer)) for \(describe(slash.record.voteKey))",
            digest: slash.record.offence, at: slash.place, bytes: slash.record.borsh)
    }

    func exhibit(_ revoked: Revoked) -> Exhibit {
        Exhibit(
            .revocation, "the revocation of the coordinator of \(name(of: revoked.record.service))",
            digest: revoked.record.offence, at: revoked.place, bytes: revoked.record.borsh)
    }

    func exhibit(_ found: FoundEvidence) -> Exhibit {
        Exhibit(
            .evidence, "what \(name(of: found.finder)) found about \(describe(found.evidence.voteKey))",
            digest: found.evidence.offence, at: found.place, bytes: found.evidence.borsh)
    }

    func exhibit(_ page: BookPage) -> Exhibit {
        Exhibit(
            .books, "the books of \(name(of: page.books.asset)) after instruction \(page.books.sequence)",
            at: page.place, bytes: page.books.borsh)
    }

    /// The two votes or more of an adversary, as it records sending them.
    func exhibits(of equivocation: InjectedEquivocation) -> [Exhibit] {
        equivocation.votes.map { exhibit($0.attestation, of: equivocation.signer, at: equivocation.place) }
    }

    func exhibits(of equivocation: InjectedTaskEquivocation) -> [Exhibit] {
        equivocation.tasks.map { sent in
            Exhibit(
                .task, "one of two tasks signed as \(describe(equivocation.voteKey))", digest: sent.header.digest,
                at: equivocation.place, bytes: sent.header.borsh + sent.signature.borsh)
        }
    }
}
