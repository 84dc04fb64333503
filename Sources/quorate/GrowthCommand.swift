import ArgumentParser
import Cluster
import Messages
import Records
import Reports

struct GrowthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth", abstract: "Tell whether a run's processes and files went on growing.",
        discussion: """
            Compares the last third of a run with its middle third, by the readings that run --measure-every has taken. \
            Memory may be a tenth and 4 MiB more, by the median of each process. What is only ever appended to (guards, \
            the ledger's log, logs) may grow by a quarter and 1 MiB more than before: as fast, but not faster. Records \
            are shown and not judged.

              quorate run Topologies/soak.yaml --duration 15m --measure-every 10s
              quorate growth

            Exit status: 0 nothing grows; 1 something does; 2 there is no such run, or nothing was measured; 3 too few \
            readings to tell of somebody.
            """)

    @Argument(
        help: ArgumentHelp("A run directory, or its name below runs/. (default: runs/latest)", valueName: "run"),
        completion: .directory)
    var name: String?

    @Flag(help: "Print one JSON document instead of tables.")
    var json = false

    func run() throws {
        let directory = try RunArgument.directory(name)
        let growth = try CommandFailure.asBadInput { () throws -> RunGrowth? in
            let genesis = try RunRecords.genesis(ofRunIn: directory.path)
            let outcome = try RunOutcome.read(from: directory, genesis: genesis)
            guard let outcome, !outcome.files.isEmpty else { return nil }
            return RunGrowth(of: outcome.usages, outcome.files)
        }
        guard let growth else {
            throw CommandFailure.badInput(
                "\(directory.path): nothing was measured while it ran; quorate run --measure-every 10s")
        }
        try Console.print(json ? String(growth.json.document.dropLast()) : text(of: growth))
        if growth.grows { throw ExitStatus.notAsExpected.code }
        if !growth.unknown.isEmpty { throw ExitStatus.notJudged.code }
    }

    private func text(of growth: RunGrowth) -> String {
        func table(_ title: String, _ lines: [RunGrowth.Line]) -> String {
            TextTable(
                columns: [
                    .init(title), .init("middle third", isNumber: true), .init("last third", isNumber: true),
                    .init("per hour", isNumber: true), .init(""),
                ],
                rows: lines.map { line in
                    [
                        line.name, ResourceUse.mebibytes(line.middle), ResourceUse.mebibytes(line.last),
                        (line.perHour < 0 ? "-" : "") + ResourceUse.mebibytes(line.perHour.magnitude),
                        line.grows ? "grows" : line.isJudged ? "" : "not judged",
                    ]
                }
            ).text
        }
        var parts = [table("memory", growth.memory), table("files' growth", growth.files)]
        if !growth.unknown.isEmpty {
            parts.append("too few readings to tell: \(growth.unknown.joined(separator: ", "))")
        }
        parts.append(growth.grows ? "something grows" : "nothing grows")
        return parts.joined(separator: "\n\n")
    }
}
