import Attesting
import Cryptography
import Faults
import Links
import Messages
import Primitives
import Records
import SystemPackage
import TestSupport
import Testing

@testable import Node

@Suite struct NodeConfigurationTests {
    let scratch: Scratch
    let configuration: NodeConfiguration

    init() throws {
        scratch = try Scratch()
        let plan = FaultPlan(party: .signer(OperatorIndex(0)), behaviour: .silent, lasts: .tasks(3))
        configuration = NodeConfiguration(
            name: "op-1", incarnation: 1, genesis: scratch.path.appending("genesis.borsh"),
            key: scratch.path.appending("op-1.json"), ledgerPort: 4_711, record: scratch.path.appending("op-1.1.qrec"),
            guardFile: scratch.path.appending("op-1.guard"), guardMode: .synced,
            links: OutboundLinks(
                seed: 42, standard: LinkTerms(latency: .milliseconds(2), jitter: .microseconds(500)),
                to: [Fixture.signer(1), Fixture.signer(2)]
            ) { LinkTerms(latency: .milliseconds($0 == Fixture.signer(1) ? 35 : 70), loss: .twoThirds) },
            role: .signer(OperatorIndex(0), faults: [plan], seed: 7),
            programs: [
                ServiceProgramTerms(
                    service: ServiceID(1),
                    terms: ProgramTerms(
                        command: ["sh", "-c", ""], directory: "/", timeLimit: .milliseconds(500),
                        memoryLimit: .mebibytes(256), outputLimit: .kibibytes(64), validates: true))
            ])
        _ = try scratch.write(Fixture.genesis.borsh, to: "genesis.borsh")
        try KeypairFile.write(Fixture.signers[0], to: configuration.key)
    }

    private func message(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch { return "\(error)" }
    }

    @Test func isReadBackAndOpened() throws {
        let file = try scratch.write(configuration.borsh, to: "op-1.configuration")
        #expect(try NodeConfiguration.read(file) == configuration)
        let equipment = try NodeEquipment.open(configuration)
        #expect(equipment.party == Fixture.signer(0) && equipment.recorded.isEmpty)
        let record = try RecordFile.read(configuration.record)
        #expect(try NodeRole(borsh: record.header.configuration) == configuration.role)
        #expect(record.header.fileName == "op-1.1.qrec")
    }

    @Test func whatCannotBeReadIsNamed() throws {
        let missing = scratch.path.appending("missing")
        #expect(
            message { _ = try NodeConfiguration.read(missing) }
                == "\(missing): cannot be read: No such file or directory")
        let short = try scratch.write(Array(configuration.borsh.dropLast()), to: "short")
        let text = message { _ = try NodeConfiguration.read(short) }
        #expect(text?.hasPrefix("\(short): not a node's configuration: ") == true)
        var other = configuration
        other.genesis = short
        #expect(message { _ = try NodeEquipment.open(other) }?.hasPrefix("\(short): not a genesis: ") == true)
        let long = try scratch.write([UInt8](repeating: 0, count: NodeConfiguration.sizeLimit + 1), to: "long")
        #expect(
            message { _ = try NodeConfiguration.read(long) }
                == "\(long): longer than the \(NodeConfiguration.sizeLimit) bytes allowed")
    }

    @Test func whatDoesNotFitGenesisIsRefused() throws {
        var other = configuration
        other.name = "op-2"
        #expect(message { _ = try NodeEquipment.open(other) } == "the configuration names the node op-2, genesis op-1")
        other = configuration
        other.role = .signer(OperatorIndex(9), faults: [], seed: 0)
        #expect(throws: NodeConfigurationError.unknownParty(Fixture.signer(9))) { try NodeEquipment.open(other) }
        other = configuration
        other.key = scratch.path.appending("other.json")
        try KeypairFile.write(Fixture.signers[1], to: other.key)
        #expect(throws: NodeConfigurationError.otherKey(other.key, party: "op-1")) { try NodeEquipment.open(other) }
    }

    /// An operator's, that is: a coordinator would issue its numbers again.
    @Test func whoeverHasLostItsGuardMakesAnotherOne() throws {
        var second = configuration
        second.incarnation = 2
        second.hasLostGuard = true
        second.record = scratch.path.appending("op-1.2.qrec")
        #expect(try NodeConfiguration(borsh: second.borsh) == second)
        #expect(try NodeEquipment.open(second).recorded.isEmpty)
        second.name = "coordinator-squares"
        second.record = scratch.path.appending("coordinator-squares.2.qrec")
        second.guardFile = scratch.path.appending("coordinator-squares.guard")
        second.key = scratch.path.appending("coordinator.json")
        let load = TaskLoad(tasks: 1, interval: .seconds(1), arrival: .fixed, seed: 1)
        second.role = .coordinator(ServiceID(0), load, faults: [], seed: 7, isLive: true)
        try KeypairFile.write(Fixture.coordinators[0], to: second.key)
        #expect(message { _ = try NodeEquipment.open(second) }?.contains("guard is missing") == true)
    }

    @Test func aNodeThatStartsAgainWithoutItsGuardDoesNotStart() throws {
        var second = configuration
        second.incarnation = 2
        #expect(throws: GuardFileError(.missing, path: second.guardFile)) { try NodeEquipment.open(second) }
        let record = try RecordFile.read(second.record)
        #expect(
            record.notes.map(\.observation) == [
                .refusedToSign(reason: "\(GuardFileError(.missing, path: second.guardFile))")
            ])
        #expect(record.isClosed)
    }
}
