import Attesting
import Messages
import Primitives

/// All faults of one node: which are on, for which tasks, and when the node must be woken for them.
struct FaultBoard: Sendable {
    private(set) var schedules: [FaultSchedule] = []
    /// Tasks falsified so far, by schedule.
    private var used: [UInt64] = []
    /// For which votes of which schedule others have had a reason to break off.
    private var struck: Set<Strike> = []
    private var began: Instant?
    private var asksForWakes = false
    /// The AVSs that the node has to do with.
    let services: [ServiceID]
    let seed: UInt64

    init(services: [ServiceID], seed: UInt64) {
        self.services = services
        self.seed = seed
    }

    var isEmpty: Bool { schedules.isEmpty }

    mutating func add(_ plan: FaultPlan, injected: Instant? = nil) {
        guard schedules.count < FaultSchedule.limit else { return }
        schedules.append(FaultSchedule(plan, seed: seed &+ UInt64(schedules.count), injected: injected))
        used.append(0)
    }

    // MARK: Time

    /// - Returns: the schedules that have begun with this event, and those of which an end is to be told.
    mutating func follow(_ event: NodeEvent, at now: Instant) -> (begun: [Int], ended: [(Int, ServiceID?)]) {
        switch event {
        case .began(let instant):
            began = instant
            asksForWakes = true
        case .woke: asksForWakes = true
        case .perturbed(let bytes): perturb(bytes, at: now)
        default: break
        }
        var (begun, ended): ([Int], [(Int, ServiceID?)]) = ([], [])
        for index in schedules.indices {
            if schedules[index].passed(to: now, began: began) { begun.append(index) }
            ended += ends(of: index)
        }
        if !begun.isEmpty { asksForWakes = true }
        return (begun, ended)
    }

    /// A task has come to be known. - Returns: as `follow`.
    mutating func saw(_ task: ServiceTask, at now: Instant) -> (begun: [Int], ended: [(Int, ServiceID?)]) {
        var (begun, ended): ([Int], [(Int, ServiceID?)]) = ([], [])
        for index in schedules.indices {
            if schedules[index].saw(task, at: now) { begun.append(index) }
            ended += ends(of: index)
        }
        if !begun.isEmpty { asksForWakes = true }
        return (begun, ended)
    }

    /// What is not about tasks ends in all AVSs at once, when nothing is left of it in any.
    private mutating func ends(of index: Int) -> [(Int, ServiceID?)] {
        let ends = schedules[index].takeEnds()
        guard !CatalogueEntry.of(schedules[index].plan.behaviour).parameters.contains(.service), !ends.isEmpty else {
            return ends.map { (index, $0) }
        }
        return schedules[index].isPresent(in: services) ? [] : [(index, nil)]
    }

    private mutating func perturb(_ bytes: [UInt8], at now: Instant) {
        asksForWakes = true
        switch try? Perturbation(borsh: bytes) {
        case .inject(let plan): add(plan, injected: now)
        case .clear:
            for index in schedules.indices { schedules[index].end(in: services) }
        case nil: break
        }
    }

    /// The beginnings and ends that are still to come. Each wake uses up all that was asked for before.
    mutating func takeWakes() -> [Instant] {
        guard asksForWakes else { return [] }
        asksForWakes = false
        return schedules.compactMap { $0.nextChange(began: began) }
    }

    // MARK: What is on

    func plan(_ index: Int) -> FaultPlan { schedules[index].plan }

    /// How much longer it lasts; nil where no time is set.
    func rest(of index: Int, at now: Instant) -> Duration? { schedules[index].rest(at: now) }

    /// The first of these behaviours that is on for this subject.
    func first(of behaviours: Set<Behaviour>, for service: ServiceID, _ subject: Subject) -> Int? {
        schedules.indices.first {
            behaviours.contains(schedules[$0].plan.behaviour)
                && schedules[$0].applies(to: service, subject, used: used[$0])
        }
    }

    func first(of behaviours: Set<Behaviour>, for voteKey: VoteKey) -> Int? {
        first(of: behaviours, for: voteKey.service, voteKey.subject)
    }

    /// The same of what others break off for: of a fault whose tasks have all come, for each vote once. What is sent again
    /// after that, when they are connected again, is as it should be.
    mutating func strike(_ behaviours: Set<Behaviour>, on voteKey: VoteKey) -> Int? {
        guard let index = first(of: behaviours, for: voteKey) else { return nil }
        if struck.count >= Self.strikeLimit { struck.removeAll() }
        let isNew = struck.insert(Strike(schedule: index, voteKey: voteKey)).inserted
        return isNew || schedules[index].isPresent(in: [voteKey.service]) ? index : nil
    }

    private struct Strike: Hashable {
        let schedule: Int
        let voteKey: VoteKey
    }

    /// Beyond it they are forgotten.
    private static let strikeLimit = 4_096

    /// Of these behaviours, all that are on, be it for no task in particular.
    func present(_ behaviours: Set<Behaviour>) -> [Int] {
        schedules.indices.filter {
            behaviours.contains(schedules[$0].plan.behaviour) && schedules[$0].isPresent(in: services)
        }
    }

    /// One more task has been falsified.
    mutating func use(_ index: Int) { used[index] += 1 }

    var states: [FaultState] { schedules.indices.map { schedules[$0].state(used: used[$0], in: services) } }
}
