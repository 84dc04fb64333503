import ArgumentParser
import Cluster
import Records

private let nodeHelp: ArgumentHelp = "The node: op-2, coordinator-squares, ledger."

struct KillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill", abstract: "Kill a node of a live cluster, as by kill -9.",
        discussion: """
            It stays dead until it is restarted; but quorate down starts a dead ledger again, since nothing ends in good \
            order without it. What is killed is the cluster's own child, by the handle that the \
            cluster holds: no other process can be hit.

              quorate kill op-2

            Exit status: 0 when it is dead; 2 when it is no node, or dead already.
            """)

    @Argument(help: nodeHelp)
    var node: String

    @OptionGroup var options: ClusterOptions

    func run() throws { try ControlSession(options, .kill(node: node)).printDone() }
}

struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Have a node of a live cluster do nothing, as by SIGSTOP.",
        discussion: """
            It neither reads nor answers until it goes on; what arrives waits. The ledger's clock stands still too. quorate resume lets it go on, and so does \
            quorate down, for it has to stop.

              quorate pause op-2

            Exit status: 0 when it is paused; 2 when it is no node, dead, or paused already.
            """)

    @Argument(help: nodeHelp)
    var node: String

    @OptionGroup var options: ClusterOptions

    func run() throws { try ControlSession(options, .pause(node: node)).printDone() }
}

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a paused node of a live cluster go on.",
        discussion: """
              quorate resume op-2

            Exit status: 0 when it goes on; 2 when it is no node, or not paused.
            """)

    @Argument(help: nodeHelp)
    var node: String

    @OptionGroup var options: ClusterOptions

    func run() throws { try ControlSession(options, .resume(node: node)).printDone() }
}

struct RestartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Start a node of a live cluster again.",
        discussion: """
            A node that is alive is killed first. It comes back without the faults that were injected into its old \
            process; those of the topology go on. What an operator or coordinator then finds of its signing guard:

              keep    all that it wrote
              older   what it had written some time before, as after a backup was put back
              empty   nothing, as on a new machine; operators alone

            An operator whose guard knows less than others have seen of it signs nothing, and a coordinator issues \
            nothing, so that neither can be made to equivocate. The ledger goes on from its own log alone: everybody \
            connects with it again, and submits what has no receipt.

              quorate restart op-2 --disk older
              quorate restart ledger

            Exit status: 0 when it is there again; 1 when it did not start; 2 when it is no node, or given a disk that \
            it cannot have.
            """)

    @Argument(help: nodeHelp)
    var node: String

    @Option(help: ArgumentHelp("What is left of its disk: keep, empty, older.", valueName: "disk"))
    var disk = Intervention.Disk.keep.rawValue

    @OptionGroup var options: ClusterOptions

    func run() throws { try ControlSession(options, .restart(node: node, disk: disk)).printDone() }
}
