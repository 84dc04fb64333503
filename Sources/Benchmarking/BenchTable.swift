import Primitives
import Reports
import TopologyFormat

/// The benchmark as text: facts and explanations on lines that begin with `#`, the last of which names the columns,
/// then a line for ours, and with a reference one for it and one for the ratios.
package enum BenchTable {
    private static let labels = ["who", "n", "mode", "topology", "guard"]
    private static let labelWidths = [9, 3, 4, 8, 7]

    package static func head(
        version: String, host: HostFacts, fileSystem: String, cost: CryptographyCost, times: BenchTimes,
        reference: String?
    ) -> String {
        let sign = decimal(cost.sign.inMicroseconds, places: 1)
        let verify = decimal(cost.verify.inMicroseconds, places: 1)
        var lines = [
            "quorate \(version), \(host.build) build, \(host.cores) cores, \(host.architecture), kernel \(host.kernel), "
                + "\(host.transport), files on \(fileSystem)",
            "cryptography alone, on one core: sign \(sign) us, verify \(verify) us; crypto_us_per_task is",
            "  sign + n x (verify + sign) + q x verify, in a mesh + n x (q - 1) x verify, measured anew before each run",
            "\(times.repeats) runs: percentiles of all their tasks, medians of everything else; each measures "
                + "\(seconds(times.measured)) s after",
            "  a warm-up of \(seconds(times.warmUp)) s, whose tasks and cpu time do not count; longer where 64 tasks take longer",
            "loop: one task in flight, pipe: 64; both are closed loops, which say nothing of waiting under a given load",
            "p..: from a task's issue, before it is signed, to its certificate at the coordinator; - where there are",
            "  too few tasks to carry a percentile",
            "cpu_us_per_task: operators and coordinator while tasks are issued. Settlement is not in it: it begins when",
            "  evidence windows close, after the load. ledger_us_per_task (the ledger) and all_us_per_task (every",
            "  process, from beginning to end) have it in them.",
            "resident_mib: of an operator at the end of the load; tasks: measured; expired: of these, not certified",
        ]
        if let reference {
            lines.append("reference: \(reference), which knows stars only, run in turn with ours; ratio: ours / its")
        }
        return (lines + [header]).map { "# \($0)\n" }.joined()
    }

    private static var header: String {
        let cells = zip(labels, labelWidths).map { pad($0, to: $1) }
        return (cells + Column.allCases.map(\.rawValue)).joined(separator: " ")
    }

    package static func lines(of result: BenchResult) -> String {
        var lines = [line("quorate", result.bench, result.ours)]
        if let reference = result.reference, let ratios = result.ratios {
            lines.append(line("reference", result.bench, reference))
            lines.append(line("ratio", result.bench, ratios, places: 2))
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func line(_ who: String, _ bench: BenchCase, _ figures: Figures, places: Int? = nil) -> String {
        let isOurs = who == "quorate"
        let labels = [
            who, "\(bench.operators)", bench.load.rawValue, isOurs ? bench.dissemination.rawValue : "-",
            isOurs ? bench.guardMode.rawValue : "-",
        ]
        let cells = zip(labels, labelWidths).map { pad($0, to: $1) }
        let numbers = Column.allCases.map { column in
            let text = figures[column].map { decimal($0, places: places ?? column.places) } ?? "-"
            return String(repeating: " ", count: max(0, column.rawValue.count - text.count)) + text
        }
        // Two columns further right than the header, whose line begins with "# ".
        return "  " + (cells + numbers).joined(separator: " ")
    }

    private static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func seconds(_ duration: Duration) -> String { decimal(duration.inSeconds, places: 1) }

    static func decimal(_ number: Double, places: Int) -> String {
        let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = (number * scale).rounded()
        guard scaled < 0x1p63 else { return "\(number)" }
        let digits = String(Int64(scaled))
        guard places > 0 else { return digits }
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return "\(padded.dropLast(places)).\(padded.suffix(places))"
    }
}

extension Column {
    fileprivate var places: Int {
        switch self {
        case .tasks, .expired: 0
        default: 1
        }
    }
}
