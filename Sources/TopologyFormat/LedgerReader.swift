import Messages
import Primitives

/// Reads `ledger:`, `assets:`, `base-validators:` and `native-pool:`.
enum LedgerReader {
    static func plan(_ field: Field) -> LedgerPlan {
        guard var keys = field.mapping(example: "{preset: fast}") else { return .fast }
        let presets = LedgerPlan.presets.map { ($0.preset, $0) }
        var plan = keys.read("preset", .choice("a ledger preset", of: presets), default: .fast)
        plan.slotDuration = keys.read(
            "slot", .duration(.milliseconds(1) ... .seconds(60), example: "50ms"), default: plan.slotDuration)
        plan.slotsPerEpoch = keys.read(
            "slots-per-epoch", .integer(1...10_000_000, example: "32"), default: plan.slotsPerEpoch)
        let unbondingField = keys.field("unbonding-epochs")
        plan.unbondingEpochs =
            unbondingField?.read(.integer(1...1_000, example: "2")) ?? plan.unbondingEpochs
        readRules(&keys, into: &plan)
        keys.reportUnknownKeys()
        guard let horizon = plan.evidenceHorizon, horizon <= .longest else {
            field.report("unbonding takes longer than 8760h; make slots, epochs or unbonding shorter")
            return .fast
        }
        return plan
    }

    private static func readRules(_ keys: inout MappingReader, into plan: inout LedgerPlan) {
        let policies: [(String, AllocationPolicy)] = [
            ("shared", .shared), ("unique", .unique), ("elastic", .elastic),
        ]
        plan.allocation = keys.read("allocation", .choice("an allocation", of: policies), default: plan.allocation)
        let vetoField = keys.field("veto")
        if let vetoField {
            plan.vetoSlots = vetoField.read(.span(slotsPerEpoch: plan.slotsPerEpoch)) ?? plan.vetoSlots
        }
        let unbonding = plan.slotsPerEpoch * plan.unbondingEpochs
        if plan.vetoSlots > unbonding {
            if let vetoField {
                vetoField.report("the veto window outlasts unbonding, \(plan.unbondingEpochs) epochs; make it shorter")
            } else {
                // The preset's, under other epochs.
                plan.vetoSlots = unbonding
            }
        }
        plan.protocolFee = keys.read("protocol-fee", .basisPoints(example: "7%"), default: plan.protocolFee)
        plan.reporterReward = keys.read("reporter-reward", .share(example: "5%"), default: plan.reporterReward)
        plan.minimumSelfDelegation = keys.read(
            "minimum-self-delegation", .stake(), default: plan.minimumSelfDelegation)
        if let field = keys.field("council") { plan.council = council(field, plan) }
        if let field = keys.field("disputes") { plan.disputes = disputes(field, plan) }
        if let field = keys.field("release") { plan.release = release(field) }
    }

    private static func council(_ field: Field, _ plan: LedgerPlan) -> CouncilPlan {
        var council = CouncilPlan()
        guard var keys = field.mapping(example: "{members: 5, quorum: 3}") else { return council }
        council.members = keys.read(
            "members", .integer(1...UInt64(GovernanceTerms.councilLimit), example: "5"), default: council.members)
        council.quorum = keys.read(
            "quorum", .integer(1...UInt64(GovernanceTerms.councilLimit), example: "3"), default: council.quorum)
        council.votingEpochs = keys.read(
            "voting-epochs", .integer(0...plan.unbondingEpochs, example: "1"), default: council.votingEpochs)
        keys.reportUnknownKeys()
        if council.quorum > council.members {
            field.report("a quorum of \(council.quorum) of \(council.members) members; write 3 of 5")
        }
        return council
    }

    private static func disputes(_ field: Field, _ plan: LedgerPlan) -> DisputeRules {
        var rules = DisputeRules()
        guard var keys = field.mapping(example: "{bond: 1 SOL, voting-epochs: 1}") else { return rules }
        rules.bond = keys.read("bond", .stake(), default: rules.bond)
        rules.votingEpochs = keys.read(
            "voting-epochs", .integer(0...plan.unbondingEpochs, example: "1"), default: rules.votingEpochs)
        keys.reportUnknownKeys()
        return rules
    }

    private static let releaseExample = "{operators: epoch 1, services: epoch 2, slashing: epoch 3}"

    private static func release(_ field: Field) -> ReleasePlan {
        var plan = ReleasePlan()
        guard var keys = field.mapping(example: releaseExample) else { return plan }
        plan.operators = keys.read("operators", .epoch, default: plan.operators)
        plan.services = keys.read("services", .epoch, default: plan.services)
        plan.slashing = keys.read("slashing", .epoch, default: plan.slashing)
        if let caps = keys.field("caps")?.namedFields(example: "{epoch 0: 100 SOL, epoch 2: 500 SOL}") {
            for entry in caps.prefix(ReleasePlan.capLimit) {
                guard let epoch = entry.nameField.read(.epoch), let cap = entry.value.read(.stake()) else { continue }
                if let last = plan.caps.last, last.from >= epoch {
                    entry.nameField.report("caps stand in the order of their epochs")
                } else {
                    plan.caps.append(ReleasePlan.DepositCap(from: epoch, value: cap))
                }
            }
            if let more = caps.dropFirst(ReleasePlan.capLimit).first {
                more.nameField.report("more than \(ReleasePlan.capLimit) caps")
            }
        }
        keys.reportUnknownKeys()
        return plan
    }

    // MARK: The native pool

    static func nativePool(_ validators: Field?, _ pool: Field?) -> NativePoolPlan {
        var plan = NativePoolPlan()
        let entries = validators?.namedFields(example: "{v-1: {yield: 7%/year}}") ?? []
        if entries.count > BaseValidatorTerms.countLimit {
            validators?.report("\(entries.count) base validators; at most \(BaseValidatorTerms.countLimit)")
        } else {
            plan.validators = entries.map(validator)
        }
        guard var keys = pool?.mapping(example: "{concentration: 40%, movable: 25%, horizon: 30}") else { return plan }
        plan.concentration = keys.read("concentration", .basisPoints(example: "40%"), default: plan.concentration)
        plan.movable = keys.read("movable", .basisPoints(example: "25%"), default: plan.movable)
        plan.horizon = keys.read("horizon", .integer(0...100_000, example: "30"), default: plan.horizon)
        keys.reportUnknownKeys()
        return plan
    }

    private static func validator(_ entry: Field.NamedField) -> BaseValidatorPlan {
        entry.checkName()
        var plan = BaseValidatorPlan(
            name: entry.name, yield: YieldPlan(parts: 0, isYearly: true), mev: YieldPlan(parts: 0, isYearly: true),
            commission: .zero, mevShare: .whole, stakeLimit: Lamports(.max))
        guard var keys = entry.value.mapping(example: "{yield: 7%/year}") else { return plan }
        plan.yield = keys.require("yield", .yield) ?? plan.yield
        plan.mev = keys.read("mev", .yield, default: plan.mev)
        plan.commission = keys.read("commission", .basisPoints(example: "5%"), default: plan.commission)
        plan.mevShare = keys.read("mev-share", .basisPoints(example: "90%"), default: plan.mevShare)
        plan.stakeLimit = keys.read("limit", .stake(atLeast: Lamports(1)), default: plan.stakeLimit)
        keys.reportUnknownKeys()
        return plan
    }
}
