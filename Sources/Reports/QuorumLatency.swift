import Histogram
import Messages
import Primitives
import Verdicts

/// From the time at which a task was meant to be issued to its certificate at the coordinator.
///
/// Each issued task is one sample. One without a certificate by its deadline ranks as infinite: leaving it out would
/// make a network look faster the more it fails. Tasks that were open when the run ended are no samples. Values are kept to three significant digits, the greatest exactly.
package struct QuorumLatency: Sendable {
    /// All samples, the infinite ones counted.
    package let count: UInt64
    /// Tasks without a certificate by their deadline.
    package let infinite: UInt64
    /// Certified before they were meant to be issued, which no clock should say; ascending.
    package let negative: [Duration]
    private let finite: Histogram<UInt64>

    package init(_ issued: some Collection<RunHistory.IssuedTask>) {
        let tasks = issued.filter { !$0.isOpen }
        var finite = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
        var negative: [Duration] = []
        var infinite: UInt64 = 0
        for task in tasks {
            guard let latency = task.quorumLatency, task.certifiedInTime else {
                infinite += 1
                continue
            }
            if latency < .zero || !finite.record(UInt64(latency.nanoseconds)) { negative.append(latency) }
        }
        count = UInt64(tasks.count)
        self.infinite = infinite
        self.negative = negative.sorted()
        self.finite = finite
    }

    /// The least latency that at least this share of all tasks did not exceed.
    package func reading(_ percentile: Percentile) -> PercentileReading {
        guard count >= percentile.samplesNeeded else { return .notCarried(samples: count) }
        let rank = max(1, (count * percentile.perMille + 999) / 1000)
        return latency(ofRank: rank).map(PercentileReading.measured) ?? .infinite
    }

    /// Of the task that so many are not slower than, itself counted; nil where it had no certificate by its deadline.
    func latency(ofRank rank: UInt64) -> Duration? {
        let below = UInt64(negative.count)
        if rank <= below { return negative[Int(rank) - 1] }
        guard rank <= count - infinite else { return nil }
        // In the middle of the sample's own share, so that no rounding leads to a neighbour.
        let share = (Double(rank - below) - 0.5) / Double(finite.totalCount)
        return .nanoseconds(Int64(rank == count ? finite.maxRecorded : finite.valueAtPercentile(share * 100)))
    }

    package var readings: [Percentile: PercentileReading] {
        Dictionary(uniqueKeysWithValues: Percentile.allCases.map { ($0, reading($0)) })
    }

    /// Why there is no figure for a percentile; nil when there is one.
    package func reasonForNone(_ percentile: Percentile) -> String? {
        switch reading(percentile) {
        case .measured: nil
        case .infinite:
            "\(infinite.grouped) of \(count.grouped) tasks had no certificate by their deadline"
        case .notCarried(let samples):
            "\(samples.grouped) samples, needs \(percentile.samplesNeeded.grouped) "
                + "(--tasks \(percentile.samplesNeeded))"
        }
    }
}

extension RunHistory.IssuedTask {
    /// From intended issue to certificate, in time or not; nil without a certificate.
    package var quorumLatency: Duration? { certified.map { $0 - task.issued } }
}

extension BinaryInteger {
    /// `1,000`
    package var grouped: String {
        var text = ""
        let digits = String(magnitude)
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + text
    }
}
