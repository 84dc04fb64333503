import Cryptography
import Foundation
import Messages
import Primitives
import Records
import SystemPackage
import TestSupport
import Testing

@Suite struct RunRecordsTests {
    static let genesis: Genesis = {
        let key = SigningKey(seed: FixedBytes32()).publicKey
        return Genesis(
            runID: .zero,
            parameters: LedgerParameters(slotDuration: .milliseconds(400), slotsPerEpoch: 10, unbondingEpochs: 2),
            clock: key, signers: [Genesis.Signer(name: "op-1", key: key)], restakers: [],
            services: [
                Genesis.Service(
                    name: "squares", module: "squaring", coordinator: key, threshold: .twoThirds, dissemination: .mesh,
                    deadline: .seconds(1), evidenceWindow: .seconds(2),
                    optedIn: [OperatorIndex(0)], slash: SlashTerms(equivocation: .basisPoints(500)))
            ])
    }()

    static func directory() throws -> Scratch {
        let scratch = try Scratch()
        _ = try scratch.write(genesis.borsh, to: "genesis.borsh")
        try FileManager.default.createDirectory(
            atPath: scratch.path.appending("records").string, withIntermediateDirectories: false)
        return scratch
    }

    static func header(_ party: Party, incarnation: UInt32 = 1) -> RecordHeader {
        RecordHeader(
            node: genesis.name(of: party) ?? "?", party: party, incarnation: incarnation, network: genesis.network,
            configuration: [])
    }

    static func write(_ header: RecordHeader, named name: String? = nil, in scratch: Scratch) throws {
        let path = scratch.path.appending("records").appending(name ?? header.fileName)
        try RecordWriter(path: path, header: header).close(at: Instant(nanoseconds: 1))
    }

    @Test func aRunIsReadInOrder() throws {
        let scratch = try Self.directory()
        try Self.write(Self.header(.signer(OperatorIndex(0)), incarnation: 2), in: scratch)
        try Self.write(Self.header(.signer(OperatorIndex(0))), in: scratch)
        try Self.write(Self.header(.ledger), in: scratch)
        _ = try scratch.write([1], to: "records/notes.txt")
        let run = try RunRecords.load(directory: scratch.path)
        #expect(run.genesis == Self.genesis)
        #expect(run.nodes.map(\.header.fileName) == ["ledger.1.qrec", "op-1.1.qrec", "op-1.2.qrec"])
        #expect(run.missing.map(\.party) == [.coordinator(ServiceID(0))])
    }

    @Test func oneNodesFilesAreReadWhateverTheOthersHold() throws {
        let scratch = try Self.directory()
        try Self.write(Self.header(.signer(OperatorIndex(0))), in: scratch)
        _ = try scratch.write([1], to: "records/ledger.1.qrec")
        _ = try scratch.write([1], to: "records/op-10.1.qrec")
        let run = try RunRecords.load(directory: scratch.path, only: "op-1")
        #expect(run.nodes.map(\.name) == ["op-1"])
        #expect(throws: RecordError.self) { try RunRecords.load(directory: scratch.path) }
    }

    @Test func aLostIncarnationIsMissed() throws {
        let scratch = try Self.directory()
        for party in Self.genesis.parties {
            try Self.write(Self.header(party, incarnation: party == .ledger ? 2 : 1), in: scratch)
        }
        let missing = try RunRecords.load(directory: scratch.path).missing
        #expect(missing.map(\.party) == [.ledger] && missing.map(\.incarnation) == [1])
    }

    /// Of whoever was killed nothing else tells that it has left a record, or a longer one.
    @Test func whatIsMissingAtTheEndShowsByTheInventory() throws {
        let scratch = try Self.directory()
        let signer = Party.signer(OperatorIndex(0))
        for party in Self.genesis.parties { try Self.write(Self.header(party), in: scratch) }
        try Self.write(Self.header(signer, incarnation: 2), in: scratch)
        let log = scratch.path.appending(InterventionLog.fileName)
        try InterventionLog(path: log, network: Self.genesis.network).append(
            Intervention(at: Instant(nanoseconds: 5), party: signer, incarnation: 2, act: .killed))
        let inventory = try RunInventory(ofRunIn: scratch.path)
        func deficits() throws -> [String] {
            try RunRecords.load(directory: scratch.path, inventory: inventory).deficits.map { "\($0)" }
        }
        #expect(try deficits().isEmpty)
        let record = scratch.path.appending("records/op-1.2.qrec")
        let whole = try scratch.bytes(of: record)
        for count in [0, whole.count - 1] {
            try Data(whole.prefix(count)).write(to: URL(filePath: record.string))
            #expect(
                try deficits() == ["op-1.2.qrec has \(count) bytes; it had \(whole.count) when the run ended"])
        }
        try FileManager.default.removeItem(atPath: record.string)
        #expect(try deficits() == ["op-1.2.qrec is missing"])
        #expect(try RunRecords.load(directory: scratch.path, only: "op-2", inventory: inventory).deficits.isEmpty)
        let bytes = try scratch.bytes(of: log)
        try FileManager.default.removeItem(atPath: log.string)
        #expect(throws: RecordError(.otherLength(nil, of: UInt64(bytes.count)), path: log)) { try deficits() }
    }

    /// Whoever is killed as soon as it is started leaves no record, or the beginning of one.
    @Test(arguments: [nil, 0, 10, 20] as [Int?]) func whoWasKilledAtOnceIsNotMissed(bytes: Int?) throws {
        let scratch = try Self.directory()
        let signer = Party.signer(OperatorIndex(0))
        for party in Self.genesis.parties { try Self.write(Self.header(party), in: scratch) }
        try Self.write(Self.header(signer, incarnation: 3), in: scratch)
        if let bytes {
            let whole = try scratch.bytes(of: scratch.path.appending("records/op-1.1.qrec"))
            _ = try scratch.write(Array(whole.prefix(bytes)), to: "records/op-1.2.qrec")
            #expect(throws: RecordError.self) { try RunRecords.load(directory: scratch.path) }
        } else {
            #expect(try RunRecords.load(directory: scratch.path).missing.count == 1)
        }
        let log = try InterventionLog(
            path: scratch.path.appending(InterventionLog.fileName), network: Self.genesis.network)
        let intervention = Intervention(
            at: Instant(nanoseconds: 5), party: signer, incarnation: 2, act: .killed)
        try log.append(intervention)
        let run = try RunRecords.load(directory: scratch.path)
        #expect(run.missing.isEmpty && run.interventions == [intervention])
        #expect(run.nodes.filter { $0.party == signer }.map(\.incarnation) == [1, 3])
        #expect(run.wasKilled(signer, 2) && !run.wasKilled(signer, 1))
    }

    @Test func aBadLogOfInterventionsIsNamed() throws {
        let scratch = try Self.directory()
        try Self.write(Self.header(.ledger), in: scratch)
        let path = try scratch.write(Array("quorate".utf8), to: InterventionLog.fileName)
        #expect(throws: RecordError(.notAnInterventionLog, path: path)) {
            try RunRecords.load(directory: scratch.path)
        }
        try FileManager.default.removeItem(atPath: path.string)
        let stranger = Party.signer(OperatorIndex(9))
        let log = try InterventionLog(path: path, network: Self.genesis.network)
        try log.append(Intervention(at: Instant(nanoseconds: 5), party: stranger, incarnation: 1, act: .paused))
        #expect(throws: RecordError(.unknownParty(stranger), path: path)) {
            try RunRecords.load(directory: scratch.path)
        }
    }

    @Test func whatIsWrongIsNamed() throws {
        let scratch = try Self.directory()
        let records = scratch.path.appending("records")
        func problem() -> RecordError.Problem? {
            do throws(RecordError) {
                _ = try RunRecords.load(directory: scratch.path)
                return nil
            } catch {
                return error.problem
            }
        }
        #expect(problem() == .noRecords)
        try Self.write(Self.header(.ledger), named: "op-1.1.qrec", in: scratch)
        #expect(problem() == .misnamed(Self.header(.ledger)))
        try FileManager.default.removeItem(atPath: records.appending("op-1.1.qrec").string)
        var foreign = Self.header(.ledger)
        foreign.network = .zero
        try Self.write(foreign, in: scratch)
        #expect(problem() == .otherNetwork)
        try FileManager.default.removeItem(atPath: records.appending("ledger.1.qrec").string)
        let stranger = Party.signer(OperatorIndex(9))
        try Self.write(Self.header(stranger), in: scratch)
        #expect(problem() == .unknownParty(stranger))
        _ = try scratch.write([0, 1, 2], to: "genesis.borsh")
        guard case .malformed = problem() else { return #expect(Bool(false), "a broken genesis was read") }
        let error = #expect(throws: RecordError.self) { try RunRecords.load(directory: scratch.path) }
        #expect(error?.byte == 0, "where what could not be read begins")
    }
}
