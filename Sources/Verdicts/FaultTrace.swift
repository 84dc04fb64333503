import Messages
import Primitives
import Records

/// Follows one party through its processes, as far as one AVS is concerned.
///
/// Whoever is dead, paused or cut off comes back in two steps. A process that is started again is back when it signs, or, as
/// a coordinator, has an operator set; an operator that does not refuse to sign is taken to be back some seconds after
/// its start, whether it signs or not. A coordinator may first have to ask operators who are not there what it has issued. One that goes on after a pause or a partition, and a coordinator that is back,
/// then has to catch up with what has piled up meanwhile: that is over with the first vote, or certificate, on a task of
/// the time since, and after as long as it was away at the latest, or a second.
struct FaultTrace {
    private let party: Party
    private let service: ServiceID
    private let issues: [VoteKey: Instant]
    private let outages: LedgerOutages
    private var intervals: [FaultInterval] = []
    private var since: Instant?
    private var hasPaused = false
    private var hasBeenSilent = false
    private var returned: Instant?
    /// Faults of one operator can overlap: it speaks when all its silences are over.
    private var silences = 0
    /// The same of what others break off its connections for.
    private var intrusions = 0
    /// Its process has died, and no later one has signed anything yet.
    private var isDown = false
    private var isPaused = false
    /// The partitions that keep it apart from its coordinator or the ledger, and the links that are as slow as if one did;
    /// and those of them that are there now.
    private let cuts: Set<UInt32>
    private let tolerance: Duration
    private var presentCuts: Set<UInt32> = []
    /// When a process that was started again should be able to sign at the latest.
    private var ready: Instant?
    /// Since when it is back and catches up, and until when at the latest.
    private var back: (since: Instant, until: Instant)?
    /// Until then nobody takes what it sends, be it signed.
    private var unheard: Instant?
    /// So long a coordinator that was started again may ask its operators what it has issued.
    private var asks: Instant?
    /// When its process before the present one ended.
    private var lastEnd: Instant?
    /// It has done what cannot be undone.
    private var isDishonest = false

    /// A guard of its was rolled back, thrown away, not synced or passed by.
    private var mayHaveLostVotes = false

    private static let leastPatience = Duration.seconds(1)
    /// For the answers of whoever is not there.
    private static let askingPatience = Duration.seconds(2)
    /// It asks the others for what it has signed, and is sent what is open.
    private static let readyPatience = Duration.seconds(5)
    /// Whoever was cut off is connected again, and sent what is open.
    private static let reunionPatience = Duration.seconds(7)

    /// - Parameters:
    ///   - issues: when each task was meant to be issued.
    ///   - cuts: the partitions that keep it apart from its coordinator or the ledger.
    ///   - tolerance: how slow a link may be that keeps nobody apart.
    ///   - outages: while the ledger is away, nobody who starts has an operator set.
    init(
        party: Party, service: ServiceID, issues: [VoteKey: Instant], cuts: Set<UInt32> = [],
        tolerance: Duration, outages: LedgerOutages
    ) {
        self.outages = outages
        self.party = party
        self.service = service
        self.issues = issues
        (self.cuts, self.tolerance) = (cuts, tolerance)
    }

    /// What its next process says, and what was done to it. A silence that goes on across a restart is noted again by the
    /// new process.
    mutating func follow(_ process: ProcessTrace) {
        if let end = lastEnd {
            catchUp(by: end)
            (silences, intrusions, isPaused, back, unheard) = (0, 0, false, nil, nil)
            isDown = true
            update(at: end)
            asks = process.events.first.map { $0.at + Self.askingPatience }
            ready =
                party.isSigner ? process.events.first.flatMap { outages.due($0.at, within: Self.readyPatience) } : nil
        }
        lastEnd = process.closed ?? process.events.last?.at ?? lastEnd
        var isDying = false
        for (time, event) in process.events {
            catchUp(by: time)
            switch event {
            case .done(let act): follow(act, at: time, &isDying)
            case .noted(let observation): follow(observation, at: time, &isDying)
            }
            update(at: time)
        }
    }

    private mutating func follow(_ act: Intervention.Act, at time: Instant, _ isDying: inout Bool) {
        switch act {
        case .killed: die(&isDying)
        case .paused:
            isPaused = true
            hasPaused = true
        case .resumed:
            isPaused = false
            isBack(at: time)
        case .restarted(let disk): if disk != .keep { mayHaveLostVotes = true }
        case .cutOff, .rejoined, .slowed, .restored: follow(act.separation(tolerating: tolerance), at: time)
        }
    }

    private mutating func follow(_ separation: SeparationStep?, at time: Instant) {
        switch separation {
        case .begins(let number, _):
            guard cuts.contains(number) else { return }
            presentCuts.insert(number)
            hasPaused = true
        case .ends(let number):
            if presentCuts.remove(number) != nil, presentCuts.isEmpty {
                isBack(at: time, most: Self.reunionPatience)
            }
        case nil: break
        }
    }

    private mutating func die(_ isDying: inout Bool) {
        isDown = true
        isDying = true
        ready = nil
    }

    private mutating func follow(_ observation: Observation, at time: Instant, _ isDying: inout Bool) {
        switch observation {
        case .injected(let injection): follow(injection, at: time, &isDying)
        case .recovered(let name, let ended) where ended.map({ $0 == service }) ?? true:
            if name == FaultInterval.pauseBehaviour {
                isPaused = false
                isBack(at: time)
            } else if FaultInterval.passingBehaviours.contains(name) {
                silences = max(0, silences - 1)
            } else if FaultInterval.intrusiveBehaviours.contains(name), intrusions > 0 {
                intrusions -= 1
                isBack(at: time, most: Self.reunionPatience)
                if FaultInterval.lingeringBehaviours.contains(name) { isUnheard(until: time + Self.reunionPatience) }
            }
        // What came in the same turn as its crash is still signed.
        case .attested(let vote) where vote.statement.service == service && !isDying:
            isDown = false
            ready = nil
            if isOfSince(vote.statement.voteKey) { back = nil }
        // From a guard that is whole nobody has a reason to refuse for long.
        case .refusedToSign where mayHaveLostVotes:
            ready = nil
            isDown = true
        // A coordinator that is back has its operator set again.
        case .operatorSetAdopted where party.isCoordinator && !isDying && isDown:
            isDown = false
            isBack(at: time)
            if let asks, let present = back { back = (present.since, max(present.until, asks + Self.leastPatience)) }
        case .certified(let certificate) where party.isCoordinator && !isDying:
            if isOfSince(certificate.statement.voteKey) { back = nil }
        default: break
        }
    }

    private mutating func follow(_ injection: Injection, at time: Instant, _ isDying: inout Bool) {
        let name = injection.behaviour
        if FaultInterval.forgetfulBehaviours.contains(name) { mayHaveLostVotes = true }
        // What its next process signs need not be what its module says.
        if name == FaultInterval.relapsingBehaviour { isDishonest = true }
        if injection.isDeath {
            die(&isDying)
        } else if name == FaultInterval.pauseBehaviour {
            isPaused = true
            hasPaused = true
        } else if FaultInterval.passingBehaviours.contains(name) {
            guard injection.service.map({ $0 == service }) ?? true else { return }
            silences += 1
            hasBeenSilent = true
        } else if FaultInterval.intrusiveBehaviours.contains(name) {
            guard injection.service.map({ $0 == service }) ?? true else { return }
            intrusions += 1
            hasBeenSilent = true
        } else {
            isDishonest = true
        }
    }

    /// Whether a task was issued after it had come back.
    private func isOfSince(_ voteKey: VoteKey) -> Bool {
        guard let back, let issued = issues[voteKey] else { return false }
        return issued >= back.since
    }

    /// - Parameter most: nothing piles up for longer.
    private mutating func isBack(at now: Instant, most: Duration? = nil) {
        let away = now - (since ?? now)
        back = (now, now + max(min(away, most ?? away), Self.leastPatience))
        returned = now
        // Whatever else is over: its connections are those that they were.
        if let unheard, now < unheard { back = (unheard, unheard) }
    }

    private mutating func isUnheard(until time: Instant) {
        unheard = time
        back = (time, time)
    }

    private mutating func catchUp(by now: Instant) {
        if let ready, ready <= now {
            isDown = false
            self.ready = nil
            update(at: ready)
        }
        guard let end = back?.until, end <= now else { return }
        back = nil
        update(at: end)
    }

    private mutating func update(at now: Instant) {
        if isUnfit { returned = nil }
        if isUnfit || back != nil {
            since = since ?? now
        } else if let start = since {
            intervals.append(interval(from: start, to: now))
            (since, hasPaused, hasBeenSilent) = (nil, false, false)
        }
    }

    private var isUnfit: Bool {
        silences > 0 || intrusions > 0 || isDown || isPaused || isDishonest || !presentCuts.isEmpty
    }

    private func interval(from start: Instant, to end: Instant?) -> FaultInterval {
        FaultInterval(
            party: party, service: service, start: start, end: end, hasPaused: hasPaused, hasBeenSilent: hasBeenSilent,
            back: returned)
    }

    var finished: [FaultInterval] {
        var trace = self
        if let ready { trace.catchUp(by: ready) }
        return trace.intervals
            + (trace.since.map { [trace.interval(from: $0, to: trace.isUnfit ? nil : trace.back?.until)] } ?? [])
    }
}
