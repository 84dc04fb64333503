import Cluster
import Foundation
import Reports
import Simulation
import SystemPackage
import TopologyFormat
import Verdicts

/// Runs or simulates topologies and judges what they expect, so many at once as is said.
struct TestRunner: Sendable {
    let jobs: Int
    /// Where the run directories are made.
    let parent: FilePath
    let load: LoadOptions
    let isSimulated: Bool
    let interruptions: Interruptions

    /// - Parameters:
    ///   - began: is called before each.
    ///   - ended: after each, in the order in which they end.
    /// - Returns: the results in the order of the files.
    func run(
        _ files: [TopologyFiles.File], began: @escaping @Sendable (TopologyFiles.File) -> Void,
        ended: @escaping @Sendable (TestResult) -> Void
    ) async -> [TestResult] {
        Orphans.adopt()
        return await withTaskGroup(of: (Int, TestResult).self) { group in
            var results: [Int: TestResult] = [:]
            for (place, file) in files.enumerated() {
                if place >= jobs, let (place, result) = await group.next() { results[place] = result }
                group.addTask {
                    guard !interruptions.haveCome else { return (place, .notBegun(file)) }
                    began(file)
                    let result = await test(file)
                    // Of several at once nobody could tell whose they are: then they are ended with the last.
                    if jobs == 1 { Orphans.end() }
                    ended(result)
                    return (place, result)
                }
            }
            for await (place, result) in group { results[place] = result }
            Orphans.end()
            return files.indices.compactMap { results[$0] }
        }
    }

    private func test(_ file: TopologyFiles.File) async -> TestResult {
        let startedAt = Date()
        let clock = ContinuousClock()
        let start = clock.now
        var run: TestResult.Run?
        func result(_ verdict: TestResult.Verdict, _ accounts: [String]) -> TestResult {
            TestResult(
                file: file, verdict: verdict, startedAt: startedAt, duration: clock.now - start, run: run,
                accounts: accounts)
        }
        if let reason = reasonToSkip(file) { return result(.skipped, [reason]) }
        do throws(CommandFailure) {
            let finished = try await isSimulated ? simulate(file, startedAt, &run) : realRun(file, startedAt, &run)
            return result(finished.testVerdict, finished.testAccounts)
        } catch {
            return result(.badInput, error.description.split(whereSeparator: \.isNewline).map(String.init))
        }
    }
}

extension TestRunner {
    /// Nil also for what is no topology: that comes out when it is run.
    private func reasonToSkip(_ file: TopologyFiles.File) -> String? {
        let path = file.path.string
        guard isSimulated, let topology = try? Topology.load(path: path) else { return nil }
        do throws(TopologyErrors) {
            try topology.refusePrograms(file: path)
            return nil
        } catch {
            return error.errors.first.map { "\($0)" }
        }
    }

    private func realRun(
        _ file: TopologyFiles.File, _ startedAt: Date, _ run: inout TestResult.Run?
    ) async throws(CommandFailure) -> FinishedRun {
        let prepared = try PreparedRun(
            topologyPath: file.path.string, overrides: load.overrides, runDirectory: nil, below: parent,
            keepGoing: false, startedAt: startedAt)
        run = known(prepared.directory, seed: prepared.seed, hasOwnSeed: prepared.hasOwnSeed)
        let outcome = await prepared.network(keepsGoing: false).run(interruptions: interruptions.stream()) { _ in }
        let finished = try FinishedRun(of: outcome, in: prepared.directory)
        run?.digest = finished.summary.map { ResultsDigest($0) }
        return finished
    }

    private func simulate(
        _ file: TopologyFiles.File, _ startedAt: Date, _ run: inout TestResult.Run?
    ) throws(CommandFailure) -> FinishedRun {
        let prepared = try PreparedSimulation(
            TopologyInput(file.path.string), overrides: load.overrides, below: parent, startedAt: startedAt)
        run = known(prepared.directory, seed: prepared.plan.seed, hasOwnSeed: prepared.hasOwnSeed)
        let finished = try FinishedRun(of: try prepared.run(), in: prepared.directory)
        run?.digest = finished.summary.map { ResultsDigest($0) }
        return finished
    }

    private func known(_ directory: RunDirectory, seed: UInt64, hasOwnSeed: Bool) -> TestResult.Run {
        TestResult.Run(
            directory: directory.path, seed: seed, isSimulated: isSimulated,
            arguments: load.arguments + (hasOwnSeed ? [] : ["--seed \(seed)"]), digest: nil)
    }
}

extension TestResult {
    fileprivate static func notBegun(_ file: TopologyFiles.File) -> TestResult {
        TestResult(
            file: file, verdict: .stopped, startedAt: Date(), duration: .zero, run: nil,
            accounts: ["interrupted before it began"])
    }
}

extension FinishedRun {
    fileprivate var testVerdict: TestResult.Verdict {
        switch status {
        case .asExpected: .passed
        case .notAsExpected: .failed
        case .badInput: .badInput
        case .interrupted: .stopped
        case .notJudged: .notJudged
        }
    }

    /// What keeps it from being as expected: who failed, what was found wrong, what is missing.
    fileprivate var testAccounts: [String] {
        var accounts = outcome.ending == .completed ? [] : outcome.failures.map(\.description)
        if case .timedOut(let names) = outcome.ending {
            accounts.append("the time was up, and not finished: \(names.joined(separator: ", "))")
        }
        guard let judgement = summary?.judgement else { return accounts + ["the network never began"] }
        return accounts + judgement.expectationFailures + judgement.unjudged
    }
}
