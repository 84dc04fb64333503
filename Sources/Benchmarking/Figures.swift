import Verdicts

/// What can be measured of a run, by its column's name.
package enum Column: String, CaseIterable, Hashable, Sendable {
    case p50 = "p50_us"
    case p90 = "p90_us"
    case p99 = "p99_us"
    case tasksPerSecond = "tasks_per_s"
    /// Operators and coordinator under load.
    case cpu = "cpu_us_per_task"
    /// What the cryptography of a task takes alone.
    case cryptography = "crypto_us_per_task"
    /// The ledger from beginning to end.
    case ledger = "ledger_us_per_task"
    /// Every process from beginning to end.
    case all = "all_us_per_task"
    /// Of an operator, at the end of the load.
    case resident = "resident_mib"
    case tasks
    case expired

    /// What a reference program can be held against.
    package static let compared: [Column] = [.p50, .p90, .p99, .tasksPerSecond, .cpu]
}

/// The measurements of one run, or their medians over several.
package struct Figures: Hashable, Sendable {
    /// A percentile that too few samples carry is not there.
    package var values: [Column: Double]

    package init(_ values: [Column: Double]) { self.values = values }

    package subscript(column: Column) -> Double? { values[column] }

    /// Column by column, of the runs that have it.
    package static func medians(of runs: [Figures]) -> Figures {
        var medians: [Column: Double] = [:]
        for column in Column.allCases {
            let values = runs.compactMap { $0[column] }.sorted()
            guard !values.isEmpty else { continue }
            let middle = values.count / 2
            medians[column] =
                values.count.isMultiple(of: 2) ? (values[middle - 1] + values[middle]) / 2 : values[middle]
        }
        return Figures(medians)
    }

    /// The percentiles that these samples carry.
    mutating func take(_ samples: LatencySamples) {
        for (column, percentile) in [(Column.p50, Percentile.p50), (.p90, .p90), (.p99, .p99)] {
            values[column] = samples.reading(percentile)?.inMicroseconds
        }
    }

    /// These divided by the reference's, where both have a column that compares.
    package func ratios(to reference: Figures) -> Figures {
        var ratios: [Column: Double] = [:]
        for column in Column.compared {
            guard let ours = self[column], let theirs = reference[column], theirs > 0 else { continue }
            ratios[column] = ours / theirs
        }
        return Figures(ratios)
    }
}
