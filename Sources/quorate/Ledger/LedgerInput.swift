import ArgumentParser
import Cluster
import Cryptography
import LedgerNode
import Messages
import Primitives
import Records
import Restaking
import SystemPackage

/// Whose ledger a command reads.
struct LedgerOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The run: its directory, or its name below runs/. (default: runs/latest)", valueName: "run"))
    var run: String?

    @Option(help: ArgumentHelp("That of a cluster that is up, instead of a run's.", valueName: "name"))
    var cluster: String?

    func validate() throws {
        if run != nil, cluster != nil { throw ValidationError("a run or --cluster: give one of them") }
    }

    func read() throws(CommandFailure) -> LedgerInput { try LedgerInput(directory()) }

    func directory() throws(CommandFailure) -> RunDirectory {
        guard cluster != nil else { return try RunArgument.ledgerDirectory(run) }
        var options = ClusterOptions()
        options.cluster = cluster
        let (_, entry) = try options.living()
        guard let record = entry.record else { throw .badInput("cluster \(entry.name) does not say where it runs") }
        return RunDirectory(path: FilePath(record.runDirectory))
    }
}

/// All that a run's ledger has taken up, from genesis on.
struct LedgerInput {
    let directory: RunDirectory
    let genesis: Genesis
    /// By which the ledger checks the certificates and the evidence that it is given.
    let signatures: SignatureScheme
    let entries: [LogEntry]

    /// The log, where there is one; what a simulated run has applied stands in its record.
    init(_ directory: RunDirectory) throws(CommandFailure) {
        self.directory = directory
        (genesis, signatures, entries) = try CommandFailure.asBadInput {
            let genesis = try RunRecords.genesis(ofRunIn: directory.path)
            var entries: [LogEntry] = []
            try Self.forEachEntry(in: directory, of: genesis) { entries.append($0) }
            if directory.has(directory.importManifest) {
                let last = entries.last.map { LogHead(sequence: $0.sequence, chain: $0.chain) }
                try ImportManifest.read(from: directory).check(
                    last ?? LogHead(sequence: 0, chain: genesis.network), in: directory)
            }
            return (genesis, try RunManifest.signatures(ofRunIn: directory), entries)
        }
    }

    /// One after the other, each of which follows the one before it. A simulated run was in memory once, and all that its ledger has applied is again; of a log,
    /// however long, no more than an entry is.
    static func forEachEntry(
        in directory: RunDirectory, of genesis: Genesis, _ body: (LogEntry) throws(InstructionLogError) -> Void
    ) throws {
        var chain = genesis.network
        guard !directory.has(directory.instructionLog) else {
            let log = try InstructionLog(reading: directory.instructionLog.string)
            return try log.forEachEntry { entry throws(InstructionLogError) in
                guard entry.follows(chain) else {
                    throw InstructionLogError(
                        path: log.path, row: entry.sequence,
                        problem: "does not continue the one before it: one of them has been altered")
                }
                chain = entry.chain
                try body(entry)
            }
        }
        for applied in try recorded(in: directory) {
            let entry = LogEntry(
                sequence: applied.sequence, slot: applied.slot, signed: applied.signed, outcome: applied.outcome,
                after: chain)
            chain = entry.chain
            try body(entry)
        }
    }

    private typealias Applied = (sequence: UInt64, slot: Slot, signed: SignedInstruction, outcome: Outcome)

    private static func recorded(in directory: RunDirectory) throws -> [Applied] {
        let records = try RunRecords.load(directory: directory.path, only: "ledger")
        return records.nodes.flatMap(\.notes).compactMap { note -> Applied? in
            guard case .applied(let sequence, let slot, let signed, let outcome) = note.observation else { return nil }
            return (sequence, slot, signed, outcome)
        }.sorted { $0.sequence < $1.sequence }
    }

    /// - Parameter visit: is shown each instruction and what it changed, with the ledger after it.
    func ledger(
        visit: (LogEntry, [Ledger.Change], Ledger) throws -> Void = { _, _, _ in }
    ) throws(CommandFailure) -> Ledger {
        var ledger = try initialLedger()
        try forEachEntry { entry throws(CommandFailure) in
            var changes: [Ledger.Change] = []
            let outcome = ledger.applyVerified(entry.signed, changes: &changes)
            try check(entry, outcome, ledger)
            try CommandFailure.asBadInput { try visit(entry, changes, ledger) }
        }
        return ledger
    }

    /// To be applied: what these signatures are is known for as long.
    func forEachEntry(_ body: (LogEntry) throws(CommandFailure) -> Void) throws(CommandFailure) {
        try signatures.scoped { () throws(CommandFailure) in
            for entry in entries { try body(entry) }
        }
    }

    /// In the state whose root the ledger told everyone when the epoch began.
    func ledger(atOpeningOf epoch: Epoch) throws(CommandFailure) -> Ledger {
        var found: Ledger?
        var last = Epoch(0)
        try openings { ledger in
            last = ledger.epoch
            if ledger.epoch == epoch { found = ledger }
        }
        if let found { return found }
        throw .badInput(
            "epoch \(epoch) did not begin by an instruction of its own: "
                + (epoch > last
                    ? "the last that began is \(last)" : "the clock went over it; see ledger replay --epochs"))
    }

    /// The ledger as each epoch began.
    func openings(visit: (Ledger) throws -> Void) throws(CommandFailure) {
        let first = try initialLedger()
        try CommandFailure.asBadInput { try visit(first) }
        _ = try ledger { _, changes, ledger in
            guard changes.contains(where: { if case .epochOpened = $0 { true } else { false } }) else { return }
            try visit(ledger)
        }
    }

    func initialLedger() throws(CommandFailure) -> Ledger {
        try CommandFailure.asBadInput { try Ledger(genesis: genesis) }
    }

    func check(_ entry: LogEntry, _ outcome: Outcome, _ ledger: Ledger) throws(CommandFailure) {
        guard outcome == entry.outcome, ledger.sequence == entry.sequence else {
            throw .badInput(
                "\(directory.path): instruction \(entry.sequence) comes to \(outcome), but the log says "
                    + "\(entry.outcome): it has been altered, or is of another version")
        }
    }

    // MARK: Names

    func index(ofRestaker name: String) throws(CommandFailure) -> RestakerIndex {
        if let place = genesis.restakers.firstIndex(where: { $0.name == name }) { return RestakerIndex(UInt32(place)) }
        throw .badInput("\(name) is not a restaker; \(Self.choices(genesis.restakers.map(\.name)))")
    }

    /// Of whoever has this name, or of the account of this key.
    func key(of name: String) throws(CommandFailure) -> PublicKey {
        if let restaker = genesis.restakers.first(where: { $0.name == name }) { return restaker.key }
        if let signer = genesis.signers.first(where: { $0.name == name }) { return signer.key }
        if let key = PublicKey(base58: name) { return key }
        throw .badInput(
            "\(name) is neither a public key nor an account; "
                + Self.choices(Set(genesis.restakers.map(\.name) + genesis.signers.map(\.name)).sorted()))
    }

    func index(ofOperator name: String) throws(CommandFailure) -> OperatorIndex {
        if let place = genesis.signers.firstIndex(where: { $0.name == name }) { return OperatorIndex(UInt32(place)) }
        throw .badInput("\(name) is not an operator; \(Self.choices(genesis.signers.map(\.name)))")
    }

    private static func choices(_ names: [String]) -> String {
        guard !names.isEmpty else { return "there is none" }
        return "there are " + names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", ..." : "")
    }
}

/// The state's words.
struct LedgerNames {
    let genesis: Genesis
    /// By asset.
    let assets: [String]

    init(_ genesis: Genesis, _ ledger: Ledger) {
        self.genesis = genesis
        assets = ledger.assetViews.map(\.terms.name)
    }

    func name(of signer: OperatorIndex) -> String { genesis.signers[Int(signer.number)].name }
    func name(of service: ServiceID) -> String { genesis.services[Int(service.number)].name }
    func name(of restaker: RestakerIndex) -> String { genesis.restakers[Int(restaker.number)].name }
    func name(of asset: AssetID) -> String { asset.place < assets.count ? assets[asset.place] : "asset \(asset)" }

    /// `12.500000000 mSOL`
    func text(of amount: Units, _ asset: AssetID) -> String { "\(Lamports(amount.number).inSOL) \(name(of: asset))" }
    /// `12.500000000 SOL`
    func text(of amount: Lamports) -> String { "\(amount.inSOL) SOL" }
}
