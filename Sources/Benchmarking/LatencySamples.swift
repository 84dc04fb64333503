import Messages
import Primitives
import Verdicts

/// Latencies of the measured tasks, in order. A task without a certificate ranks as infinite.
struct LatencySamples {
    private let finite: [Duration]
    let expired: Int

    var count: Int { finite.count + expired }

    /// - Parameters:
    ///   - tasks: all that were issued.
    ///   - beginning: of the measured time; a task belongs to it when it was issued in it.
    init(_ tasks: some Collection<RunHistory.IssuedTask>, from beginning: Instant, to end: Instant) {
        let measured = tasks.filter { beginning <= $0.task.issued && $0.task.issued < end && !$0.isOpen }
        finite = measured.compactMap { task in
            task.certifiedInTime ? task.certified.map { $0 - task.task.issued } : nil
        }.sorted()
        expired = measured.count - finite.count
    }

    /// Those of several runs: each task weighs the same.
    init(pooling runs: [LatencySamples]) {
        finite = runs.flatMap(\.finite).sorted()
        expired = runs.reduce(0) { $0 + $1.expired }
    }

    /// - Returns: nil where there are too few samples to carry it, or it falls on a task without a certificate.
    func reading(_ percentile: Percentile) -> Duration? {
        guard UInt64(count) >= percentile.samplesNeeded else { return nil }
        let rank = max(1, (count * Int(percentile.perMille) + 999) / 1000)
        return rank <= finite.count ? finite[rank - 1] : nil
    }
}
