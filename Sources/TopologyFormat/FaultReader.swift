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
        let serviceField = keys.field("service")
        let beginsField = keys.field("at")
        let lastsField = keys.field("for")
        let probabilityField = keys.field("probability")
        let pointField = keys.field("point")
        keys.reportUnknownKeys()

        let parties = behaviour == .ledgerCrash ? [.ledger] : culprit.map(parties) ?? []
        let service = serviceField?.read(serviceGrammar)
        let begins = beginsField?.read(.beginning) ?? .start
        let lasts = lastsField?.read(.extent)
        let probability = probabilityField?.read(.probability) ?? .one
        let point = pointField?.read(ScalarGrammar<KillPoint>.choice("a point", of: TopologyReader.choices()))
        for party in parties where party != .ledger && (serviceField == nil || service != nil) {
            checkReach(party, service, begins, culprit!.field, serviceField, beginsField)
        }
        guard let behaviour, let behaviourField else { return nil }
        check(behaviour, behaviourField, of: culprit)
        if behaviour.isCrash, case .tasks = lasts {
            lastsField?.report("a crash lasts a time, not a number of tasks; write 2s, or leave it out for good")
        }
        if behaviour == .ledgerCrash { checkLedger(behaviourField, begins, beginsField, lastsField, serviceField) }
        if behaviour == .powerLoss {
            if case .task = begins { beginsField?.report("power is lost at a time, not at a task; write 2s") }
            if begins == .start { (beginsField ?? behaviourField).report("power is lost at a time; write at: 2s") }
            if let serviceField { serviceField.report("a host loses power, whatever it works on; leave this out") }
        }
        if !behaviour.isProvable, let probabilityField {
            probabilityField.report("\(behaviour.rawValue) takes no probability; only the equivocations do")
        }
        if let pointField { check(point, pointField, of: behaviour) }
        if behaviour == .collusion {
            for field in [beginsField, lastsField, probabilityField].compactMap(\.self) {
                field.report("a collusion happens when its coordinator equivocates; leave this out")
            }
        }
        if culprit?.key == .coordinator, let serviceField {
            serviceField.report("coordinator names the service already; leave this out")
        }
        var plan = FaultPlan(
            party: .ledger, behaviour: behaviour, service: service, begins: begins,
            lasts: lasts ?? behaviour.defaultExtent, probability: probability, point: point)
        if case .coordinator(let service) = parties.first { plan.service = service }
        return Entry(parties: parties, plan: plan, behaviourField: behaviourField)
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
        if behaviour == .ledgerCrash {
            for culprit in given { culprit.field.report("ledger-crash is the ledger's fault; leave this out") }
            return nil
        }
        if given.isEmpty { keys.field.report("operator is missing; write operator: op-3") }
        for more in given.dropFirst() {
            more.field.report("\(given[0].key.rawValue) says already whose fault it is; leave this out")
        }
        return given.first
    }

    private func parties(_ culprit: Culprit) -> [Party] {
        switch culprit.key {
        case .operator: roster.flatMap { culprit.field.read($0.member) }.map { [.signer($0)] } ?? []
        case .operators: (roster?.members(culprit.field, allowsAll: false) ?? []).map { .signer($0) }
        case .coordinator: culprit.field.read(serviceGrammar).map { [.coordinator($0)] } ?? []
        }
    }

    private func check(_ behaviour: Behaviour, _ field: Field, of culprit: Culprit?) {
        if let culprit, behaviour.isCoordinators != (culprit.key == .coordinator) {
            let names = Behaviour.allCases.filter {
                $0.isCoordinators == (culprit.key == .coordinator) && $0 != .ledgerCrash
            }.map(\.rawValue)
            field.report(
                "\(behaviour.rawValue) is \(behaviour.isCoordinators ? "a coordinator's" : "an operator's") fault; "
                    + "of \(culprit.key == .coordinator ? "a coordinator" : "an operator") write "
                    + names.joined(separator: ", "))
        }
        guard dissemination == .star else { return }
        if behaviour == .equivocateSplit {
            field.report(
                "in a star votes go to the coordinator alone, so nobody can be shown another one; "
                    + "write equivocate, or dissemination: mesh")
        } else if behaviour == .coordinatorEquivocates || behaviour == .collusion {
            field.report(
                "in a star nobody but the coordinator sees two tasks under one number; write dissemination: mesh")
        }
    }

    private func check(_ point: KillPoint?, _ field: Field, of behaviour: Behaviour) {
        guard !behaviour.points.isEmpty else {
            let others = Behaviour.allCases.filter { !$0.points.isEmpty }.map(\.rawValue)
            return field.report("\(behaviour.rawValue) has no point; only \(others.joined(separator: ", ")) have")
        }
        guard let point, !behaviour.points.contains(point) else { return }
        field.report(
            "\(behaviour.rawValue) has no point \(point.rawValue); write "
                + behaviour.points.map(\.rawValue).joined(separator: ", "))
    }

    // MARK: The ledger

    private func checkLedger(
        _ behaviourField: Field, _ begins: FaultPlan.Beginning, _ beginsField: Field?, _ lastsField: Field?,
        _ serviceField: Field?
    ) {
        if case .task = begins { beginsField?.report("the ledger dies at a time, not at a task; write 2s") }
        if lastsField == nil {
            behaviourField.report("a run does not come to its end without its ledger; write for: 500ms")
        }
        serviceField?.report("the ledger is everybody's; leave this out")
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
        return zip(entries, resolved).flatMap { entry, plan in
            entry.parties.map { party in
                var plan = plan
                plan.party = party
                if plan.behaviour == .collusion || plan.behaviour == .coordinatorEquivocates, let service = plan.service
                {
                    plan.accomplices = accomplices[service, default: []].sorted()
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
        _ party: Party, _ service: ServiceID?, _ begins: FaultPlan.Beginning, _ culpritField: Field,
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
                culpritField.report("\(name) has no stake, so it votes on nothing; give it some")
                return
            }
            let named = service.map { [services[Int($0.number)]] } ?? services
            guard named.allSatisfy(\.isSound) else { return }
            reached = named.filter { $0.members.contains(signer) }.map(\.plan)
            guard !reached.isEmpty else {
                if let service {
                    serviceField?.report("\(name) is not an operator of \(services[Int(service.number)].plan.name)")
                } else {
                    culpritField.report("\(name) is an operator of no service")
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
