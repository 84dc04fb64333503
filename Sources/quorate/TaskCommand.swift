import ArgumentParser
import Cluster
import Foundation
import Primitives
import TopologyFormat
import Verdicts

struct TaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "Give a live cluster tasks.", subcommands: [Submit.self])

    struct Submit: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Submit a task to an AVS of a live cluster.",
            discussion: """
                The payload is written as the AVS's module reads it: for squaring a number. It becomes a task like those \
                of the load, under the next number.

                  quorate task submit squares 12 --wait
                  echo 12 | quorate task submit squares - --wait --json
                  quorate task submit squares 12 --repeat 200

                Exit status: 0 when it is issued, and with --wait certified; 1 when it expired, or what came of it is not \
                known; 2 when it cannot be issued.
                """)

        @Argument(help: "The AVS.")
        var service: String

        @Argument(help: "The payload, or - to read it from standard input.")
        var payload: String

        @Flag(help: "Return when it is certified or has expired, and say what it came to.")
        var wait = false

        @Option(
            help: ArgumentHelp(
                "With --wait: how long at most. (default: until its deadline, which the cluster sees to)",
                valueName: "duration"),
            transform: {
                try ScalarGrammar<Duration>.duration(.milliseconds(1) ... .seconds(24 * 3600), example: "5s").parse($0)
            })
        var timeout: Duration?

        @Option(
            help: ArgumentHelp(
                "Submit it so many times, the next when the last is decided, and print latencies.", valueName: "n"),
            transform: { try ScalarGrammar<UInt64>.integer(1...1_000_000, example: "100").parse($0) })
        var `repeat`: UInt64?

        @Flag(help: "One JSON document.")
        var json = false

        @OptionGroup var options: ClusterOptions

        func validate() throws {
            if timeout != nil, !wait, `repeat` == nil { throw ValidationError("--timeout is for --wait; add it") }
        }

        func run() throws {
            let text = try payload == "-" ? Self.standardInput() : payload
            if let count = `repeat` { return try measure(text, count) }
            switch try outcome(of: text, waits: wait) {
            case .issued(let service, let sequence):
                try Console.print(
                    json ? JSONText.of(Issued(service: service, sequence: sequence)) : "task \(sequence) of \(service)")
            case .task(let outcome):
                try Console.print(json ? JSONText.of(outcome) : TaskText(outcome).text)
                if outcome.outcome != "certified" { throw ExitStatus.notAsExpected.code }
            default: break
            }
        }

        private struct Issued: Encodable {
            var schemaVersion = 1
            var service: String
            var sequence: UInt64
        }

        /// What is waited for: the first reply, or the last.
        private func outcome(of text: String, waits: Bool) throws -> ControlReply {
            let session = try ControlSession(options, .submit(service: service, payload: text, waits: waits))
            let deadline = timeout.map { ContinuousClock.now + $0 }
            let first = try session.reply(patience: min(timeout ?? ControlClient.patience, ControlClient.patience))
            guard waits, case .issued(_, let sequence) = first else { return first }
            do {
                // Without a limit the cluster has one.
                return try session.reply(patience: deadline.map { max(.milliseconds(1), $0 - .now) })
            } catch let failure as CommandFailure {
                guard let deadline, ContinuousClock.now >= deadline else { throw failure }
                Console.complain("task \(sequence) of \(service) is not decided after \(DurationText.of(timeout!))")
                throw ExitStatus.notAsExpected.code
            }
        }

        private func measure(_ text: String, _ count: UInt64) throws {
            var latencies: [Duration] = []
            var expired: UInt64 = 0
            for _ in 0..<count {
                guard case .task(let outcome) = try outcome(of: text, waits: true) else { continue }
                if let latency = outcome.latencyMs, outcome.outcome == "certified" {
                    latencies.append(.nanoseconds(Int64(latency * 1e6)))
                } else {
                    expired += 1
                }
            }
            let measured = RepeatedTasks(service: service, latencies: latencies, expired: expired)
            try Console.print(json ? JSONText.of(measured.document) : measured.text)
            if expired > 0 { throw ExitStatus.notAsExpected.code }
        }

        private static let inputLimit = 1 << 20

        /// Without the newline at its end.
        private static func standardInput() throws -> String {
            let data = try FileHandle.standardInput.read(upToCount: inputLimit + 1) ?? Data()
            guard data.count <= inputLimit else {
                throw CommandFailure.badInput("standard input: longer than the \(inputLimit) bytes of any payload")
            }
            guard let text = String(validating: data, as: UTF8.self) else {
                throw CommandFailure.badInput("standard input: is not UTF-8 text")
            }
            return text.hasSuffix("\n") ? String(text.dropLast()) : text
        }
    }
}

/// What became of one submitted task, for people.
struct TaskText {
    private let outcome: TaskOutcome

    init(_ outcome: TaskOutcome) { self.outcome = outcome }

    var text: String {
        let isCertified = outcome.outcome == "certified"
        var lines = ["task            \(outcome.sequence) of \(outcome.service): \(outcome.outcome)"]
        if isCertified { lines.append("result          \(result)") }
        let signers = outcome.signers.map { "\($0.name) \(Self.amount($0.stakeLamports))" }
        lines.append(
            "\(isCertified ? "signers         " : "voters          ")"
                + (signers.isEmpty ? "nobody" : signers.joined(separator: ", ")))
        lines.append(
            "stake           \(Self.amount(outcome.signedLamports)) of \(Self.amount(outcome.totalLamports)); a quorum "
                + "is more than \(outcome.threshold), at least \(Self.amount(outcome.quorumLamports))")
        if let latency = outcome.latencyMs { lines.append("latency         \(StatusText.span(latency))") }
        return lines.joined(separator: "\n")
    }

    private static let resultLimit = 400

    /// On one line, and harmless to a terminal; the whole of it is in the JSON.
    private var result: String {
        outcome.result.map(Self.abridged)
            ?? "digest \(outcome.resultDigest ?? "unknown"); no signer could be asked for the result itself"
    }

    static func abridged(_ text: String) -> String {
        let visible = text.unicodeScalars.prefix(resultLimit).map { scalar in
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
        }
        return visible.joined() + (text.unicodeScalars.count > resultLimit ? "... (whole with --json)" : "")
    }

    private static func amount(_ lamports: String) -> String {
        UInt64(lamports).map { "\(Lamports($0))" } ?? lamports
    }
}

/// Latencies of tasks that were submitted one after the other: those of a closed loop of one.
struct RepeatedTasks {
    let service: String
    let latencies: [Duration]
    let expired: UInt64

    private func reading(_ percentile: Percentile) -> PercentileReading {
        let count = UInt64(latencies.count) + expired
        guard count >= percentile.samplesNeeded else { return .notCarried(samples: count) }
        let rank = max(1, (count * percentile.perMille + 999) / 1_000)
        let sorted = latencies.sorted()
        return rank <= UInt64(sorted.count) ? .measured(sorted[Int(rank) - 1]) : .infinite
    }

    var text: String {
        let parts = Percentile.allCases.compactMap { percentile -> String? in
            switch reading(percentile) {
            case .measured(let duration): "\(percentile.label) \(duration.milliseconds)"
            case .infinite: "\(percentile.label) infinite"
            case .notCarried: nil
            }
        }
        return """
            tasks           \(UInt64(latencies.count) + expired) of \(service), one at a time: \
            \(latencies.count) certified, \(expired) expired
            latency         \(parts.joined(separator: "   "))
            """
    }

    struct Document: Encodable {
        var schemaVersion = 1
        var service: String
        var certified: Int
        var expired: UInt64
        /// Those that the samples carry.
        var latencyMs: [String: Double]
    }

    var document: Document {
        var values: [String: Double] = [:]
        for percentile in Percentile.allCases {
            if case .measured(let duration) = reading(percentile) {
                values[percentile.rawValue] = duration.inMilliseconds
            }
        }
        return Document(service: service, certified: latencies.count, expired: expired, latencyMs: values)
    }
}
