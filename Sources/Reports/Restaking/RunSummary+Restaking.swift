import Messages
import Primitives
import Verdicts

/// How the restaking state came out, in words and for programs.
extension RunSummary {
    /// Where AVSs share stake: what that does for each.
    var securityLines: [String] {
        guard security.count > 1 else { return [] }
        return security.map(\.line)
    }

    var nativePoolLines: [String] {
        guard let pool = nativePool else { return [] }
        let stakes = pool.stakes.map { "\($0.name) \(Lamports($0.stake.number))" }.joined(separator: ", ")
        var lines = [
            "in \(RunHistory.count(pool.epochs, "epoch")) it yielded \(Lamports(pool.yielded.number)); holding still "
                + "would have yielded \(Lamports(pool.yieldedStanding.number))",
            "staked with \(stakes)",
        ]
        lines += pool.moves.prefix(Self.shownMoves).map { move in
            "epoch \(move.epoch): \(Lamports(move.amount.number)) moved from \(move.from) to \(move.to), which cost "
                + "\(Lamports(move.lost.number)) in that epoch"
        }
        let more = pool.moves.count - Self.shownMoves
        if more > 0 { lines.append("and \(more) more moves, see \(Self.resultsName)") }
        return lines
    }

    private static let shownMoves = 6

    /// Those first who lost most.
    var holdingLines: [String] {
        let ranked = holdings.enumerated().sorted { ($1.element.lost, $0.offset) < ($0.element.lost, $1.offset) }
            .map(\.element)
        var lines = ranked.prefix(Self.shownHoldings).map(\.account)
        let rest = ranked.dropFirst(Self.shownHoldings)
        guard !rest.isEmpty else { return lines }
        let losers = rest.count { $0.lost > .zero }
        lines.append(
            "and \(rest.count) more, "
                + (losers == 0 ? "none of which lost anything" : "of which \(losers) lost something")
                + "; see \(Self.resultsName)")
        return lines
    }

    private static let shownHoldings = 6

    var restakingJSON: JSONValue {
        .object([
            ("security", .array(security.map(json))), ("restakers", .array(holdings.map(json))),
            ("native_pool", nativePool.map(json) ?? .null),
        ])
    }

    private func json(_ account: SecurityAccount) -> JSONValue {
        func lamports(_ amount: Lamports) -> JSONValue { .string("\(amount.number)") }
        return .object([
            ("service", .string(account.service)), ("allocation", .string("\(account.policy)")),
            ("stake_lamports", lamports(account.set.total)),
            ("unique_lamports", lamports(account.unique)), ("alone_lamports", lamports(account.alone)),
            ("cost_pooled_lamports", lamports(account.costPooled)),
            ("cost_alone_lamports", lamports(account.costAlone)),
            ("equivocation_slash", .string("\(account.terms)")),
        ])
    }

    private func json(_ holding: HoldingAccount) -> JSONValue {
        let figures = holding.figures
        func units(_ amount: Units) -> JSONValue { .string("\(amount.number)") }
        return .object([
            ("restaker", .string(holding.name)), ("asset", .string(holding.assetName)),
            ("began_units", units(holding.began)), ("deposited_units", units(figures.deposited)),
            ("withdrawn_units", units(figures.withdrawn)), ("claimed_units", units(figures.claimed)),
            ("rewards_units", units(holding.rewards)), ("awarded_units", units(figures.awarded)),
            ("slashed_units", units(figures.slashed)), ("forfeited_units", units(figures.forfeited)),
            ("yield_units", .string(holding.yieldSign + "\(holding.yieldAmount.number)")),
            ("ended_units", units(holding.ended)), ("lost_lamports", .string("\(holding.lost.number)")),
        ])
    }

    private func json(_ pool: NativePoolAccount) -> JSONValue {
        func lamports(_ amount: Units) -> JSONValue { .string("\(amount.number)") }
        return .object([
            ("epochs", .integer(Int64(pool.epochs))), ("yielded_lamports", lamports(pool.yielded)),
            ("yielded_standing_lamports", lamports(pool.yieldedStanding)),
            (
                "stakes",
                .array(
                    pool.stakes.map {
                        .object([("validator", .string($0.name)), ("stake_lamports", lamports($0.stake))])
                    })
            ),
            (
                "moves",
                .array(
                    pool.moves.map { move in
                        .object([
                            ("epoch", .unsigned(move.epoch.number)), ("from", .string(move.from)),
                            ("to", .string(move.to)), ("amount_lamports", lamports(move.amount)),
                            ("lost_lamports", lamports(move.lost)),
                        ])
                    })
            ),
        ])
    }
}
