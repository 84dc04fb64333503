import Faults
import Messages
import Primitives
import TopologyFormat

/// Adversaries of the catalogue, with what they can be told drawn as well.
extension ChaosDraw {
    mutating func draw(_ behaviour: Behaviour) -> Bool {
        for party in culprits(of: behaviour) {
            guard let fault = plan(of: behaviour, by: party) else { continue }
            let victims =
                behaviour == .coordinatorCensors ? fault.parameters.chosen.map { Party.signer($0) } : []
            let isForGood =
                behaviour.isProvable || fault.parameters.disk != .keep
                || behaviour.isCrash && withoutWholeGuard.contains(party)
                || behaviour == .powerLoss && topology.guardMode == .written
            guard budget.takeIfThereIsRoom(hold(of: [party] + victims, isForGood: isForGood)) else { continue }
            topology.faults.append(fault)
            if behaviour.isProvable { excuse(party) }
            if behaviour.passesGuard { withoutWholeGuard.insert(party) }
            return true
        }
        return false
    }

    /// As in a file: all who ever hold a total down do so together.
    mutating func joinHolders() {
        let holders = topology.faults.filter { $0.behaviour == .justBelow }.compactMap { fault in
            if case .signer(let signer) = fault.party { signer } else { nil }
        }
        let accomplices = Set(holders).sorted()
        for place in topology.faults.indices where topology.faults[place].behaviour == .justBelow {
            topology.faults[place].accomplices = accomplices
        }
    }

    private func culprits(of behaviour: Behaviour) -> [Party] {
        switch behaviour.culprit {
        case .signer: signers
        case .coordinator: coordinators
        case .ledger: [.ledger]
        case .either: nodes
        }
    }

    private mutating func excuse(_ party: Party) {
        guard !topology.expect.excused.contains(party) else { return }
        topology.expect.excused = (topology.expect.excused + [party]).sorted()
    }

    /// - Returns: nil where it needs others, and there are none.
    private func plan(of behaviour: Behaviour, by party: Party) -> FaultPlan? {
        let lasts: FaultPlan.Extent = behaviour.isTaskByTask ? behaviour.defaultExtent : .duration(ends - begins)
        var plan = FaultPlan(party: party, behaviour: behaviour, begins: .after(begins), lasts: lasts)
        if case .coordinator(let service) = party { plan.service = service }
        for parameter in CatalogueEntry.of(behaviour).parameters {
            switch parameter {
            case .service, .point: break
            case .probability:
                // A cheat that is to happen once has its one chance.
                if !behaviour.isProvable, dice.hits(percent: 50, "probability") { plan.probability = quarters }
            case .share: plan.parameters.share = quarters
            case .delay: plan.parameters.delay = dice.roll(.milliseconds(20) ... .milliseconds(500), "delay")
            case .skew:
                let skew = dice.roll(.milliseconds(50) ... .seconds(5), "skew")
                plan.parameters.skew = dice.hits(percent: 50, "behind") ? .zero - skew : skew
            case .drift: plan.parameters.share = Fraction(dice.roll(1...10, "drift"), over: 100)!
            case .to:
                let others = others(beside: party)
                plan.parameters.chosen = Array(others.prefix((others.count + 1) / 2)).sorted()
                if others.isEmpty { return nil }
            case .against:
                guard let victim = others(beside: party).first else { return nil }
                plan.parameters.chosen = [victim]
            case .rate(let standard): plan.parameters.rate = dice.roll(standard / 10...standard, "rate")
            case .form(let forms): plan.parameters.form = dice.pick(forms, "form")
            case .disk: plan.parameters.disk = disk(of: behaviour)
            }
        }
        return plan
    }

    private var quarters: Fraction { Fraction(dice.roll(1...3, "quarters"), over: 4)! }

    /// Of those who come back without all of their guard most sign nothing more.
    private func disk(of behaviour: Behaviour) -> FaultDisk {
        if behaviour == .amnesia { return .empty }
        return dice.hits(percent: 10, "disk") ? dice.pick([.older, .empty], "which disk") : .keep
    }

    /// Operators with whom it shares an AVS, or who serve its AVS.
    private func others(beside party: Party) -> [OperatorIndex] {
        let shared: Set<ServiceID> =
            switch party {
            case .signer(let signer): Set(budget.services(of: signer))
            case .coordinator(let service): [service]
            case .ledger: []
            }
        let others = budget.signers.filter { signer in
            .signer(signer) != party && !shared.isDisjoint(with: budget.services(of: signer))
        }
        return dice.ranked(others, "others") { topology.name(of: $0) }
    }
}
