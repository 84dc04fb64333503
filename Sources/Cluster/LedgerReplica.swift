import Cryptography
import LedgerNode
import Messages
import Primitives
import Records
import Restaking
import Staging
import SystemPackage
import TopologyFormat

/// The ledger as its log tells it, for whoever instructs it from outside. Reads what is new each time that it is asked.
actor LedgerReplica {
    private let resolution: TimelineResolution
    private let directory: RunDirectory
    private let genesis: Genesis
    private var ledger: Ledger?
    private var log: InstructionLog?

    init(topology: Topology, keys: NetworkKeys, directory: RunDirectory, genesis: Genesis) {
        resolution = TimelineResolution(topology: topology, keys: keys)
        self.directory = directory
        self.genesis = genesis
    }

    /// The instructions that an order comes to, signed, with the numbers that are their authorities' next.
    func instructions(for order: LedgerOrder) throws -> [SignedInstruction] {
        let ledger = try catchUp()
        let steps: [TimelineResolution.Step]
        switch order {
        case .act(let act): steps = try resolution.steps(of: act, in: ledger, find: certifiedTask)
        case .submitEvidence(let evidence, let account):
            steps = [.init(key: resolution.keys.key(of: account), instruction: .submitEvidence(evidence))]
        }
        var nonces: [PublicKey: UInt64] = [:]
        return try steps.map { step in
            let key = step.key.publicKey
            guard let nonce = nonces[key] ?? ledger.nextNonce(of: key) else {
                throw TimelineResolution.Obstacle("the ledger knows nobody of the key \(key)")
            }
            nonces[key] = nonce + 1
            let bytes = SignedInstruction.signedBytes(
                network: genesis.network, authority: key, nonce: nonce, instruction: step.instruction)
            return SignedInstruction(
                network: genesis.network, authority: key, nonce: nonce, instruction: step.instruction,
                signature: step.key.sign(bytes))
        }
    }

    /// What became of an instruction, by the log; nil where it is not in there.
    func receipt(of signed: SignedInstruction) throws -> Receipt? {
        var receipt: Receipt?
        let digest = signed.digest
        try openLog().forEachEntry { entry throws(InstructionLogError) in
            guard entry.signed == signed else { return }
            receipt = Receipt(instruction: digest, outcome: entry.outcome, slot: entry.slot)
        }
        return receipt
    }

    private func openLog() throws -> InstructionLog {
        let log = try log ?? InstructionLog(reading: directory.instructionLog.string)
        self.log = log
        return log
    }

    private func catchUp() throws -> Ledger {
        var present = try ledger ?? Ledger(genesis: genesis)
        let log = try openLog()
        var changes: [Ledger.Change] = []
        for entry in try log.entries(after: present.sequence) {
            // The ledger has verified it before it wrote it.
            _ = present.applyVerified(entry.signed, isProven: entry.outcome == .applied, changes: &changes)
            changes.removeAll(keepingCapacity: true)
        }
        ledger = present
        return present
    }

    /// As the coordinator's record has it, which is written while the run goes on.
    private func certifiedTask(_ service: ServiceID, _ sequence: TaskSequence) -> TimelineResolution.CertifiedTask? {
        let terms = genesis.services[Int(service.number)]
        guard
            let run = try? RunRecords.load(directory: directory.path, only: "coordinator-\(terms.name)")
        else { return nil }
        var task: ServiceTask?
        for note in run.nodes.flatMap(\.notes) {
            switch note.observation {
            case .taskIssued(let issued) where issued.sequence == sequence: task = issued
            case .certified(let certificate) where certificate.statement.voteKey.subject == Subject(sequence):
                return task.map { TimelineResolution.CertifiedTask($0, certificate, module: terms.module) }
            default: break
            }
        }
        return nil
    }
}
