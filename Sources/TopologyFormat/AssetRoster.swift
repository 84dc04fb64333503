import Messages
import Primitives

/// The assets that a topology declares, SOL first, and how amounts of them are written.
struct AssetRoster {
    private(set) var assets: [AssetPlan]

    /// Those of a topology that has been read.
    init(_ plans: [AssetPlan] = []) { assets = plans }

    /// SOL, then the others.
    var names: [String] { ["SOL"] + assets.map(\.name) }

    private static let example = "{mSOL: {rate: 1.25 SOL, weight: 90%}}"

    static func read(_ field: Field?) -> AssetRoster {
        var roster = AssetRoster()
        let entries = field?.namedFields(example: example) ?? []
        if let field, entries.count >= AssetTerms.countLimit {
            field.report("\(entries.count) assets besides SOL; at most \(AssetTerms.countLimit - 1)")
            return roster
        }
        for entry in entries { roster.declare(entry) }
        return roster
    }

    private mutating func declare(_ entry: Field.NamedField) {
        if let name = entry.nameField.read(.assetName), name == "SOL" {
            entry.nameField.report("SOL is always there; leave it out")
        }
        guard var keys = entry.value.mapping(example: "{rate: 1.25 SOL}") else { return }
        let plan = Self.terms(named: entry.name, &keys)
        keys.reportUnknownKeys()
        assets.append(plan)
    }

    /// What a listing says of an asset, on whatever occasion.
    static func terms(named name: String, _ keys: inout MappingReader) -> AssetPlan {
        var plan = AssetPlan(name: name, points: AssetPlan.standardPoints(of: name))
        plan.rate = keys.read("rate", .exchangeRate, default: plan.rate)
        plan.weight = keys.read("weight", .basisPoints(example: "90%"), default: plan.weight)
        plan.depositCap = keys.read("cap", .stake(atLeast: Lamports(1)), default: plan.depositCap)
        plan.rateBound = keys.read("rate-bound", .basisPoints(example: "1%"), default: plan.rateBound)
        plan.points = UInt8(keys.read("points", .integer(0...255, example: "2"), default: UInt64(plan.points)))
        return plan
    }

    // MARK: Referring

    var asset: ScalarGrammar<AssetID> {
        .choice("an asset", of: names.enumerated().map { ($1, AssetID($0)) })
    }

    /// `50 mSOL`, `1.5 SOL`, `5000000000 lamports`
    var amount: ScalarGrammar<AmountPlan> {
        let names = names
        return ScalarGrammar(noun: "an amount", example: "50 \(names.last!)") { text throws(GrammarMistake) in
            let parts = NumberWithUnit(text)
            let isNumber = DecimalNumber(parts.number) != nil
            if ["SOL", "lamport", "lamports", ""].contains(parts.unit) || !isNumber {
                let lamports = try ScalarGrammar<Lamports>.stake(atLeast: Lamports(1)).parse(text)
                return AmountPlan(.native, Units(lamports.number))
            }
            guard let place = names.firstIndex(of: parts.unit) else {
                let advice = NearestName.of(parts.unit, among: names).map { "did you mean \($0)?" }
                throw GrammarMistake(
                    "\(text.abridged) is not an amount; "
                        + (advice ?? "its unit must be \((names + ["lamports"]).joined(separator: ", "))"))
            }
            switch DecimalNumber(parts.number)!.times(Units.perToken) {
            case .exact(0): throw GrammarMistake("\(text.abridged) is nothing; write 50 \(parts.unit)")
            case .exact(let units): return AmountPlan(AssetID(place), Units(units))
            case .tooFine: throw GrammarMistake("\(text.abridged) is finer than a billionth of a token")
            case .tooLarge: throw GrammarMistake("\(text.abridged) does not fit 64 bits")
            }
        }
    }

    /// One amount, or a list of amounts of different assets.
    func amounts(_ field: Field) -> [AmountPlan] {
        let fields = field.isScalar ? [field] : field.elements(example: "[100 SOL, 50 mSOL]") ?? []
        var amounts: [AmountPlan] = []
        for field in fields {
            guard let plan = field.read(amount) else { continue }
            if amounts.contains(where: { $0.asset == plan.asset }) {
                field.report("\(names[plan.asset.place]) is given twice; write one amount")
            } else {
                amounts.append(plan)
            }
        }
        return amounts
    }

    /// In lamports, at the first rate and with the haircut; nil when it does not fit 64 bits.
    func value(of plan: AmountPlan) -> Lamports? {
        guard plan.asset != .native else { return Lamports(plan.amount.number) }
        let asset = assets[plan.asset.place - 1]
        return asset.rate.value(of: plan.amount)?.scaled(by: asset.weight)
    }
}
