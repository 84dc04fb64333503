import Faults
import Primitives

/// The grammar of a topology, key by key.
///
/// A part that holds a mistake still yields a plan, filled with defaults, so that the parts that refer to it are read
/// too; the whole is thrown away once anything has been reported.
enum TopologyReader {
    static let maximumOperators = 10_000
    static let maximumServices = 64
    /// So that every product of stakes fits 128 bits.
    static let maximumStake = Lamports(1 << 63)
    static let maximumTasks: UInt64 = 1_000_000_000

    static func read(_ document: Field) -> Topology? {
        guard var keys = document.mapping(example: "version: 1") else { return nil }
        _ = keys.require("version", .version)
        let name = keys.require("name", .topologyName) ?? ""
        let seed = keys.optional("seed", .integer(0...UInt64.max, example: "42"))
        let ledger = keys.field("ledger").map(LedgerReader.plan) ?? .fast
        let assets = AssetRoster.read(keys.field("assets"))
        let nativePool = LedgerReader.nativePool(keys.field("base-validators"), keys.field("native-pool"))
        let networkField = keys.field("network")
        let guardMode = keys.read("guard", .choice("a guard mode", of: choices()), default: Topology.GuardMode.synced)
        let operatorsField = keys.requiredField("operators", example: "{count: 7, stake: equal, total: 700 SOL}")
        let servicesField = keys.requiredField("services", example: "{squares: {module: squaring}}")
        let serviceFields = servicesField.flatMap(namedServices)
        let roster = operatorsField.flatMap { OperatorRoster.read($0) }
        let restakers = keys.field("restakers").map { restakerPlans($0, roster: roster, assets: assets) } ?? []
        checkTotalStake(roster: roster, restakers: restakers, assets: assets, operatorsField: operatorsField)
        let serviceReader = ServiceReader(ledger: ledger, roster: roster, restakers: restakers, assets: assets)
        let services = serviceFields?.map(serviceReader.service)
        if let services { roster?.checkOptIns(services: services) }
        let plans = services?.map(\.plan) ?? []
        checkBudgets(plans, roster: roster, restakers: restakers, assets: assets, servicesField: servicesField)
        let network = NetworkReader(roster: roster, services: services?.map(\.plan)).plan(networkField)
        let faultReader = FaultReader(
            roster: roster, services: services, dissemination: network.dissemination,
            stakeless: stakeless(roster, restakers))
        let faults = keys.field("faults").map { faultReader.plans($0) } ?? []
        let chaosReader = ChaosReader(services: services?.map(\.plan), dissemination: network.dissemination)
        let chaosField = keys.field("chaos")
        let chaos = chaosField.flatMap { chaosReader.plan($0) }
        let operators = roster?.allocated(services: services, ledger: ledger) ?? []
        let timelineField = keys.field("timeline")
        let timelineReader = TimelineReader(
            roster: roster, restakers: restakers, services: services?.map(\.plan),
            assets: assets.names + TimelineReader.proposed(in: timelineField, besides: assets.names),
            validators: nativePool.validators)
        let timeline = timelineField.map { timelineReader.plans($0) } ?? []
        let expect =
            keys.field("expect").map { expectations($0, roster: roster, services: services?.map(\.plan)) }
            ?? Expectations()
        keys.reportUnknownKeys()

        var topology = Topology(
            name: name, seed: seed, ledger: ledger, network: network, guardMode: guardMode, operators: operators,
            restakers: restakers, services: plans, faults: faults, expect: expect)
        topology.assets = assets.assets
        topology.nativePool = nativePool
        topology.chaos = chaos
        topology.timeline = timeline
        if let chaosField, document.mistakes.isEmpty { ChaosReader.checkRoom(in: topology, chaosField) }
        return topology
    }

    /// The words of an enum that topologies name by its raw values.
    static func choices<Choice: CaseIterable & RawRepresentable<String>>() -> [(word: String, value: Choice)] {
        Choice.allCases.map { ($0.rawValue, $0) }
    }

    // MARK: Services' names

    private static func namedServices(_ field: Field) -> [Field.NamedField]? {
        guard let fields = field.namedFields(example: "{squares: {module: squaring}}") else { return nil }
        guard !fields.isEmpty else {
            field.report("a topology has at least one service")
            return nil
        }
        if fields.count > maximumServices {
            field.report("\(fields.count) services; at most \(maximumServices)")
        }
        fields.forEach { $0.checkName() }
        return fields
    }
}

extension Field.NamedField {
    /// Reports a name that is not one.
    func checkName() {
        _ = nameField.read(ScalarGrammar<String>.name)
    }
}

extension ScalarGrammar where Value == String {
    fileprivate static var topologyName: Self {
        Self(noun: "a name", example: "quickstart") { text throws(GrammarMistake) in try ScalarGrammar.name.parse(text)
        }
    }

    fileprivate static var version: Self {
        Self(noun: "a version", example: "1") { text throws(GrammarMistake) in
            guard text == "1" else {
                throw GrammarMistake("\(text.abridged) is not a version of the format that is known here; write 1")
            }
            return text
        }
    }
}
