import Faults
import Primitives

/// One fault as somebody writes it on a command line, to be injected into a network that runs: the words of a topology's
/// `faults:`, one by one.
package struct FaultWords: Codable, Hashable, Sendable {
    /// `op-3`, `coordinator-squares` or `ledger`.
    package var party: String
    package var behaviour: String
    package var begins: String?
    package var lasts: String?
    /// By the keys that a topology has for them: `service`, `probability`, `delay`, ... Several operators with commas.
    package var parameters: [String: String]

    package init(
        party: String, behaviour: String, begins: String? = nil, lasts: String? = nil,
        parameters: [String: String] = [:]
    ) {
        self.party = party
        self.behaviour = behaviour
        self.begins = begins
        self.lasts = lasts
        self.parameters = parameters
    }

    private static let coordinatorPrefix = "coordinator-"

    /// As the list of a topology would have it.
    fileprivate func field(_ mistakes: MistakeCollector) -> Field {
        let position = SourcePosition(line: 1, column: 1)
        let isCoordinator = party.hasPrefix(Self.coordinatorPrefix)
        let culprit = isCoordinator ? String(party.dropFirst(Self.coordinatorPrefix.count)) : party
        let isLedgers = party == PartyReader.ledger && behaviour == Behaviour.ledgerCrash.rawValue
        let words = [
            (isCoordinator ? "coordinator" : "operator", isLedgers ? nil : culprit), ("does", behaviour),
            ("at", begins), ("for", lasts),
        ]
        let all = words.compactMap { key, value in value.map { (key, $0) } } + parameters.sorted { $0.key < $1.key }
        let entries = all.map { key, value in
            let parts = value.split(separator: ",").map {
                SourceNode(position: position, content: .scalar(String($0.trimmingPrefix(" "))))
            }
            let content: SourceNode.Content = parts.count > 1 ? .sequence(parts) : .scalar(value)
            return SourceNode.Entry(
                key: key, keyPosition: position, value: SourceNode(position: position, content: content))
        }
        return Field(node: SourceNode(position: position, content: .mapping(entries)), path: "", mistakes: mistakes)
    }
}

extension Topology {
    /// Reads a fault for a network of this topology that runs already. Everything holds that holds of a scheduled one,
    /// but that its task may lie beyond the load: somebody may submit it.
    package func fault(_ words: FaultWords) throws(GrammarMistake) -> FaultPlan {
        guard words.behaviour != Behaviour.collusion.rawValue else {
            throw GrammarMistake(
                "a collusion is scheduled together with the fault of its coordinator, in the topology's faults")
        }
        guard words.behaviour != Behaviour.twin.rawValue else {
            throw GrammarMistake("a twin is there from the start; put it into the topology's faults")
        }
        let ledgers = Behaviour.ledgerCrash.rawValue
        guard words.behaviour != ledgers || words.party == PartyReader.ledger else {
            throw GrammarMistake("\(ledgers) is the ledger's fault; write \(PartyReader.ledger) \(ledgers)")
        }
        let mistakes = MistakeCollector(file: "")
        let stakes = stakesAtGenesis
        let reader = FaultReader(
            roster: OperatorRoster(operators),
            services: services.map { ServiceReader.Service(plan: $0, members: Set($0.operators), isSound: true) },
            dissemination: network.dissemination,
            stakeless: Set(stakes.indices.filter { stakes[$0] == .zero }.map { OperatorIndex(UInt32($0)) }),
            mayOutlastLoad: true)
        let plan = reader.plan(words.field(mistakes))
        guard let plan, mistakes.isEmpty else {
            throw GrammarMistake(mistakes.all.errors.map(Self.message).joined(separator: "\n"))
        }
        return plan
    }

    /// By the name of the option, where it has one, and so are those that it is told to write.
    private static func message(_ error: TopologyError) -> String {
        func isOption(_ key: some StringProtocol) -> Bool {
            ["at", "for"].contains(String(key)) || FaultParameter.keys.contains(String(key))
        }
        let message = error.message.replacing(/write ([a-z]+): (\[.*\]|[^;,]+)/) { match in
            guard isOption(match.1) else { return String(match.0) }
            let value = match.2.replacing(/[\[\]]/, with: "").replacing(", ", with: ",")
            return "write --\(match.1) \(value.contains(" ") ? "\"\(value)\"" : value)"
        }
        return isOption(error.path) ? "--\(error.path): \(message)" : message
    }
}
