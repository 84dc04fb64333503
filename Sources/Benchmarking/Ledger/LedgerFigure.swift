import Primitives
import Reports

/// One thing that was measured of the ledger, several times.
package struct LedgerFigure: Hashable, Sendable {
    package var section: LedgerBench.Section
    package var name: String
    package var unit: Unit
    /// One for each repetition.
    package var values: [Double]
    /// What is wanted of the median: at least so much of a rate, at most so much of a time.
    package var aim: Double?

    package enum Unit: String, Hashable, Sendable {
        case perSecond = "per_s"
        case microseconds = "us"
        case milliseconds = "ms"
        case seconds = "s"
        case mebibytes = "mib"

        var isRate: Bool { self == .perSecond }

        var places: Int {
            switch self {
            case .perSecond: 0
            case .microseconds, .milliseconds, .mebibytes: 1
            case .seconds: 2
            }
        }
    }

    package init(
        _ section: LedgerBench.Section, _ name: String, _ unit: Unit, _ values: [Double], aim: Double? = nil
    ) {
        self.section = section
        self.name = name
        self.unit = unit
        self.values = values
        self.aim = aim
    }

    package var median: Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// Nil where nothing is wanted of it.
    package var meetsAim: Bool? { aim.map { unit.isRate ? median >= $0 : median <= $0 } }
}

// MARK: - Text and JSON

extension LedgerFigure {
    /// `0.50`
    package func text(_ value: Double) -> String { BenchTable.decimal(value, places: unit.places) }

    /// `0.43 - 0.61`
    package var spread: String { "\(text(values.min() ?? 0)) - \(text(values.max() ?? 0))" }

    package var json: JSONValue {
        .object([
            ("section", .string(section.rawValue)), ("name", .string(name)), ("unit", .string(unit.rawValue)),
            ("median", .decimal(median)), ("least", .decimal(values.min() ?? 0)),
            ("most", .decimal(values.max() ?? 0)), ("repetitions", .integer(Int64(values.count))),
            ("aim", aim.map(JSONValue.decimal) ?? .null), ("meets_aim", meetsAim.map(JSONValue.bool) ?? .null),
        ])
    }
}

/// All that was measured of the ledger as one JSON document.
package enum LedgerBenchDocument {
    package static func json(
        _ figures: [LedgerFigure], version: String, host: HostFacts, fileSystem: String
    ) -> JSONValue {
        .object([
            ("schema_version", .integer(1)), ("quorate", .string(version)),
            ("host", BenchDocument.json(host, fileSystem: fileSystem)),
            ("figures", .array(figures.map(\.json))),
        ])
    }
}
