import Messages
import Node
import Primitives
import Staging
import TopologyFormat

/// What is done to the restaking state while a network runs: by its topology's timeline, and by order in a live one. One
/// thing after the other, each when the one before it has its receipt.
struct TimelineDesk: Sendable {
    var schedule: TimelineSchedule
    let slotsPerEpoch: UInt64
    var waiting: [Job] = []
    var present: Job?
    /// Of the present job: what has no receipt yet. The first has been sent.
    var instructions: [SignedInstruction] = []
    /// To the present job.
    var answers: [Receipt] = []
    var attempts = 0
    /// The newest epoch that the ledger has told of.
    var epoch = Epoch(0)
    /// The one that its clock has been moved on to.
    var destination = Epoch(0)
    /// Of every entry that is done with, in their order.
    var results: [TimelineResult] = []

    struct Job: Sendable {
        let order: LedgerOrder
        let origin: Origin
    }

    enum Origin: Sendable {
        /// An entry of the timeline.
        case entry(Int)
        case order(ticket: UInt64)
    }

    init(_ schedule: TimelineSchedule, slotsPerEpoch: UInt64) {
        self.schedule = schedule
        self.slotsPerEpoch = slotsPerEpoch
    }

    var isDone: Bool { schedule.isDone && waiting.isEmpty && present == nil }

    /// Whoever signs with the same key may have used a number first: so often it is tried again.
    static let attemptLimit = 16
}

extension Conductor {
    mutating func followTimeline(at now: Instant, _ effects: inout [Effect]) {
        guard let began, now >= began else { return }
        follow(timeline.schedule.passed(now - began), at: now, &effects)
        if let delay = timeline.schedule.nextDelay { effects.append(.wake(began + delay)) }
    }

    mutating func follow(_ orders: [TimelineSchedule.Order], at now: Instant, _ effects: inout [Effect]) {
        guard !orders.isEmpty else { return }
        timeline.waiting += orders.map { TimelineDesk.Job(order: .act($0.act), origin: .entry($0.entry)) }
        takeUpNextJob(at: now, &effects)
    }

    mutating func carryOut(
        _ order: LedgerOrder, _ ticket: UInt64, at now: Instant, _ effects: inout [Effect]
    ) {
        timeline.waiting.append(TimelineDesk.Job(order: order, origin: .order(ticket: ticket)))
        takeUpNextJob(at: now, &effects)
    }

    private mutating func takeUpNextJob(at now: Instant, _ effects: inout [Effect]) {
        while timeline.present == nil, !timeline.waiting.isEmpty {
            let job = timeline.waiting.removeFirst()
            timeline.present = job
            timeline.answers = []
            timeline.attempts = 0
            if case .act(.forward(let epochs)) = job.order {
                timeline.destination = max(timeline.destination, timeline.epoch).advanced(by: epochs)
                if isLedgerReady { effects.append(.tell(.ledger, .forward(slots: epochs * timeline.slotsPerEpoch))) }
                let words = "the clock moves on by \(epochs) \(epochs == 1 ? "epoch" : "epochs")"
                finish(.done(words), &effects)
            } else {
                effects.append(.prepare(job.order))
            }
        }
        if timeline.isDone { settleIfFinished(at: now, &effects) }
    }

    mutating func prepared(_ instructions: [SignedInstruction], at now: Instant, _ effects: inout [Effect]) {
        guard timeline.present != nil else { return }
        timeline.instructions = instructions
        sendNext(at: now, &effects)
    }

    mutating func unprepared(_ reason: String, at now: Instant, _ effects: inout [Effect]) {
        guard timeline.present != nil else { return }
        finish(.refused(reason), &effects)
        takeUpNextJob(at: now, &effects)
    }

    private mutating func sendNext(at now: Instant, _ effects: inout [Effect]) {
        guard let next = timeline.instructions.first else {
            let outcomes = timeline.answers.map(\.outcome)
            let words = outcomes.map { "\($0)" }.joined(separator: ", ")
            finish(outcomes.allSatisfy { $0 == .applied } ? .done(words) : .notApplied(words), &effects)
            return takeUpNextJob(at: now, &effects)
        }
        // Otherwise when it is back.
        if isLedgerReady { effects.append(.tell(.ledger, .instruct(ticket: 0, next))) }
    }

    /// The ledger is back, and has forgotten how far its clock was moved on beyond its log, and what was on its way to
    /// it. Of what was on its way, the answer may have been lost.
    mutating func resumeTimeline(_ effects: inout [Effect]) {
        if timeline.destination > timeline.epoch {
            let epochs = timeline.destination.number - timeline.epoch.number
            effects.append(.tell(.ledger, .forward(slots: epochs * timeline.slotsPerEpoch)))
        }
        if timeline.present != nil, let next = timeline.instructions.first { effects.append(.lookUp(next)) }
    }

    mutating func lookedUp(_ receipt: Receipt?, at now: Instant, _ effects: inout [Effect]) {
        guard timeline.present != nil, !timeline.instructions.isEmpty else { return }
        guard let receipt else { return sendNext(at: now, &effects) }
        answered(by: receipt, at: now, &effects)
    }

    mutating func answered(by receipt: Receipt, at now: Instant, _ effects: inout [Effect]) {
        guard let job = timeline.present, !timeline.instructions.isEmpty else { return }
        if receipt.outcome == .nonceUsed || receipt.outcome == .nonceAhead,
            timeline.attempts < TimelineDesk.attemptLimit
        {
            timeline.attempts += 1
            timeline.instructions = []
            effects.append(.prepare(job.order))
            return
        }
        timeline.answers.append(receipt)
        timeline.instructions.removeFirst()
        sendNext(at: now, &effects)
    }

    private mutating func finish(_ result: NetworkAnswer, _ effects: inout [Effect]) {
        guard let job = timeline.present else { return }
        timeline.present = nil
        switch job.origin {
        case .order(let ticket): answer(ticket, result, &effects)
        case .entry(let entry):
            var fate = TimelineResult.Fate.carriedOut(timeline.answers)
            if case .refused(let reason) = result { fate = .hindered(reason) }
            let outcome = TimelineResult(entry: entry, fate: fate)
            timeline.results.append(outcome)
            if let obstacle = outcome.obstacle { effects.append(.report(.hindered(obstacle))) }
        }
    }
}
