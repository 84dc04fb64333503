import Foundation
import Primitives

/// How a total of stake is spread over operators, so that a topology need not list them.
package enum StakeDistribution: Hashable, Sendable {
    /// All the same, to the lamport.
    case equal
    /// Rank r holds in proportion to r^-exponent.
    case zipf(exponent: Double)
    /// As on Solana: a flat top, a body that thins out, a long thin tail.
    case solana
    /// The first holds the least amount above a third of the total; the others share the rest equally.
    case whale

    package static let exponents: ClosedRange<Double> = 0...10

    /// The fewest operators over which it can be spread with the first holding most.
    package var minimumCount: Int {
        switch self {
        case .equal, .zipf, .solana: 1
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
            return Self.apportion(total.number, by: Self.weights([Piece(last: .max, exponent: exponent)], count: count))
        case .solana:
            return Self.apportion(total.number, by: Self.weights(Self.solanaPieces, count: count))
        case .whale:
            let whale = total.number / 3 + 1
            let rest = Self.apportion(total.number - whale, by: Array(repeating: 1, count: count - 1))
            return [Lamports(whale)] + rest
        }
    }

    /// So many ranks, from the one before on, that fall by a power law.
    struct Piece {
        /// The last rank.
        let last: Int
        let exponent: Double
    }

    /// Fitted to what the validators of Solana held in epochs 780 and 860: 1,292 and 962 of them.
    static let solanaPieces = [
        Piece(last: 10, exponent: 0.33), Piece(last: 100, exponent: 0.8), Piece(last: .max, exponent: 1.75),
    ]

    /// Weights as whole numbers, 1e12 for the first rank; each piece goes on where the one before ended.
    ///
    /// The library's power function may differ in its last bit from one machine to another. That is far less than what
    /// rounding takes away, so floating point decides nothing beyond it.
    static func weights(_ pieces: [Piece], count: Int) -> [UInt64] {
        var weights: [UInt64] = []
        var (first, height) = (1, 1.0)
        for piece in pieces {
            let last = min(piece.last, count)
            while weights.count < last {
                let weight = height * pow(Double(weights.count + 1) / Double(first), -piece.exponent)
                weights.append(max(1, UInt64((1e12 * weight).rounded())))
            }
            height *= pow(Double(last) / Double(first), -piece.exponent)
            first = last
        }
        return weights
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
        case .solana: "solana"
        case .whale: "whale"
        }
    }
}

extension ScalarGrammar where Value == StakeDistribution {
    /// `equal`, `zipf(0.85)`, `solana`, `whale`.
    package static var distribution: Self {
        let noun = "a stake distribution"
        return Self(noun: noun, example: "equal, zipf(0.85), solana or whale") { text throws(GrammarMistake) in
            switch text {
            case "equal": return .equal
            case "solana": return .solana
            case "whale": return .whale
            case let zipf where zipf.hasPrefix("zipf(") && zipf.hasSuffix(")"):
                let number = String(zipf.dropFirst(5).dropLast())
                guard DecimalNumber(number) != nil, let exponent = Double(number),
                    StakeDistribution.exponents.contains(exponent)
                else { throw GrammarMistake("\(text.abridged): the exponent must be a number from 0 to 10") }
                return .zipf(exponent: exponent)
            default: throw .isNot(text, noun, write: "equal, zipf(0.85), solana or whale")
            }
        }
    }
}
