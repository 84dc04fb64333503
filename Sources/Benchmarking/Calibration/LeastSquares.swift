/// Fits observed sums by the prices of what they are made of.
enum LeastSquares {
    /// One observation: how much of each thing there was, and what all of it took.
    struct Row {
        var amounts: [Double]
        var total: Double
    }

    /// The prices that leave the least of the rows' relative errors, squared: a row that took long weighs no more than
    /// one that took little. Where the best price of a thing would be negative, it is taken to cost nothing.
    ///
    /// - Returns: nil when the rows do not tell the things apart.
    static func prices(_ rows: [Row]) -> [Double]? {
        guard let things = rows.first?.amounts.count else { return nil }
        var priced = Array(0..<things)
        while !priced.isEmpty {
            guard let found = solve(rows, priced) else { return nil }
            guard let least = found.indices.min(by: { found[$0] < found[$1] }), found[least] < 0 else {
                var prices = Array(repeating: 0.0, count: things)
                for (thing, price) in zip(priced, found) { prices[thing] = price }
                return prices
            }
            priced.remove(at: least)
        }
        return Array(repeating: 0, count: things)
    }

    /// The normal equations, by elimination with pivots.
    private static func solve(_ rows: [Row], _ things: [Int]) -> [Double]? {
        var matrix = Array(repeating: Array(repeating: 0.0, count: things.count + 1), count: things.count)
        for row in rows where row.total > 0 {
            let amounts = things.map { row.amounts[$0] / row.total }
            for i in amounts.indices {
                for j in amounts.indices { matrix[i][j] += amounts[i] * amounts[j] }
                matrix[i][things.count] += amounts[i]
            }
        }
        for i in things.indices {
            guard let pivot = things.indices[i...].max(by: { abs(matrix[$0][i]) < abs(matrix[$1][i]) }),
                abs(matrix[pivot][i]) > 1e-30
            else { return nil }
            matrix.swapAt(i, pivot)
            for j in things.indices where j != i {
                let factor = matrix[j][i] / matrix[i][i]
                for k in i...things.count { matrix[j][k] -= factor * matrix[i][k] }
            }
        }
        return things.indices.map { matrix[$0][things.count] / matrix[$0][$0] }
    }
}
