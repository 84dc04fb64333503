import ArgumentParser
import Faults
import TopologyFormat

struct FaultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults", abstract: "List the adversaries: what each does, what it takes, what it must come to.",
        discussion: """
            Each has a topology that shows it, Topologies/faults/NAME.yaml.

              quorate faults
              quorate faults replay
              quorate run Topologies/faults/replay.yaml
              quorate simulate Topologies/faults/replay.yaml

            Exit status: 0; 2 when there is no such adversary.
            """)

    @Argument(help: "One of them; left out: all.")
    var name: String?

    @Flag(help: "One JSON document.")
    var json = false

    func run() throws {
        let entries = try chosen()
        if json { return try Console.print(try Self.document(entries)) }
        if let entry = entries.first, name != nil { return try Console.print(Self.page(entry)) }
        let rows = entries.map { entry in
            [
                entry.behaviour.rawValue, Self.whose(entry), entry.expectation.rawValue,
                entry.parameters.map(\.key).joined(separator: ", "), entry.does,
            ]
        }
        try Console.print(TextTable(["fault", "whose", "must be", "takes", "what it does"], rows).text)
    }

    private func chosen() throws -> [CatalogueEntry] {
        guard let name else { return CatalogueEntry.all }
        let choices = Behaviour.allCases.map { (word: $0.rawValue, value: $0) }
        return try CommandFailure.asBadInput {
            [.of(try ScalarGrammar<Behaviour>.choice("a fault", of: choices).parse(name))]
        }
    }

    private static func whose(_ entry: CatalogueEntry) -> String {
        switch entry.behaviour.culprit {
        case .signer: "operator"
        case .coordinator: "coordinator"
        case .ledger: "ledger"
        case .either: "any"
        }
    }

    private static func page(_ entry: CatalogueEntry) -> String {
        let takes = entry.parameters.map { parameter in
            let ways = words(of: parameter)
            return "  \(parameter.key): \(parameter.meaning)"
                + (ways.isEmpty ? "" : ": \(ways.joined(separator: ", "))")
        }
        return
            (["\(entry.behaviour.rawValue): \(whose(entry)), \(entry.expectation.rawValue)", "  It \(entry.does)."]
            + (takes.isEmpty ? [] : ["takes, besides at and for:"] + takes)
            + ["shown by:", "  quorate run Topologies/faults/\(entry.behaviour.rawValue).yaml"])
            .joined(separator: "\n")
    }

    private static func words(of parameter: FaultParameter) -> [String] {
        switch parameter {
        case .form(let forms): forms.map(\.rawValue)
        case .point(let points): points.map(\.rawValue)
        case .disk(let disks): disks.map(\.rawValue)
        case .service, .probability, .share, .delay, .skew, .drift, .to, .against, .rate: []
        }
    }

    private struct Document: Encodable {
        var schemaVersion = 1
        var faults: [Fault]

        struct Fault: Encodable {
            var name: String
            var whose: String
            var does: String
            var expectation: String
            var parameters: [Parameter]
        }

        struct Parameter: Encodable {
            var key: String
            var meaning: String
            var words: [String]
        }
    }

    private static func document(_ entries: [CatalogueEntry]) throws -> String {
        try JSONText.of(
            Document(
                faults: entries.map { entry in
                    Document.Fault(
                        name: entry.behaviour.rawValue, whose: whose(entry), does: entry.does,
                        expectation: entry.expectation.rawValue,
                        parameters: entry.parameters.map {
                            Document.Parameter(key: $0.key, meaning: $0.meaning, words: words(of: $0))
                        })
                }))
    }
}
