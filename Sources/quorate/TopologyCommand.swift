import ArgumentParser
import Reports
import Staging
import TopologyFormat

struct TopologyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology", abstract: "Work with topology files.",
        subcommands: [Check.self, Show.self, Schema.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Report every mistake of topology files at once.",
            discussion: """
                A mistake reads file:line:column: key: what is wrong; what would be right.

                  quorate topology check Topologies/*.yaml

                Exit status: 0 when all can be run or, where somebody loses power, simulated; 2 otherwise.
                """)

        @Argument(help: ArgumentHelp("Topologies in YAML.", valueName: "file"), completion: .topology)
        var files: [String]

        func run() throws {
            var allAreGood = true
            var accounts: [String] = []
            for file in files {
                do throws(TopologyErrors) {
                    let topology = try Topology.load(path: file)
                    try topology.checkPrograms(file: file)
                    accounts.append("\(file): ok: \(topology.account)")
                } catch {
                    allAreGood = false
                    Console.complain(error.description)
                }
            }
            if !accounts.isEmpty { try Console.print(accounts.joined(separator: "\n")) }
            if !allAreGood { throw ExitStatus.badInput.code }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a topology with every default filled in.",
            discussion: """
                The output is YAML and the same topology: it can be run. Generated operators are written out, and so \
                are faults that several operators share. A seed is in it only if the file has one; left out, each run \
                draws its own.

                  quorate topology show Topologies/star.yaml

                With --chaos what the chaos of the topology draws is written out too, in its place: the same faults that \
                a run with this seed has, of this length.

                  quorate topology show Topologies/soak.yaml --chaos --seed 7 --duration 10m

                Exit status: 0; 2 when the file is no topology, with every mistake.
                """)

        @Argument(help: ArgumentHelp("The topology, in YAML.", valueName: "file"), completion: .topology)
        var file: String

        @Flag(help: "Write out what its chaos draws from the seed.")
        var chaos = false

        @OptionGroup var load: LoadOptions

        func validate() throws {
            guard chaos || (load.arguments.isEmpty && load.seed == nil) else {
                throw ValidationError("a load and a seed decide what chaos draws: they go with --chaos")
            }
        }

        func run() throws {
            let input = try TopologyInput(file)
            guard chaos else { return try Console.print(input.topology.yaml) }
            let topology = try input.overridden(by: load.overrides)
            guard topology.chaos != nil else {
                throw CommandFailure.badInput("\(file): it has no chaos; write chaos: {every: 5s}")
            }
            guard let seed = topology.seed else {
                throw CommandFailure.badInput("\(file): it has no seed, so each run draws its own; give --seed 42")
            }
            let drawn = topology.drawingChaos(seed: seed)
            try Console.print(drawn.yaml)
        }
    }

    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the format of topologies as a JSON Schema (draft 2020-12).",
            discussion: """
                Editors that use the YAML language server complete from it and mark mistakes:

                  quorate topology schema > topology.schema.json

                and as the first line of a topology: # yaml-language-server: $schema=topology.schema.json

                It is no stricter than quorate topology check, which finds more: what names refer to, sums, bounds.
                """)

        func run() throws { try Console.print(TopologySchema.topology.jsonSchema.document) }
    }
}

extension CompletionKind {
    static var topology: Self { .file(extensions: [TopologyFiles.fileExtension]) }
}

extension Topology {
    /// `quickstart: 7 operators, mesh; squares: 1000 tasks at 200/s`
    var account: String {
        let loads = services.map { "\($0.name): \($0.load.account)" }
        let operators = "\(operators.count) \(operators.count == 1 ? "operator" : "operators")"
        return "\(name): \(operators), \(network.dissemination.rawValue); \(loads.joined(separator: "; "))"
    }
}
