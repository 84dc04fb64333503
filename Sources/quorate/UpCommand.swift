import ArgumentParser
import Cluster
import Foundation
import TopologyFormat

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start a live cluster, and keep it up until it is taken down.",
        discussion: """
            Starts what run would start, with the topology's own load and faults, and goes on after the load: look at it \
            (status), give it tasks (task submit), do things to it (fault, kill, pause, resume, restart). Every such \
            command finds it by name, or without one where no other cluster is up.

              quorate up Topologies/quickstart.yaml --detach
              quorate status --watch
              quorate down

            In the foreground Ctrl-C takes it down in good order, as quorate down does: no more tasks, every window \
            closes, the run is judged and its directory left as by run. A second Ctrl-C kills it.

            An operator in whom somebody has injected a fault that can be proven is expected to be slashed, whatever the \
            topology expects; the load may end when it likes. Everything else that the topology expects is judged.

            Exit status, in the foreground: as of run, but 0 to 3 after a first Ctrl-C. With --detach: 0 when it is up, \
            2 when it did not come up.
            """)

    @OptionGroup var options: RunOptions

    @Option(
        help: ArgumentHelp("What the cluster is called. (default: the topology's name)", valueName: "name"),
        transform: { try ScalarGrammar<String>.name.parse($0) })
    var name: String?

    @Flag(help: "Return when it is up, and leave it in the background.")
    var detach = false

    @Flag(help: "In the foreground: print results.json to standard output instead of the summary.")
    var json = false

    /// As the command itself starts it.
    @Flag(help: .hidden)
    var inBackground = false

    func validate() throws {
        if detach, json {
            throw ValidationError("--json is the summary's form, and with --detach there is none yet; see down --json")
        }
    }

    func run() async throws {
        if detach, !inBackground {
            let arguments = Array(CommandLine.arguments.dropFirst()) + ["--in-background"]
            guard let account = try Detachment.start(arguments) else { throw ExitStatus.badInput.code }
            return try Console.print(account)
        }
        let cluster = try LiveCluster(
            topologyPath: options.topology, name: name, overrides: options.load.overrides,
            runDirectory: options.runDirectory,
            detachment: inBackground ? try Detachment() : nil, startedAt: Date())
        if !inBackground {
            Console.complain("\(cluster.prepared.topology.account); seed \(cluster.prepared.seed)")
            Console.complain("run directory \(cluster.prepared.directory.path)")
            if cluster.prepared.chaos != nil {
                Console.complain("chaos, for a day at most; what and when: quorate fault list")
            }
        }
        let form: SummaryForm = json ? .json : Console.takesColour(1) ? .coloured : .plain
        throw try await cluster.run(form: form)
    }
}
