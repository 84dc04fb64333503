import Messages
import Primitives
import Restaking

/// What a restaker had of one asset in the beginning, what came and went, and what it has in the end: idle, delegated,
/// unbonding and earned, in the asset's units.
///
/// `ended` is the sum: `began + deposited + rewards + awarded + baseYield - withdrawn - claimed - slashed - forfeited`.
package struct HoldingAccount: Hashable, Sendable {
    package var restaker: RestakerIndex
    package var name: String
    package var asset: AssetID
    package var assetName: String
    package var began: Units
    package var figures: Figures
    /// Of services for tasks; an operator's commissions are among them.
    package var rewards: Units
    /// What base yield has added, and what rounding took.
    package var baseYield: BalanceAccount.Change
    package var ended: Units
    /// What was slashed and forfeited, at the asset's last rate.
    package var lost: Lamports

    package struct Figures: Hashable, Sendable {
        package var deposited = Units.zero
        package var withdrawn = Units.zero
        /// Of what had been earned.
        package var claimed = Units.zero
        package var slashed = Units.zero
        /// Bonds of challenges that did not come back, and fees for evidence that proved nothing.
        package var forfeited = Units.zero
        /// For reporting offences, and what of others' slashed stake goes to it.
        package var awarded = Units.zero
        /// Of `forfeited`, what came back: it is among what is earned.
        var returned = Units.zero

        var isLoss: Bool { slashed > .zero || forfeited > .zero }
    }

    /// What is not known is what is left: of yield, and of rounding.
    init(
        _ restaker: RestakerIndex, _ name: String, _ asset: AssetView, began: Units, _ figures: Figures,
        _ view: RestakerView
    ) {
        (self.restaker, self.name, self.began, self.figures) = (restaker, name, began, figures)
        (self.asset, assetName) = (asset.asset, asset.terms.name)
        ended = view.total(of: asset.asset)
        let earned = view.earned.first { $0.asset == asset.asset }?.amount ?? .zero
        rewards = (earned + figures.claimed).subtracting(figures.awarded + figures.returned) ?? .zero
        baseYield = BalanceAccount.Change(
            from: began + figures.deposited + rewards + figures.awarded,
            to: ended + figures.withdrawn + figures.claimed + figures.slashed + figures.forfeited)
        lost = asset.rate.value(of: figures.slashed + figures.forfeited) ?? .zero
    }

    /// Whether there ever was any of it.
    var isAnything: Bool { began > .zero || ended > .zero || figures != Figures() }
}
