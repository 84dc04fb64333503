import Messages
import Primitives
import Records

/// Two or more different votes of one operator for one vote key, as the adversary itself records sending them.
package struct InjectedEquivocation: Hashable, Sendable {
    package var signer: OperatorIndex
    package var voteKey: VoteKey
    /// One for each statement, with everyone it was sent to.
    package var votes: [Injection.SentVote]
    /// When the second of them was sent.
    package var at: Instant
}

extension RunHistory {
    /// Every equivocation that was sent, by time. Votes are put together by whose and what they are about, whatever
    /// notes they stand in; a vote that nobody was sent is none.
    package var equivocations: [InjectedEquivocation] {
        struct Name: Hashable {
            var signer: OperatorIndex
            var voteKey: VoteKey
        }
        var found: [Name: InjectedEquivocation] = [:]
        for injected in injections.sorted(by: { $0.at < $1.at }) {
            guard case .signer(let signer) = injected.party else { continue }
            for vote in injected.injection.votes where !vote.recipients.isEmpty {
                let statement = vote.attestation.statement
                let name = Name(signer: signer, voteKey: statement.voteKey)
                var one =
                    found[name]
                    ?? InjectedEquivocation(signer: name.signer, voteKey: name.voteKey, votes: [], at: injected.at)
                if let place = one.votes.firstIndex(where: { $0.attestation.statement == statement }) {
                    one.votes[place].recipients += vote.recipients
                } else {
                    one.votes.append(vote)
                    if one.votes.count == 2 { one.at = injected.at }
                }
                found[name] = one
            }
        }
        return found.values.filter { $0.votes.count >= 2 }
            .sorted { ($0.at, $0.signer, $0.voteKey) < ($1.at, $1.signer, $1.voteKey) }
    }

    /// Every number under which a coordinator sent two tasks, by time.
    package var taskEquivocations: [InjectedTaskEquivocation] {
        injections.compactMap { injected in
            guard case .coordinator(let service) = injected.party, injected.injection.tasks.count == 2,
                let first = injected.injection.tasks.first
            else { return nil }
            return InjectedTaskEquivocation(
                service: service, voteKey: first.header.voteKey, tasks: injected.injection.tasks, at: injected.at)
        }.sorted { ($0.at, $0.service) < ($1.at, $1.service) }
    }

    /// Whoever's adversary did anything at all.
    package var faulty: Set<Party> { Set(injections.map(\.party)) }

    /// The operators among them.
    package var faultySigners: Set<OperatorIndex> { Self.signers(in: faulty) }

    /// Who had a fault at any time from this task's issue to its deadline.
    func faulty(during task: ServiceTask) -> Set<Party> {
        Set(
            faultIntervals.filter {
                $0.service == task.service && $0.touches(from: task.issued, to: task.deadline)
            }.map(\.party))
    }

    /// Whether a party follows the protocol and can act on what it is sent. A coordinator that died and came back can.
    func isHonest(_ party: Party, in service: ServiceID, faulty: Set<Party>) -> Bool {
        guard case .coordinator = party else { return !faulty.contains(party) }
        return !faultIntervals.contains { $0.party == party && $0.service == service && $0.end == nil }
    }

    static func signers(in parties: Set<Party>) -> Set<OperatorIndex> {
        Set(parties.compactMap { if case .signer(let signer) = $0 { signer } else { nil } })
    }
}

/// Two tasks under one number, as the coordinator that sent them records it.
package struct InjectedTaskEquivocation: Hashable, Sendable {
    package var service: ServiceID
    package var voteKey: VoteKey
    package var tasks: [Injection.SentTask]
    /// When the second of them was sent.
    package var at: Instant
}

/// A time in which an operator or coordinator, by what its adversary says, could not be relied on for the tasks of one AVS.
package struct FaultInterval: Hashable, Sendable {
    package var party: Party
    package var service: ServiceID
    package var start: Instant
    /// Nil: to the end of the run.
    package var end: Instant?

    package static let silentBehaviour = "silent"

    /// Both ends belong to it.
    func touches(from first: Instant, to last: Instant) -> Bool {
        start <= last && end.map { $0 >= first } ?? true
    }

    /// By party, AVS and time.
    static func all(in run: RunRecords) -> [FaultInterval] {
        run.genesis.parties.flatMap { party -> [FaultInterval] in
            let processes = run.nodes.filter { $0.party == party }
                .sorted { $0.incarnation < $1.incarnation }.map(\.notes)
            guard processes.contains(where: { $0.contains(where: \.isInjection) }) else { return [] }
            return run.genesis.services.indices.map { ServiceID(UInt32($0)) }.filter { service in
                party.isSigner || party == .coordinator(service)
            }.flatMap { service in
                var trace = FaultTrace(party: party, service: service)
                for notes in processes { trace.follow(process: notes) }
                return trace.finished
            }
        }
    }
}

/// Follows one party through its processes, as far as one AVS is concerned.
private struct FaultTrace {
    let party: Party
    let service: ServiceID
    private var intervals: [FaultInterval] = []
    private var since: Instant?
    /// Faults of one operator can overlap: it speaks when all its silences are over.
    private var silences = 0
    /// Its process has died, and no later one has signed anything yet.
    private var isDown = false
    /// It has done what cannot be undone.
    private var isDishonest = false

    init(party: Party, service: ServiceID) {
        self.party = party
        self.service = service
    }

    /// The notes of its next process. A silence that goes on across a restart is noted again by the new process.
    mutating func follow(process notes: [NodeRecord.Note]) {
        if silences > 0 { isDown = true }
        silences = 0
        var isDying = false
        for note in notes {
            switch note.observation {
            case .injected(let injection):
                switch injection.behaviour {
                case FaultInterval.silentBehaviour:
                    guard injection.service.map({ $0 == service }) ?? true else { continue }
                    silences += 1
                case let name where RecordGap.crashBehaviours.contains(name):
                    isDown = true
                    isDying = true
                default: isDishonest = true
                }
            case .recovered(FaultInterval.silentBehaviour, let ended) where ended.map({ $0 == service }) ?? true:
                silences = max(0, silences - 1)
            // What came in the same turn as its crash is still signed.
            case .attested(let vote) where vote.statement.service == service && !isDying: isDown = false
            // A coordinator that is back has its operator set again.
            case .operatorSetAdopted where party.isCoordinator && !isDying: isDown = false
            default: continue
            }
            update(at: note.at)
        }
    }

    private mutating func update(at now: Instant) {
        let isFaulty = silences > 0 || isDown || isDishonest
        if isFaulty {
            since = since ?? now
        } else if let start = since {
            intervals.append(FaultInterval(party: party, service: service, start: start, end: now))
            since = nil
        }
    }

    var finished: [FaultInterval] {
        intervals + (since.map { [FaultInterval(party: party, service: service, start: $0)] } ?? [])
    }
}

extension NodeRecord.Note {
    fileprivate var isInjection: Bool {
        if case .injected = observation { true } else { false }
    }
}
