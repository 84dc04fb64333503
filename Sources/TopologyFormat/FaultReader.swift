import Faults
import Primitives

/// Reads `faults:`: `{operator: op-3, does: equivocate-split, at: task 500, for: 3 tasks, service: squares}`.
struct FaultReader {
    let roster: OperatorRoster?
    /// Nil when not even the names can be told.
    let services: [ServiceReader.Service]?
    let dissemination: NetworkPlan.Dissemination
    /// Those that nobody has given any stake: no set has them as members.
    let stakeless: Set<OperatorIndex>

    private static let example = "{operator: op-3, does: equivocate, at: task 500}"
    private static let maximumFaults = 10_000

    func plans(_ field: Field) -> [FaultPlan] {
        let fields = field.elements(example: "[\(Self.example)]") ?? []
        guard fields.count <= Self.maximumFaults else {
            field.report("\(fields.count) faults; at most \(Self.maximumFaults)")
            return []
        }
        return fields.compactMap(plan)
    }

    private func plan(_ field: Field) -> FaultPlan? {
        guard var keys = field.mapping(example: Self.example) else { return nil }
        let operatorField = keys.requiredField("operator", example: "op-3")
        let behaviourField = keys.requiredField("does", example: "equivocate")
        let behaviour = behaviourField?.read(
            ScalarGrammar<Behaviour>.choice("a behaviour", of: TopologyReader.choices()))
        let serviceField = keys.field("service")
        let beginsField = keys.field("at")
        let lastsField = keys.field("for")
        let probabilityField = keys.field("probability")
        keys.reportUnknownKeys()

        let signer = roster.flatMap { roster in operatorField?.read(roster.member) }
        let service = serviceField?.read(serviceGrammar)
        let begins = beginsField?.read(.beginning) ?? .start
        let lasts = lastsField?.read(.extent)
        let probability = probabilityField?.read(.probability) ?? .one
        if let signer, let operatorField, serviceField == nil || service != nil {
            checkReach(signer, service, begins, operatorField, serviceField, beginsField)
        }
        if behaviour == .crash, case .tasks = lasts {
            lastsField?.report("a crash lasts a time, not a number of tasks; write 2s, or leave it out for good")
        }
        if behaviour == .equivocateSplit, dissemination == .star {
            behaviourField?.report(
                "in a star votes go to the coordinator alone, so nobody can be shown another one; "
                    + "write equivocate, or dissemination: mesh")
        }
        if let behaviour, !behaviour.isProvable, let probabilityField {
            probabilityField.report("\(behaviour.rawValue) takes no probability; only the equivocations do")
        }
        guard let signer, let behaviour else { return nil }
        return FaultPlan(
            signer: signer, behaviour: behaviour, service: service, begins: begins,
            lasts: lasts ?? behaviour.defaultExtent, probability: probability)
    }

    private var serviceGrammar: ScalarGrammar<ServiceID> {
        guard let services else { return ScalarGrammar(noun: "a service", example: "squares") { _ in ServiceID(0) } }
        return .choice("a service", of: services.enumerated().map { ($1.plan.name, ServiceID(UInt32($0))) })
    }

    /// Reports a fault that nobody would ever notice: its operator secures nothing, or its task is never issued.
    private func checkReach(
        _ signer: OperatorIndex, _ service: ServiceID?, _ begins: FaultPlan.Beginning, _ operatorField: Field,
        _ serviceField: Field?, _ beginsField: Field?
    ) {
        guard let services, let name = roster?.operators[Int(signer.number)].name else { return }
        if stakeless.contains(signer) {
            operatorField.report("\(name) has no stake, so it votes on nothing; give it some")
            return
        }
        let named = service.map { [services[Int($0.number)]] } ?? services
        guard named.allSatisfy(\.isSound) else { return }
        let reached = named.filter { $0.members.contains(signer) }.map(\.plan)
        guard let longest = reached.map(\.load.tasks).max() else {
            if let service {
                serviceField?.report("\(name) is not an operator of \(services[Int(service.number)].plan.name)")
            } else {
                operatorField.report("\(name) is an operator of no service")
            }
            return
        }
        if case .task(let sequence) = begins, sequence.number >= longest {
            let names = reached.map(\.name).joined(separator: ", ")
            beginsField?.report("task \(sequence) is beyond the load of \(names): tasks 0 to \(longest - 1)")
        }
    }
}

extension ScalarGrammar where Value == FaultPlan.Beginning {
    /// `start`, `task 500`, `2s`.
    fileprivate static var beginning: Self {
        let example = "start, task 500 or 2s"
        return Self(noun: "a time or a task", example: example) { text throws(GrammarMistake) in
            if text == "start" { return .start }
            let words = text.split(separator: " ")
            if words.first == "task" || words.first == "tasks" {
                guard words.count == 2, let sequence = UInt64(words[1]) else {
                    throw .isNot(text, "a task", write: "task 500")
                }
                return .task(TaskSequence(sequence))
            }
            guard text.first?.isNumber == true || text.first == "-" else {
                throw .isNot(text, "a time or a task", write: example)
            }
            return .after(try ScalarGrammar<Duration>.duration(example: "2s").parse(text))
        }
    }
}

extension ScalarGrammar where Value == FaultPlan.Extent {
    /// `3 tasks`, `2s`.
    fileprivate static var extent: Self {
        Self(noun: "an extent", example: "3 tasks or 2s") { text throws(GrammarMistake) in
            let words = text.split(separator: " ")
            if words.count == 2, words[1] == "tasks" || words[1] == "task" {
                let counts = ScalarGrammar<UInt64>.integer(1...TopologyReader.maximumTasks, example: "3 tasks")
                return .tasks(try counts.parse(String(words[0])))
            }
            guard text.first?.isNumber == true || text.first == "-" else {
                throw .isNot(text, "an extent", write: "3 tasks or 2s")
            }
            let spans = ScalarGrammar<Duration>.duration(.nanoseconds(1) ... .longest, example: "3 tasks or 2s")
            return .duration(try spans.parse(text))
        }
    }
}

extension ScalarGrammar where Value == Fraction {
    fileprivate static var probability: Self {
        Self(noun: "a probability", example: "1/10") { text throws(GrammarMistake) in
            let probability = try ScalarGrammar.share(example: "1/10").parse(text)
            guard probability.numerator > 0 else { throw GrammarMistake("\(text.abridged) means never; write 1/10") }
            return probability
        }
    }
}
