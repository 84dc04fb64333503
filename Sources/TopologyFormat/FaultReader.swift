import Faults
import Messages
import Primitives

/// Reads `faults:`: `{operator: op-3, does: equivocate-split, at: task 500, for: 3 tasks, service: squares}`, the same of
/// several `operators`, or of the `coordinator` of a service; `{does: ledger-crash, at: 2s, for: 500ms}`.
struct FaultReader {
    let roster: OperatorRoster?
    /// Nil when not even the names can be told.
    let services: [ServiceReader.Service]?
    let dissemination: NetworkPlan.Dissemination
    /// Those that nobody has given any stake: no set has them as members.
    let stakeless: Set<OperatorIndex>
    /// Whether there may be tasks beyond the load.
    var mayOutlastLoad = false

    private static let example = "{operator: op-3, does: equivocate, at: task 500}"
    private static let maximumFaults = 10_000

    func plans(_ field: Field) -> [FaultPlan] {
        let fields = field.elements(example: "[\(Self.example)]") ?? []
        guard fields.count <= Self.maximumFaults else {
            field.report("\(fields.count) faults; at most \(Self.maximumFaults)")
            return []
        }
        return joined(fields.compactMap(entry))
    }

    /// A fault of one party that stands alone.
    func plan(_ field: Field) -> FaultPlan? { entry(field).flatMap { joined([$0]).first } }

    /// One element of the list: the same fault of one party or more.
    private struct Entry {
        let parties: [Party]
        let plan: FaultPlan
        let behaviourField: Field?
    }

    private func entry(_ field: Field) -> Entry? {
        guard var keys = field.mapping(example: Self.example) else { return nil }
        let behaviourField = keys.requiredField("does", example: "equivocate")
        let behaviour = behaviourField?.read(
            ScalarGrammar<Behaviour>.choice("a behaviour", of: TopologyReader.choices()))
        let culprit = culpritField(&keys, of: behaviour)
        let beginsField = keys.field("at")
        let lastsField = keys.field("for")
        let told = FaultParameterReader.fields(&keys)
        keys.reportUnknownKeys()

        let parties = behaviour?.culprit == .ledger ? [.ledger] : culprit.map(parties) ?? []
        let serviceField = told["service"]
        let service = serviceField?.read(serviceGrammar)
        let begins = beginsField?.read(.beginning) ?? .start
        let lasts = lastsField?.read(.extent)
        for party in parties where serviceField == nil || service != nil {
            checkReach(party, service, begins, culprit?.field, serviceField, beginsField)
        }
        guard let behaviour, let behaviourField else { return nil }
        check(behaviour, behaviourField, of: culprit)
        let reader = FaultParameterReader(behaviour, told)
        reader.check(behaviourField, isOfCoordinator: culprit?.key == .coordinator)
        let schedule = ScheduleFields(begins: beginsField, lasts: lastsField, behaviour: behaviourField)
        schedule.check(behaviour, begins, lasts)
        var plan = FaultPlan(
            party: .ledger, behaviour: behaviour, service: service, begins: begins,
            lasts: lasts ?? behaviour.defaultExtent, probability: reader.probability, point: reader.point,
            parameters: reader.parameters(roster))
        if case .coordinator(let service) = parties.first { plan.service = service }
        return Entry(parties: parties, plan: plan, behaviourField: behaviourField)
    }

    /// When a fault begins and how long it lasts, as far as that is written.
    private struct ScheduleFields {
        let begins: Field?
        let lasts: Field?
        let behaviour: Field

        func check(_ kind: Behaviour, _ beginning: FaultPlan.Beginning, _ extent: FaultPlan.Extent?) {
            if kind.isCrash || kind == .pause, case .tasks = extent {
                let whatElse =
                    switch kind {
                    case .pause, .ledgerCrash: ""
                    default: ", or leave it out for good"
                    }
                lasts?.report(
                    "a \(kind == .pause ? "pause" : "crash") lasts a time, not a number of tasks; write 2s\(whatElse)")
            }
            switch kind {
            case .powerLoss:
                if case .task = beginning { begins?.report("power is lost at a time, not at a task; write 2s") }
            case .collusion:
                for field in [begins, lasts].compactMap(\.self) {
                    field.report("a collusion happens when its coordinator equivocates; leave this out")
                }
            case .twin:
                for field in [begins, lasts].compactMap(\.self) {
                    field.report("a twin is there from the start: later its guard would be older than what others hold")
                }
            case .amnesia where beginning == .start:
                (begins ?? behaviour).report("an amnesia needs something to forget; write at: task 100")
            case .ledgerCrash:
                if case .task = beginning { begins?.report("the ledger dies at a time, not at a task; write 2s") }
                if lasts == nil {
                    behaviour.report("a run does not come to its end without its ledger; write for: 500ms")
                }
            default: break
            }
        }
    }

    // MARK: Who

    private enum CulpritKey: String, CaseIterable { case `operator`, operators, coordinator }

    private struct Culprit {
        let key: CulpritKey
        let field: Field
    }

    private func culpritField(_ keys: inout MappingReader, of behaviour: Behaviour?) -> Culprit? {
        var given: [Culprit] = []
        for key in CulpritKey.allCases {
            if let field = keys.field(key.rawValue) { given.append(Culprit(key: key, field: field)) }
        }
        if let behaviour, behaviour.culprit == .ledger {
            for culprit in given {
                culprit.field.report("\(behaviour.rawValue) is the ledger's fault; leave this out")
            }
            return nil
        }
        if given.isEmpty {
            let isCoordinators = behaviour?.culprit == .coordinator
            let service = services?.first?.plan.name ?? "squares"
            keys.field.report(
                isCoordinators
                    ? "coordinator is missing; write coordinator: \(service)"
                    : "operator is missing; write operator: op-3")
        }
        for more in given.dropFirst() {
            more.field.report("\(given[0].key.rawValue) says already whose fault it is; leave this out")
        }
        return given.first
    }

    private func parties(_ culprit: Culprit) -> [Party] {
        switch culprit.key {
        case .operator: roster.flatMap { culprit.field.read($0.member) }.map { [.signer($0)] } ?? []
        case .operators: (roster?.members(culprit.field, allowsAll: false, allowsNone: false) ?? []).map { .signer($0) }
        case .coordinator: culprit.field.read(serviceGrammar).map { [.coordinator($0)] } ?? []
        }
    }

    private func check(_ behaviour: Behaviour, _ field: Field, of culprit: Culprit?) {
        if let culprit, behaviour.culprit != .either {
            let isCoordinator = culprit.key == .coordinator
            if isCoordinator != (behaviour.culprit == .coordinator) {
                let (whose, other) = ("a coordinator", "an operator")
                field.report(
                    "\(behaviour.rawValue) is \(isCoordinator ? other : whose)'s fault; "
                        + "quorate faults lists those of \(isCoordinator ? whose : other)")
            }
        }
        if dissemination == .star, let reason = behaviour.reasonNotInStar { field.report(reason) }
    }

    // MARK: Coordinators and their accomplices

    /// One plan for each party. Whoever colludes acts when its coordinator does, and each knows the others.
    private func joined(_ entries: [Entry]) -> [FaultPlan] {
        var leaders: [ServiceID: FaultPlan] = [:]
        for entry in entries where entry.plan.behaviour == .coordinatorEquivocates {
            guard let service = entry.plan.service else { continue }
            if leaders.updateValue(entry.plan, forKey: service) != nil {
                entry.behaviourField?.report("this coordinator equivocates already, and is revoked for it")
            }
        }
        var accomplices: [ServiceID: Set<OperatorIndex>] = [:]
        let resolved = entries.map { entry -> FaultPlan in
            guard entry.plan.behaviour == .collusion else { return entry.plan }
            let service = entry.plan.service ?? (leaders.count == 1 ? leaders.keys.first : nil)
            guard let service, let leader = leaders[service] else {
                entry.behaviourField?.report(
                    leaders.count > 1
                        ? "several coordinators equivocate; write service: and the one to collude with"
                        : "a collusion needs a coordinator that equivocates; write "
                            + "{coordinator: squares, does: coordinator-equivocates, at: task 500}")
                return entry.plan
            }
            for case .signer(let signer) in entry.parties {
                accomplices[service, default: []].insert(signer)
                checkMembership(of: signer, in: service, entry.behaviourField)
            }
            var plan = entry.plan
            (plan.service, plan.begins, plan.lasts) = (service, leader.begins, leader.lasts)
            plan.probability = leader.probability
            return plan
        }
        let holders = Set(
            entries.filter { $0.plan.behaviour == .justBelow }.flatMap(\.parties).compactMap { party in
                if case .signer(let signer) = party { signer } else { nil }
            }
        ).sorted()
        return zip(entries, resolved).flatMap { entry, plan in
            entry.parties.map { party in
                var plan = plan
                plan.party = party
                switch plan.behaviour {
                case .collusion, .coordinatorEquivocates:
                    if let service = plan.service { plan.accomplices = accomplices[service, default: []].sorted() }
                case .justBelow: plan.accomplices = holders
                default: break
                }
                return plan
            }
        }
    }

    private func checkMembership(of signer: OperatorIndex, in service: ServiceID, _ field: Field?) {
        guard let services, services.indices.contains(Int(service.number)), let roster else { return }
        let reached = services[Int(service.number)]
        guard reached.isSound, !reached.members.contains(signer) else { return }
        field?.report("\(roster.operators[Int(signer.number)].name) is not an operator of \(reached.plan.name)")
    }

    private var serviceGrammar: ScalarGrammar<ServiceID> {
        guard let services else { return ScalarGrammar(noun: "a service", example: "squares") { _ in ServiceID(0) } }
        return .choice("a service", of: services.enumerated().map { ($1.plan.name, ServiceID(UInt32($0))) })
    }

    /// Reports a fault that nobody would ever notice: its operator secures nothing, or its task is never issued.
    private func checkReach(
        _ party: Party, _ service: ServiceID?, _ begins: FaultPlan.Beginning, _ culpritField: Field?,
        _ serviceField: Field?, _ beginsField: Field?
    ) {
        guard let services else { return }
        let reached: [ServicePlan]
        switch party {
        case .ledger: return
        case .coordinator(let service):
            guard services.indices.contains(Int(service.number)), services[Int(service.number)].isSound else { return }
            reached = [services[Int(service.number)].plan]
        case .signer(let signer):
            guard let name = roster?.operators[Int(signer.number)].name else { return }
            if stakeless.contains(signer) {
                culpritField?.report("\(name) has no stake, so it votes on nothing; give it some")
                return
            }
            let named = service.map { [services[Int($0.number)]] } ?? services
            guard named.allSatisfy(\.isSound) else { return }
            reached = named.filter { $0.members.contains(signer) }.map(\.plan)
            guard !reached.isEmpty else {
                if let service {
                    serviceField?.report("\(name) is not an operator of \(services[Int(service.number)].plan.name)")
                } else {
                    culpritField?.report("\(name) is an operator of no service")
                }
                return
            }
        }
        guard !mayOutlastLoad else { return }
        if let longest = reached.map(\.load.tasks).max(), case .task(let sequence) = begins, sequence.number >= longest
        {
            let names = reached.map(\.name).joined(separator: ", ")
            beginsField?.report("task \(sequence) is beyond the load of \(names): tasks 0 to \(longest - 1)")
        }
    }
}
