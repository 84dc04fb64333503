import Attesting
import Cryptography
import Messages
import Primitives
import Replaying
import Services

/// Says what happens in a simulation in words, with results and stakes where a message has only digests: it remembers
/// what it has seen lately.
struct TraceWords {
    let names: PartyNames
    let genesis: Genesis
    private let modules: [(any ServiceModule)?]
    /// Results in the words of their module, by digest.
    private var results = RecentMap<Digest, String>(capacity: 4_096)
    /// The results' digests, by the digest of the statement.
    private var statements = RecentMap<Digest, Digest>(capacity: 4_096)
    private var executions = RecentMap<Digest, TaskExecution>(capacity: 4_096)
    private var issues = RecentMap<VoteKey, Int>(capacity: 4_096)
    private var sets = RecentMap<Digest, OperatorSet>(capacity: 64)

    init(_ genesis: Genesis) {
        self.genesis = genesis
        names = PartyNames(genesis)
        modules = genesis.services.map { ModuleCatalogue.module(named: $0.module) }
    }

    // MARK: Remembering

    mutating func learn(from event: NodeEvent, _ effects: [NodeEffect]) {
        for effect in effects {
            switch effect {
            case .execute(let execution): executions[execution.task] = execution
            case .note(.taskIssued(let task)): issues[task.voteKey] = (issues[task.voteKey] ?? 0) + 1
            case .note(.attested(let vote)): learn(vote)
            case .note(.injected(let injection)): for sent in injection.votes { learn(sent.attestation) }
            default: break
            }
        }
        guard case .executed(let task, .result(let result)) = event, let execution = executions[task],
            let module = module(of: execution.service)
        else { return }
        // The other one is what an adversary says.
        for known in [result, module.altered(result)] {
            results[Domain.resultDigest.digest(known)] = Self.shortened(module.text(ofResult: known))
        }
    }

    mutating func learn(_ set: OperatorSet) { sets[set.digest] = set }

    private mutating func learn(_ vote: Attestation) { statements[vote.statement.digest] = vote.statement.result }

    /// By a process that was started again.
    func isIssuedAgain(_ task: ServiceTask) -> Bool { (issues[task.voteKey] ?? 0) > 1 }

    func execution(of task: Digest) -> TaskExecution? { executions[task] }

    func set(_ digest: Digest) -> OperatorSet? { sets[digest] }

    private func module(of service: ServiceID) -> (any ServiceModule)? {
        Int(service.number) < modules.count ? modules[Int(service.number)] : nil
    }

    // MARK: Phrases

    func result(_ digest: Digest) -> String { results[digest] ?? digest.short }

    /// - Parameter digest: of the statement.
    func result(ofStatement digest: Digest) -> String? { statements[digest].map(result) }

    func text(of voteKey: VoteKey) -> String { names.text(of: voteKey) }

    func text(of service: ServiceID, _ sequence: TaskSequence) -> String { "\(names.name(of: service)) \(sequence)" }

    func payload(of task: ServiceTask) -> String {
        module(of: task.service).map { Self.shortened($0.text(ofPayload: task.payload)) }
            ?? "\(task.payload.count) bytes"
    }

    /// The coordinators and the ledger, then operators; three or more that stand side by side in genesis as `op-1..op-3`.
    func list(_ parties: some Sequence<Party>) -> String {
        let (signers, others) = parties.reduce(into: ([UInt32](), [Party]())) { found, party in
            if case .signer(let signer) = party { found.0.append(signer.number) } else { found.1.append(party) }
        }
        var parts = others.sorted().map { names.name(of: $0) }
        var rest = Set(signers).sorted()[...]
        while let first = rest.first {
            let run = rest.enumerated().prefix { $0.element == first + UInt32($0.offset) }.map(\.element)
            rest = rest.dropFirst(run.count)
            let ends = [run[0], run[run.count - 1]].map { names.name(of: .signer(OperatorIndex($0))) }
            parts += run.count < 3 ? Array(ends.prefix(run.count)) : [ends.joined(separator: "..")]
        }
        return parts.joined(separator: ", ")
    }

    func members(_ signers: SignerSet, of set: Digest) -> String {
        guard let set = self.set(set), set.members.count == signers.size else { return "\(signers.count) operators" }
        return list(signers.members.map { .signer(set.members[$0.place].signer) })
    }

    /// Long numbers by their ends: `2837..104976`.
    private static func shortened(_ text: String) -> String {
        text.count <= 16 ? text : "\(text.prefix(4))..\(text.suffix(6))"
    }
}
