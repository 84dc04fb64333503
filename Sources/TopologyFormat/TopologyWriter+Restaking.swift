import Messages
import Primitives

/// The restaking state's part of a topology.
extension TopologyWriter {
    static func ledgerLines(_ plan: LedgerPlan) -> [String] {
        let allocation =
            switch plan.allocation {
            case .shared: "shared"
            case .unique: "unique"
            case .elastic: "elastic"
            }
        let (council, release) = (plan.council, plan.release)
        let caps = release.caps.map { "epoch \($0.from): \($0.value)" }
        return [
            "ledger:", "  preset: \(plan.preset)", "  slot: \(DurationText.of(plan.slotDuration))",
            "  slots-per-epoch: \(plan.slotsPerEpoch)", "  unbonding-epochs: \(plan.unbondingEpochs)",
            "  allocation: \(allocation)", "  veto: \(plan.vetoSlots == 0 ? "none" : "\(plan.vetoSlots) slots")",
            "  protocol-fee: \(plan.protocolFee)", "  reporter-reward: \(share(plan.reporterReward))",
            "  minimum-self-delegation: \(plan.minimumSelfDelegation)",
            "  council: {members: \(council.members), quorum: \(council.quorum), "
                + "voting-epochs: \(council.votingEpochs)}",
            "  disputes: {bond: \(plan.disputes.bond), voting-epochs: \(plan.disputes.votingEpochs)}",
            "  release: {operators: epoch \(release.operators), services: epoch \(release.services), "
                + "slashing: epoch \(release.slashing), caps: {\(caps.joined(separator: ", "))}}",
        ]
    }

    mutating func writeAssets() {
        lines.append(topology.assets.isEmpty ? "assets: {}" : "assets:")
        lines += topology.assets.map { "  \($0.name): {\(Self.terms(of: $0).joined(separator: ", "))}" }
        let pool = topology.nativePool
        lines.append(pool.validators.isEmpty ? "base-validators: {}" : "base-validators:")
        for plan in pool.validators {
            var terms = [
                "yield: \(Self.text(of: plan.yield))", "mev: \(Self.text(of: plan.mev))",
                "commission: \(plan.commission)", "mev-share: \(plan.mevShare)",
            ]
            if plan.stakeLimit != Lamports(.max) { terms.append("limit: \(plan.stakeLimit)") }
            lines.append("  \(Self.scalar(plan.name)): {\(terms.joined(separator: ", "))}")
        }
        lines.append(
            "native-pool: {concentration: \(pool.concentration), movable: \(pool.movable), horizon: \(pool.horizon)}")
    }

    private static func terms(of plan: AssetPlan) -> [String] {
        var terms = [
            "rate: \(plan.rate)", "weight: \(plan.weight)", "rate-bound: \(plan.rateBound)", "points: \(plan.points)",
        ]
        if plan.depositCap != Lamports(.max) { terms.append("cap: \(plan.depositCap)") }
        return terms
    }

    /// The same number of parts again.
    private static func text(of plan: YieldPlan) -> String {
        let point = BaseYield.whole / 10_000
        let share =
            plan.parts.isMultiple(of: point)
            ? FractionText.percent(basisPoints: plan.parts / point) : "\(plan.parts)/\(BaseYield.whole)"
        return "\(share)/\(plan.isYearly ? "year" : "epoch")"
    }

    mutating func write(_ plan: OperatorPlan) {
        var terms = ["stake: \(plan.stake)", "commission: \(plan.commission)"]
        if !plan.allocations.isEmpty {
            let parts = plan.allocations.map { "\(name(of: $0.service)): \(Self.share($0.share))" }
            terms.append("allocate: {\(parts.joined(separator: ", "))}")
        }
        lines.append("  \(Self.scalar(plan.name)): {\(terms.joined(separator: ", "))}")
    }

    func text(of plan: AmountPlan) -> String {
        guard plan.asset != .native else { return "\(Lamports(plan.amount.number))" }
        return "\(Lamports(plan.amount.number))".dropLast("SOL".count) + topology.name(of: plan.asset)
    }

    // MARK: Services

    func text(of slash: SlashPlan) -> [String] {
        let destination =
            switch slash.destination {
            case .burn: "burn"
            case .service: "service"
            case .account(let account): name(of: account)
            }
        return [
            "equivocation: \(Self.share(slash.equivocation))", "wrong-result: \(Self.share(slash.wrongResult))",
            "policy: \(slash.policy == .fixed ? "fixed" : "correlated")", "cap: \(Self.share(slash.cap))",
            "to: \(destination)",
        ]
    }

    func termLines(of service: ServicePlan) -> [String] {
        let weights = service.assetWeights.enumerated().map { "\(topology.name(of: AssetID($0))): \($1)" }
        let reward = service.reward
        let jail = service.jail
        return [
            "    assets: {\(weights.joined(separator: ", "))}",
            "    reward: {per-task: \(reward.perTask), per-epoch: \(reward.perEpoch), budget: \(reward.budget)}",
            "    jail: "
                + (jail.window == 0
                    ? "none" : "{window: \(jail.window), least: \(Self.share(jail.least)), epochs: \(jail.epochs)}"),
            "    admission: \(service.isOpen ? "open" : "list")", "    disputes: \(service.disputes)",
        ]
    }

    // MARK: Timeline

    func text(of plan: TimelinePlan) -> String {
        var keys = ["at: \(text(of: plan.at))"]
        if let repetition = plan.repetition {
            keys += ["every: \(Self.text(of: repetition, plan.at))", "times: \(repetition.times)"]
        }
        return "{\((keys + words(of: plan.act)).joined(separator: ", "))}"
    }

    private func text(of moment: TimelinePlan.Moment) -> String {
        switch moment {
        case .epoch(let epoch): "epoch \(epoch)"
        case .task(let service, let sequence): "task \(sequence) of \(name(of: service))"
        case .after(.zero): "start"
        case .after(let delay): DurationText.of(delay)
        }
    }

    private static func count(_ number: UInt64, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    private static func text(of repetition: TimelinePlan.Repetition, _ moment: TimelinePlan.Moment) -> String {
        switch moment {
        case .epoch: count(repetition.every, "epoch")
        case .task: count(repetition.every, "task")
        case .after: DurationText.of(.nanoseconds(Int64(repetition.every)))
        }
    }

    private func name(of account: TimelinePlan.Account) -> String {
        switch account {
        case .restaker(let index): Self.scalar(topology.restakers[Int(index.number)].name)
        case .signer(let signer): name(of: signer)
        }
    }

    private func text(of quantity: TimelinePlan.Quantity) -> String {
        switch quantity {
        case .amount(let amount): Self.text(of: amount)
        case .share(let share, let asset): "\(Self.share(share)) of \(asset)"
        }
    }

    private static func text(of amount: TimelinePlan.Amount) -> String {
        "\(Lamports(amount.units.number))".dropLast("SOL".count) + amount.asset
    }

    private static func text(of change: TimelinePlan.RateChange) -> String {
        switch change {
        case .to(let rate): "\(rate)"
        case .by(let share, let isFall): "\"\(isFall ? "-" : "+")\(Self.share(share))\""
        }
    }

    private func words(of act: TimelinePlan.Act) -> [String] {
        switch act {
        case .deposit(let account, let amount):
            ["restaker: \(name(of: account))", "deposit: \(Self.text(of: amount))"]
        case .withdraw(let account, let quantity):
            ["restaker: \(name(of: account))", "withdraw: \(text(of: quantity))"]
        case .delegate(let account, let quantity, let signer):
            ["restaker: \(name(of: account))", "delegate: \(text(of: quantity))", "to: \(name(of: signer))"]
        case .undelegate(let account, let quantity, let signer):
            ["restaker: \(name(of: account))", "undelegate: \(text(of: quantity))", "from: \(name(of: signer))"]
        case .emergencyExit(let account, let asset, let signer):
            [
                "restaker: \(name(of: account))", "emergency-exit: \(asset)",
                "from: \(name(of: signer))",
            ]
        case .claimRewards(let account): ["restaker: \(name(of: account))", "claim: rewards"]
        case .propose(let account, let plan):
            ["restaker: \(name(of: account))", "propose: \(plan.name)"] + Self.terms(of: plan)
        case .vote(let account, let asset, let accepts):
            ["restaker: \(name(of: account))", "\(accepts ? "accept" : "reject"): \(asset)"]
        case .dispute(let account, let service, let sequence):
            ["restaker: \(name(of: account))", "dispute: task \(sequence) of \(name(of: service))"]
        case .registerClient, .setCommission, .optIn, .optOut, .allocate, .unjail, .exit, .voteDisputes:
            operatorWords(of: act)
        case .admit, .expel, .fund, .post, .consume, .cancelSlash: serviceWords(of: act)
        case .setRate(let asset, let change): ["asset: \(asset)", "rate: \(Self.text(of: change))"]
        case .setYield(let validator, let yield):
            [
                "validator: \(Self.scalar(topology.nativePool.validators[validator.place].name))",
                "yield: \(Self.text(of: yield))",
            ]
        case .councilList(let asset): ["council-lists: \(asset)"]
        case .councilStatus(let asset, .active): ["council-resumes: \(asset)"]
        case .councilStatus(let asset, .paused): ["council-pauses: \(asset)"]
        case .councilStatus(let asset, .retired): ["council-retires: \(asset)"]
        case .councilRate(let asset, let change): ["council-sets: \(asset)", "rate: \(Self.text(of: change))"]
        case .councilDefunct(let service): ["council-ends: \(name(of: service))"]
        case .forward(let epochs): ["forward: \(Self.count(epochs, "epoch"))"]
        }
    }

    private func operatorWords(of act: TimelinePlan.Act) -> [String] {
        switch act {
        case .registerClient(let signer, let client):
            [
                "operator: \(name(of: signer))",
                "client: \(Self.scalar("\(client)"))",
            ] + (client.isSpecific ? ["class: service-specific"] : [])
        case .setCommission(let signer, let rate): ["operator: \(name(of: signer))", "commission: \(rate)"]
        case .optIn(let signer, let service): ["operator: \(name(of: signer))", "opt-in: \(name(of: service))"]
        case .optOut(let signer, let service): ["operator: \(name(of: signer))", "opt-out: \(name(of: service))"]
        case .allocate(let signer, let part):
            [
                "operator: \(name(of: signer))", "allocate: \(Self.share(part.share))",
                "to: \(name(of: part.service))",
            ]
        case .unjail(let signer, let service): ["operator: \(name(of: signer))", "unjail: \(name(of: service))"]
        case .exit(let signer): ["operator: \(name(of: signer))", "leaves: all"]
        case .voteDisputes(let signer, let voids):
            ["operator: \(name(of: signer))", "\(voids ? "void" : "uphold"): disputes"]
        default: preconditionFailure("\(act) is not an operator's")
        }
    }

    private func serviceWords(of act: TimelinePlan.Act) -> [String] {
        switch act {
        case .admit(let service, let signer): ["service: \(name(of: service))", "admit: \(name(of: signer))"]
        case .expel(let service, let signer): ["service: \(name(of: service))", "expel: \(name(of: signer))"]
        case .fund(let service, let amount): ["service: \(name(of: service))", "fund: \(amount)"]
        case .post(let service, let sequence, let recipient):
            [
                "service: \(name(of: service))", "post: task \(sequence) of \(name(of: service))",
                "to: \(name(of: recipient))",
            ]
        case .consume(let service): ["service: \(name(of: service))", "consume: next"]
        case .cancelSlash(let service, let signer):
            ["service: \(name(of: service))", "cancel-slash-of: \(name(of: signer))"]
        default: preconditionFailure("\(act) is not a service's")
        }
    }
}
