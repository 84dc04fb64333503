import Messages
import Primitives

/// How lists of nodes are written: operators, ranges of them, `coordinator-squares`, `ledger`; as their processes are called.
struct PartyReader {
    let roster: OperatorRoster
    let services: [ServicePlan]

    struct Member {
        var party: Party
        /// Where it is named.
        var field: Field
    }

    /// One name or range, or a list of them; in the order of the file, each once.
    func members(_ field: Field) -> [Member] {
        let fields = field.isScalar ? [field] : field.elements(example: "[op-1, coordinator-squares]") ?? []
        var seen: Set<Party> = []
        return fields.flatMap { field -> [Member] in
            let parties = field.read(range) ?? []
            if let twice = parties.first(where: seen.contains) {
                field.report("\(name(of: twice)) is listed twice")
                return []
            }
            seen.formUnion(parties)
            return parties.map { Member(party: $0, field: field) }
        }
    }

    /// Everyone, ascending.
    var everyone: [Party] {
        roster.operators.indices.map { .signer(OperatorIndex(UInt32($0))) }
            + services.indices.map { .coordinator(ServiceID(UInt32($0))) } + [.ledger]
    }

    func name(of party: Party) -> String {
        switch party {
        case .signer(let signer): roster.operators[Int(signer.number)].name
        case .coordinator(let service): Self.coordinator + services[Int(service.number)].name
        case .ledger: Self.ledger
        }
    }

    static let ledger = "ledger"
    static let coordinator = "coordinator-"

    private var range: ScalarGrammar<[Party]> {
        let signers = roster.range
        return ScalarGrammar(noun: "a node", example: "op-1, op-1..op-5 or coordinator-squares") {
            text throws(GrammarMistake) in
            if text == Self.ledger { return [.ledger] }
            guard text.hasPrefix(Self.coordinator) else { return try signers.parse(text).map(Party.signer) }
            guard let index = services.firstIndex(where: { Self.coordinator + $0.name == text }) else {
                let names = services.map { Self.coordinator + $0.name }
                let advice = NearestName.of(text, among: names).map { "did you mean \($0)?" }
                throw GrammarMistake(
                    "\(text.abridged) is not a coordinator; "
                        + (advice ?? "the coordinators are \(names.prefix(8).joined(separator: ", "))"))
            }
            return [.coordinator(ServiceID(UInt32(index)))]
        }
    }
}
