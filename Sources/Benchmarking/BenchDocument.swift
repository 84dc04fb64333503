import Primitives
import Reports
import TopologyFormat

/// The benchmark as one JSON document.
package enum BenchDocument {
    package static let schemaVersion: Int64 = 1

    package static func json(
        _ results: [BenchResult], version: String, host: HostFacts, fileSystem: String, cost: CryptographyCost,
        times: BenchTimes, reference: String?
    ) -> JSONValue {
        .object([
            ("schema_version", .integer(schemaVersion)), ("quorate", .string(version)),
            ("host", json(host, fileSystem: fileSystem)),
            (
                "cryptography",
                .object([
                    ("sign_us", .decimal(cost.sign.inMicroseconds)),
                    ("verify_us", .decimal(cost.verify.inMicroseconds)),
                ])
            ),
            ("repeats", .integer(Int64(times.repeats))), ("measured_s", .decimal(times.measured.inSeconds)),
            ("warm_up_s", .decimal(times.warmUp.inSeconds)),
            ("reference", reference.map(JSONValue.string) ?? .null),
            ("results", .array(results.map(json))),
        ])
    }

    static func json(_ host: HostFacts, fileSystem: String) -> JSONValue {
        .object([
            ("cores", .integer(Int64(host.cores))), ("kernel", .string(host.kernel)), ("os", .string(host.os)),
            ("architecture", .string(host.architecture)), ("build", .string(host.build)),
            ("transport", .string(host.transport)), ("file_system", .string(fileSystem)),
        ])
    }

    private static func json(_ result: BenchResult) -> JSONValue {
        .object([
            ("n", .integer(Int64(result.bench.operators))), ("mode", .string(result.bench.load.rawValue)),
            ("in_flight", .unsigned(result.bench.load.inFlight)),
            ("topology", .string(result.bench.dissemination.rawValue)),
            ("guard", .string(result.bench.guardMode.rawValue)), ("quorate", json(result.ours, Column.allCases)),
            ("reference", result.reference.map { json($0, Column.compared) } ?? .null),
            ("ratio", result.ratios.map { json($0, Column.compared) } ?? .null),
        ])
    }

    private static func json(_ figures: Figures, _ columns: [Column]) -> JSONValue {
        .object(columns.map { ($0.rawValue, figures[$0].map(JSONValue.decimal) ?? .null) })
    }
}
