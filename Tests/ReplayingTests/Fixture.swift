import Cryptography
import Foundation
import Messages
import Primitives
import Records
import SystemPackage

/// A network of two operators and one AVS.
enum Fixture {
    static let coordinator = key(100)

    static let genesis: Genesis = {
        let signers = [key(1), key(2)]
        return Genesis(
            runID: .zero,
            parameters: LedgerParameters(slotDuration: .milliseconds(50), slotsPerEpoch: 32, unbondingEpochs: 2),
            clock: key(200).publicKey,
            signers: signers.enumerated().map { Genesis.Signer(name: "op-\($0 + 1)", key: $1.publicKey) },
            restakers: signers.enumerated().map { index, key in
                Genesis.Restaker(
                    name: "op-\(index + 1)", key: key.publicKey, deposit: Lamports(100),
                    delegations: [
                        Genesis.Delegation(signer: OperatorIndex(UInt32(index)), amount: Lamports(100))
                    ])
            },
            services: [
                Genesis.Service(
                    name: "squares", module: "squaring", coordinator: coordinator.publicKey, threshold: .twoThirds,
                    dissemination: .star, deadline: .seconds(1),
                    evidenceWindow: .seconds(2), optedIn: [OperatorIndex(0), OperatorIndex(1)],
                    slash: SlashTerms(equivocation: .basisPoints(500)))
            ])
    }()

    static func key(_ number: UInt8) -> SigningKey {
        SigningKey(seed: FixedBytes32([number] + [UInt8](repeating: 0, count: 31))!)
    }

    /// A run directory with this record in it.
    ///
    /// - Parameter closing: false leaves it as a killed process does.
    /// - Returns: the record's file.
    @discardableResult static func write(
        _ entries: [RecordEntry], name: String, party: Party, configuration: [UInt8], to directory: FilePath,
        closing: Bool = true
    ) throws -> FilePath {
        let records = directory.appending(RunRecords.directoryName)
        try FileManager.default.createDirectory(atPath: records.string, withIntermediateDirectories: true)
        try Data(genesis.borsh).write(to: URL(filePath: directory.appending(RunRecords.genesisName).string))
        let header = RecordHeader(
            node: name, party: party, incarnation: 1, network: genesis.network, configuration: configuration)
        var writer = try RecordWriter(path: records.appending(header.fileName), header: header)
        for entry in entries { writer.append(entry) }
        if closing { try writer.close(at: Instant(nanoseconds: 0)) } else { try writer.flush() }
        return records.appending(header.fileName)
    }
}
