import Messages
import Primitives
import Verdicts

/// The stake of one operator set before and after a slash, as two bars of one scale: a piece for each operator, that of
/// the culprit hatched and then gone, and a line where a quorum begins.
struct StakeBars {
    /// Smaller ones are put together.
    private static let pieceLimit = 40

    let seat: SeatLoss
    let culprit: OperatorIndex

    var drawing: Markup {
        element("div", ["class": "stake-bars"]) {
            bar("before", seat.before)
            bar("after", seat.after)
        }
    }

    private func bar(_ name: String, _ set: OperatorSet) -> Markup {
        let quorum = SeatLoss.quorum(of: set)
        return element("div", ["class": "stake-bar"]) {
            element("p") {
                element("span", ["class": "name"]) { name }
                element("span") {
                    "\(set.total) in \(RunHistory.count(set.members.count, "seat"))"
                }
                element("span", ["class": "note"]) { "quorum: more than \(set.threshold), at least \(quorum)" }
            }
            element(
                "svg",
                [
                    "role": "img", "width": "100%", "height": "30",
                    "aria-label": "Stake \(name): \(set.total); a quorum is at least \(quorum).",
                ]
            ) {
                pieces(of: set)
                let x = Plot.percent(share(quorum))
                element("line", ["class": "quorum", "x1": x, "x2": x, "y1": "0", "y2": "30"])
            }
        }
    }

    private func pieces(of set: OperatorSet) -> Markup {
        let ranked = set.members.sorted { ($1.weight, $0.signer) < ($0.weight, $1.signer) }
        let shown = Set(ranked.prefix(Self.pieceLimit).map(\.signer)).union([culprit])
        var pieces = set.members.filter { shown.contains($0.signer) }.map { ($0.signer == culprit, $0.weight) }
        let rest = set.members.filter { !shown.contains($0.signer) }.reduce(Lamports.zero) { $0 + $1.weight }
        if rest > .zero { pieces.append((false, rest)) }
        var start = Lamports.zero
        return .joined(
            pieces.map { isCulprit, weight in
                defer { start += weight }
                return element(
                    "rect",
                    [
                        "class": isCulprit ? "piece lost" : "piece", "x": Plot.percent(share(start)), "y": "5",
                        "width": Plot.percent(share(weight)), "height": "20",
                    ])
            })
    }

    /// Of the stake before.
    private func share(_ stake: Lamports) -> Double {
        seat.before.total > .zero ? Double(stake.number) / Double(seat.before.total.number) : 0
    }
}
