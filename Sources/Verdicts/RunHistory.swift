import Cryptography
import Messages
import Primitives
import Records

/// A run's records, sorted by what the oracles and the reports ask for. Made once; nothing in it is trusted.
package struct RunHistory: Sendable {
    package let genesis: Genesis
    package let network: Digest
    /// By service and sequence.
    package private(set) var tasks: [IssuedTask] = []
    /// When each AVS's coordinator stopped listening: the close of its last record. None for a record without one.
    package private(set) var closings: [ServiceID: Instant] = [:]
    package private(set) var certificates: [HeldCertificate] = []
    /// Every operator set that the ledger has opened, by digest.
    package private(set) var operatorSets: [Digest: OperatorSet] = [:]
    /// The ground truth: what the adversaries say that they did.
    package private(set) var injections: [Injected] = []
    /// When operators and coordinators could not be relied on, by party, AVS and time.
    package private(set) var faultIntervals: [FaultInterval] = []
    /// When parties were cut off from one another.
    let separations: [Separation]
    /// When the ledger was away.
    let ledgerOutages: LedgerOutages
    /// When a party died, or somebody paused it.
    private var stops: [Party: [Instant]] = [:]
    package private(set) var findings: [FoundEvidence] = []
    /// One for each offence, as far as its slash has come.
    package private(set) var slashes: [Slash] = []
    /// Every record of a slash, with the number of the instruction that led to it.
    package private(set) var slashNotes: [SlashNote] = []
    /// What else has happened in the restaking state.
    package private(set) var restaking: [RestakingNote] = []
    package private(set) var revocations: [Revoked] = []
    /// Every operator set in the order in which the ledger opened them.
    package private(set) var openings: [Opening] = []
    /// By operator set: when each coordinator and operator of its AVS came to hold it.
    package private(set) var adoptions: [Digest: [Adoption]] = [:]
    package private(set) var applied: [AppliedInstruction] = []
    /// Every page of every asset's books, in the order in which they were noted.
    package private(set) var books: [Books] = []
    /// By vote key: what each operator voted for.
    package private(set) var votes: [VoteKey: [OperatorIndex: Vote]] = [:]
    /// By vote key: why operators that did not vote had no result.
    private(set) var unexecuted: [VoteKey: [OperatorIndex: String]] = [:]
    /// What is missing of the records, the nodes whose crash was injected excepted.
    package private(set) var gaps: [RecordGap] = []

    package struct IssuedTask: Hashable, Sendable {
        package var task: ServiceTask
        /// When its coordinator held a certificate for it, in time or not.
        package var certified: Instant?
        /// Its deadline lay ahead when the run ended: nothing is known of it, whether it has a certificate or not. To
        /// count those that have one would favour the quick.
        package var isOpen: Bool
        /// By somebody, and not its load's.
        package var isSubmitted: Bool

        package init(
            task: ServiceTask, certified: Instant? = nil, isOpen: Bool = false, isSubmitted: Bool = false
        ) {
            self.task = task
            self.certified = certified
            self.isOpen = isOpen
            self.isSubmitted = isSubmitted
        }

        package var certifiedInTime: Bool { certified.map { $0 <= task.deadline } ?? false }
    }

    package struct HeldCertificate: Hashable, Sendable {
        package var party: Party
        /// The node's name.
        package var holder: String
        package var at: Instant
        package var certificate: Certificate
    }

    package struct Injected: Hashable, Sendable {
        package var party: Party
        package var at: Instant
        package var injection: Injection
    }

    package struct FoundEvidence: Hashable, Sendable {
        package var finder: Party
        package var at: Instant
        package var evidence: Evidence
    }

    package struct Slash: Hashable, Sendable {
        /// When the ledger took the proof.
        package var at: Instant
        /// As it stood last.
        package var record: SlashRecord
    }

    package struct SlashNote: Hashable, Sendable {
        package var at: Instant
        package var sequence: UInt64
        package var record: SlashRecord
    }

    package struct RestakingNote: Hashable, Sendable {
        package var at: Instant
        package var sequence: UInt64
        package var event: RestakingEvent
    }

    package struct Revoked: Hashable, Sendable {
        package var at: Instant
        package var record: Revocation
    }

    package struct Opening: Hashable, Sendable {
        package var at: Instant
        package var set: OperatorSet
    }

    package struct Adoption: Hashable, Sendable {
        package var party: Party
        package var at: Instant
    }

    package struct AppliedInstruction: Hashable, Sendable {
        package var at: Instant
        package var sequence: UInt64
        package var signed: SignedInstruction
        package var outcome: Outcome
    }

    /// By instruction, its number in the ledger's log: whose stake it takes.
    package var culprits: [UInt64: [OperatorIndex]] {
        Dictionary(grouping: slashNotes.filter { $0.record.stage == .executed }, by: \.sequence)
            .mapValues { $0.map(\.record.signer) }
    }

    /// Who has lost stake, or is about to.
    package var slashedSigners: Set<OperatorIndex> {
        Set(slashes.filter { $0.record.stage != .vetoed }.map(\.record.signer))
    }

    package init(_ run: RunRecords) {
        genesis = run.genesis
        network = run.genesis.network
        separations = Separation.all(in: run)
        ledgerOutages = LedgerOutages(run)
        let lives = LedgerLives(run)
        var issued: [TaskName: IssuedTask] = [:]
        var certified: [TaskName: Instant] = [:]
        var submitted: Set<TaskName> = []
        for node in run.nodes {
            if case .coordinator(let service) = node.party {
                if case .closed(let time) = node.ending { closings[service] = time } else { closings[service] = nil }
            }
            for note in node.party == .ledger ? lives.notes(of: node) : node.notes {
                if node.party.isCoordinator {
                    Self.follow(note, issued: &issued, certified: &certified, submitted: &submitted)
                }
                take(note, of: node)
            }
        }
        for (voteKey, voters) in votes {
            for signer in voters.keys { unexecuted[voteKey]?[signer] = nil }
        }
        for (name, time) in certified { issued[name]?.certified = time }
        for name in submitted { issued[name]?.isSubmitted = true }
        for (name, task) in issued {
            issued[name]?.isOpen = closings[name.service].map { task.task.deadline > $0 } ?? false
        }
        tasks = issued.sorted { $0.key < $1.key }.map(\.value)
        faultIntervals = FaultInterval.all(in: run, tasks: tasks.map(\.task))
        gaps = RecordGap.all(in: run, excepting: injections)
        let crashes = injections.filter { RecordGap.crashBehaviours.contains($0.injection.behaviour) }
        stops = Dictionary(
            grouping: run.interventions.filter { $0.act == .killed || $0.act == .paused }.map { ($0.party, $0.at) }
                + crashes.map { ($0.party, $0.at) }, by: \.0
        ).mapValues { $0.map(\.1) }
    }

    /// Whether one of these has died or was paused by then.
    func hasStopped(by time: Instant, among parties: Set<Party>) -> Bool {
        parties.contains { stops[$0, default: []].contains { $0 <= time } }
    }

    /// Whether nothing gets from one to the other any more, to the end of the run.
    package func isCutOffForGood(_ one: Party, from other: Party) -> Bool {
        separations.contains { $0.end == nil && $0.separates(one, from: other) }
    }

    func wasStopped(_ party: Party, from first: Instant, to last: Instant) -> Bool {
        stops[party, default: []].contains { first <= $0 && $0 <= last }
    }

    /// Whether a party died or was paused so soon after it had sent something that it may still have held it.
    func wasStopped(_ party: Party, sending at: Instant) -> Bool {
        wasStopped(party, from: at, to: at + Self.sendingPatience)
    }

    /// What has been sent can still be in the sender's process: a link's latency is laid over it there.
    private static let sendingPatience = Duration.seconds(1)

    private struct TaskName: Hashable, Comparable {
        var service: ServiceID
        var subject: Subject

        static func < (left: Self, right: Self) -> Bool {
            (left.service, left.subject) < (right.service, right.subject)
        }
    }

    /// The first time counts: for a task that is issued again after a restart, and for its certificate.
    private static func follow(
        _ note: NodeRecord.Note, issued: inout [TaskName: IssuedTask], certified: inout [TaskName: Instant],
        submitted: inout Set<TaskName>
    ) {
        switch note.observation {
        case .taskIssued(let task):
            let name = TaskName(service: task.service, subject: Subject(task.sequence))
            if issued[name] == nil { issued[name] = IssuedTask(task: task) }
        case .certified(let certificate):
            let key = certificate.statement.voteKey
            let name = TaskName(service: key.service, subject: key.subject)
            certified[name] = min(certified[name] ?? note.at, note.at)
        case .taskSubmitted(let service, let sequence, _):
            submitted.insert(TaskName(service: service, subject: Subject(sequence)))
        default: break
        }
    }

    private mutating func take(_ note: NodeRecord.Note, of node: NodeRecord) {
        switch note.observation {
        case .attested(let vote):
            guard case .signer(let signer) = node.party else { return }
            let statement = vote.statement
            if votes[statement.voteKey]?[signer] == nil {
                votes[statement.voteKey, default: [:]][signer] = Vote(task: statement.task, result: statement.result)
            }
        case .notExecuted(let service, let sequence, let reason):
            guard case .signer(let signer) = node.party else { return }
            let voteKey = VoteKey(network: network, service: service, subject: Subject(sequence))
            if unexecuted[voteKey]?[signer] == nil { unexecuted[voteKey, default: [:]][signer] = reason }
        case .certified(let certificate):
            hold(certificate, at: note.at, by: node)
        case .evidenceFound(let evidence):
            findings.append(FoundEvidence(finder: node.party, at: note.at, evidence: evidence))
        case .injected(let injection):
            injections.append(Injected(party: node.party, at: note.at, injection: injection))
        case .applied(let sequence, _, let signed, let outcome) where node.party == .ledger:
            applied.append(AppliedInstruction(at: note.at, sequence: sequence, signed: signed, outcome: outcome))
            if outcome == .applied, case .submitCertificate(let certificate, _) = signed.instruction {
                hold(certificate, at: note.at, by: node)
            }
        case .slashed(let record) where node.party == .ledger:
            slashNotes.append(SlashNote(at: note.at, sequence: applied.last?.sequence ?? 0, record: record))
            if let place = slashes.lastIndex(where: {
                $0.record.offence == record.offence && $0.record.stage == .pending
            }) {
                slashes[place].record = record
            } else {
                slashes.append(Slash(at: note.at, record: record))
            }
        case .restaking(let event) where node.party == .ledger:
            restaking.append(RestakingNote(at: note.at, sequence: applied.last?.sequence ?? 0, event: event))
        case .revoked(let revocation) where node.party == .ledger:
            revocations.append(Revoked(at: note.at, record: revocation))
        case .operatorSetOpened(let set) where node.party == .ledger:
            if operatorSets.updateValue(set, forKey: set.digest) == nil {
                openings.append(Opening(at: note.at, set: set))
            }
        case .operatorSetAdopted(_, let set):
            adoptions[set, default: []].append(Adoption(party: node.party, at: note.at))
        case .books(let page) where node.party == .ledger: books.append(page)
        default: break
        }
    }

    private mutating func hold(_ certificate: Certificate, at time: Instant, by node: NodeRecord) {
        certificates.append(
            HeldCertificate(party: node.party, holder: node.name, at: time, certificate: certificate))
    }
}
