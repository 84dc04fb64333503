import Messages
import Primitives

/// Reads `timeline:`: `{at: epoch 3, restaker: r-1, undelegate: 50%, from: op-2}`.
///
/// An entry says when, who, and one thing that this one does. The council and the clock are named by what they do.
struct TimelineReader {
    let roster: OperatorRoster?
    let restakers: [RestakerPlan]
    let services: [ServicePlan]?
    /// Those that there are or may come to be: SOL, the topology's, those that the timeline proposes; nil: any.
    let assets: [String]?
    let validators: [BaseValidatorPlan]

    static let example = "{at: epoch 3, restaker: r-1, undelegate: 50 SOL, from: op-2}"
    private static let maximumEntries = 10_000

    /// The assets that a timeline proposes to list, whatever else is wrong with it.
    ///
    /// - Parameter listed: those that are there already.
    static func proposed(in field: Field?, besides listed: [String]) -> [String] {
        guard case .sequence(let entries)? = field?.node.content else { return [] }
        var known = Set(listed)
        return entries.flatMap { entry -> [String] in
            guard case .mapping(let keys) = entry.content else { return [] }
            return keys.compactMap { key in
                if key.key == "propose", case .scalar(let name) = key.value.content { name } else { nil }
            }
        }.filter { known.insert($0).inserted }
    }

    func plans(_ field: Field) -> [TimelinePlan] {
        let fields = field.elements(example: "[\(Self.example)]") ?? []
        guard fields.count <= Self.maximumEntries else {
            field.report("\(fields.count) entries; at most \(Self.maximumEntries)")
            return []
        }
        return fields.compactMap(plan)
    }

    private static let restakerVerbs = [
        "deposit", "withdraw", "delegate", "undelegate", "emergency-exit", "claim", "propose", "accept", "reject",
        "dispute",
    ]
    private static let operatorVerbs = [
        "client", "commission", "opt-in", "opt-out", "allocate", "unjail", "leaves", "void", "uphold",
    ]
    private static let serviceVerbs = ["admit", "expel", "fund", "post", "consume", "cancel-slash-of"]
    private static let councilVerbs = [
        "council-lists", "council-pauses", "council-resumes", "council-retires", "council-sets",
    ]
    /// Every key that an entry may have, each with some others.
    private static let keys =
        ["at", "every", "times", "restaker", "operator", "service", "asset", "validator", "to", "from"] + restakerVerbs
        + ["weight", "cap", "rate-bound", "points"] + operatorVerbs + ["class"] + serviceVerbs
        + ["rate", "yield", "forward"] + councilVerbs + ["council-ends"]

    func plan(_ field: Field) -> TimelinePlan? {
        guard var keys = field.mapping(example: Self.example) else { return nil }
        let atField = keys.requiredField("at", example: "epoch 3")
        let moment = atField?.read(self.moment)
        let everyField = keys.field("every")
        let timesField = keys.field("times")
        let act = self.act(&keys)
        keys.reportUnknownKeys(of: Self.keys)
        if let moment, let atField { check(moment, atField) }
        guard let moment, let act else { return nil }
        if everyField == nil, let timesField { timesField.report("without every it happens once; leave this out") }
        var repetition: TimelinePlan.Repetition?
        if let everyField {
            guard let every = everyField.read(Self.every(moment)) else { return nil }
            let times = timesField?.read(.integer(2...1_000_000, example: "10"))
            if timesField == nil { everyField.report("how often is missing; write times: 10") }
            repetition = times.map { TimelinePlan.Repetition(every: every, times: $0) }
        }
        return TimelinePlan(at: moment, repetition: repetition, act: act)
    }

    /// A task that is never issued is waited for in vain.
    private func check(_ moment: TimelinePlan.Moment, _ field: Field) {
        guard case .task(let service, let sequence) = moment, let services,
            services.indices.contains(Int(service.number))
        else { return }
        let plan = services[Int(service.number)]
        guard sequence.number >= plan.load.tasks else { return }
        field.report(
            "task \(sequence) is beyond the load of \(plan.name): tasks 0 to \(plan.load.tasks - 1)")
    }

    // MARK: When

    /// `start`, `epoch 3`, `task 200`, `task 200 of squares`, `2s`
    private var moment: ScalarGrammar<TimelinePlan.Moment> {
        let names = services?.map(\.name) ?? []
        return ScalarGrammar(noun: "a moment", example: "epoch 3, task 200 or 2s") { text throws(GrammarMistake) in
            let words = text.split(separator: " ").map(String.init)
            switch words.first {
            case "start" where words.count == 1: return .after(.zero)
            case "epoch": return .epoch(try ScalarGrammar<Epoch>.epoch.parse(text))
            case "task":
                guard words.count == 2 || words.count == 4 && words[2] == "of", let number = UInt64(words[1]) else {
                    throw .isNot(text, "a task", write: "task 200")
                }
                if words.count == 4 {
                    guard let place = names.firstIndex(of: words[3]) else {
                        throw GrammarMistake("\(words[3]) is not a service; write \(names.joined(separator: " or "))")
                    }
                    return .task(ServiceID(UInt32(place)), TaskSequence(number))
                }
                guard names.count <= 1 else {
                    throw GrammarMistake("\(text) is one of several services'; write \(text) of \(names[0])")
                }
                return .task(ServiceID(0), TaskSequence(number))
            default:
                guard text.first?.isNumber == true || text.first == "-" else {
                    throw .isNot(text, "a moment", write: "epoch 3, task 200 or 2s")
                }
                return .after(try ScalarGrammar<Duration>.duration(example: "2s").parse(text))
            }
        }
    }

    /// `task 137`, `task 137 of squares`
    private var task: ScalarGrammar<(service: ServiceID, sequence: TaskSequence)> {
        let moment = moment
        return ScalarGrammar(noun: "a task", example: "task 137") { text throws(GrammarMistake) in
            guard text.hasPrefix("task "), case .task(let service, let sequence) = try moment.parse(text) else {
                throw .isNot(text, "a task", write: "task 137")
            }
            return (service, sequence)
        }
    }

    /// In the unit of the moment: `2 epochs`, `5 tasks`, `500ms`.
    private static func every(_ moment: TimelinePlan.Moment) -> ScalarGrammar<UInt64> {
        let (unit, example) =
            switch moment {
            case .epoch: ("epoch", "2 epochs")
            case .task: ("task", "5 tasks")
            case .after: ("", "500ms")
            }
        return ScalarGrammar(noun: "an interval", example: example) { text throws(GrammarMistake) in
            guard !unit.isEmpty else {
                let span = try ScalarGrammar<Duration>.duration(.milliseconds(1) ... .longest, example: example)
                    .parse(text)
                return UInt64(span.nanoseconds)
            }
            let words = text.split(separator: " ")
            guard words.count == 2, words[1] == unit || words[1] == unit + "s", let count = UInt64(words[0]),
                (1...1_000_000_000).contains(count)
            else { throw .isNot(text, "an interval here", write: example) }
            return count
        }
    }

    // MARK: Who

    private func act(_ keys: inout MappingReader) -> TimelinePlan.Act? {
        if let field = keys.field("restaker") { return restakerAct(field, &keys) }
        if let field = keys.field("operator") { return operatorAct(field, &keys) }
        if let field = keys.field("service") { return serviceAct(field, &keys) }
        if let field = keys.field("asset") { return assetAct(field, &keys) }
        if let field = keys.field("validator") { return validatorAct(field, &keys) }
        if let field = keys.field("forward") { return field.read(Self.epochs).map(TimelinePlan.Act.forward) }
        for verb in Self.councilVerbs {
            if let field = keys.field(verb) { return councilAct(verb, field, &keys) }
        }
        if let field = keys.field("council-ends") { return field.read(service).map(TimelinePlan.Act.councilDefunct) }
        keys.field.report("who does something is missing; write \(Self.example)")
        return nil
    }

    /// Of these verbs the one that is there; reports when there is none, or more than one.
    private func verb(_ verbs: [String], _ keys: inout MappingReader, of field: Field) -> (String, Field)? {
        let given = verbs.compactMap { verb in keys.field(verb).map { (verb, $0) } }
        guard let first = given.first else {
            field.report("what happens is missing; write \(verbs.joined(separator: ", "))")
            return nil
        }
        for more in given.dropFirst() { more.1.report("\(first.0) happens already; write another entry") }
        return first
    }

    private static var epochs: ScalarGrammar<UInt64> {
        ScalarGrammar(noun: "epochs", example: "1 epoch") { text throws(GrammarMistake) in
            let words = text.split(separator: " ")
            guard words.count == 2, words[1] == "epoch" || words[1] == "epochs", let count = UInt64(words[0]),
                (1...4_096).contains(count)
            else { throw .isNot(text, "a number of epochs up to 4096", write: "1 epoch") }
            return count
        }
    }

    private var account: ScalarGrammar<TimelinePlan.Account> {
        var choices = restakers.enumerated().map { place, plan in
            (plan.name, TimelinePlan.Account.restaker(RestakerIndex(UInt32(place))))
        }
        choices += (roster?.operators ?? []).enumerated().map { ($1.name, .signer(OperatorIndex(UInt32($0)))) }
        return .choice("a restaker", of: choices)
    }

    private var member: ScalarGrammar<OperatorIndex> {
        roster?.member ?? ScalarGrammar(noun: "an operator", example: "op-1") { _ in OperatorIndex(0) }
    }

    private var service: ScalarGrammar<ServiceID> {
        .choice("a service", of: (services ?? []).enumerated().map { ($1.name, ServiceID(UInt32($0))) })
    }

    /// Who submits evidence, which belongs to no timeline: this is all that there is to say.
    func submitter(_ field: Field) -> TimelinePlan.Account? {
        let example = "restaker=r-1 or operator=op-2"
        guard var keys = field.mapping(example: example) else { return nil }
        let fields = (restaker: keys.field("restaker"), signer: keys.field("operator"))
        keys.reportUnknownKeys(of: Self.keys)
        switch fields {
        case (let restaker?, nil): return restaker.read(account)
        case (nil, let signer?): return signer.read(member).map { .signer($0) }
        case (_?, let signer?): signer.report("one submits it; leave this out")
        case (nil, nil): field.report("who submits the evidence is missing; write \(example)")
        }
        return nil
    }

    // MARK: What

    private func restakerAct(_ field: Field, _ keys: inout MappingReader) -> TimelinePlan.Act? {
        let account = field.read(account)
        guard let (verb, value) = verb(Self.restakerVerbs, &keys, of: field) else { return nil }
        switch verb {
        case "deposit":
            guard let amount = value.read(amount) else { return nil }
            return account.map { .deposit($0, amount) }
        case "withdraw":
            guard let quantity = value.read(quantity) else { return nil }
            return account.map { .withdraw($0, quantity) }
        case "delegate":
            let signer = keys.require("to", member)
            guard let quantity = value.read(quantity), let signer, let account else { return nil }
            return .delegate(account, quantity, to: signer)
        case "undelegate":
            let signer = keys.require("from", member)
            guard let quantity = value.read(quantity), let signer, let account else { return nil }
            return .undelegate(account, quantity, from: signer)
        case "emergency-exit":
            let signer = keys.require("from", member)
            guard let asset = value.read(asset), let signer, let account else { return nil }
            return .emergencyExit(account, asset, from: signer)
        case "claim":
            _ = value.read(ScalarGrammar<String>.word("what is claimed", of: ["rewards"]))
            return account.map { .claimRewards($0) }
        case "propose":
            let name = value.read(.assetName) ?? ""
            let terms = AssetRoster.terms(named: name, &keys)
            return account.map { .propose($0, terms) }
        case "dispute":
            guard let task = value.read(task) else { return nil }
            return account.map { .dispute($0, task.service, task.sequence) }
        default:
            guard let name = value.read(asset) else { return nil }
            return account.map { .vote($0, name, accepts: verb == "accept") }
        }
    }

    private var asset: ScalarGrammar<String> {
        guard let assets else { return .assetName }
        return .word("an asset", of: assets)
    }

    /// `50 SOL`, `20 mSOL`, `7 lamports`
    private var amount: ScalarGrammar<TimelinePlan.Amount> {
        let assets = assets
        return ScalarGrammar(noun: "an amount", example: "50 SOL") { text throws(GrammarMistake) in
            let unit = NumberWithUnit(text).unit
            let name = try? ScalarGrammar<String>.assetName.parse(unit)
            let known = assets ?? [name ?? "SOL"]
            let roster = AssetRoster(known.filter { $0 != "SOL" }.map { AssetPlan(name: $0, points: 0) })
            let plan = try roster.amount.parse(text)
            return TimelinePlan.Amount(asset: roster.names[plan.asset.place], units: plan.amount)
        }
    }

    /// `50 SOL`, `20 mSOL`; or a share of what there is: `50%`, `50% of mSOL`.
    private var quantity: ScalarGrammar<TimelinePlan.Quantity> {
        let (amount, asset) = (amount, asset)
        return ScalarGrammar(noun: "an amount", example: "50 SOL or 50%") { text throws(GrammarMistake) in
            let parts = text.split(separator: " ", omittingEmptySubsequences: false)
            let isShare = parts.first.map { $0.hasSuffix("%") || $0.contains("/") } ?? false
            guard isShare else { return .amount(try amount.parse(text)) }
            let share = try ScalarGrammar<Fraction>.share(example: "50%").parse(String(parts[0]))
            guard parts.count > 1 else { return .share(share, of: "SOL") }
            guard parts.count == 3, parts[1] == "of" else { throw .isNot(text, "a share", write: "50% of mSOL") }
            return .share(share, of: try asset.parse(String(parts[2])))
        }
    }

    private func operatorAct(_ field: Field, _ keys: inout MappingReader) -> TimelinePlan.Act? {
        let signer = field.read(member)
        guard let (verb, value) = verb(Self.operatorVerbs, &keys, of: field) else { return nil }
        switch verb {
        case "client":
            let isSpecific = keys.read("class", Self.clientClass, default: false)
            guard let client = value.read(.client(isSpecific: isSpecific)) else { return nil }
            return signer.map { .registerClient($0, client) }
        case "commission":
            guard let rate = value.read(.basisPoints(example: "10%")) else { return nil }
            return signer.map { .setCommission($0, rate) }
        case "allocate":
            let share = value.read(.share(example: "60%"))
            guard let service = keys.require("to", service), let share else { return nil }
            return signer.map { .allocate($0, AllocationPlan(service: service, share: share)) }
        case "leaves":
            _ = value.read(ScalarGrammar<String>.word("what it leaves", of: ["all"]))
            return signer.map { .exit($0) }
        case "void", "uphold":
            _ = value.read(ScalarGrammar<String>.word("what is voted on", of: ["disputes"]))
            return signer.map { .voteDisputes($0, voids: verb == "void") }
        default:
            guard let service = value.read(service), let signer else { return nil }
            return verb == "opt-in"
                ? .optIn(signer, service) : verb == "opt-out" ? .optOut(signer, service) : .unjail(signer, service)
        }
    }

    private static var clientClass: ScalarGrammar<Bool> {
        .choice("a client's class", of: [("general-purpose", false), ("service-specific", true)])
    }

    private func serviceAct(_ field: Field, _ keys: inout MappingReader) -> TimelinePlan.Act? {
        let service = field.read(service)
        guard let (verb, value) = verb(Self.serviceVerbs, &keys, of: field) else { return nil }
        switch verb {
        case "fund":
            guard let amount = value.read(.stake(atLeast: Lamports(1))) else { return nil }
            return service.map { .fund($0, amount) }
        case "post":
            let recipient = keys.require("to", self.service)
            guard let task = value.read(task), let recipient, let service else { return nil }
            return .post(service, task.sequence, to: recipient)
        case "consume":
            _ = value.read(ScalarGrammar<String>.word("what is consumed", of: ["next"]))
            return service.map { .consume($0) }
        default:
            guard let signer = value.read(member), let service else { return nil }
            return verb == "admit"
                ? .admit(service, signer)
                : verb == "expel" ? .expel(service, signer) : .cancelSlash(service, of: signer)
        }
    }

    private func assetAct(_ field: Field, _ keys: inout MappingReader) -> TimelinePlan.Act? {
        let name = field.read(asset)
        guard let value = keys.requiredField("rate", example: "1.25 SOL, or -1%") else { return nil }
        guard let change = value.read(Self.rateChange), let name else { return nil }
        return .setRate(name, change)
    }

    /// `1.25 SOL`, `+1%`, `-1%`
    private static var rateChange: ScalarGrammar<TimelinePlan.RateChange> {
        ScalarGrammar(noun: "a rate", example: "1.25 SOL or -1%") { text throws(GrammarMistake) in
            guard let sign = text.first, sign == "+" || sign == "-" else {
                return .to(try ScalarGrammar<ExchangeRate>.exchangeRate.parse(text))
            }
            let share = try ScalarGrammar<Fraction>.share(example: "1%").parse(String(text.dropFirst()))
            return .by(share, isFall: sign == "-")
        }
    }

    private func validatorAct(_ field: Field, _ keys: inout MappingReader) -> TimelinePlan.Act? {
        let choices = validators.enumerated().map { ($1.name, ValidatorIndex($0)) }
        let validator = field.read(.choice("a base validator", of: choices))
        guard let yield = keys.require("yield", .yield), let validator else { return nil }
        return .setYield(validator, yield)
    }

    private func councilAct(_ verb: String, _ field: Field, _ keys: inout MappingReader) -> TimelinePlan.Act? {
        guard let name = field.read(asset) else { return nil }
        switch verb {
        case "council-lists": return .councilList(name)
        case "council-pauses": return .councilStatus(name, .paused)
        case "council-resumes": return .councilStatus(name, .active)
        case "council-retires": return .councilStatus(name, .retired)
        default: return keys.require("rate", Self.rateChange).map { .councilRate(name, $0) }
        }
    }
}
