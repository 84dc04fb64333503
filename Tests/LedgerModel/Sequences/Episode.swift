import Restaking

/// The sequence of instructions of one seed, or some of them: it can be run again and again.
package struct Episode: Hashable, Sendable {
    package static let standardLength = 500

    package let seed: UInt64
    /// The places of its steps among all of this seed, ascending.
    package private(set) var steps: [Int]

    package init(seed: UInt64, length: Int = standardLength) {
        self.init(seed: seed, steps: Array(0..<length))
    }

    package init(seed: UInt64, steps: [Int]) {
        self.seed = seed
        self.steps = steps
    }

    package typealias Meddle = @Sendable (inout Ledger) -> Void

    /// - Parameter each: told of every step, in words, before it is taken.
    /// - Returns: nil where ledger and model agree; otherwise what has shown it, and the trial so far.
    package func run(
        meddle: @escaping Meddle = { _ in }, each: (String) -> Void = { _ in }
    ) -> (failure: Trial.Failure?, trial: Trial) {
        let numbers = Trial.steps(seed: seed, count: (steps.last ?? 0) + 1)
        var trial = Trial(Scene(seed: seed), meddle: meddle)
        for step in steps {
            each(trial.words(of: numbers[step]))
            if let failure = trial.take([numbers[step]]) { return (failure, trial) }
        }
        return (nil, trial)
    }

    /// As above, in as many steps as are left: for sequences whose steps nobody reads.
    package func agrees(meddle: @escaping Meddle = { _ in }) -> (failure: Trial.Failure?, trial: Trial) {
        let numbers = Trial.steps(seed: seed, count: (steps.last ?? 0) + 1)
        var trial = Trial(Scene(seed: seed), meddle: meddle)
        let failure = trial.take(steps.map { numbers[$0] })
        return (failure, trial)
    }

    /// The fewest of its steps that still fail.
    package func shrunk(
        progress: (Int) -> Void = { _ in }, fails: @escaping (Episode) -> Bool
    ) -> Episode {
        let seed = seed
        var shrinker = Shrinker { fails(Episode(seed: seed, steps: $0)) }
        return Episode(seed: seed, steps: shrinker.shrink(steps, progress: progress))
    }

    /// What repeats it.
    package var command: String {
        let all = steps == Array(0..<steps.count)
        let which =
            all
            ? "--instructions \(steps.count) --length \(steps.count)"
            : "--only \(steps.map(String.init).joined(separator: ","))"
        return "Scripts/soak --seed \(seed) \(which)"
    }
}

/// An episode in which ledger and model do not agree, as short as it gets.
package struct Disagreement: CustomStringConvertible {
    package let episode: Episode
    package let failure: Trial.Failure
    /// Each step in words; the last one is the one that has shown it.
    package let words: [String]

    /// - Parameter episode: does not agree.
    package init(
        shrinking episode: Episode, meddle: @escaping Episode.Meddle = { _ in }, progress: (Int) -> Void = { _ in }
    ) {
        let shrunk = episode.shrunk(progress: progress) { $0.agrees(meddle: meddle).failure != nil }
        var words: [String] = []
        guard let failure = shrunk.run(meddle: meddle, each: { words.append($0) }).failure else {
            fatalError("\(episode.command) agrees when it is run again")
        }
        self.episode = shrunk
        self.failure = failure
        self.words = words
    }

    package var description: String {
        let steps = words.enumerated().map { "  \($0 + 1). \($1)" }
        return
            (["ledger and model disagree after:"] + steps + failure.faults.map { "  - \($0)" }
            + ["repeat it: \(episode.command)"]).joined(separator: "\n")
    }
}
