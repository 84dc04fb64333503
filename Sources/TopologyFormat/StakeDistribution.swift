import Foundation
import Primitives

/// How a total of stake is spread over operators, so that a topology need not list them.
package enum StakeDistribution: Hashable, Sendable {
    /// All the same, to the lamport.
    case equal
    /// Rank r holds in proportion to r^-exponent.
    case zipf(exponent: Double)
    /// The first holds the least amount above a third of the total; the others share the rest equally.
    case whale

    package static let exponents: ClosedRange<Double> = 0...10

    /// The fewest operators over which it can be spread with the first holding most.
    package var minimumCount: Int {
        switch self {
        case .equal, .zipf: 1
        case .whale: 3
        }
    }

    /// Whether there are operators enough, and a lamport for each.
    package func canSpread(_ total: Lamports, among count: Int) -> Bool {
        guard count >= minimumCount else { return false }
        let whale = self == .whale ? total.number / 3 : 0
        return total.number - whale >= UInt64(count)
    }

    /// The stakes, from the largest; their sum is exactly `total`, and each is at least 1 lamport.
    ///
    /// Each operator is first given one lamport; the rest is apportioned by largest remainder (ties to the better rank).
    /// Traps unless `canSpread`.
    package func stakes(of total: Lamports, among count: Int) -> [Lamports] {
        precondition(canSpread(total, among: count), "too little to spread")
        switch self {
        case .equal:
            return Self.apportion(total.number, by: Array(repeating: 1, count: count))
        case .zipf(let exponent):
            return Self.apportion(total.number, by: Self.zipfWeights(exponent: exponent, count: count))
        case .whale:
            let whale = total.number / 3 + 1
            let rest = Self.apportion(total.number - whale, by: Array(repeating: 1, count: count - 1))
            return [Lamports(whale)] + rest
        }
    }

    /// Weights as whole numbers, 1e12 for the first rank: beyond this rounding, floating point decides nothing.
    static func zipfWeights(exponent: Double, count: Int) -> [UInt64] {
        (1...count).map { rank in
            max(1, UInt64((1e12 * pow(Double(rank), -exponent)).rounded()))
        }
    }

    private static func apportion(_ total: UInt64, by weights: [UInt64]) -> [Lamports] {
        let spread = UInt128(total - UInt64(weights.count))
        let sum = UInt128(weights.reduce(0, +))
        let quotas = weights.map { (spread * UInt128($0)).quotientAndRemainder(dividingBy: sum) }
        var stakes = quotas.map { UInt64($0.quotient) + 1 }
        let left = Int(total - stakes.reduce(0, +))
        let byRemainder = quotas.indices.sorted { left, right in
            (quotas[right].remainder, left) < (quotas[left].remainder, right)
        }
        for index in byRemainder.prefix(left) { stakes[index] += 1 }
        return stakes.map(Lamports.init)
    }
}

extension StakeDistribution: CustomStringConvertible {
    package var description: String {
        switch self {
        case .equal: "equal"
        case .zipf(let exponent): "zipf(\(exponent))"
        case .whale: "whale"
        }
    }
}

extension ScalarGrammar where Value == StakeDistribution {
    /// `equal`, `zipf(0.85)`, `whale`.
    package static var distribution: Self {
        let noun = "a stake distribution"
        return Self(noun: noun, example: "equal, zipf(0.85) or whale") { text throws(GrammarMistake) in
            switch text {
            case "equal": return .equal
            case "whale": return .whale
            case let zipf where zipf.hasPrefix("zipf(") && zipf.hasSuffix(")"):
                let number = String(zipf.dropFirst(5).dropLast())
                guard DecimalNumber(number) != nil, let exponent = Double(number),
                    StakeDistribution.exponents.contains(exponent)
                else { throw GrammarMistake("\(text.abridged): the exponent must be a number from 0 to 10") }
                return .zipf(exponent: exponent)
            default: throw .isNot(text, noun, write: "equal, zipf(0.85) or whale")
            }
        }
    }
}
