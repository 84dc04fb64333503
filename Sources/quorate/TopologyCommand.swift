import ArgumentParser
import TopologyFormat

struct TopologyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology", abstract: "Work with topology files.", subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Report every mistake of topology files at once.",
            discussion: """
                A mistake reads file:line:column: key: what is wrong; what would be right.

                  quorate topology check Topologies/*.yaml

                Exit status: 0 when all can be run; 2 otherwise.
                """)

        @Argument(help: ArgumentHelp("Topologies in YAML.", valueName: "file"))
        var files: [String]

        func run() throws {
            var allAreGood = true
            var accounts: [String] = []
            for file in files {
                do throws(TopologyErrors) {
                    accounts.append("\(file): ok: \(try Topology.load(path: file).account)")
                } catch {
                    allAreGood = false
                    Console.complain(error.description)
                }
            }
            if !accounts.isEmpty { try Console.print(accounts.joined(separator: "\n")) }
            if !allAreGood { throw ExitStatus.badInput.code }
        }
    }
}

extension Topology {
    /// `quickstart: 7 operators, mesh; squares: 1000 tasks at 200/s`
    var account: String {
        let loads = services.map { "\($0.name): \($0.load.account)" }
        let operators = "\(operators.count) \(operators.count == 1 ? "operator" : "operators")"
        return "\(name): \(operators), \(network.dissemination.rawValue); \(loads.joined(separator: "; "))"
    }
}
