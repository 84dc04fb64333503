import Links
import Messages
import Primitives
import Staging
import TopologyFormat

/// What lies on the links of a network while it runs, or is still to come: by its topology, and by order in a live one.
struct LinkDesk: Sendable {
    /// As far as it has come.
    var conditions: NetworkConditions
    /// By their numbers, which go up.
    var faults: [LinkFault] = []
    private var lastNumber = 0
    private var lastName: UInt32 = 0

    init(_ plan: NetworkPlan) {
        conditions = NetworkConditions(plan)
        for partition in plan.partitions { add(.partition([partition]), title: nil, ordered: nil) }
        for change in plan.changes { add(.slow(change), title: nil, ordered: nil) }
    }

    /// - Parameter ordered: when, since the beginning, in a live network; nil: the topology's.
    /// - Returns: its place.
    @discardableResult
    mutating func add(_ kind: LinkFault.Kind, title: String?, ordered: Duration?) -> Int {
        lastNumber += 1
        let names = kind.spells.map { _ in
            lastName += 1
            return lastName - 1
        }
        faults.append(LinkFault(number: lastNumber, kind: kind, title: title, names: names, ordered: ordered))
        return faults.endIndex - 1
    }

    /// What is due next of what begins or ends in time.
    ///
    /// - Parameter elapsed: since the beginning.
    func due(at elapsed: Duration) -> Int? {
        faults.indices.filter { faults[$0].next.map { $0 <= elapsed } ?? false }
            .min { (faults[$0].next!, $0) < (faults[$1].next!, $1) }
    }

    mutating func begin(_ place: Int) {
        faults[place].stage = .on
        for (name, spell) in zip(faults[place].names, faults[place].kind.spells) {
            switch spell {
            case let partition as PartitionPlan: conditions.begin(partition, number: name)
            case let change as LinkChangePlan: conditions.begin(change, number: name)
            default: break
            }
        }
    }

    mutating func end(_ place: Int) {
        faults[place].stage = .over
        for name in faults[place].names { conditions.end(number: name) }
    }

    /// For everybody whom it concerns and whose network is another with it, or without it.
    func updates(after fault: LinkFault) -> [(party: Party, updates: [LinkUpdate])] {
        var peers: [Party: Set<Party>] = [:]
        for spell in fault.kind.spells {
            for party in spell.between { peers[party, default: []].formUnion(spell.and) }
            for party in spell.and { peers[party, default: []].formUnion(spell.between) }
        }
        return peers.keys.sorted().map { party in
            let states = peers[party]!.subtracting([party]).sorted().map {
                ($0, conditions.state(of: $0, seenBy: party))
            }
            return (party, LinkUpdate.grouped(states))
        }
    }
}

/// Something that lies on links for a time.
package struct LinkFault: Sendable {
    /// For people.
    let number: Int
    let kind: Kind
    /// How whoever ordered it called it.
    let title: String?
    /// In the records: one for each spell.
    let names: [UInt32]
    /// When it was ordered, since the beginning; nil: the topology says when.
    let ordered: Duration?
    var stage = Stage.waiting

    enum Stage { case waiting, on, over }

    package enum Kind: Hashable, Sendable {
        /// Of one shape.
        case partition([PartitionPlan])
        case slow(LinkChangePlan)

        var spells: [any LinkSpell] {
            switch self {
            case .partition(let plans): plans
            case .slow(let plan): [plan]
            }
        }
    }

    /// The parts of one shape begin and end together.
    private var spell: (any LinkSpell)? { kind.spells.first }
    var begins: Duration { (ordered ?? .zero) + (spell?.begins ?? .zero) }
    /// Nil: not before the run does.
    var ends: Duration? { spell?.lasts.map { begins + $0 } }

    /// When it begins, or ends, of itself, since the beginning.
    var next: Duration? {
        switch stage {
        case .waiting: begins
        case .on: ends
        case .over: nil
        }
    }
}
