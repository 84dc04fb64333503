/// The fewest steps that still fail: delta debugging (Zeller, Hildebrandt 2002), which leaves out ever smaller chunks, down
/// to single steps.
package struct Shrinker {
    /// Sequences that are tried at most.
    package let limit: Int
    private let fails: ([Int]) -> Bool
    package private(set) var tried = 0

    package init(limit: Int = 4_000, fails: @escaping ([Int]) -> Bool) {
        self.limit = limit
        self.fails = fails
    }

    /// - Parameters:
    ///   - steps: must fail.
    ///   - progress: the number of steps whenever there are fewer.
    package mutating func shrink(_ steps: [Int], progress: (Int) -> Void = { _ in }) -> [Int] {
        var smallest = steps
        var chunk = max(1, steps.count / 2)
        while tried < limit {
            let before = smallest.count
            leaveOut(chunk, of: &smallest, progress)
            if chunk > 1 {
                chunk /= 2
            } else if smallest.count == before {
                break
            }
        }
        return smallest
    }

    /// Tries it without each chunk of so many steps: from the end, because what comes last leaves what comes before it as
    /// it was.
    private mutating func leaveOut(_ chunk: Int, of smallest: inout [Int], _ progress: (Int) -> Void) {
        var end = smallest.count
        while end > 0, tried < limit {
            let range = max(0, end - chunk)..<end
            end = range.lowerBound
            var fewer = smallest
            fewer.removeSubrange(range)
            tried += 1
            guard fails(fewer) else { continue }
            smallest = fewer
            progress(smallest.count)
        }
    }
}
