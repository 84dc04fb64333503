import ArgumentParser
import Foundation
import LedgerModel
import Messages
import Primitives

/// Random sequences of instructions, the ledger beside its model, for as long as one likes: `Scripts/soak` builds and runs
/// it.
@main struct Soak: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Scripts/soak",
        abstract: "Runs the ledger beside an exact model on random instructions.",
        discussion: """
            Each sequence of instructions has a seed, and a network that is drawn from it. Where the ledger is not as the \
            model has it, or traps, the sequence is made as short as it gets and printed, with the command that repeats it.

            Exit status: 0 they agree, 1 they do not, 2 wrong usage or a broken build.
            """)

    @Option(help: "Of the first sequence; each has the next one. (default: drawn, and printed)")
    var seed: UInt64?
    @Option(help: "How many in all, at least.")
    var instructions = 1_000_000
    @Option(help: "Ends after so many minutes, however many instructions that was.")
    var minutes: Double?
    @Option(help: "How many instructions a sequence has.")
    var length = Episode.standardLength
    @Option(help: "Only these of one sequence, as 3,17,22: what a failure has left of it. Each is printed.")
    var only: String?
    @Flag(help: .hidden)
    var isWorker = false

    func validate() throws {
        guard instructions > 0, length > 0, minutes.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--instructions, --length and --minutes are more than 0")
        }
        if only != nil, seed == nil { throw ValidationError("--only says nothing without --seed") }
        if let only, places(only) == nil { throw ValidationError("--only takes ascending numbers: 3,17,22") }
    }

    private func places(_ text: String) -> [Int]? {
        let places = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        let known = places.compactMap(\.self)
        guard known.count == places.count, known.allSatisfy({ (0..<1_000_000).contains($0) }),
            zip(known, known.dropFirst()).allSatisfy({ $0 < $1 })
        else { return nil }
        return known
    }

    func run() throws {
        let first = seed ?? UInt64.random(in: 0..<1_000_000_000)
        if isWorker { throw try work(first) }
        try supervise(first)
    }

    // MARK: The worker

    /// Says on its standard output which sequence it is at: should the ledger trap, whoever reads that knows where.
    private func work(_ first: UInt64) throws -> ExitCode {
        if let only {
            let failure = Episode(seed: first, steps: places(only)!).run(each: { say($0) }).failure
            for fault in failure?.faults ?? [] { say("  - \(fault)") }
            if failure == nil { say("ledger and model agree") }
            return failure == nil ? .success : .failure
        }
        let end = minutes.map { ContinuousClock.now + .seconds($0 * 60) }
        var (seed, done) = (first, 0)
        var met: Set<Outcome> = []
        while done < instructions, end.map({ ContinuousClock.now < $0 }) ?? true {
            say("\(seed)")
            let episode = Episode(seed: seed, length: length)
            let (failure, trial) = episode.agrees()
            if failure != nil {
                note("seed \(seed): they disagree; shrinking")
                let current = seed
                say(
                    "\(Disagreement(shrinking: episode, progress: { note("seed \(current): \($0) instructions left") }))"
                )
                return .failure
            }
            // An incremental release build can leave this program with an older layout of the ledger.
            guard trial.outcomes.values.reduce(0, +) == length else {
                note("seed \(seed): not every instruction was taken; the build is broken: remove .build/release")
                return ExitCode(2)
            }
            met.formUnion(trial.outcomes.keys)
            done += length
            seed += 1
            if (seed - first) % 100 == 0 { note("\(done) instructions, up to seed \(seed - 1)") }
        }
        say("\(done) instructions in \(seed - first) sequences, seeds \(first) to \(seed - 1): ledger and model agree")
        let missed = Outcome.allCases.filter { !met.contains($0) }
        say("outcomes met: \(met.count) of \(Outcome.allCases.count)\(missed.isEmpty ? "" : ", not \(missed)")")
        return .success
    }

    private func say(_ line: String) {
        print(line)
        fflush(nil)
    }

    private func note(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }

    // MARK: The supervisor

    /// Runs a worker: a ledger that traps takes its process with it.
    private func supervise(_ first: UInt64) throws {
        var arguments = ["--seed", "\(first)", "--instructions", "\(instructions)", "--length", "\(length)"]
        if let minutes { arguments += ["--minutes", "\(minutes)"] }
        if let only { arguments += ["--only", only] }
        let began = ContinuousClock.now
        if only == nil { note("Scripts/soak --seed \(first) --instructions \(instructions) --length \(length)") }
        let (code, lines) = try worker(arguments)
        let isSequence = only == nil
        for line in lines where !isSequence || UInt64(line) == nil { print(line) }
        if let code {
            let seconds = (ContinuousClock.now - began) / .seconds(1)
            if isSequence { print("in \(Int(seconds.rounded(.up))) seconds") }
            throw ExitCode(code)
        }
        print("the ledger has trapped")
        guard isSequence, let seed = lines.last(where: { UInt64($0) != nil }).flatMap({ UInt64($0) }) else {
            throw ExitCode.failure
        }
        try shrinkTrap(Episode(seed: seed, length: length))
        throw ExitCode.failure
    }

    private func shrinkTrap(_ episode: Episode) throws {
        note("seed \(episode.seed): it traps; shrinking")
        let shrunk = episode.shrunk(progress: { note("seed \(episode.seed): \($0) instructions left") }) {
            (try? worker(Self.arguments($0)).code) == .some(nil)
        }
        print("the ledger traps in the last of:")
        for (number, line) in try worker(Self.arguments(shrunk)).lines.enumerated() {
            print("  \(number + 1). \(line)")
        }
        print("repeat it: \(shrunk.command)")
    }

    private static func arguments(_ episode: Episode) -> [String] {
        ["--seed", "\(episode.seed)", "--only", episode.steps.map(String.init).joined(separator: ",")]
    }

    /// - Returns: its exit status, nil where a signal has ended it, and what it has said.
    private func worker(_ arguments: [String]) throws -> (code: Int32?, lines: [String]) {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe")
        process.arguments = arguments + ["--is-worker"]
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let lines = text.split(separator: "\n").map(String.init)
        return (process.terminationReason == .exit ? process.terminationStatus : nil, lines)
    }
}
