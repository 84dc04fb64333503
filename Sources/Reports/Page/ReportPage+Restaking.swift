import Messages
import Primitives
import Verdicts

/// What shared stake does for each AVS, and where the native pool stood.
extension ReportPage {
    var security: ReportSection? {
        guard summary.security.count > 1 else { return nil }
        return ReportSection(
            "security", "Security",
            lead:
                "What it takes to have a wrong result certified: with the stake that services share, and alone, if every "
                + "operator had divided its stake evenly among its services."
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
