import ArgumentParser
import Cluster
import Foundation
import Reports
import Simulation

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Run a topology under virtual time, from one seed.",
        discussion: """
            Drives the same operators, coordinators and ledger as quorate run, in one process, over a network, disks \
            and clocks that only pretend to take time; judges what happened as ever, and leaves a run directory. One \
            seed gives one run, to the byte: its audit hash, which is printed, says whether two runs are one.

              quorate simulate Topologies/quickstart.yaml --seed 7
              quorate simulate Topologies/star.yaml --costs none --signatures modelled
              quorate simulate Topologies/quickstart.yaml --trace --only op-3,coordinator-squares --task 500
              quorate simulate --scenario 1234567890 --trace

            Services that run a program cannot be simulated.

            Exit status: 0 as expected; 1 not as expected; 2 the input or its surroundings are wrong; 3 it could not \
            be judged.
            """)

    @OptionGroup var options: SimulatedRunOptions
    @OptionGroup var simulation: SimulationOptions
    @OptionGroup var tracing: TraceOptions

    @Flag(help: "Print results.json to standard output instead of the summary.")
    var json = false

    func validate() throws {
        if json, tracing.isWanted {
            throw ValidationError(
                "--json puts one document on standard output, where --trace tells the run; leave one out")
        }
        if options.scenario != nil, simulation.saysWhatScenariosSay {
            throw ValidationError("a scenario says itself what --costs, --cores and --signatures would: leave them out")
        }
    }

    func run() throws {
        let prepared = try PreparedSimulation(options, simulation, tracing, startedAt: Date())
        Console.complain("\(prepared.plan.topology.account); seed \(prepared.plan.seed)")
        Console.complain("run directory \(prepared.directory.path)")
        if let drawn = prepared.chaos { Console.complain(drawn) }
        let run = try FinishedRun(of: try prepared.run(), in: prepared.directory)
        for line in run.remarks { Console.complain(line) }
        if tracing.isWanted {
            // Standard output has the trace.
            Console.complain(run.text(.plain))
        } else {
            try run.show(asJSON: json)
        }
        if json, let pace = run.summary?.context.simulation?.paceAccount { Console.complain(pace) }
        if let hint = run.statusHint { Console.complain(hint) }
        throw run.status.code
    }
}
