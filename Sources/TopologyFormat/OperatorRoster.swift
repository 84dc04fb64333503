import Messages
import Primitives

/// The operators that a topology declares, and how its other parts refer to them: by name, or by a range of names.
struct OperatorRoster {
    /// In the order of the file; the stake of a mistaken entry is zero.
    private(set) var operators: [OperatorPlan] = []
    /// Where each stake stands, for mistakes that only the whole shows.
    private(set) var stakeFields: [Field] = []
    /// Whether every stake could be read, so that sums over them mean something.
    private(set) var stakesAreKnown = true
    private var places: [String: OperatorIndex] = [:]
    /// The services that an operator restricts itself to; nil: all that admit it.
    private var optIns: [[(service: String, field: Field)]?] = []
    /// What an operator gives to each service, where the ledger allocates stake in parts.
    private var parts: [OperatorIndex: [(service: String, share: Fraction, field: Field)]] = [:]

    private init() {}

    /// Those of a topology that has been read.
    init(_ plans: [OperatorPlan]) {
        operators = plans
        places = Dictionary(uniqueKeysWithValues: plans.enumerated().map { ($1.name, OperatorIndex(UInt32($0))) })
        optIns = plans.map { _ in nil }
    }

    /// - Returns: nil when not even the names can be told.
    static func read(_ field: Field) -> OperatorRoster? {
        guard let fields = field.namedFields(example: "{op-1: {stake: 300 SOL}}") else { return nil }
        if fields.contains(where: { generatorKeys.contains($0.name) && $0.value.isScalar }) {
            return generated(field)
        }
        guard !fields.isEmpty else {
            field.report("a topology has at least one operator")
            return nil
        }
        guard fields.count <= TopologyReader.maximumOperators else {
            field.report("\(fields.count) operators; at most \(TopologyReader.maximumOperators)")
            return nil
        }
        var roster = OperatorRoster()
        for entry in fields { roster.declare(entry) }
        return roster
    }

    private static let generatorKeys = ["count", "stake", "total"]

    // MARK: Declaring

    private mutating func declare(_ entry: Field.NamedField) {
        entry.checkName()
        entry.checkIsNoOtherProcess()
        var stake: Lamports?
        var services: [(service: String, field: Field)]?
        var commission = BasisPoints.zero
        if var keys = entry.value.mapping(example: "{stake: 300 SOL}") {
            stake = keys.require("stake", .stake())
            if let list = keys.field("services")?.elements(example: "[squares]") {
                services = list.compactMap { field in
                    field.read(ScalarGrammar<String>.name).map { (service: $0, field: field) }
                }
            }
            commission = keys.read("commission", .basisPoints(example: "10%"), default: commission)
            let named = keys.field("allocate")?.namedFields(example: "{squares: 60%}") ?? []
            parts[OperatorIndex(UInt32(operators.count))] = named.compactMap { entry in
                entry.value.read(.share(example: "60%")).map { (entry.name, $0, entry.value) }
            }
            keys.reportUnknownKeys()
        }
        let plan = OperatorPlan(name: entry.name, stake: stake ?? .zero, commission: commission)
        add(plan, field: entry.value, services: services)
        if stake == nil { stakesAreKnown = false }
    }

    private mutating func add(_ plan: OperatorPlan, field: Field, services: [(service: String, field: Field)]? = nil) {
        places[plan.name] = OperatorIndex(UInt32(operators.count))
        operators.append(plan)
        stakeFields.append(field)
        optIns.append(services)
    }

    /// `{count: 7, stake: zipf(0.85), total: 1000 SOL}`: op-1 to op-7, op-1 holding most.
    private static func generated(_ field: Field) -> OperatorRoster? {
        guard var keys = field.mapping(example: "{count: 7, stake: equal, total: 700 SOL}") else { return nil }
        let counts = ScalarGrammar.integer(1...UInt64(TopologyReader.maximumOperators), example: "7")
        let count = keys.require("count", counts).map { Int($0) }
        let distribution = keys.require("stake", .distribution)
        let total = keys.require("total", .stake(atLeast: Lamports(1)))
        keys.reportUnknownKeys()
        guard let count else { return nil }
        var roster = OperatorRoster()
        roster.stakesAreKnown = false
        var stakes = [Lamports](repeating: .zero, count: count)
        if let distribution, let total {
            if distribution.canSpread(total, among: count) {
                stakes = distribution.stakes(of: total, among: count)
                roster.stakesAreKnown = true
            } else if count < distribution.minimumCount {
                field.report("\(distribution) needs at least \(distribution.minimumCount) operators, not \(count)")
            } else {
                field.report("\(total) is too little to give each of \(count) operators a lamport")
            }
        }
        for (rank, stake) in stakes.enumerated() {
            roster.add(OperatorPlan(name: "op-\(rank + 1)", stake: stake), field: field)
        }
        return roster
    }

    // MARK: Referring

    /// One operator by its name.
    var member: ScalarGrammar<OperatorIndex> {
        ScalarGrammar(noun: "an operator", example: operators.first?.name ?? "op-1") { text throws(GrammarMistake) in
            guard let index = places[text] else { throw unknown(text) }
            return index
        }
    }

    /// `all`, one name, a range, or a list of names and ranges; ascending, each once.
    func members(_ field: Field, allowsAll: Bool, allowsNone: Bool = true) -> [OperatorIndex]? {
        var fields = [field]
        if field.isScalar {
            if allowsAll, case .scalar("all") = field.node.content {
                return operators.indices.map { OperatorIndex(UInt32($0)) }
            }
        } else {
            guard let elements = field.elements(example: "[op-1, op-2]") else { return nil }
            if elements.isEmpty, !allowsNone { field.report("names nobody; write [op-1, op-2]") }
            fields = elements
        }
        var members: Set<OperatorIndex> = []
        for field in fields {
            guard let range = field.read(range) else { continue }
            for index in range where !members.insert(index).inserted {
                field.report("\(operators[Int(index.number)].name) is listed twice")
                break
            }
        }
        return members.sorted()
    }

    /// `op-3`, or `op-1..op-5`: all from the first to the last in the order of the file.
    var range: ScalarGrammar<[OperatorIndex]> {
        ScalarGrammar(noun: "an operator", example: "op-1 or op-1..op-5") { text throws(GrammarMistake) in
            guard let dots = text.firstRange(of: "..") else {
                guard let index = places[text] else { throw unknown(text) }
                return [index]
            }
            let (first, last) = (String(text[..<dots.lowerBound]), String(text[dots.upperBound...]))
            guard let from = places[first] else { throw unknown(first) }
            guard let to = places[last] else { throw unknown(last) }
            guard from <= to else { throw GrammarMistake("\(text.abridged) runs backwards; write \(last)..\(first)") }
            return (from.number...to.number).map(OperatorIndex.init)
        }
    }

    private func unknown(_ name: String) -> GrammarMistake {
        let all = operators.count == 1 ? "the only operator is" : "the operators are"
        let names = operators.count <= 8 ? operators.map(\.name) : [operators[0].name, "...", operators.last!.name]
        return GrammarMistake("\(name.abridged) is not an operator; \(all) \(names.joined(separator: ", "))")
    }

    func isName(_ name: String) -> Bool { places[name] != nil }

    // MARK: Allocating

    /// The operators, with what each gives to every service that it is a member of.
    func allocated(services: [ServiceReader.Service]?, ledger: LedgerPlan) -> [OperatorPlan] {
        guard let services else { return operators }
        var plans = operators
        for place in plans.indices {
            let index = OperatorIndex(UInt32(place))
            plans[place].allocations = allocations(of: index, services, ledger)
        }
        return plans
    }

    private func allocations(
        of index: OperatorIndex, _ services: [ServiceReader.Service], _ ledger: LedgerPlan
    ) -> [AllocationPlan] {
        var named: [AllocationPlan] = []
        for part in parts[index] ?? [] {
            guard ledger.allocation != .shared else {
                part.field.report("the ledger's allocation is shared: all stake secures every service; leave this out")
                continue
            }
            guard let place = services.firstIndex(where: { $0.plan.name == part.service }) else {
                part.field.report("\(part.service) is not a service")
                continue
            }
            named.append(AllocationPlan(service: ServiceID(UInt32(place)), share: part.share))
        }
        guard ledger.allocation != .shared else { return [] }
        let sum = named.reduce(UInt128(0)) { $0 + UInt128($1.magnitude.number) }
        if ledger.allocation == .unique, sum > UInt128(Magnitude.whole.number) {
            parts[index]?.first?.field.report("the parts together are more than the whole; unique parts are not")
        }
        let others = services.indices.map { ServiceID(UInt32($0)) }.filter { service in
            services[Int(service.number)].members.contains(index) && !named.contains { $0.service == service }
        }
        let rest = Magnitude.whole.number - UInt64(min(sum, UInt128(Magnitude.whole.number)))
        for service in others {
            let share = ledger.allocation == .elastic ? .one : Self.share(rest / UInt64(others.count))
            named.append(AllocationPlan(service: service, share: share))
        }
        return named.sorted { $0.service < $1.service }
    }

    /// Of the whole; in basis points where that is exact.
    private static func share(_ magnitude: UInt64) -> Fraction {
        let point = Magnitude.whole.number / 10_000
        return magnitude.isMultiple(of: point)
            ? .basisPoints(magnitude / point) : Fraction(magnitude, over: Magnitude.whole.number)!
    }

    // MARK: Opting in

    /// Whether the operator is willing to secure the service.
    func isWilling(_ signer: OperatorIndex, service: String) -> Bool {
        optIns[Int(signer.number)].map { $0.contains { $0.service == service } } ?? true
    }

    /// Reports operators that opt in to services which do not exist or do not list them.
    func checkOptIns(services: [ServiceReader.Service]) {
        for (index, optIn) in optIns.enumerated() {
            for (name, field) in optIn ?? [] {
                guard let service = services.first(where: { $0.plan.name == name }) else {
                    let names = services.map(\.plan.name)
                    let advice = NearestName.of(name, among: names).map { "did you mean \($0)?" }
                    field.report(
                        "\(name) is not a service; \(advice ?? "the services are \(names.joined(separator: ", "))")")
                    continue
                }
                if service.isSound, !service.members.contains(OperatorIndex(UInt32(index))) {
                    field.report("\(name) does not list \(operators[index].name) among its operators")
                }
            }
        }
    }
}

extension Field.NamedField {
    /// A run names its other processes `ledger` and `coordinator-<service>`; their records and logs would be one.
    fileprivate func checkIsNoOtherProcess() {
        if name == "ledger" || name.hasPrefix("coordinator-") {
            nameField.report("\(name) is what a run calls a process that is no operator; choose another name")
        }
    }
}

extension Field {
    var isScalar: Bool {
        if case .scalar = node.content { return true }
        return false
    }
}
