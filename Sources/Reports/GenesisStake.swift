import Messages
import Primitives

extension Genesis {
    /// What stands behind each operator in the beginning: its own stake, and what others delegate to it, at each asset's
    /// first rate and with its haircut.
    var stakes: [Lamports] {
        var stakes = Array(repeating: Lamports.zero, count: signers.count)
        for delegation in restakers.flatMap(\.delegations)
        where stakes.indices.contains(Int(delegation.signer.number)) && delegation.asset.place < assets.count {
            let terms = assets[delegation.asset.place]
            guard let value = terms.rate.value(of: delegation.amount) else { continue }
            stakes[Int(delegation.signer.number)] += value.scaled(by: terms.weight)
        }
        return stakes
    }
}

extension Lamports {
    /// To a tenth, rounded down: `15%`, `12.5%`.
    func percentage(of total: Lamports) -> String {
        guard total > .zero else { return "0%" }
        let perMille = Arithmetic.multiplyDivide(number, 1000, by: total.number, rounding: .down)
        return perMille.isMultiple(of: 10) ? "\(perMille / 10)%" : "\(perMille / 10).\(perMille % 10)%"
    }
}
