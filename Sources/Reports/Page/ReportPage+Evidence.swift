import Cryptography
import Messages
import Primitives
import SystemPackage
import Verdicts

/// Proofs, for a person to read and for anyone to check.
extension ReportPage {
    /// What the two signed messages say, where they differ, who was shown which, and how to check it.
    func evidence(_ file: EvidenceFile) -> Markup {
        let reading = EvidenceReading(file.evidence)
        let recipients = recipients(of: file.evidence)
        return element("div", ["class": "evidence"]) {
            element("h4") { "The evidence" }
            element("p") {
                "It proves that \(reading.meaning): both carry the signature of \(name(of: file.evidence.accused))."
            }
            element("div", ["class": "pair"]) {
                for (place, title) in ["The first says", "The second says"].enumerated() {
                    element("div", ["class": "card"]) {
                        element("h5") { title }
                        Self.fields(reading.own[place], areDifferent: true)
                        if !recipients[place].isEmpty {
                            element("p", ["class": "note"]) {
                                "sent to "
                                Markup.names(recipients[place])
                            }
                        }
                    }
                }
            }
            Markup.details("What both say, and who is accused") {
                Self.fields(
                    [("accused", .string("\(file.evidence.accused)")), ("offence", .string("\(file.offence)"))]
                        + reading.shared)
            }
            if context.isModelled {
                element("p", ["class": "check"]) { "Nobody can check it: \(ProofCheck.modelled)." }
            } else {
                element("p", ["class": "check"]) { "Anyone can check it, with nothing but the file:" }
                Markup.command(ShellCommand("quorate", "verify", path(of: file.borshPath)))
            }
        }
    }

    func path(of file: String) -> String { context.runDirectory.pushing(FilePath(file)).string }

    /// A field that differs says so without colour too.
    static func fields(_ fields: [EvidenceReading.Field], areDifferent: Bool = false) -> Markup {
        element("dl", ["class": areDifferent ? "fields differ" : "fields"]) {
            for field in fields {
                element("div") {
                    element("dt") {
                        field.name.replacing("_", with: " ")
                        if areDifferent { element("span", ["class": "sign"]) { "≠" } }
                    }
                    element("dd") { Markup.code(field.value.plain) }
                }
            }
        }
    }

    /// To whom the adversary says that it sent the first, and the second; nobody where it does not say.
    private func recipients(of evidence: Evidence) -> [[String]] {
        switch evidence {
        case .equivocation(let pair):
            let offence = equivocations.first {
                $0.voteKey == evidence.voteKey && genesis.key(of: .signer($0.signer)) == pair.accused
            }
            return [pair.first, pair.second].map { statement in
                names(offence?.votes.first { $0.attestation.statement == statement }?.recipients ?? [])
            }
        case .taskEquivocation(let pair):
            let offence = taskEquivocations.first { $0.voteKey == pair.voteKey }
            return [pair.first, pair.second].map { header in
                names(offence?.tasks.first { $0.header == header }?.recipients ?? [])
            }
        }
    }

    private func names(_ parties: [Party]) -> [String] {
        var seen: Set<Party> = []
        return parties.filter { seen.insert($0).inserted }.sorted().map { history.name(of: $0) }
    }

    /// The node that signs with a key; the key itself where it is nobody's.
    func name(of key: PublicKey) -> String {
        genesis.parties.first { genesis.key(of: $0) == key }.map { history.name(of: $0) } ?? "\(key)"
    }

    func finder(of evidence: Evidence) -> String? {
        history.honestFindings(against: evidence.accused, about: evidence.voteKey).min { $0.at < $1.at }
            .map { history.name(of: $0.finder) }
    }
}
