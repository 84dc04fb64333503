import Attesting
import Cryptography
import Messages
import Primitives
import Services

/// An adversary: the honest operator, with some of its effects exchanged for others on their way out.
///
/// What it does wrong it writes to the records, which makes them the ground truth that verdicts are held against.
package struct FaultyOperator: NodeMachine {
    private var honest: OperatorMachine
    private let genesis: Genesis
    private let me: OperatorIndex
    private let key: PublicKey
    private var schedules: [FaultSchedule]
    private var began: Instant?
    /// Tasks falsified so far, by schedule.
    private var used: [UInt64]

    /// Payloads of tasks under way, to compute a second result from.
    private var payloads: [Digest: [UInt8]] = [:]
    private var payloadOrder: [Digest] = []
    private var doubles: [VoteKey: DoubleVote] = [:]
    private var doubleRequests: [RequestID: VoteKey] = [:]
    private var nextRequest: UInt64 = Self.ownRequests

    /// Requests of the adversary itself are numbered from here, those of the honest machine from 1.
    private static let ownRequests: UInt64 = 1 << 63
    private static let payloadLimit = 4_096

    /// One operator's two votes for one vote key.
    private struct DoubleVote: Sendable {
        let schedule: Int
        let second: Statement
        var firstSent: Attestation?
        var firstRecipients: [Party] = []
        var secondSigned: Attestation?
        var secondRecipients: [Party] = []
        var isNoted = false
    }

    package init(
        _ honest: OperatorMachine, genesis: Genesis, signer: OperatorIndex, plans: [FaultPlan], seed: UInt64
    ) {
        self.honest = honest
        self.genesis = genesis
        me = signer
        key = genesis.signers[Int(signer.number)].key
        schedules = plans.enumerated().map { FaultSchedule($1, seed: seed &+ UInt64($0)) }
        used = Array(repeating: 0, count: plans.count)
    }

    package mutating func handle(_ event: NodeEvent, at now: Instant, effects: inout [NodeEffect]) {
        if follow(event, at: now, effects: &effects) { return }
        var intended: [NodeEffect] = []
        switch event {
        case .signed(let id, let signature) where doubleRequests[id] != nil:
            signedSecond(doubleRequests.removeValue(forKey: id)!, signature, effects: &effects)
        default: honest.handle(event, at: now, effects: &intended)
        }
        for effect in intended { pass(effect, effects: &effects) }
    }

    /// Keeps the schedules. - Returns: true when the process is to die.
    private mutating func follow(_ event: NodeEvent, at now: Instant, effects: inout [NodeEffect]) -> Bool {
        if case .began(let instant) = event { began = instant }
        for index in schedules.indices {
            var hasBegun = false
            if case .received(.task(let signed), _) = event { hasBegun = schedules[index].saw(signed.task, at: now) }
            if let began, schedules[index].passed(to: now, began: began) { hasBegun = true }
            if hasBegun {
                let plan = schedules[index].plan
                if !plan.behaviour.isProvable {
                    let injection = Injection(behaviour: plan.behaviour.rawValue, service: plan.service)
                    effects.append(.note(.injected(injection)))
                }
                if plan.behaviour == .crash {
                    effects.append(.crash)
                    return true
                }
            }
            if let began, hasBegun || event == .began(began), let due = schedules[index].nextChange(began: began) {
                effects.append(.wake(at: due))
            }
        }
        return false
    }

    private mutating func pass(_ effect: NodeEffect, effects: inout [NodeEffect]) {
        switch effect {
        case .execute(let task, _, let payload):
            remember(payload, of: task)
            effects.append(effect)
        case .sign(_, .statement(let statement)):
            effects.append(effect)
            signSecond(besides: statement, effects: &effects)
        case .send(.attestation(let vote), let recipients) where vote.signer == key:
            sendVote(vote, to: recipients, effects: &effects)
        default: effects.append(effect)
        }
    }

    private mutating func remember(_ payload: [UInt8], of task: Digest) {
        guard payloads.updateValue(payload, forKey: task) == nil else { return }
        payloadOrder.append(task)
        if payloadOrder.count > Self.payloadLimit { payloads[payloadOrder.removeFirst()] = nil }
    }

    /// Asks for a signature on another result for the same vote key, past the guard.
    private mutating func signSecond(besides statement: Statement, effects: inout [NodeEffect]) {
        let voteKey = statement.voteKey
        guard doubles[voteKey] == nil, let payload = payloads[statement.task],
            let index = schedules.indices.first(where: {
                schedules[$0].plan.behaviour.isProvable
                    && schedules[$0].applies(to: statement.service, voteKey.subject, used: used[$0])
            }),
            let module = ModuleCatalogue.module(
                named: genesis.services[Int(statement.service.number)].module, version: ModuleCatalogue.faultyVersion),
            case .result(let result) = module.execute(payload)
        else { return }
        used[index] += 1
        var second = statement
        second.result = Domain.resultDigest.digest(result)
        doubles[voteKey] = DoubleVote(schedule: index, second: second)
        let id = RequestID(nextRequest)
        nextRequest += 1
        doubleRequests[id] = voteKey
        effects.append(.sign(id, .statement(second)))
    }

    private mutating func sendVote(_ vote: Attestation, to recipients: [Party], effects: inout [NodeEffect]) {
        let voteKey = vote.statement.voteKey
        let isSilent = schedules.contains {
            $0.plan.behaviour == .silent && $0.applies(to: vote.statement.service, voteKey.subject, used: 0)
        }
        guard !isSilent else { return }
        guard var double = doubles[voteKey] else {
            return effects.append(.send(.attestation(vote), to: recipients))
        }
        let behaviour = schedules[double.schedule].plan.behaviour
        let first = recipients.filter { behaviour == .equivocate || !isInOtherHalf($0) }
        let second = recipients.filter { behaviour == .equivocate || isInOtherHalf($0) }
        if double.firstSent == nil {
            double.firstSent = vote
            double.firstRecipients = first
            double.secondRecipients = second
        }
        doubles[voteKey] = double
        if !first.isEmpty { effects.append(.send(.attestation(vote), to: first)) }
        // Sent again later, each half gets what it got before.
        if let signed = double.secondSigned, !second.isEmpty {
            effects.append(.send(.attestation(signed), to: second))
        }
        noteIfBothSent(voteKey, effects: &effects)
    }

    private mutating func signedSecond(_ voteKey: VoteKey, _ signature: Signature, effects: inout [NodeEffect]) {
        guard var double = doubles[voteKey] else { return }
        let vote = Attestation(statement: double.second, signer: key, signature: signature)
        double.secondSigned = vote
        doubles[voteKey] = double
        guard double.firstSent != nil else { return }
        if !double.secondRecipients.isEmpty {
            effects.append(.send(.attestation(vote), to: double.secondRecipients))
        }
        noteIfBothSent(voteKey, effects: &effects)
    }

    private mutating func noteIfBothSent(_ voteKey: VoteKey, effects: inout [NodeEffect]) {
        guard let double = doubles[voteKey], !double.isNoted, let first = double.firstSent,
            let second = double.secondSigned
        else { return }
        doubles[voteKey]?.isNoted = true
        effects.append(
            .note(
                .injected(
                    Injection(
                        behaviour: schedules[double.schedule].plan.behaviour.rawValue, service: voteKey.service,
                        subject: voteKey.subject,
                        votes: [
                            Injection.SentVote(attestation: first, recipients: double.firstRecipients),
                            Injection.SentVote(attestation: second, recipients: double.secondRecipients),
                        ]))))
    }

    /// The peers in the upper half of genesis order get the second vote; the coordinator never does.
    private func isInOtherHalf(_ party: Party) -> Bool {
        guard case .signer(let index) = party else { return false }
        return Int(index.number) * 2 >= genesis.signers.count
    }
}
