import ArgumentParser
import Cluster
import Exploration
import Foundation
import Primitives
import Synchronization
import TopologyFormat

struct ExploreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore", abstract: "Draw whole networks from seeds, simulate them and judge each run.",
        discussion: """
            Every scenario is a network of its own: operators, stakes, thresholds, mesh or star, links, partitions, \
            adversaries, crashes, epochs, and what the work costs; in three of five also assets, rules of restaking, and a \
            timeline of what is done to stakes while tasks run. Each is simulated under virtual time, and every oracle \
            judges what came of it. The scenarios, and all that is found, depend on --seed alone, and on nothing \
            that happens on this machine; only --minutes decides by the clock how many there are.

              quorate explore --runs 10000 --seed 42
              quorate explore --runs 1000000 --minutes 30 --keep-going

            The table at the end says in how many runs each thing happened; what never did is listed below it.

            Exit status: 0 when every oracle holds in every run; 1 when one is violated; 2 when the input is wrong; 3 when \
            a run could not be judged; 130 interrupted.
            """)

    @Option(
        help: ArgumentHelp("How many scenarios. (default: 10000)", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(1...1_000_000_000, example: "10000").parse($0) })
    var runs: UInt64 = 10_000

    @Option(
        help: ArgumentHelp("Decides the scenarios. (default: drawn and printed)", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(0...UInt64.max, example: "42").parse($0) })
    var seed: UInt64?

    @Option(
        help: ArgumentHelp("Begin no scenario after so many minutes.", valueName: "m"),
        transform: { try ScalarGrammar<UInt64>.integer(1...100_000, example: "10").parse($0) })
    var minutes: UInt64?

    @Option(
        help: ArgumentHelp("Scenarios at once. (default: one for each processor)", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(1...1_024, example: "2").parse($0) })
    var jobs: UInt64?

    @Flag(help: "Go on after a violation, and count.")
    var keepGoing = false

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() async throws {
        let seed = seed ?? .random(in: 0...UInt64.max)
        let jobs = jobs.map(Int.init) ?? ProcessInfo.processInfo.activeProcessorCount
        let explorer = Explorer(seed: seed, runs: runs, jobs: jobs, keepsGoing: keepGoing)
        Console.complain("exploring \(runs) scenarios of seed \(seed), \(jobs) at once")
        let watch = ScenarioWatch(workers: jobs)
        let stop = StopFlag()
        let signals = StopSignals()
        let listening = Task { for await _ in signals.arrivals { stop.raise() } }
        defer { listening.cancel() }
        let end = minutes.map { ContinuousClock.now + .seconds(60 * Int64($0)) }
        var display = ExplorationDisplay(of: runs)
        let findings = await explorer.explore {
            watch.begins($0, $1)
        } mayGoOn: {
            !stop.isRaised && end.map { ContinuousClock.now < $0 } ?? true
        } progress: {
            display.show($0)
        }
        display.end()
        let report = ExplorationReport(seed: seed, findings: findings)
        try Console.print(json ? try JSONText.of(report.document) : report.text)
        if stop.isRaised { throw ExitStatus.interrupted.code }
        if report.status != .asExpected { throw report.status.code }
    }
}

/// Whether somebody wants it to end.
private final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    var isRaised: Bool { flag.load(ordering: .relaxed) }
    func raise() { flag.store(true, ordering: .relaxed) }
}

/// Progress on standard error: one line that changes on a terminal, now and then a line elsewhere.
private struct ExplorationDisplay {
    private let runs: UInt64
    private let isTerminal = Console.isTerminal(STDERR_FILENO)
    private let began = ContinuousClock.now
    private var last = ContinuousClock.now
    private var hasShown = false

    init(of runs: UInt64) { self.runs = runs }

    mutating func show(_ findings: ExplorationFindings) {
        let now = ContinuousClock.now
        guard now - last >= (isTerminal ? .milliseconds(200) : .seconds(10)) else { return }
        last = now
        hasShown = true
        let seconds = max(1e-3, Double((now - began).nanoseconds) / 1e9)
        let done = findings.coverage.runs
        let line =
            "\(done) of \(runs) scenarios, \(Int(Double(done) / seconds)) a second, "
            + "\(findings.violations) violations"
        Console.show(isTerminal ? "\r\(line)\u{1B}[K" : line + "\n")
    }

    func end() { if hasShown, isTerminal { Console.show("\r\u{1B}[K") } }
}
