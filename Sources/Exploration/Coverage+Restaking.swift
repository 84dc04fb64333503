import Messages
import Primitives
import Records
import Simulation
import TopologyFormat
import Verdicts

/// What a run has said about the restaking state: by which rules, what was asked of it, and what came of that.
extension Coverage {
    package enum Rule: String, CaseIterable, Sendable {
        case assets = "several assets"
        case mixedRestaker = "restaker of several assets"
        case assetWeights = "weights of assets"
        case baseValidators = "base validators"
        case unique = "unique allocation"
        case elastic = "elastic allocation"
        case vetoWindow = "veto window"
        case correlated = "correlated slashes"
        case slashCap = "cap on slashes"
        case redistribution
        case rewards, commission, jail
        case selfDelegation = "least self-delegation"
        case admission = "admission by list"
        case release = "release in stages"
    }

    package enum StakeEvent: String, CaseIterable, Sendable {
        case obstacle = "entry that came to nothing"
        case pending = "slash that waits"
        case vetoed = "slash vetoed"
        case executedLater = "slash executed after waiting"
        case redistributed = "slashed stake redistributed"
        case severalAssets = "slash of several assets"
        case exitInEpoch = "stake leaving in the epoch of an offence"
        case exitBeforeProof = "stake leaving between an offence and its proof"
        case exitWhilePending = "stake leaving while a slash waits"
        case rateFall = "exchange rate falls"
        case rateRise = "exchange rate rises"
        case rateFallBeforeSlash = "exchange rate falls between an offence and its slash"
        case paused = "asset paused"
        case retired = "asset retired"
        case listed = "asset listed"
        case poolMoved = "native pool moved"
        case yieldBooked = "base yield booked"
        case rewardsPaid = "rewards paid"
        case jailed = "operator jailed"
        case voided = "result voided"
        case defunct = "AVS ended"
    }

    static func rules(of topology: Topology) -> [Rule] {
        let services = topology.services
        let rules: [(Rule, Bool)] = [
            (.assets, !topology.assets.isEmpty),
            (.mixedRestaker, topology.restakers.contains { $0.deposits.count > 1 }),
            (.assetWeights, services.contains { !$0.assetWeights.isEmpty }),
            (.baseValidators, !topology.nativePool.validators.isEmpty),
            (.unique, topology.ledger.allocation == .unique), (.elastic, topology.ledger.allocation == .elastic),
            (.vetoWindow, topology.ledger.vetoSlots > 0),
            (.correlated, services.contains { $0.slash.policy == .correlated }),
            (.slashCap, services.contains { $0.slash.cap < .one }),
            (.redistribution, services.contains { $0.slash.destination != .burn }),
            (.rewards, services.contains { $0.reward.budget > .zero }),
            (.commission, topology.operators.contains { $0.commission > .zero }),
            (.jail, services.contains { $0.jail != JailTerms() }),
            (.selfDelegation, topology.ledger.minimumSelfDelegation > .zero),
            (.admission, services.contains { !$0.isOpen }), (.release, topology.ledger.release != ReleasePlan()),
        ]
        return rules.filter(\.1).map(\.0)
    }

    static func stakeEvents(of result: TrialResult) -> [StakeEvent] {
        let history = result.history
        let slashes = SlashTimes(of: history)
        let events: [(StakeEvent, Bool)] = [
            (.obstacle, !result.run.timelineObstacles.isEmpty),
            (.pending, slashes.hasWaited),
            (.vetoed, history.slashes.contains { $0.record.stage == .vetoed }),
            (.executedLater, slashes.hasExecutedLater),
            (.redistributed, history.slashes.contains { isRedistributed($0.record, by: history.genesis) }),
            (
                .severalAssets,
                history.slashes.contains {
                    $0.record.stage == .executed && $0.record.losses.count { $0.units > .zero } > 1
                }
            ),
            (.exitInEpoch, slashes.hasExitInEpoch), (.exitBeforeProof, slashes.hasExitBeforeProof),
            (.exitWhilePending, slashes.hasExitWhilePending),
            (.rateFallBeforeSlash, slashes.hasRateFall),
        ]
        return events.filter(\.1).map(\.0) + history.restaking.compactMap { Self.event($0.event) }
    }

    private static func isRedistributed(_ record: SlashRecord, by genesis: Genesis) -> Bool {
        record.stage == .executed && record.slashed > record.reward
            && genesis.services[Int(record.voteKey.service.number)].slash.destination != .burn
    }

    private static func event(_ event: RestakingEvent) -> StakeEvent? {
        switch event {
        case .yieldBooked(_, let gross, _, _): gross > .zero ? .yieldBooked : nil
        case .poolMoved(_, let move): move.from == nil ? nil : .poolMoved
        case .rewardsPaid(_, _, let amount): amount > .zero ? .rewardsPaid : nil
        case .jailed: .jailed
        case .listed: .listed
        case .statusChanged(_, .paused): .paused
        case .statusChanged(_, .retired): .retired
        case .statusChanged(_, .active), .disputeOpened, .disputeLost: nil
        case .rateChanged(_, let old, let new): new < old ? .rateFall : new > old ? .rateRise : nil
        case .resultVoided: .voided
        case .defunct: .defunct
        }
    }
}

/// What happened between an offence, its proof and the last word on its slash.
private struct SlashTimes {
    private struct Span {
        let record: SlashRecord
        let offence: Instant
        let proof: Instant
        /// Nil: it was still waiting when the run ended.
        let end: Instant?
    }

    let hasWaited: Bool
    let hasExecutedLater: Bool
    let hasExitInEpoch: Bool
    let hasExitBeforeProof: Bool
    let hasExitWhilePending: Bool
    let hasRateFall: Bool

    init(of history: RunHistory) {
        let offences = history.equivocations
        let spans = history.slashes.map { slash in
            let record = slash.record
            let offence = offences.first { $0.signer == record.signer && $0.voteKey == record.voteKey }
            let end = history.slashNotes.last { $0.record.offence == record.offence }
            return Span(
                record: record, offence: min(offence?.at ?? slash.at, slash.at), proof: slash.at,
                end: record.stage == .pending ? nil : end?.at ?? slash.at)
        }
        let waits = Set(history.slashNotes.filter { $0.record.stage == .pending }.map(\.record.offence))
        hasWaited = !waits.isEmpty
        hasExecutedLater = spans.contains { waits.contains($0.record.offence) && $0.record.stage == .executed }
        let exits = history.applied.compactMap { instruction -> (at: Instant, signer: OperatorIndex)? in
            guard instruction.outcome == .applied, case .undelegate(_, _, let signer) = instruction.signed.instruction
            else { return nil }
            return (instruction.at, signer)
        }
        hasExitInEpoch = spans.contains { span in
            exits.contains { $0.signer == span.record.signer && history.epoch(at: $0.at) == span.record.epoch }
        }
        hasExitBeforeProof = spans.contains { span in
            exits.contains { $0.signer == span.record.signer && $0.at >= span.offence && $0.at < span.proof }
        }
        hasExitWhilePending = spans.contains { span in
            exits.contains {
                $0.signer == span.record.signer && $0.at >= span.proof && $0.at < span.end ?? $0.at + .nanoseconds(1)
            }
        }
        let falls = history.restaking.compactMap { note -> Instant? in
            guard case .rateChanged(_, let old, let new) = note.event, new < old else { return nil }
            return note.at
        }
        hasRateFall = spans.contains { span in
            span.record.stage == .executed && falls.contains { $0 >= span.offence && $0 <= span.end ?? span.proof }
        }
    }
}

extension RunHistory {
    fileprivate func epoch(at time: Instant) -> Epoch? { openings.last { $0.at <= time }?.set.epoch }
}
