import Messages
import Primitives
import SystemPackage
import TestSupport
import Testing

@testable import Records

@Suite struct InterventionLogTests {
    private let scratch: Scratch
    private let path: FilePath
    private static let acts: [Intervention.Act] =
        [.killed, .paused, .resumed] + Intervention.Disk.allCases.map { .restarted($0) }
    private let entries = acts.enumerated().map { number, act in
        Intervention(
            at: Instant(nanoseconds: UInt64(number)), party: .signer(OperatorIndex(2)), incarnation: 1, act: act)
    }

    init() throws {
        scratch = try Scratch()
        path = scratch.path.appending(InterventionLog.fileName)
    }

    private func write() throws {
        let log = try InterventionLog(path: path, network: .zero)
        for entry in entries { try log.append(entry) }
    }

    private func problem(_ bytes: [UInt8]) throws -> RecordError? {
        let file = try scratch.write(bytes, to: "altered")
        do throws(RecordError) {
            _ = try InterventionLog.read(file, network: .zero)
            return nil
        } catch {
            #expect(error.path == file)
            return error
        }
    }

    /// Also while the daemon still writes it.
    @Test func whatWasWrittenIsRead() throws {
        #expect(try InterventionLog.read(path, network: .zero).isEmpty)
        let log = try InterventionLog(path: path, network: .zero)
        #expect(try InterventionLog.read(path, network: .zero).isEmpty)
        for (number, entry) in entries.enumerated() {
            try log.append(entry)
            #expect(try InterventionLog.read(path, network: .zero) == Array(entries.prefix(number + 1)))
        }
        #expect(throws: RecordError(.system(doing: "make the log of interventions", .fileExists), path: path)) {
            _ = try InterventionLog(path: path, network: .zero)
        }
        #expect(throws: RecordError(.otherNetwork, path: path)) {
            try InterventionLog.read(path, network: Digest(FixedBytes32([UInt8](repeating: 1, count: 32))!))
        }
    }

    @Test func itsBytesArePinned() throws {
        #expect(entries.map { Hexadecimal.encode($0.borsh.suffix(1)) } == ["00", "01", "02", "03", "04", "05"])
        #expect(Hexadecimal.encode(entries[5].borsh) == "0500000000000000" + "0002000000" + "01000000" + "05")
        #expect(throws: BorshError.unknownCase(type: "Intervention.Act", value: 10)) {
            try Intervention(borsh: entries[0].borsh.dropLast() + [10])
        }
        try write()
        #expect(try Array(scratch.bytes(of: path).prefix(10)) == Array("quointer".utf8) + [1, 0])
    }

    @Test func whatANetworkDoesIsReadToo() throws {
        let acts: [(Intervention.Act, String)] = [
            (.cutOff(partition: 7, side: .between), "060700000000"),
            (.cutOff(partition: 7, side: .and), "060700000001"),
            (.rejoined(partition: 7), "0707000000"),
            (.slowed(change: 8, side: .among, delay: .nanoseconds(9)), "0808000000020900000000000000"),
            (.restored(change: 8), "0908000000"),
        ]
        let log = try InterventionLog(path: path, network: .zero)
        let entries = acts.map {
            Intervention(at: Instant(nanoseconds: 5), party: .coordinator(ServiceID(0)), incarnation: 2, act: $0.0)
        }
        for (entry, bytes) in zip(entries, acts.map(\.1)) {
            #expect(Hexadecimal.encode(entry.borsh).hasSuffix("02000000" + bytes))
            try log.append(entry)
        }
        #expect(try InterventionLog.read(path, network: .zero) == entries)
        #expect(throws: BorshError.unknownCase(type: "Intervention.Side", value: 3)) {
            try Intervention(borsh: entries[0].borsh.dropLast() + [3])
        }
    }

    /// Whatever bit is flipped, wherever the file is cut off: it is named, with the entry.
    @Test func damageIsFound() throws {
        try write()
        let bytes = try scratch.bytes(of: path)
        let preamble = 8 + 2 + 32
        let size = (bytes.count - preamble) / entries.count
        for byte in bytes.indices {
            var altered = bytes
            altered[byte] ^= 1 << (byte % 8)
            let place = byte < preamble ? nil : preamble + (byte - preamble) / size * size
            let found = try problem(altered)
            #expect(found != nil && (place == nil || found?.byte == place), "byte \(byte)")
            let isWhole = byte >= preamble && (byte - preamble).isMultiple(of: size) || byte == 0
            if byte > 0, byte < preamble || !isWhole {
                #expect(try problem(Array(bytes.prefix(byte))) != nil, "\(byte) bytes")
            }
        }
    }
}
