/// The known name that a misspelt one was probably meant to be.
package enum NearestName {
    /// - Returns: nil when none is near: about a third of its characters, and more than one, would have to change.
    package static func of(_ name: String, among known: [String]) -> String? {
        let letters = Array(name.lowercased().unicodeScalars.prefix(64))
        let best = known.map { (name: $0, distance: distance(letters, Array($0.unicodeScalars))) }
            .min { $0.distance < $1.distance }
        guard let best, best.distance <= max(1, (max(letters.count, best.name.count) + 1) / 3) else { return nil }
        return best.name
    }

    /// How many characters must be changed, put in, left out, or swapped with their neighbour.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var cost = min(last[j] + (left[i] == right[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
