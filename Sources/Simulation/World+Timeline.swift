import Cryptography
import DequeModule
import Faults
import Messages
import Primitives
import Records
import Restaking
import Services
import Staging
import TopologyFormat

/// What is still to be done to the restaking state.
struct SimulatedTimeline {
    var schedule: TimelineSchedule
    let resolution: TimelineResolution
    var orders: Deque<TimelineSchedule.Order> = []
    /// The order that is being carried out, and the ledger's answers so far.
    var present: TimelineResult?
    /// Of that order: what has no answer yet.
    var steps: Deque<TimelineResolution.Step> = []
    var isWaiting = false
    /// What the ledger has been told, and not answered.
    var instruction: SignedInstruction?
    /// Of every order that is done with, in their order.
    var results: [TimelineResult] = []
}

/// Somebody restakes, and the ledger's clock is moved: one thing after the other, each when the one before it is answered.
extension World {
    mutating func followTimeline(since beginning: Instant) {
        follow(timeline.schedule.passed(max(.zero, now - beginning)))
        if let delay = timeline.schedule.nextDelay { timetable.add(.isDueInTimeline, at: beginning + delay) }
    }

    mutating func follow(_ orders: [TimelineSchedule.Order]) {
        guard !orders.isEmpty else { return }
        timeline.orders += orders
        goOnWithTimeline()
    }

    private mutating func goOnWithTimeline() {
        while !timeline.isWaiting {
            if let step = timeline.steps.first { return instruct(step) }
            if let result = timeline.present { timeline.results.append(result) }
            timeline.present = nil
            guard let order = timeline.orders.popFirst() else { return settleIfFinished() }
            timeline.present = TimelineResult(entry: order.entry, fate: .carriedOut([]))
            if case .forward(let epochs) = order.act {
                forward(epochs)
                continue
            }
            do {
                timeline.steps = Deque(
                    try timeline.resolution.steps(of: order.act, in: ledger.machine.ledger, find: certifiedTask))
            } catch {
                timeline.present?.fate = .hindered(error.description)
            }
        }
    }

    private mutating func instruct(_ step: TimelineResolution.Step) {
        // Whoever signs with this key too may have used the number by the time that it is looked at.
        let nonce = ledger.machine.ledger.nextNonce(of: step.key.publicKey) ?? 0
        let signed = SimulatedLedger.sign(step.instruction, nonce, network: network, by: step.key)
        timeline.isWaiting = true
        timeline.instruction = signed
        guard ledger.isAlive else { return }
        guard ledger.crashes.due(at: .receive, now) == nil else {
            // Not here: somebody may be in the middle of a turn.
            return timetable.add(.crashes(.receive, life: ledgerLife), at: now)
        }
        tellLedger(.instructed(signed, ticket: 0), nil)
    }

    /// The ledger is back. Its answer to what it had been told may have been lost, or that itself.
    mutating func resumeTimeline() {
        guard timeline.isWaiting, let step = timeline.steps.first else { return }
        guard let entry = ledger.log.first(where: { $0.signed == timeline.instruction }) else { return instruct(step) }
        answered(by: Receipt(instruction: entry.signed.digest, outcome: entry.outcome, slot: entry.slot))
    }

    mutating func answered(by receipt: Receipt) {
        timeline.isWaiting = false
        timeline.instruction = nil
        if receipt.outcome != .nonceUsed, receipt.outcome != .nonceAhead {
            _ = timeline.steps.popFirst()
            if case .carriedOut(let answers) = timeline.present?.fate {
                timeline.present?.fate = .carriedOut(answers + [receipt])
            }
        }
        goOnWithTimeline()
    }

    private mutating func forward(_ epochs: UInt64) {
        ledger.destination = max(ledger.destination, ledger.toldEpoch).advanced(by: epochs)
        if ledger.isAlive { skip(epochs) }
    }

    mutating func skip(_ epochs: UInt64) {
        ledger.slotOffset += epochs * genesis.parameters.slotsPerEpoch
        tellLedger(.tick(ledger.slot(at: now, genesis.parameters.slotDuration)), nil)
    }

    /// As the coordinator has noted it.
    private func certifiedTask(_ service: ServiceID, _ sequence: TaskSequence) -> TimelineResolution.CertifiedTask? {
        let node = nodes[wiring.place(of: .coordinator(service)).number]
        var task: ServiceTask?
        for entry in node.records.flatMap(\.entries) + node.entries {
            switch entry {
            case .note(_, .taskIssued(let issued)) where issued.sequence == sequence: task = issued
            case .note(_, .certified(let certificate))
            where certificate.statement.voteKey.subject == Subject(sequence):
                return task.map { task in
                    TimelineResolution.CertifiedTask(
                        task, certificate, module: genesis.services[Int(service.number)].module)
                }
            default: break
            }
        }
        return nil
    }
}
