import Messages
import Primitives
import Restaking

/// Takes the ledger's numbers over, once they have been found right: from here on dust counts anew.
///
/// So each instruction is held to its own few steps of rounding, even where amounts are so small that a single one is
/// felt in all that follows. What is taken over is exact: a restaker's shares of a pool at the pool's price, unrounded.
extension Model {
    mutating func anchor(on comparison: Comparison) {
        let ledger = comparison.ledger
        undivided = [:]
        for restaker in stakes.indices {
            undivided.merge(comparison.holdings[restaker].undivided) { first, _ in first }
            idle[restaker] = comparison.holdings[restaker].idle
            stakes[restaker] = comparison.holdings[restaker].stakes
        }
        for place in people.indices {
            people[place].earned = comparison.earned[place]
            people[place].points = comparison.pointsInLedger(place)
        }
        for (place, books) in ledger.books.enumerated() {
            assets[place].balance = Exact(books.vault)
            assets[place].flows = Flows(
                entered: Exact(books.entered), bonds: Exact(books.bonds), fees: Exact(books.fees),
                burned: Exact(books.burned), withdrawn: Exact(books.withdrawn), residue: Exact(books.residue))
        }
        for place in services.indices { services[place].budget = Exact(ledger.budget(of: ServiceID(UInt32(place)))) }
        for (place, stake) in ledger.spread.enumerated() {
            validators[place].stake = Exact(stake)
            validators[place].moved = min(validators[place].moved, validators[place].stake)
        }
        anchorOperators(on: comparison)
        dust = Dust(assets: assets.count)
    }

    private mutating func anchorOperators(on comparison: Comparison) {
        let ledger = comparison.ledger
        for signer in operators.indices {
            let index = OperatorIndex(UInt32(signer))
            for asset in assets.indices.map({ AssetID($0) }) {
                let figures = comparison.figures[signer][asset.place]
                operators[signer].counted[asset] = figures.counted.mapValues { Exact($0) }
                poolShares[Spot(asset: asset, signer: index)] =
                    figures.active > .zero ? Exact(figures.activeShares) / Exact(figures.active) : nil
            }
            guard parameters.allocation != .shared else { continue }
            for part in operators[signer].allocations.keys {
                let present = Exact(ledger.magnitude(of: index, for: part.service, part.asset, in: epoch))
                if let entry = operators[signer].allocations[part]?.lastIndex(where: { $0.from <= epoch }) {
                    operators[signer].allocations[part]?[entry].magnitude = present
                }
                let next = Exact(ledger.magnitude(of: index, for: part.service, part.asset, in: epoch.next))
                if next != operators[signer].magnitude(part, in: epoch.next) { say(next, part, of: index) }
            }
        }
    }
}
