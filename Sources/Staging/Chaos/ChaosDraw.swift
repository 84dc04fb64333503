import Faults
import Messages
import Primitives
import Restaking
import TopologyFormat

/// Draws what the chaos of a topology comes to in one run: faults, partitions, link changes and entries of the timeline.
///
/// Pure, and done before anything starts: the same topology, seed and length give the same chaos, in real runs as in
/// simulated ones, and whatever carries faults out carries these out.
struct ChaosDraw {
    let plan: ChaosPlan
    let seed: UInt64
    let length: Length
    var topology: Topology
    var budget: ChaosBudget
    /// Those whose next process would sign nothing more.
    var withoutWholeGuard: Set<Party>
    /// Which draw this is.
    var dice: ChaosDice
    /// When it begins, and when it ends by itself.
    var (begins, ends) = (Duration.zero, Duration.zero)

    /// How long there is a load.
    enum Length {
        case known(Duration)
        /// The network sets the pace, and what waits for a time would keep the run from its end.
        case unknown
        /// Somebody decides when to end it.
        case live

        /// Whether all that happens by then happens in the run.
        func reaches(_ time: Duration, orMayEndBefore: Bool = true) -> Bool {
            switch self {
            case .known(let length): time <= length
            case .unknown: orMayEndBefore
            case .live: true
            }
        }

        /// Nobody keeps a network up for longer.
        var most: Duration { if case .known(let length) = self { length } else { .seconds(24 * 3_600) } }
    }

    /// After its fault a node takes so long to be its old self.
    static let recovery = Duration.seconds(2)

    private init(_ plan: ChaosPlan, of topology: Topology, seed: UInt64, length: Length, _ sets: [OperatorSet]) {
        (self.plan, self.topology, self.seed, self.length) = (plan, topology, seed, length)
        budget = ChaosBudget(within: plan.within, sets)
        dice = ChaosDice(seed: seed, number: 0)
        withoutWholeGuard = Set(topology.faults.filter(\.behaviour.passesGuard).map(\.party))
        takeOwnFaults()
        let draws = min(ChaosPlan.mostDraws, UInt64(length.most.nanoseconds / plan.every.nanoseconds))
        for number in 0..<draws { draw(number) }
        joinHolders()
        self.topology.chaos = nil
    }

    /// - Returns: nil when the topology has no chaos, or none that anything could come of.
    static func drawn(for topology: Topology, seed: UInt64, isLive: Bool) -> Topology? {
        guard let plan = topology.chaos else { return nil }
        let keys = NetworkKeys.derived(from: seed, for: topology)
        let genesis = GenesisBuilder.genesis(of: topology, keys: keys, runID: .zero)
        guard let ledger = try? Ledger(genesis: genesis) else { return nil }
        let length = isLive ? Length.live : topology.lengthOfLoad.map { .known($0) } ?? .unknown
        let sets = ledger.operatorSets.sorted { $0.service < $1.service }
        return ChaosDraw(plan, of: topology, seed: seed, length: length, sets).topology
    }

    private mutating func draw(_ number: UInt64) {
        dice = ChaosDice(seed: seed, number: number)
        begins = plan.every * Int(number) + dice.roll(plan.every / 4...plan.every * 3 / 4, "moment")
        ends = begins + dice.roll(plan.lasting / 4...plan.lasting, "extent")
        guard length.reaches(ends) else { return }
        budget.forget(before: begins)
        for word in dice.ranked(plan.of, "word", by: \.text) where draw(word) { return }
    }

    /// - Returns: false where there is no room for it.
    private mutating func draw(_ word: ChaosPlan.Word) -> Bool {
        switch word {
        case .fault(let behaviour): draw(behaviour)
        case .partition: partition()
        case .isolate: isolate()
        case .slowLink: slowLinks()
        case .lossyLink: lossyLinks()
        case .churn: dice.hits(percent: 60, "churn") ? moveStake() || changeSeat() : changeSeat() || moveStake()
        }
    }

    // MARK: Who

    /// Those who secure something, in the order in which they are tried.
    var signers: [Party] { ranked(budget.signers.map { .signer($0) }, "operator") }

    var coordinators: [Party] {
        ranked(topology.services.indices.map { .coordinator(ServiceID(UInt32($0))) }, "coordinator")
    }

    /// Of what can befall either: now and then a coordinator, or else all of it would as soon as operators have no room.
    var nodes: [Party] { dice.hits(percent: 15, "node") ? coordinators : signers }

    func ranked(_ parties: [Party], _ purpose: String) -> [Party] {
        dice.ranked(parties, purpose) { topology.name(of: $0) }
    }

    /// A fault of theirs from now on, for as long as has been drawn.
    func hold(of parties: [Party], isForGood: Bool = false) -> ChaosBudget.Hold {
        ChaosBudget.Hold(parties: parties, begins: begins, ends: isForGood ? nil : ends + Self.recovery)
    }

    // MARK: The topology's own

    private mutating func takeOwnFaults() {
        for fault in topology.faults { budget.take(ChaosBudget.Hold(own: fault)) }
        for partition in topology.network.partitions { takeWeakerSide(of: partition) }
        for change in topology.network.changes where !change.isAmongAll { takeWeakerSide(of: change) }
    }

    /// Whichever side has fewer operators is cut off from the other.
    private mutating func takeWeakerSide(of spell: some LinkSpell) {
        let sides = [spell.between, spell.and]
        let weaker = sides[0].count(where: \.isSigner) < sides[1].count(where: \.isSigner) ? sides[0] : sides[1]
        budget.take(
            ChaosBudget.Hold(
                parties: weaker, begins: spell.begins, ends: spell.ends.map { $0 + Self.recovery }))
    }
}

extension ChaosBudget.Hold {
    /// When a task comes, nobody knows beforehand.
    fileprivate init(own fault: FaultPlan) {
        self.init(parties: [fault.party], begins: .zero, ends: nil)
        guard !fault.behaviour.isProvable, fault.parameters.disk == .keep, case .duration(let extent) = fault.lasts
        else { return }
        switch fault.begins {
        case .start: ends = extent + ChaosDraw.recovery
        case .after(let delay): (begins, ends) = (delay, delay + extent + ChaosDraw.recovery)
        case .task: break
        }
    }
}

extension Topology {
    /// How long tasks are issued; nil where the network sets the pace.
    var lengthOfLoad: Duration? {
        let lengths = services.map { service -> Duration? in
            switch service.load.pacing {
            case .open(let rate, _): rate.span(of: service.load.tasks)
            case .closed(_, let lasting): lasting
            }
        }
        return lengths.contains(nil) ? nil : lengths.compactMap(\.self).max()
    }

    /// With all that its chaos draws written out, and without chaos; itself when it has none.
    ///
    /// To be called with the overrides applied, by whoever runs, simulates or judges it.
    ///
    /// - Parameters:
    ///   - seed: the run's.
    ///   - isLive: whether somebody decides when it ends: then a day is drawn.
    package func drawingChaos(seed: UInt64, isLive: Bool = false) -> Topology {
        guard chaos != nil else { return self }
        var plain = self
        plain.chaos = nil
        return ChaosDraw.drawn(for: self, seed: seed, isLive: isLive) ?? plain
    }
}
