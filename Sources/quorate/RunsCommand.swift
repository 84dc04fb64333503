import ArgumentParser
import Cluster
import Primitives
import Reports
import SystemPackage
import TopologyFormat

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List runs and what they came to, newest first.",
        discussion: """
            Of each run: when it began, the topology's name, its mode (processes; simulated; modelled: simulated with \
            modelled signatures), the seed, the verdict, how many of the load's tasks were \
            certified, the 99th percentile of the quorum latency, who was slashed, the exit status, and the directory, \
            by whose name quorate report shows it again. A run that still goes on is told from one that was cut short \
            because whoever ran it died. Imported ledgers are no runs: they are named on standard error.

            Exit status: 0; 2 when the directory cannot be listed. What is no run, or a damaged one, is named on \
            standard error and is no failure.
            """)

    @Option(
        help: ArgumentHelp("Where the runs lie. (default: runs)", valueName: "directory"), completion: .directory)
    var directory: String?

    @Option(
        help: ArgumentHelp("No more than these.", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(1...1_000_000, example: "20").parse($0) })
    var last: UInt64 = 50

    @Flag(help: "Print one JSON document instead of lines.")
    var json = false

    private static let shownBroken = 10

    func run() throws {
        let parent = directory.map { FilePath($0) } ?? RunArgument.parent
        // A place where nothing has been run yet has no runs, which is no mistake.
        let list =
            try directory == nil && !RunArgument.isDirectory(parent) ? .empty : RunList(below: parent, last: Int(last))
        if json {
            try Console.print(Self.document(list).document)
        } else if list.runs.isEmpty {
            Console.complain("\(parent): there is no run yet; quorate run TOPOLOGY makes one")
        } else {
            try Console.print(Self.table(list.runs).text)
        }
        for directory in list.imported {
            Console.complain("\(directory): an imported ledger; quorate ledger show looks at it")
        }
        for (_, reason) in list.broken.prefix(Self.shownBroken) { Console.complain(reason) }
        let more = list.broken.count - Self.shownBroken
        if more > 0 { Console.complain("and \(more) more that are no runs, or damaged") }
        if list.older > 0 { Console.complain("\(list.older) older: --last \(list.older + list.runs.count)") }
    }

    static func table(_ runs: [ListedRun]) -> TextTable {
        TextTable(
            columns: [
                .init("started"), .init("name"), .init("mode"), .init("seed", isNumber: true), .init("verdict"),
                .init("tasks", isNumber: true), .init("p99", isNumber: true), .init("slashed"),
                .init("status", isNumber: true), .init("run"),
            ],
            rows: runs.map { run in
                [
                    run.manifest.startedAt.replacing("T", with: " ").replacing("Z", with: ""), run.manifest.name,
                    run.manifest.isModelled ? "modelled" : run.manifest.mode, run.manifest.seed, run.verdict,
                    run.digest.map { "\($0.tasks.certified)/\($0.tasks.all)" } ?? "-",
                    run.digest?.p99 ?? "-", run.digest?.punished(atMost: 3) ?? "-",
                    run.status.map { "\($0)" } ?? "-", run.directory.path.lastComponent?.string ?? "",
                ]
            })
    }

    static func document(_ list: RunList) -> JSONValue {
        .object([
            ("schema_version", .integer(1)), ("runs", .array(list.runs.map(json))),
            ("older", .integer(Int64(list.older))),
            ("imported_ledgers", .array(list.imported.map { .string($0.string) })),
            (
                "broken",
                .array(
                    list.broken.map { directory, reason in
                        .object([("directory", .string(directory.string)), ("reason", .string(reason))])
                    })
            ),
        ])
    }

    private static func json(_ run: ListedRun) -> JSONValue {
        let state =
            switch run.state {
            case .goesOn: "going-on"
            case .abandoned: "cut-short"
            case .neverBegan: "never-began"
            case .unreported: "not-judged"
            case .judged: "judged"
            }
        return .object([
            ("directory", .string(run.directory.path.string)), ("name", .string(run.manifest.name)),
            ("mode", .string(run.manifest.mode)),
            ("signatures", .string(run.manifest.isModelled ? "modelled" : "ed25519")),
            ("seed", .string(run.manifest.seed)),
            ("started_at", .string(run.manifest.startedAt)),
            ("state", .string(state)), ("ending", run.digest.map { .string($0.ending) } ?? .null),
            ("verdict", run.digest.map { .string($0.verdict) } ?? .null),
            ("exit_status", run.status.map { .integer(Int64($0)) } ?? .null),
            ("tasks", run.digest.map { .unsigned($0.tasks.all) } ?? .null),
            ("certified", run.digest.map { .unsigned($0.tasks.certified) } ?? .null),
            ("p99_ms", run.digest?.latency.p99.map(JSONValue.decimal) ?? .null),
            ("slashed", .array((run.digest?.slashed ?? []).map(JSONValue.string))),
            ("revoked", .array((run.digest?.revocations ?? []).map { .string($0.service) })),
        ])
    }
}
