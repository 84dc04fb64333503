import Messages
import Primitives
import Verdicts

/// What shared stake does for each AVS, and where the native pool stood.
extension ReportPage {
    var security: ReportSection? {
        guard summary.security.count > 1 else { return nil }
        return ReportSection(
            "security", "Security",
            lead: Self.securityLead(summary.security)
        ) {
            Markup.table(
                "Security", ["service", "stake", "behind no other", "to corrupt it", "alone", "an equivocation costs"],
                summary.security.map { account in
                    [
                        Markup(text: account.service), Markup(text: "\(account.set.total)"),
                        Markup(text: account.unique.percentage(of: account.set.total)),
                        Markup(text: "\(account.costPooled)"), Markup(text: "\(account.costAlone)"),
                        Markup(text: account.terms.percentage),
                    ]
                })
        }
    }

    private static func securityLead(_ accounts: [SecurityAccount]) -> String {
        let cost = "What it takes to have a wrong result certified: "
        let words =
            switch accounts[0].policy {
            case .shared:
                "with the stake that services share, and alone, if every operator had divided its stake evenly among "
                    + "its services."
            case .unique: "every operator has allocated its stake in parts, and each is one service's alone."
            case .elastic:
                "with parts of operators' stake that may overlap, and alone, if every operator had cut its parts to "
                    + "what it has."
            }
        return cost + words + (accounts.contains(where: \.weighs) ? " Stake is as each service weighs it." : "")
    }

    private static let shownHoldings = 24
    private static let listedHoldings = 500

    var restakers: ReportSection? {
        guard !summary.holdings.isEmpty else { return nil }
        let ranked = summary.holdings.enumerated()
            .sorted { ($1.element.lost, $0.offset) < ($0.element.lost, $1.offset) }.map(\.element)
        func table(_ rows: ArraySlice<[Markup]>) -> Markup {
            Markup.figures(
                "Amounts by restaker and asset",
                [
                    "restaker", "began", "deposited", "withdrawn", "claimed", "rewards", "awarded", "slashed",
                    "bonds and fees", "base yield", "ended",
                ], rows)
        }
        let rows = ranked.prefix(Self.listedHoldings).map { holding in
            let figures = holding.figures
            let amounts = [
                holding.began, figures.deposited, figures.withdrawn, figures.claimed, holding.rewards, figures.awarded,
                figures.slashed, figures.forfeited,
            ].map { $0 == .zero ? "–" : holding.text(of: $0) }
            let baseYield =
                holding.yieldAmount == .zero ? "–" : holding.yieldSign + holding.text(of: holding.yieldAmount)
            return ([holding.name] + amounts + [baseYield, holding.text(of: holding.ended)]).map { Markup(text: $0) }
        }
        let more = ranked.count - Self.listedHoldings
        return ReportSection(
            "restakers", "Restakers",
            lead:
                "What each had in the beginning, what came and went, and what it has in the end, by asset; those first "
                + "who lost most. What is not known by name is base yield, with rounding in it."
        ) {
            Markup.folded(rows, limit: Self.shownHoldings, table: table)
            if more > 0 { element("p") { "And \(more.grouped) more; see \(RunSummary.resultsName)." } }
        }
    }

    private static let shownEntries = 40
    private static let listedEntries = 500

    var stakeTimeline: ReportSection? {
        guard !summary.timeline.isEmpty else { return nil }
        let rows = summary.timeline.prefix(Self.listedEntries).map { account in
            [Markup(text: "\(account.entry)"), Markup.code(account.plan), Markup(text: account.result)]
        }
        let more = summary.timeline.count - Self.listedEntries
        return ReportSection(
            "stake-timeline", "Timeline",
            lead:
                "What was done to the restaking state in the course of the run, as the topology has it, and what came of it."
        ) {
            Markup.folded(rows, limit: Self.shownEntries) {
                Markup.table("Timeline", ["entry", "as written", "what came of it"], $0)
            }
            if more > 0 { element("p") { "And \(more.grouped) more; see \(RunSummary.resultsName)." } }
        }
    }

    var nativePool: ReportSection? {
        guard let pool = summary.nativePool else { return nil }
        return ReportSection(
            "native-pool", "Native pool",
            lead:
                "Where the pool's SOL is staked, and what its moves were worth: what moves earns nothing in that epoch."
        ) {
            Markup.facts([
                ("epochs", Markup(text: "\(pool.epochs)")),
                ("yielded", Markup(text: "\(Lamports(pool.yielded.number))")),
                ("holding still", Markup(text: "\(Lamports(pool.yieldedStanding.number))")),
            ])
            Markup.table(
                "Stakes", ["base validator", "stake"],
                pool.stakes.map { [Markup(text: $0.name), Markup(text: "\(Lamports($0.stake.number))")] })
            if !pool.moves.isEmpty {
                Markup.table(
                    "Moves", ["epoch", "from", "to", "amount", "lost in that epoch"],
                    pool.moves.prefix(100).map { move in
                        [
                            Markup(text: "\(move.epoch)"), Markup(text: move.from), Markup(text: move.to),
                            Markup(text: "\(Lamports(move.amount.number))"),
                            Markup(text: "\(Lamports(move.lost.number))"),
                        ]
                    })
            }
        }
    }
}
