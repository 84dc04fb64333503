import Primitives
import Reports
import Simulation

/// What `quorate calibrate` writes and simulations are given: the figures of a `CostModel`, and beside them on what machine
/// they were measured, and how much they varied.
package struct CostFile: Sendable {
    static let schemaVersion: Int64 = 1

    package var samples: CostSamples
    package var host: HostFacts
    /// What the files lay on that were synced.
    package var fileSystem: String
    package var version: String
    /// UTC, ISO 8601.
    package var date: String

    package init(samples: CostSamples, host: HostFacts, fileSystem: String, version: String, date: String) {
        self.samples = samples
        self.host = host
        self.fileSystem = fileSystem
        self.version = version
        self.date = date
    }

    package var json: JSONValue {
        let measured = CostItem.allCases.compactMap { item in samples.spread(of: item).map { (item, $0) } }
        return .object([
            ("schema_version", .integer(Self.schemaVersion)), ("quorate", .string(version)), ("date", .string(date)),
            (
                "host",
                .object([
                    ("cores", .integer(Int64(host.cores))), ("kernel", .string(host.kernel)), ("os", .string(host.os)),
                    ("architecture", .string(host.architecture)), ("build", .string(host.build)),
                    ("file_system", .string(fileSystem)),
                ])
            ),
            ("costs", .object(measured.map { ($0.key, .integer($1.median.nanoseconds)) })),
            (
                "spread",
                .object(
                    measured.map { item, spread in
                        (
                            item.key,
                            .object([
                                ("lower_quartile", .integer(spread.lowerQuartile.nanoseconds)),
                                ("upper_quartile", .integer(spread.upperQuartile.nanoseconds)),
                                ("samples", .integer(Int64(samples.count(of: item)))),
                            ])
                        )
                    })
            ),
        ])
    }
}
