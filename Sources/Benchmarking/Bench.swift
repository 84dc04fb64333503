import Cluster
import Foundation
import Node
import Primitives
import SystemPackage
import TopologyFormat

/// Measures cases one after the other, each several times, and the reference program in between.
package struct Bench: Sendable {
    private let cases: [BenchCase]
    private let times: BenchTimes
    private let reference: ReferenceProgram?
    private let executables: Executables

    package init(
        _ cases: [BenchCase], times: BenchTimes, reference: ReferenceProgram?, executables: Executables
    ) {
        self.cases = cases
        self.times = times
        self.reference = reference
        self.executables = executables
    }

    /// - Parameters:
    ///   - begin: is called once, with what the temporary files lie on.
    ///   - report: is called with each case as soon as it has been measured.
    package func run(begin: (String) throws -> Void, report: (BenchResult) throws -> Void) async throws {
        try await TemporaryDirectory.use { scratch in
            try begin(scratch.fileSystem)
            for (place, bench) in cases.enumerated() {
                try report(try await measure(bench, below: scratch.path.appending("\(place)")))
            }
        }
    }

    /// Ours and the reference's run in turn, and take turns in being first: what the machine does besides meets both.
    private func measure(_ bench: BenchCase, below path: FilePath) async throws -> BenchResult {
        var (ours, theirs): ([BenchRun.Measurement], [Figures]) = ([], [])
        // It knows no other network than a star.
        let reference = bench.dissemination == .star ? reference : nil
        for number in 0..<times.repeats {
            if let reference, number % 2 == 1 { theirs.append(try await reference.measure(bench, times)) }
            let cost = CryptographyCost.measure { MonotonicClock.now }
            let directory = try RunDirectory.make(at: path.appending("\(number)"))
            let run = BenchRun(
                bench: bench, times: times.fitting(bench, cost), directory: directory, executables: executables)
            ours.append(try await run.measure(cost))
            try FileManager.default.removeItem(atPath: directory.path.string)
            if let reference, number % 2 == 0 { theirs.append(try await reference.measure(bench, times)) }
        }
        var figures = Figures.medians(of: ours.map(\.figures))
        figures.take(LatencySamples(pooling: ours.map(\.samples)))
        return BenchResult(bench: bench, ours: figures, reference: theirs.isEmpty ? nil : .medians(of: theirs))
    }
}

/// What one case came to: percentiles of all its tasks, medians of everything else.
package struct BenchResult: Hashable, Sendable {
    package var bench: BenchCase
    package var ours: Figures
    package var reference: Figures?

    package init(bench: BenchCase, ours: Figures, reference: Figures?) {
        self.bench = bench
        self.ours = ours
        self.reference = reference
    }

    package var ratios: Figures? { reference.map { ours.ratios(to: $0) } }
}
