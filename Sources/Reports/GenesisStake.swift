import Messages
import Primitives

extension Genesis {
    /// What stands behind each operator in the beginning: its own stake, and what others delegate to it.
    var stakes: [Lamports] {
        var stakes = Array(repeating: Lamports.zero, count: signers.count)
        for delegation in restakers.flatMap(\.delegations)
        where stakes.indices.contains(Int(delegation.signer.number)) {
            stakes[Int(delegation.signer.number)] += delegation.amount
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
