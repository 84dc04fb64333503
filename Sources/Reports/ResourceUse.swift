import Messages
import Primitives
import Records
import Verdicts

/// What the processes of a run have used, by their own last word: those that were killed have none.
package struct ResourceUse: Hashable, Sendable {
    package struct Process: Hashable, Sendable {
        package var name: String
        package var party: Party
        package var incarnation: UInt32
        package var last: ProcessUsage
    }

    package let processes: [Process]
    private let tasks: Int

    /// - Parameter tasks: as many as were issued.
    package init(of usages: [NodeUsage], tasks: Int) {
        processes = usages.compactMap { usage in
            usage.readings.last.map {
                Process(name: usage.name, party: usage.party, incarnation: usage.incarnation, last: $0)
            }
        }
        self.tasks = tasks
    }

    /// Processor time of these processes for each task; nil where there is nothing to divide.
    package func cpuPerTask(_ isMeant: (Party) -> Bool = { _ in true }) -> Duration? {
        let meant = processes.filter { isMeant($0.party) }
        guard tasks > 0, !meant.isEmpty else { return nil }
        return .nanoseconds(meant.reduce(0) { $0 + $1.last.cpu.nanoseconds } / Int64(tasks))
    }

    /// The mean of all operators' processes that reached the end.
    package var residentBytesPerOperator: UInt64? {
        mean(of: processes.filter(\.party.isSigner).map(\.last.residentBytes))
    }

    package var peakResidentBytesPerOperator: UInt64? {
        mean(of: processes.filter(\.party.isSigner).map(\.last.peakResidentBytes))
    }

    private func mean(of bytes: [UInt64]) -> UInt64? { bytes.isEmpty ? nil : bytes.reduce(0, +) / UInt64(bytes.count) }

    /// `cpu 4.210 ms a task: operators 3.100 ms, coordinators 0.900 ms, ledger 0.210 ms; memory 14.2 MiB an operator`
    package var account: String? {
        guard let all = cpuPerTask(), let memory = peakResidentBytesPerOperator else { return nil }
        let parts = [
            ("operators", cpuPerTask(\.isSigner)), ("coordinators", cpuPerTask(\.isCoordinator)),
            ("ledger", cpuPerTask { $0 == .ledger }),
        ].compactMap { name, time in time.map { "\(name) \($0.milliseconds)" } }
        return "cpu \(all.milliseconds) a task: \(parts.joined(separator: ", ")); "
            + "memory \(Self.mebibytes(memory)) an operator at most"
    }

    /// To a tenth: `14.2 MiB`.
    package static func mebibytes(_ bytes: UInt64) -> String {
        let tenths = (bytes * 10 + 524_288) / 1_048_576
        return "\(tenths / 10).\(tenths % 10) MiB"
    }

    package var json: JSONValue {
        .object([
            ("cpu_ns_per_task", Self.json(cpuPerTask())),
            ("operators_cpu_ns_per_task", Self.json(cpuPerTask(\.isSigner))),
            ("coordinators_cpu_ns_per_task", Self.json(cpuPerTask(\.isCoordinator))),
            ("ledger_cpu_ns_per_task", Self.json(cpuPerTask { $0 == .ledger })),
            ("resident_bytes_per_operator", residentBytesPerOperator.map(JSONValue.unsigned) ?? .null),
            ("peak_resident_bytes_per_operator", peakResidentBytesPerOperator.map(JSONValue.unsigned) ?? .null),
            (
                "processes",
                .array(
                    processes.map { process in
                        .object([
                            ("name", .string(process.name)), ("incarnation", .integer(Int64(process.incarnation))),
                            ("cpu_ns", .integer(process.last.cpu.nanoseconds)),
                            ("resident_bytes", .unsigned(process.last.residentBytes)),
                            ("peak_resident_bytes", .unsigned(process.last.peakResidentBytes)),
                        ])
                    })
            ),
        ])
    }

    private static func json(_ time: Duration?) -> JSONValue { time.map { .integer($0.nanoseconds) } ?? .null }
}
