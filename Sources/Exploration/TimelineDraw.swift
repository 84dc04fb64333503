import Faults
import Messages
import Primitives
import TopologyFormat

/// Draws what restakers, operators, AVSs and the council do to the restaking state while tasks run.
///
/// Each motive comes to one entry or to a few that belong together: whoever leaves also withdraws, whoever deposits also
/// delegates. Where an operator equivocates, those behind it mostly try to be gone before the slash.
struct TimelineDraw {
    private var dice: Dice
    private let topology: Topology
    private let calm: Duration
    /// How many epochs open by themselves within a time that can be waited for.
    private let reach: UInt64
    private var timeline: [TimelinePlan] = []

    static func timeline(of topology: Topology, before calm: Duration, seed: UInt64) -> [TimelinePlan] {
        var draw = TimelineDraw(topology, before: calm, seed: seed)
        for culprit in draw.cheats where draw.dice.hits(percent: 75) { draw.race(culprit) }
        if topology.ledger.vetoSlots > 0 || topology.services.contains(where: { $0.slash.policy == .correlated }) {
            for culprit in draw.cheats where draw.dice.hits(percent: 40) { draw.veto(culprit) }
        }
        if !topology.nativePool.validators.isEmpty, draw.dice.hits(percent: 60) { draw.changeYield() }
        if topology.services.contains(where: { $0.jail != JailTerms() }) {
            for fault in topology.faults where draw.dice.hits(percent: 40) { draw.askForRelease(fault) }
        }
        let count = draw.dice.pick([(20, 1), (35, 2), (30, 4), (15, 8)].map { (weight: $0.0, value: $0.1) })
        for _ in 0..<count { draw.follow(draw.dice.pick(Self.motives)) }
        return draw.timeline
    }

    private init(_ topology: Topology, before calm: Duration, seed: UInt64) {
        dice = Dice(seed: seed, purpose: "timeline")
        self.topology = topology
        self.calm = calm
        let epoch = topology.ledger.slotDuration * Int(topology.ledger.slotsPerEpoch)
        reach = UInt64(min(5, Self.patience.nanoseconds / epoch.nanoseconds))
    }

    private static let patience = Duration.seconds(40)

    private enum Motive {
        case leave, join, move, rate, pause, list, pool, seat, part, rewards, dispute, letter, end, clock
    }

    private static let motives: [(weight: UInt64, value: Motive)] = [
        (20, .leave), (15, .join), (10, .move), (15, .rate), (4, .pause), (4, .list), (4, .pool), (12, .seat),
        (6, .part), (5, .rewards), (4, .dispute), (3, .letter), (2, .end), (10, .clock),
    ]

    private mutating func follow(_ motive: Motive) {
        switch motive {
        case .leave: leave(dice.pick(accounts), at: moment())
        case .join: join(dice.pick(accounts), at: moment())
        case .move: move(dice.pick(accounts), at: moment())
        case .rate: changeRate()
        case .pause: pause()
        case .list: list()
        case .pool: changeYield()
        case .seat: changeSeat()
        case .part: changePart()
        case .rewards: reward()
        case .dispute: dispute()
        case .letter: post()
        case .end: end()
        case .clock: forward(at: moment())
        }
    }

    // MARK: When

    private mutating func moment() -> TimelinePlan.Moment {
        switch dice.roll(UInt64(0)...9) {
        case 0...3:
            let service = self.service()
            return .task(service, TaskSequence(dice.roll(0...lastTask(of: service))))
        case 4...6 where reach > 0: return .epoch(Epoch(dice.roll(0...reach)))
        default: return .after(dice.roll(.zero...calm + .seconds(2)))
        }
    }

    /// Then or soon after, in the same terms.
    private mutating func later(than moment: TimelinePlan.Moment) -> TimelinePlan.Moment {
        switch moment {
        case .epoch(let epoch): return .epoch(epoch.advanced(by: dice.roll(0...2)))
        case .task(let service, let sequence):
            return .task(service, TaskSequence(min(lastTask(of: service), sequence.number + dice.roll(0...3))))
        case .after(let delay): return .after(delay + dice.roll(.zero ... .seconds(2)))
        }
    }

    /// A few times more, as far as the load goes.
    private mutating func repetition(from moment: TimelinePlan.Moment) -> TimelinePlan.Repetition? {
        let times = dice.roll(UInt64(2)...6)
        switch moment {
        case .epoch: return TimelinePlan.Repetition(every: 1, times: min(times, 4))
        case .after:
            return TimelinePlan.Repetition(
                every: UInt64(dice.roll(.milliseconds(50) ... .milliseconds(900)).nanoseconds), times: times)
        case .task(let service, let sequence):
            let left = lastTask(of: service) - sequence.number + 1
            return left >= 2 ? TimelinePlan.Repetition(every: 1, times: min(times, left)) : nil
        }
    }

    private func lastTask(of service: ServiceID) -> UInt64 { topology.services[Int(service.number)].load.tasks - 1 }

    // MARK: Who

    private mutating func service() -> ServiceID { ServiceID(UInt32(dice.roll(0...topology.services.count - 1))) }

    private mutating func signer() -> OperatorIndex {
        OperatorIndex(UInt32(dice.roll(0...topology.operators.count - 1)))
    }

    /// All who can restake: restakers, and operators for themselves.
    private var accounts: [TimelinePlan.Account] {
        topology.restakers.indices.map { .restaker(RestakerIndex(UInt32($0))) }
            + topology.operators.indices.map { .signer(OperatorIndex(UInt32($0))) }
    }

    /// What an account has with whom at the beginning.
    private func delegations(of account: TimelinePlan.Account) -> [(asset: AssetID, signer: OperatorIndex)] {
        switch account {
        case .restaker(let index):
            topology.restakers[Int(index.number)].delegations.map { ($0.asset, $0.signer) }
        case .signer(let signer): topology.operators[Int(signer.number)].stake > .zero ? [(.native, signer)] : []
        }
    }

    private var cheats: [FaultPlan] { topology.faults.filter { $0.party.isSigner && $0.behaviour.isProvable } }

    // MARK: How much

    private mutating func asset() -> AssetID { AssetID(dice.roll(0...topology.assets.count)) }

    private mutating func amount(of asset: AssetID) -> TimelinePlan.Amount {
        let units: UInt64 = dice.pick([1, Units.perToken, dice.roll(UInt64(1)...1 << 40)])
        return TimelinePlan.Amount(asset: topology.name(of: asset), units: Units(units))
    }

    /// Mostly a share: what there is then nobody knows beforehand.
    private mutating func quantity(of asset: AssetID) -> TimelinePlan.Quantity {
        guard dice.hits(percent: 80) else { return .amount(amount(of: asset)) }
        let share: Fraction = dice.pick([
            .basisPoints(10_000), .basisPoints(10_000), .basisPoints(5_000), .basisPoints(1),
        ])
        return .share(share, of: topology.name(of: asset))
    }

    private mutating func add(
        _ act: TimelinePlan.Act, at moment: TimelinePlan.Moment, _ repetition: TimelinePlan.Repetition? = nil
    ) {
        timeline.append(TimelinePlan(at: moment, repetition: repetition, act: act))
    }

    // MARK: Stake against the slash

    /// Those behind an operator leave at the moment of its offence, or about then, some of them in several parts, and ask for
    /// their stake again and again; at times what they have falls meanwhile.
    private mutating func race(_ culprit: FaultPlan) {
        guard case .signer(let signer) = culprit.party else { return }
        let offence = moment(of: culprit)
        for account in accounts where delegations(of: account).contains(where: { $0.signer == signer }) {
            guard dice.hits(percent: 80) else { continue }
            leave(account, from: signer, at: dice.hits(percent: 50) ? offence : soon(after: offence), inParts: true)
        }
        if !topology.assets.isEmpty, dice.hits(percent: 30) {
            let fall = TimelinePlan.RateChange.by(.basisPoints(dice.pick([100, 3_000])), isFall: true)
            add(.councilRate(dice.pick(topology.assets).name, fall), at: soon(after: offence))
        }
        if dice.hits(percent: 20) { forward(at: later(than: offence)) }
    }

    /// While the proof is on its way: a moment later, or with one of the next tasks.
    private mutating func soon(after moment: TimelinePlan.Moment) -> TimelinePlan.Moment {
        guard case .after(let delay) = moment else { return later(than: moment) }
        return .after(delay + dice.roll(.milliseconds(1) ... .milliseconds(300)))
    }

    private mutating func moment(of fault: FaultPlan) -> TimelinePlan.Moment {
        switch fault.begins {
        case .start: return .after(.zero)
        case .after(let delay): return .after(delay)
        case .task(let sequence):
            let service = fault.service ?? self.service()
            return .task(service, min(sequence, TaskSequence(lastTask(of: service))))
        }
    }

    /// The resolver may come in time, too early or too late.
    private mutating func veto(_ culprit: FaultPlan) {
        guard case .signer(let signer) = culprit.party else { return }
        let moment = later(than: moment(of: culprit))
        add(.cancelSlash(culprit.service ?? service(), of: signer), at: moment, repetition(from: moment))
    }

    private mutating func leave(
        _ account: TimelinePlan.Account, from signer: OperatorIndex? = nil, at moment: TimelinePlan.Moment,
        inParts: Bool = false
    ) {
        let held = delegations(of: account).filter { signer == nil || $0.signer == signer }
        for (asset, signer) in held where held.count == 1 || dice.hits(percent: 60) {
            let parts = inParts && dice.hits(percent: 40) ? repetition(from: moment) : nil
            add(.undelegate(account, quantity(of: asset), from: signer), at: moment, parts)
        }
        guard dice.hits(percent: 70) else { return }
        let asset = held.isEmpty ? asset() : dice.pick(held).asset
        let when = reach > 0 && dice.hits(percent: 50) ? .epoch(Epoch(dice.roll(0...reach))) : later(than: moment)
        add(.withdraw(account, quantity(of: asset)), at: when, repetition(from: when))
    }

    private mutating func join(_ account: TimelinePlan.Account, at moment: TimelinePlan.Moment) {
        let asset = asset()
        if dice.hits(percent: 75) { add(.deposit(account, amount(of: asset)), at: moment) }
        let when = dice.hits(percent: 60) ? moment : later(than: moment)
        add(.delegate(account, quantity(of: asset), to: signer()), at: when)
    }

    /// To another operator once it is free, or at once with what is idle.
    private mutating func move(_ account: TimelinePlan.Account, at moment: TimelinePlan.Moment) {
        guard let (asset, from) = delegations(of: account).first else { return join(account, at: moment) }
        add(.undelegate(account, quantity(of: asset), from: from), at: moment)
        let when = later(than: moment)
        add(.delegate(account, quantity(of: asset), to: signer()), at: when, repetition(from: when))
    }

    // MARK: Assets

    /// Within its bound or beyond it, which pauses deposits until the council says what is right.
    private mutating func changeRate() {
        guard !topology.assets.isEmpty else { return join(dice.pick(accounts), at: moment()) }
        let name = dice.pick(topology.assets).name
        let share: Fraction = dice.pick([.basisPoints(50), .basisPoints(100), .basisPoints(900), .basisPoints(3_000)])
        let change = TimelinePlan.RateChange.by(share, isFall: dice.hits(percent: 60))
        let moment = moment()
        let again = dice.hits(percent: 40) ? repetition(from: moment) : nil
        add(dice.hits(percent: 70) ? .setRate(name, change) : .councilRate(name, change), at: moment, again)
    }

    private mutating func pause() {
        let (name, moment) = (topology.name(of: asset()), moment())
        add(.councilStatus(name, dice.pick([.paused, .paused, .retired])), at: moment)
        if dice.hits(percent: 60) { add(.councilStatus(name, .active), at: later(than: moment)) }
    }

    /// A new asset by proposal, vote and council; once it is listed, somebody restakes it.
    private mutating func list() {
        guard reach > 1 else { return forward(at: moment()) }
        var plan = AssetPlan(name: "INF", points: AssetPlan.standardPoints(of: "INF"))
        guard !isProposed(plan.name) else { return }
        plan.rate = ExchangeRate(dice.roll(900_000_000...1_600_000_000))!
        plan.weight = BasisPoints(dice.pick([10_000, 7_000]))!
        let account = dice.pick(accounts)
        add(.propose(account, plan), at: .after(.zero))
        for voter in accounts where voter == account || dice.hits(percent: 50) {
            add(.vote(voter, plan.name, accepts: dice.hits(percent: 85)), at: .after(.zero))
        }
        add(.councilList(plan.name), at: .epoch(Epoch(2)))
        let amount = TimelinePlan.Amount(asset: plan.name, units: Units(dice.roll(UInt64(1)...1 << 40)))
        add(.deposit(account, amount), at: .epoch(Epoch(3)))
        add(.delegate(account, .amount(amount), to: signer()), at: .epoch(Epoch(3)))
    }

    private func isProposed(_ name: String) -> Bool {
        timeline.contains { if case .propose(_, let plan) = $0.act { plan.name == name } else { false } }
    }

    private mutating func changeYield() {
        let validators = topology.nativePool.validators
        guard !validators.isEmpty else { return reward() }
        let yield = YieldPlan(parts: dice.pick([0, dice.roll(1...BaseYield.whole / 20)]), isYearly: false)
        add(.setYield(ValidatorIndex(dice.roll(0...validators.count - 1)), yield), at: moment())
    }

    // MARK: Operators and AVSs

    private mutating func changeSeat() {
        let (signer, service, moment) = (signer(), service(), moment())
        switch dice.roll(UInt64(0)...9) {
        case 0...3:
            add(.optOut(signer, service), at: moment)
            if dice.hits(percent: 60) { add(.optIn(signer, service), at: later(than: moment)) }
        case 4: add(.optIn(signer, service), at: moment)
        case 5: add(.exit(signer), at: moment)
        case 6:
            add(.expel(service, signer), at: moment)
            if dice.hits(percent: 60) {
                let when = later(than: moment)
                add(.admit(service, signer), at: when)
                add(.optIn(signer, service), at: when)
            }
        case 7: add(.unjail(signer, service), at: moment, repetition(from: moment))
        case 8: add(.registerClient(signer, ClientVersion(name: "agave", version: "2.1.0")), at: moment)
        default: add(.setCommission(signer, BasisPoints(dice.pick([0, 1_000, 5_000]))!), at: moment)
        }
    }

    private mutating func changePart() {
        guard topology.ledger.allocation != .shared else { return changeSeat() }
        let share: Fraction = dice.pick([.basisPoints(0), .basisPoints(2_500), .basisPoints(10_000)])
        add(.allocate(signer(), AllocationPlan(service: service(), share: share)), at: moment())
    }

    private mutating func reward() {
        if dice.hits(percent: 40) { add(.fund(service(), Lamports(dice.roll(1...Lamports.perSOL))), at: moment()) }
        // What an epoch has earned is booked at its close.
        let moment = reach > 0 ? .epoch(Epoch(dice.roll(1...reach))) : self.moment()
        for account in accounts where dice.hits(percent: 50) {
            add(.claimRewards(account), at: moment, repetition(from: moment))
        }
    }

    /// Whoever was silent may have been jailed for it.
    private mutating func askForRelease(_ fault: FaultPlan) {
        guard case .signer(let signer) = fault.party else { return }
        let moment = reach > 0 ? .epoch(Epoch(dice.roll(1...reach))) : self.moment()
        add(.unjail(signer, fault.service ?? service()), at: moment, repetition(from: moment))
    }

    /// Mostly of a task that somebody falsified.
    private mutating func dispute() {
        let culprit = cheats.isEmpty || dice.hits(percent: 30) ? nil : dice.pick(cheats)
        let (service, sequence) = task(culprit)
        add(.dispute(dice.pick(accounts), service, sequence), at: settled(service))
    }

    private mutating func post() {
        let (sender, sequence) = task(nil)
        let (recipient, moment) = (service(), settled(sender))
        add(.post(sender, sequence, to: recipient), at: moment)
        add(.consume(recipient), at: later(than: moment))
    }

    private mutating func task(_ culprit: FaultPlan?) -> (ServiceID, TaskSequence) {
        if let culprit, case .task(let service, let sequence) = moment(of: culprit) { return (service, sequence) }
        let service = service()
        return (service, TaskSequence(dice.roll(0...lastTask(of: service))))
    }

    /// When a task may well be settled: its certificate goes to the ledger at the close of its window.
    private mutating func settled(_ service: ServiceID) -> TimelinePlan.Moment {
        let window = topology.services[Int(service.number)].evidenceWindow
        return .after(window + dice.roll(.milliseconds(100)...calm + .seconds(3)))
    }

    /// An AVS is no more, and stake that nobody uses leaves at once.
    private mutating func end() {
        let moment = moment()
        add(.councilDefunct(service()), at: moment)
        let account = dice.pick(accounts)
        for (asset, signer) in delegations(of: account) {
            let when = later(than: moment)
            add(.emergencyExit(account, topology.name(of: asset), from: signer), at: when, repetition(from: when))
        }
    }

    private mutating func forward(at moment: TimelinePlan.Moment) {
        let epochs: UInt64 = dice.pick([1, 1, 1, 2, 8])
        add(.forward(epochs: epochs), at: moment, dice.hits(percent: 30) ? repetition(from: moment) : nil)
    }
}
