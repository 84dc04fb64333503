import Messages
import Primitives
import Verdicts

/// Certificates for one task that say different things: what must not be, and who made it so.
extension ReportPage {
    private static let shownConflicts = 8

    var conflicts: ReportSection? {
        let bySubject = Dictionary(grouping: summary.conflicts, by: \.certificate.statement.voteKey)
        let sorted = bySubject.sorted { $0.key < $1.key }
        guard !sorted.isEmpty else { return nil }
        return ReportSection(
            "conflicts", "Conflicting certificates",
            lead:
                "Quorums that signed different statements about one task. Whoever signed both is proven guilty by them."
        ) {
            for (key, files) in sorted.prefix(Self.shownConflicts) { article(key, files) }
            if sorted.count > Self.shownConflicts {
                element("p") {
                    "And of \(sorted.count - Self.shownConflicts) more tasks, see \(RunSummary.resultsName)."
                }
            }
        }
    }

    private func article(_ key: VoteKey, _ files: [CertificateFile]) -> Markup {
        element("article") {
            element("h3") {
                history.describe(key)
                element("span", ["class": "what"]) { "has certificates for \(files.count) different statements" }
            }
            signersOfAll(files)
            element("div", ["class": "pair"]) {
                for (place, file) in files.prefix(4).enumerated() { card(file, place) }
            }
        }
    }

    private func signersOfAll(_ files: [CertificateFile]) -> Markup {
        guard let set = files.first?.operatorSet else { return .nothing }
        let signers = files.map { Set(members(of: $0).map(\.signer)) }
        let common = set.members.filter { member in signers.allSatisfy { $0.contains(member.signer) } }
        guard !common.isEmpty else { return .nothing }
        let stake = common.reduce(Lamports.zero) { $0 + $1.weight }
        return element("p") {
            "All of them are signed by "
            element("strong") { Markup.names(common.map { history.name(of: $0.signer) }) }
            ", who have \(stake) of \(set.total) together: \(stake.percentage(of: set.total))."
        }
    }

    private func members(of file: CertificateFile) -> [OperatorSet.Member] {
        let (signers, set) = (file.certificate.signers, file.operatorSet)
        return signers.size == set.members.count ? signers.members.map { set.members[$0.place] } : []
    }

    private func card(_ file: CertificateFile, _ place: Int) -> Markup {
        let (statement, set) = (file.certificate.statement, file.operatorSet)
        let stake = set.weight(of: file.certificate.signers)
        return element("div", ["class": "card"]) {
            element("h4") { "Certificate \(place + 1)" }
            Self.fields([("task", .string("\(statement.task)")), ("result", .string("\(statement.result)"))])
            element("p") {
                "\(stake) of \(set.total), \(stake.percentage(of: set.total)): "
                Markup.names(members(of: file).map { history.name(of: $0.signer) }, limit: 24)
            }
            if !context.isModelled { Markup.command(ShellCommand("quorate", "verify", path(of: file.path))) }
        }
    }
}
