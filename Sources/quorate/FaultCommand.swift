import ArgumentParser
import Cluster
import TopologyFormat

struct FaultCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fault", abstract: "Make nodes of a live cluster misbehave.",
        subcommands: [Inject.self, List.self, Clear.self])

    struct Inject: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Inject a fault into a node, from now on.",
            discussion: """
                The faults are those of topologies, and so are the words; quorate faults lists them. Times are \
                counted from now. Whoever is made to cheat provably is expected to be slashed when the run is judged.

                  quorate fault inject op-3 equivocate
                  quorate fault inject op-3 silent --for 30s
                  quorate fault inject op-4 crash --at "task 200" --for 2s
                  quorate fault inject coordinator-squares coordinator-equivocates --for "3 tasks"
                  quorate fault inject ledger ledger-crash --point persist --for 500ms

                Exit status: 0 when the node was told; 2 when it is no such fault, or the node is dead or paused.
                """)

        @Argument(help: "Whose: op-3, coordinator-squares, ledger.")
        var party: String

        @Argument(help: "What it does: equivocate, silent, crash, ...; quorate faults lists all.")
        var behaviour: String

        @Option(name: .customLong("for"), help: "How long: 30s, \"3 tasks\". (default: one task, or to the end)")
        var lasts: String?

        @Option(name: .customLong("at"), help: "When: \"task 500\", 2s from now. (default: at once)")
        var begins: String?

        @Option(help: "Only in this AVS.")
        var service: String?

        @Option(help: "The chance of each task, or of each vote: 1/10.")
        var probability: String?

        @Option(help: "How late: 50ms.")
        var delay: String?

        @Option(
            parsing: .unconditional, help: "How far its clock is off: 2s, -2s; or how fast it runs: 1/100.")
        var by: String?

        @Option(help: "Who is sent its votes: op-1,op-2.")
        var to: String?

        @Option(help: "Whom it ignores, or frames: op-1,op-2.")
        var against: String?

        @Option(help: "Frames a second: 2000/s.")
        var rate: String?

        @Option(name: .customLong("as"), help: "In which of its ways; quorate faults NAME lists them.")
        var form: String?

        @Option(help: "What is left of its guard when it is started again: keep, older, empty.")
        var disk: String?

        @Option(help: "Where a crash comes: receive, execute, guard, sign, send, detect, persist, submit, acknowledge.")
        var point: String?

        @OptionGroup var cluster: ClusterOptions

        func run() throws {
            let options = [
                "service": service, "probability": probability, "delay": delay, "by": by, "to": to, "against": against,
                "rate": rate, "as": form, "disk": disk, "point": point,
            ]
            let words = FaultWords(
                party: party, behaviour: behaviour, begins: begins, lasts: lasts,
                parameters: options.compactMapValues(\.self))
            try ControlSession(cluster, .inject(words)).printDone()
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the faults of all nodes, the topology's and the injected ones.",
            discussion: """
                Each is waiting, on, over, cleared, or gone with the process into which it was injected; unknown, while its \
                node does not answer.

                  quorate fault list
                """)

        @Flag(help: "One JSON document: the cluster's status, of which they are a part.")
        var json = false

        @OptionGroup var options: ClusterOptions

        func run() throws {
            guard case .status(let status) = try ControlSession(options, .status).reply() else { return }
            if json { return try Console.print(try JSONText.of(status)) }
            guard !status.faults.isEmpty else { return Console.complain("no faults, neither scheduled nor injected") }
            let rows = status.faults.map { fault in
                [
                    fault.party, fault.behaviour, fault.service ?? "-", fault.begins, fault.lasts, fault.origin,
                    fault.stage,
                ]
            }
            try Console.print(TextTable(["node", "fault", "service", "at", "for", "from", "state"], rows).text)
        }
    }

    struct Clear: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End every fault that is on or still to come, of one node or of all.",
            discussion: """
                What was done stays done, and is judged.

                  quorate fault clear op-3
                  quorate fault clear
                """)

        @Argument(help: "Whose: op-3, coordinator-squares. (default: everybody's)")
        var party: String?

        @OptionGroup var options: ClusterOptions

        func run() throws { try ControlSession(options, .clearFaults(party: party)).printDone() }
    }
}
