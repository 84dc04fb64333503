import ArgumentParser
import Glibc

/// `quorate`: the command.
struct Quorate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quorate",
        abstract: "A testbed for shared validator networks.",
        discussion: """
            Starts a real network of operator processes on this machine, has them reach stake-weighted quorum on the \
            tasks of AVSs, breaks them as the topology says, slashes who provably cheated, and judges and measures \
            what happened.

              quorate init lab.yaml
              quorate run lab.yaml
              quorate simulate lab.yaml --seed 7
              quorate test Topologies
              quorate judge runs/latest
              quorate verify runs/latest/evidence/8b110da4.borsh

            Exit status: 0 as expected; 1 not as expected; 2 the input or its surroundings are wrong; 3 it could not \
            be judged; 130 interrupted.
            """,
        version: version,
        subcommands: [LedgerProcessCommand.self],
        groupedSubcommands: [
            CommandGroup(name: "Running", subcommands: [RunCommand.self, TestCommand.self, BenchCommand.self]),
            CommandGroup(
                name: "Simulation",
                subcommands: [
                    SimulateCommand.self, ExploreCommand.self, ShrinkCommand.self, CalibrateCommand.self,
                    ValidateCommand.self,
                ]),
            CommandGroup(
                name: "Live cluster",
                subcommands: [
                    UpCommand.self, StatusCommand.self, ClustersCommand.self, TaskCommand.self, FaultCommand.self,
                    KillCommand.self, PauseCommand.self, ResumeCommand.self, RestartCommand.self,
                    PartitionCommand.self, SlowCommand.self, HealCommand.self, LogsCommand.self, DownCommand.self,
                ]),
            CommandGroup(name: "Restaking", subcommands: [LedgerCommand.self, ComparePoliciesCommand.self]),
            CommandGroup(
                name: "Topology", subcommands: [InitCommand.self, TopologyCommand.self, FaultsCommand.self]),
            CommandGroup(
                name: "Result",
                subcommands: [
                    RunsCommand.self, ReportCommand.self, JudgeCommand.self, ReplayCommand.self, VerifyCommand.self,
                    ExportCommand.self, GrowthCommand.self,
                ]),
        ])

    static let version = "0.1.0"
}

@main
enum Main {
    static func main() async {
        // A reader that goes away is no reason to leave a network behind: the write fails instead.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try Quorate.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as CommandFailure {
            Console.complain(error.description)
            exit(ExitStatus.badInput.rawValue)
        } catch {
            let code = Quorate.exitCode(for: error)
            let message = Quorate.fullMessage(for: error)
            guard code != .success else {
                if !message.isEmpty { try? Console.print(message) }
                exit(code.rawValue)
            }
            if !message.isEmpty { Console.complain(message) }
            // What the parser refuses is wrong input like any other.
            exit(code == .validationFailure ? ExitStatus.badInput.rawValue : code.rawValue)
        }
    }
}
