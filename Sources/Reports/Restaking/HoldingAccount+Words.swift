import Messages
import Primitives
import Restaking

extension HoldingAccount {
    /// `bob began with 200 SOL; earned 0.1 SOL; lost 5 SOL by slashes; ended with 195.1 SOL`
    var account: String {
        var parts = ["\(name) began with \(text(of: began))"]
        let changes: [(Units, String, String)] = [
            (figures.deposited, "deposited", ""), (rewards, "earned", ""), (figures.awarded, "was awarded", ""),
            (figures.slashed, "lost", " by slashes"), (figures.forfeited, "lost", " in bonds and fees"),
            (figures.withdrawn, "withdrew", ""), (figures.claimed, "claimed", ""),
        ]
        parts += changes.filter { $0.0 > .zero }.map { "\($1) \(text(of: $0))\($2)" }
        // A few units more or less are rounding.
        if yieldAmount > Self.rounding { parts.append("base yield \(yieldSign)\(text(of: yieldAmount))") }
        return (parts + ["ended with \(text(of: ended))"]).joined(separator: "; ")
    }

    private static let rounding = Units(1_000)

    var yieldAmount: Units {
        switch baseYield {
        case .gain(let amount), .loss(let amount): amount
        }
    }

    var yieldSign: String {
        switch baseYield {
        case .gain: ""
        case .loss: "-"
        }
    }

    /// `12.5 mSOL`
    func text(of amount: Units) -> String {
        let native = "\(Lamports(amount.number))"
        return asset == .native ? native : native.dropLast("SOL".count) + assetName
    }
}
