import Messages
import Primitives

/// With whom a node is connected, and which side dials.
///
/// Everyone dials the ledger, coordinators dial operators, and of two operators that share a mesh the one with the
/// lower index dials. So no two nodes ever dial each other.
struct PeerPlan {
    private let own: Party
    private let isMesh: [Bool]
    /// By service: whoever is or was a member.
    private var members: [Set<OperatorIndex>]
    private var missingSets: Set<ServiceID>
    /// Who must be connected before the run can begin.
    let needed: [Party]

    init(own: Party, genesis: Genesis) {
        self.own = own
        isMesh = genesis.services.map { $0.dissemination == .mesh }
        members = genesis.services.map { Set($0.optedIn) }
        var needed: Set<Party> = [.ledger]
        var sets: Set<ServiceID> = []
        for (index, service) in genesis.services.enumerated() {
            let id = ServiceID(UInt32(index))
            switch own {
            case .coordinator(id): needed.formUnion(service.optedIn.map(Party.signer))
            case .signer(let me) where service.optedIn.contains(me):
                needed.insert(.coordinator(id))
                if service.dissemination == .mesh { needed.formUnion(service.optedIn.map(Party.signer)) }
            default: continue
            }
            sets.insert(id)
        }
        needed.remove(own)
        self.needed = needed.sorted()
        missingSets = sets
    }

    /// Whether an operator set has come for each AVS that concerns this node.
    var hasSets: Bool { missingSets.isEmpty }

    mutating func learn(_ set: OperatorSet) {
        guard Int(set.service.number) < members.count else { return }
        missingSets.remove(set.service)
        members[Int(set.service.number)].formUnion(set.members.map(\.signer))
    }

    func dials(_ signer: OperatorIndex) -> Bool {
        switch own {
        case .ledger: false
        case .coordinator(let service): members[Int(service.number)].contains(signer)
        case .signer(let me):
            signer > me
                && members.indices.contains {
                    isMesh[$0] && members[$0].contains(me) && members[$0].contains(signer)
                }
        }
    }
}
