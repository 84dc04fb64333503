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
    /// The log as it stands, whatever processes the ledger has had.
    package private(set) var applied: [AppliedInstruction] = []
    /// What a process of the ledger noted, and the next one did not find in the log: it has not happened.
    private(set) var uncommitted: [AppliedInstruction] = []
    /// Every page of every asset's books, in the order in which they were noted.
    package private(set) var bookPages: [BookPage] = []
    /// The ledger's answers, as whoever asked has noted them.
    package private(set) var receipts: [HeldReceipt] = []
    /// Why operators did not sign, and coordinators did not issue.
    private(set) var refusals: [RefusedSigning] = []
    /// What those signed who had more than one process, and what they issued.
    private(set) var signedAgain: [SignedByProcess] = []
    /// When real processes were held up, and nobody had asked for it.
    package private(set) var stalls: [Stall] = []
    /// Every process that has left a record.
    let processes: [Process]
    /// What of their guards processes found that somebody started again.
    let disks: [FoundDisk]
    /// What processes have said that they use.
    let usages: [NodeUsage]
    /// How full things became, where they were simulated.
    let figures: SimulationFigures?
    /// By vote key: what each operator voted for.
    package private(set) var votes: [VoteKey: [OperatorIndex: Vote]] = [:]
    /// By vote key: why operators that did not vote had no result.
    private(set) var unexecuted: [VoteKey: [OperatorIndex: String]] = [:]
    /// What is missing of the records, the nodes whose crash was injected excepted.
    package private(set) var gaps: [RecordGap] = []

    package var books: [Books] { bookPages.map(\.books) }

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
        processes = run.nodes.map {
            Process(party: $0.party, incarnation: $0.incarnation, isClosed: $0.isClosed)
        }
        disks = run.interventions.compactMap { intervention in
            guard case .restarted(let disk) = intervention.act else { return nil }
            return FoundDisk(party: intervention.party, incarnation: intervention.incarnation, disk: disk)
        }
        usages = run.usages
        figures = run.figures
        separations = Separation.all(in: run)
        ledgerOutages = LedgerOutages(run)
        let lives = LedgerLives(run)
        var issued: [TaskName: IssuedTask] = [:]
        var certified: [TaskName: Instant] = [:]
        var submitted: Set<TaskName> = []
        let restarted = Dictionary(grouping: run.nodes, by: \.party).filter { $0.value.count > 1 }
        for node in run.nodes {
            let file = "\(RunRecords.directoryName)/\(node.header.fileName)"
            func place(of note: NodeRecord.Note) -> RecordPlace { RecordPlace(file: file, byte: note.byte) }
            let hasSeveral = restarted[node.party] != nil
            if case .coordinator(let service) = node.party {
                if case .closed(let time) = node.ending { closings[service] = time } else { closings[service] = nil }
            }
            for note in node.party == .ledger ? lives.lost(of: node) : [] { takeLost(note, at: place(of: note)) }
            for note in node.party == .ledger ? lives.notes(of: node) : node.notes {
                let place = place(of: note)
                if node.party.isCoordinator {
                    Self.follow(note, at: place, issued: &issued, certified: &certified, submitted: &submitted)
                }
                take(note, of: node, at: place)
                if hasSeveral { takeSigned(note, of: node, at: place) }
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
        stalls = Stall.all(in: run)
        let crashes = injections.filter { $0.injection.isDeath }
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
        _ note: NodeRecord.Note, at place: RecordPlace, issued: inout [TaskName: IssuedTask],
        certified: inout [TaskName: Instant],
        submitted: inout Set<TaskName>
    ) {
        switch note.observation {
        case .taskIssued(let task):
            let name = TaskName(service: task.service, subject: Subject(task.sequence))
            if issued[name] == nil { issued[name] = IssuedTask(task: task, place: place) }
        case .certified(let certificate):
            let key = certificate.statement.voteKey
            let name = TaskName(service: key.service, subject: key.subject)
            certified[name] = min(certified[name] ?? note.at, note.at)
        case .taskSubmitted(let service, let sequence, _):
            submitted.insert(TaskName(service: service, subject: Subject(sequence)))
        default: break
        }
    }

    private mutating func takeLost(_ note: NodeRecord.Note, at place: RecordPlace) {
        guard case .applied(let sequence, _, let signed, let outcome) = note.observation else { return }
        uncommitted.append(
            AppliedInstruction(at: note.at, sequence: sequence, signed: signed, outcome: outcome, place: place))
    }

    private mutating func takeSigned(_ note: NodeRecord.Note, of node: NodeRecord, at place: RecordPlace) {
        let content: SignedByProcess.Content
        switch note.observation {
        case .attested(let vote): content = .vote(vote)
        case .taskIssued(let task): content = .task(task)
        default: return
        }
        signedAgain.append(
            SignedByProcess(party: node.party, incarnation: node.incarnation, content: content, place: place))
    }

    private mutating func take(_ note: NodeRecord.Note, of node: NodeRecord, at place: RecordPlace) {
        switch note.observation {
        case .attested(let vote):
            guard case .signer(let signer) = node.party else { return }
            let statement = vote.statement
            if votes[statement.voteKey]?[signer] == nil {
                votes[statement.voteKey, default: [:]][signer] = Vote(
                    task: statement.task, result: statement.result, place: place)
            }
        case .notExecuted(let service, let sequence, let reason):
            guard case .signer(let signer) = node.party else { return }
            let voteKey = VoteKey(network: network, service: service, subject: Subject(sequence))
            if unexecuted[voteKey]?[signer] == nil { unexecuted[voteKey, default: [:]][signer] = reason }
        case .certified(let certificate):
            hold(certificate, at: note.at, by: node, place)
        case .evidenceFound(let evidence):
            findings.append(FoundEvidence(finder: node.party, at: note.at, evidence: evidence, place: place))
        case .injected(let injection):
            injections.append(Injected(party: node.party, at: note.at, injection: injection, place: place))
        case .receiptArrived(let receipt):
            receipts.append(
                HeldReceipt(party: node.party, holder: node.name, at: note.at, receipt: receipt, place: place))
        case .refusedToSign(let reason):
            refusals.append(
                RefusedSigning(party: node.party, incarnation: node.incarnation, reason: reason, place: place))
        case .applied(let sequence, _, let signed, let outcome) where node.party == .ledger:
            applied.append(
                AppliedInstruction(at: note.at, sequence: sequence, signed: signed, outcome: outcome, place: place))
            if outcome == .applied, case .submitCertificate(let certificate, _) = signed.instruction {
                hold(certificate, at: note.at, by: node, place)
            }
        case .slashed(let record) where node.party == .ledger:
            slashNotes.append(SlashNote(at: note.at, sequence: applied.last?.sequence ?? 0, record: record))
            if let index = slashes.lastIndex(where: {
                $0.record.offence == record.offence && $0.record.stage == .pending
            }) {
                slashes[index].record = record
            } else {
                slashes.append(Slash(at: note.at, record: record, place: place))
            }
        case .restaking(let event) where node.party == .ledger:
            restaking.append(RestakingNote(at: note.at, sequence: applied.last?.sequence ?? 0, event: event))
        case .revoked(let revocation) where node.party == .ledger:
            revocations.append(Revoked(at: note.at, record: revocation, place: place))
        case .operatorSetOpened(let set) where node.party == .ledger:
            if operatorSets.updateValue(set, forKey: set.digest) == nil {
                openings.append(Opening(at: note.at, set: set, place: place))
            }
        case .operatorSetAdopted(_, let set):
            adoptions[set, default: []].append(Adoption(party: node.party, at: note.at))
        case .books(let page) where node.party == .ledger: bookPages.append(BookPage(books: page, place: place))
        default: break
        }
    }

    private mutating func hold(
        _ certificate: Certificate, at time: Instant, by node: NodeRecord, _ place: RecordPlace
    ) {
        certificates.append(
            HeldCertificate(
                party: node.party, holder: node.name, at: time, certificate: certificate, place: place))
    }
}
