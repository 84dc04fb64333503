import Messages
import Primitives
import Services

/// Reads one entry of `services:`.
struct ServiceReader {
    /// A service and whether all of it could be read: only then does it count against those that refer to it.
    struct Service {
        let plan: ServicePlan
        /// Its operators, for quick look-up.
        let members: Set<OperatorIndex>
        let isSound: Bool
    }

    let ledger: LedgerPlan
    let roster: OperatorRoster?
    /// For each operator, whether any stake stands behind it; nil when that cannot be told.
    private let isStaked: [Bool]?

    let restakers: [RestakerPlan]
    let assets: AssetRoster

    init(ledger: LedgerPlan, roster: OperatorRoster?, restakers: [RestakerPlan], assets: AssetRoster) {
        self.ledger = ledger
        self.roster = roster
        self.restakers = restakers
        self.assets = assets
        guard let roster, roster.stakesAreKnown else {
            isStaked = nil
            return
        }
        var isStaked = roster.operators.map { $0.stake > .zero }
        for delegation in restakers.flatMap(\.delegations) { isStaked[Int(delegation.signer.number)] = true }
        self.isStaked = isStaked
    }

    func service(_ entry: Field.NamedField) -> Service {
        let mistakes = entry.value.mistakes
        let earlier = mistakes.count
        let plan = plan(entry)
        return Service(
            plan: plan, members: Set(plan.operators), isSound: roster != nil && mistakes.count == earlier)
    }

    private func plan(_ entry: Field.NamedField) -> ServicePlan {
        var plan = ServicePlan(
            name: entry.name, module: "", threshold: .twoThirds, wantsAccountability: true, operators: [],
            slash: SlashPlan(), load: Self.standardLoad, deadline: .seconds(1), evidenceWindow: .seconds(2))
        guard var keys = entry.value.mapping(example: "{module: squaring}") else { return plan }
        plan.module = keys.require("module", .word("a service module", of: ModuleCatalogue.names)) ?? ""
        let thresholdField = keys.field("threshold")
        plan.wantsAccountability = keys.read(
            "accountability", .choice("a kind of accountability", of: [("required", true), ("none", false)]),
            default: true)
        plan.threshold = thresholdField?.read(.threshold(wantsAccountability: plan.wantsAccountability)) ?? .twoThirds
        plan.operators = members(keys.field("operators"), service: entry)
        plan.slash = keys.field("slash").map(slash) ?? plan.slash
        readTerms(&keys, into: &plan)
        plan.load = keys.field("load").map { load($0, module: plan.module) } ?? plan.load
        if plan.module == Exec.name, plan.load.payloads.isEmpty { plan.load.payloads = Exec.standardTemplates }
        readTimes(&keys, into: &plan)
        plan.program = ProgramReader(&keys).program(module: plan.module, deadline: plan.deadline)
        keys.reportUnknownKeys()
        return plan
    }

    // MARK: Operators

    private func members(_ field: Field?, service: Field.NamedField) -> [OperatorIndex] {
        guard let roster else { return [] }
        var isOpen = true
        var members = roster.operators.indices.map { OperatorIndex(UInt32($0)) }
        if let field {
            if case .scalar("all") = field.node.content {} else { isOpen = false }
            guard let listed = roster.members(field, allowsAll: true) else { return [] }
            members = listed
        }
        let willing = members.filter { roster.isWilling($0, service: service.name) }
        let place = field ?? service.value
        if !isOpen, let unwilling = members.first(where: { !willing.contains($0) }) {
            place.report("\(roster.operators[Int(unwilling.number)].name) does not opt in to \(service.name)")
        }
        if willing.isEmpty {
            if isOpen || field?.isEmptyList == true { place.report("a service has at least one operator") }
        } else if let isStaked, !willing.contains(where: { isStaked[Int($0.number)] }) {
            place.report("no stake stands behind any operator of this service")
        }
        return willing
    }

    // MARK: Terms and load

    private func slash(_ field: Field) -> SlashPlan {
        var plan = SlashPlan()
        guard var keys = field.mapping(example: "{equivocation: 5%}") else { return plan }
        plan.equivocation = keys.read("equivocation", .share(example: "5%"), default: plan.equivocation)
        plan.wrongResult = keys.read("wrong-result", .share(example: "10%"), default: plan.wrongResult)
        plan.policy = keys.read(
            "policy", .choice("a slash policy", of: [("fixed", .fixed), ("correlated", .correlated)]),
            default: plan.policy)
        plan.cap = keys.read("cap", .share(example: "50%"), default: plan.cap)
        plan.destination = keys.read("to", destination, default: plan.destination)
        keys.reportUnknownKeys()
        return plan
    }

    /// `burn`, `service`, or whose account.
    private var destination: ScalarGrammar<SlashPlan.Destination> {
        var choices: [(String, SlashPlan.Destination)] = [("burn", .burn), ("service", .service)]
        choices += restakers.enumerated().map { ($1.name, .account(.restaker(RestakerIndex(UInt32($0))))) }
        choices += (roster?.operators ?? []).enumerated().map {
            ($1.name, .account(.signer(OperatorIndex(UInt32($0)))))
        }
        return .choice("where slashed stake goes", of: choices)
    }

    private func readTerms(_ keys: inout MappingReader, into plan: inout ServicePlan) {
        if let field = keys.field("assets") { plan.assetWeights = assetWeights(field) }
        if let field = keys.field("reward") { plan.reward = reward(field) }
        if let field = keys.field("jail") { plan.jail = jail(field) }
        plan.isOpen = keys.read(
            "admission", .choice("a kind of admission", of: [("open", true), ("list", false)]), default: plan.isOpen)
        plan.disputes = keys.read(
            "disputes", .choice("what a dispute does", of: [("void", .void), ("slash", .slash), ("none", .none)]),
            default: plan.disputes)
    }

    /// `{mSOL: 50%}`: the others count with all of their value.
    private func assetWeights(_ field: Field) -> [BasisPoints] {
        var weights = Array(repeating: BasisPoints.whole, count: assets.names.count)
        for entry in field.namedFields(example: "{mSOL: 50%}") ?? [] {
            guard let asset = entry.nameField.read(assets.asset),
                let weight = entry.value.read(.basisPoints(example: "50%"))
            else { continue }
            weights[asset.place] = weight
        }
        return weights.allSatisfy { $0 == .whole } ? [] : weights
    }

    private func reward(_ field: Field) -> RewardTerms {
        var terms = RewardTerms()
        guard var keys = field.mapping(example: "{per-task: 0.001 SOL, budget: 10 SOL}") else { return terms }
        terms.perTask = keys.read("per-task", .stake(), default: terms.perTask)
        terms.perEpoch = keys.read("per-epoch", .stake(), default: terms.perEpoch)
        terms.budget = keys.read("budget", .stake(), default: terms.budget)
        keys.reportUnknownKeys()
        return terms
    }

    private func jail(_ field: Field) -> JailTerms {
        var terms = JailTerms()
        if case .scalar("none") = field.node.content {
            terms.window = 0
            return terms
        }
        guard var keys = field.mapping(example: "{window: 100, least: 50%, epochs: 2}") else { return terms }
        terms.window = UInt8(
            keys.read(
                "window", .integer(1...UInt64(JailTerms.windowLimit), example: "100"), default: UInt64(terms.window)))
        terms.least = keys.read("least", .share(example: "50%"), default: terms.least)
        terms.epochs = keys.read("epochs", .integer(0...1_000_000, example: "2"), default: terms.epochs)
        keys.reportUnknownKeys()
        return terms
    }

    private static let standardRate = Rate(count: 200, period: .seconds(1))
    private static let standardLoad = LoadPlan(tasks: 1_000, pacing: .open(standardRate, .fixed))

    private func load(_ field: Field, module: String) -> LoadPlan {
        var plan = Self.standardLoad
        guard var keys = field.mapping(example: "{tasks: 1000, rate: 200/s}") else { return plan }
        plan.tasks = keys.read(
            "tasks", .integer(1...TopologyReader.maximumTasks, example: "1000"), default: plan.tasks)
        let inFlightField = keys.field("in-flight")
        let rateField = keys.field("rate")
        let arrivalField = keys.field("arrival")
        plan.payloads = keys.field("payload").map { ProgramReader.payloads($0, module: module) } ?? []
        keys.reportUnknownKeys()
        if let inFlightField {
            guard rateField == nil, arrivalField == nil else {
                field.report(
                    "in-flight makes a closed loop, in which the network sets the pace; leave out "
                        + (rateField == nil ? "arrival" : "rate") + ", or in-flight")
                return plan
            }
            plan.pacing = .closed(inFlight: inFlightField.read(.inFlight) ?? 1, lasting: nil)
            return plan
        }
        let rate = rateField.map { $0.read(.rate) ?? Self.standardRate } ?? Self.standardRate
        plan.pacing = .open(
            rate, arrivalField?.read(.choice("an arrival", of: TopologyReader.choices())) ?? .fixed)
        if rate.span(of: plan.tasks).map({ $0 > .longest }) ?? true {
            field.report("\(plan.tasks) tasks at \(rate) take longer than 8760h")
        }
        return plan
    }

    // MARK: Times

    /// The certificate and the last evidence are submitted when the window closes. Whoever submits them waits this long
    /// for a receipt before it tries again, and a slot may pass until the ledger takes them.
    private static let submissionPatience = Duration.milliseconds(500)

    private func readTimes(_ keys: inout MappingReader, into plan: inout ServicePlan) {
        let deadlineField = keys.field("deadline")
        let windowField = keys.field("evidence-window")
        let deadline = deadlineField.map { $0.read(.time(example: "1s")) } ?? plan.deadline
        let window = windowField.map { $0.read(.time(example: "2s")) } ?? plan.evidenceWindow
        guard let deadline, let window else { return }
        (plan.deadline, plan.evidenceWindow) = (deadline, window)
        let text = DurationText.of(window) + (windowField == nil ? " (the default evidence-window)" : "")
        let place = windowField ?? deadlineField ?? keys.field
        if window < deadline {
            place.report(
                "\(text) is shorter than the deadline, \(DurationText.of(deadline)); the evidence-window is counted "
                    + "from a task's issue and includes the deadline")
        }
        let submission = Self.submissionPatience + ledger.slotDuration
        if let horizon = ledger.evidenceHorizon, window > horizon - submission {
            place.report(
                "\(text) and \(DurationText.of(submission)) to submit what was seen outlast the ledger's evidence "
                    + "horizon, \(DurationText.of(horizon)) (unbonding-epochs x slots-per-epoch x slot); "
                    + (horizon > submission
                        ? "write \(DurationText.of(horizon - submission)) or less" : "make unbonding longer"))
        }
    }
}

extension Field {
    var isEmptyMapping: Bool { if case .mapping(let entries) = node.content { entries.isEmpty } else { false } }

    var isEmptyList: Bool {
        switch node.content {
        case .sequence(let elements): elements.isEmpty
        case .empty: true
        default: false
        }
    }
}

extension ScalarGrammar where Value == UInt64 {
    /// Tasks in flight at once. Each is kept in memory until its window closes.
    package static var inFlight: Self { .integer(1...10_000, example: "64") }
}

extension ScalarGrammar where Value == Duration {
    fileprivate static func time(example: String) -> Self {
        .duration(.milliseconds(1) ... .seconds(24 * 3600), example: example)
    }
}

extension ScalarGrammar where Value == Fraction {
    fileprivate static func threshold(wantsAccountability: Bool) -> Self {
        Self(noun: "a fraction", example: "2/3") { text throws(GrammarMistake) in
            let threshold = try ScalarGrammar.fraction.parse(text)
            guard threshold.numerator > 0, threshold < .one else {
                throw GrammarMistake("\(text.abridged) is not between 0 and 1; a quorum is strictly more than it")
            }
            if wantsAccountability, threshold <= Fraction(1, over: 2)! {
                throw GrammarMistake(
                    "\(text.abridged) does not exceed 1/2, so two results could be certified and nobody proven guilty; "
                        + "write 2/3, or set accountability: none")
            }
            return threshold
        }
    }
}
