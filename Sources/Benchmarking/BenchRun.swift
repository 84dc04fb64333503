import Cluster
import Messages
import Primitives
import Records
import Verdicts

/// One network, started, put under load, stopped and measured, in a directory of its own.
struct BenchRun {
    let bench: BenchCase
    let times: BenchTimes
    let directory: RunDirectory
    let executables: Executables

    /// Cancelling kills all processes, and throws.
    func measure(_ cost: CryptographyCost) async throws -> Measurement {
        let run = RealRun(
            topology: try bench.topology(times), seed: 1, directory: directory, executables: executables)
        let outcome = try await run.run(measuring: [times.warmUp, times.load])
        guard outcome.ending == .completed, outcome.failures.isEmpty else {
            throw BenchError.runFailed(bench, outcome)
        }
        let coordinator = try RunRecords.genesis(ofRunIn: directory.path).name(of: .coordinator(ServiceID(0)))
        let records = try RunRecords.load(directory: directory.path, only: coordinator)
        return try figures(RunHistory(records).tasks, outcome.usages, cost)
    }

    /// What one run came to; its percentiles are those of its samples.
    struct Measurement {
        var figures: Figures
        var samples: LatencySamples
    }

    func figures(
        _ tasks: [RunHistory.IssuedTask], _ usages: [NodeUsage], _ cost: CryptographyCost
    ) throws(BenchError) -> Measurement {
        guard let coordinator = usages.first(where: \.party.isCoordinator), coordinator.readings.count == 3,
            usages.allSatisfy({ $0.readings.count == 3 })
        else { throw .notMeasured(bench) }
        let beginning = coordinator.readings[0].at
        // Where the tasks ran out, the time ends with the last of them.
        let last = tasks.compactMap(\.certified).max() ?? beginning
        let end = min(coordinator.readings[1].at, last)
        let samples = LatencySamples(tasks, from: beginning, to: end)
        guard samples.count >= Self.leastSamples, end > beginning else {
            throw .tooFewTasks(bench, samples.count)
        }
        let certified = tasks.compactMap(\.certified).count { beginning < $0 && $0 <= end }
        let total = Double(max(1, tasks.count { $0.certified != nil }))
        let values: [Column: Double] = [
            .tasksPerSecond: Double(certified) / (end - beginning).inSeconds,
            .cpu: loadTime(usages, from: beginning, to: coordinator.readings[1].at) / Double(max(1, certified)),
            .cryptography: cost.perTask(of: bench).inMicroseconds,
            .ledger: wholeTime(usages) { $0 == .ledger } / total, .all: wholeTime(usages) { _ in true } / total,
            .resident: resident(usages), .tasks: Double(samples.count), .expired: Double(samples.expired),
        ]
        return Measurement(figures: Figures(values), samples: samples)
    }

    static let leastSamples = 20

    /// Of operators and coordinator under load, in microseconds. Nobody looks at its clock at exactly the same time as
    /// the others: each one's share is brought to the coordinator's span.
    private func loadTime(_ usages: [NodeUsage], from beginning: Instant, to end: Instant) -> Double {
        usages.filter { $0.party != .ledger }.reduce(0) { sum, usage in
            let (first, second) = (usage.readings[0], usage.readings[1])
            let span = (second.at - first.at).inSeconds
            return span > 0
                ? sum + (second.cpu - first.cpu).inMicroseconds * (end - beginning).inSeconds / span : sum
        }
    }

    /// From beginning to end, in microseconds.
    private func wholeTime(_ usages: [NodeUsage], _ isMeant: (Party) -> Bool) -> Double {
        usages.filter { isMeant($0.party) }.reduce(0) { $0 + $1.readings[2].cpu.inMicroseconds }
    }

    /// The mean of the operators at the end of the load, in MiB.
    private func resident(_ usages: [NodeUsage]) -> Double {
        let bytes = usages.filter(\.party.isSigner).map { Double($0.readings[1].residentBytes) }
        return bytes.reduce(0, +) / Double(max(1, bytes.count)) / 1_048_576
    }
}

extension Duration {
    var inSeconds: Double { Double(nanoseconds) / 1e9 }
    var inMicroseconds: Double { Double(nanoseconds) / 1e3 }
}
