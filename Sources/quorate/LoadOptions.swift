import ArgumentParser
import Primitives
import TopologyFormat

/// What a command line says instead of the topology, read by the topology's own grammar.
struct LoadOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Tasks that each AVS issues. (default: the topology's)", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(1...UInt64.max, example: "1000").parse($0) })
    var tasks: UInt64?

    @Option(
        help: ArgumentHelp(
            "How long tasks are issued, instead of a number: 500ms, 30s, 2m. (default: the topology's tasks)",
            valueName: "duration"),
        transform: {
            try ScalarGrammar<Duration>.duration(.nanoseconds(1) ... .seconds(8760 * 3600), example: "30s").parse($0)
        })
    var duration: Duration?

    @Option(
        help: ArgumentHelp(
            "Tasks that each AVS issues in a unit of time: 200/s, 30/min. (default: the topology's)",
            valueName: "rate"),
        transform: { try ScalarGrammar<Rate>.rate.parse($0) })
    var rate: Rate?

    @Option(
        help: ArgumentHelp(
            "Tasks in flight in each AVS, instead of a rate: the next one is issued when one is certified or expires.",
            valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.inFlight.parse($0) })
    var inFlight: UInt64?

    @Option(
        help: ArgumentHelp(
            "Decides arrivals, links and faults; a whole number. (default: the topology's, or drawn and printed)",
            valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(0...UInt64.max, example: "42").parse($0) })
    var seed: UInt64?

    func validate() throws {
        if tasks != nil, duration != nil {
            throw ValidationError("--tasks and --duration both say when the load ends; give one of them")
        }
        if rate != nil, inFlight != nil {
            throw ValidationError("--rate makes an open loop and --in-flight a closed one; give one of them")
        }
    }

    /// As they are written, to run the same again; without the seed, which may have been drawn.
    var arguments: [String] { overrides.arguments }

    var overrides: Topology.Overrides {
        Topology.Overrides(seed: seed, tasks: tasks, rate: rate, inFlight: inFlight, duration: duration)
    }
}

extension Topology.Overrides {
    /// As a command line says them; without the seed.
    var arguments: [String] {
        [
            tasks.map { "--tasks \($0)" }, duration.map { "--duration \(DurationText.of($0))" },
            rate.map { "--rate \($0)" }, inFlight.map { "--in-flight \($0)" },
        ].compactMap(\.self)
    }
}
