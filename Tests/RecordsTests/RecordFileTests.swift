import Cryptography
import Messages
import Primitives
import SystemPackage
import TestSupport
import Testing

@testable import Records

@Suite struct RecordFileTests {
    static let header = RecordHeader(
        node: "op-3", party: .signer(OperatorIndex(2)), incarnation: 1, network: Domain.stateRoot.digest([7]),
        configuration: [1, 2, 3])

    static let entries: [RecordEntry] =
        (0..<5).map { number in
            .input(
                at: Instant(nanoseconds: number), event: Array(repeating: UInt8(number), count: 20),
                effects: Domain.effects.digest([UInt8(number)]))
        } + [.note(at: Instant(nanoseconds: 9), .refusedToSign(reason: "the guard is damaged"))]

    /// A record as `RecordWriter` makes it, and where each of its entries begins.
    static func record(in scratch: Scratch, closing: Bool = true) throws -> (bytes: [UInt8], starts: [Int]) {
        let path = scratch.path.appending("whole")
        var writer = try RecordWriter(path: path, header: header)
        for entry in entries { writer.append(entry) }
        try writer.flush()
        if closing { try writer.close(at: Instant(nanoseconds: 10)) }
        let bytes = try scratch.bytes(of: path)
        var starts: [Int] = []
        var position = 10
        while position < bytes.count {
            starts.append(position)
            position += 4 + bytes[position..<position + 4].reversed().reduce(0) { $0 << 8 | Int($1) } + 8
        }
        #expect(position == bytes.count)
        return (bytes, starts)
    }

    static func problem(reading bytes: [UInt8], in scratch: Scratch, tolerating: Bool = false) throws -> RecordError? {
        let path = try scratch.write(bytes, to: "altered")
        do throws(RecordError) {
            _ = try RecordFile.read(path, toleratingTornTail: tolerating)
            return nil
        } catch {
            return error
        }
    }

    @Test func whatWasWrittenIsRead() throws {
        let scratch = try Scratch()
        _ = try Self.record(in: scratch)
        let record = try RecordFile.read(scratch.path.appending("whole"))
        #expect(record.header == Self.header)
        #expect(record.entries == Self.entries + [.closed(at: Instant(nanoseconds: 10))])
        #expect(record.ending == .closed(at: Instant(nanoseconds: 10)))
        #expect(record.notes.map(\.at) == [Instant(nanoseconds: 9)])
        let notesOnly = try RecordFile.read(scratch.path.appending("whole"), keepingInputs: false)
        #expect(notesOnly.entries == Array(record.entries.suffix(2)))
    }

    @Test func anUnclosedRecordSaysSo() throws {
        let scratch = try Scratch()
        _ = try Self.record(in: scratch, closing: false)
        #expect(try RecordFile.read(scratch.path.appending("whole")).ending == .cut)
    }

    @Test func everyFlippedBitOfAnEntryIsFoundThere() throws {
        let scratch = try Scratch()
        let (bytes, starts) = try Self.record(in: scratch)
        for index in starts[2]..<starts[3] {
            for bit in 0..<8 {
                var altered = bytes
                altered[index] ^= 1 << bit
                let error = try #require(try Self.problem(reading: altered, in: scratch))
                #expect(error.byte == starts[2], "byte \(index), bit \(bit): \(error)")
            }
        }
    }

    @Test func droppedAndExchangedEntriesAreFound() throws {
        let scratch = try Scratch()
        let (bytes, starts) = try Self.record(in: scratch)
        let dropped = Array(bytes[..<starts[2]] + bytes[starts[3]...])
        let first = bytes[starts[1]..<starts[2]]
        let second = bytes[starts[2]..<starts[3]]
        let exchanged = Array(bytes[..<starts[1]] + second + first + bytes[starts[3]...])
        #expect(try Self.problem(reading: dropped, in: scratch)?.problem == .checksum)
        #expect(try Self.problem(reading: dropped, in: scratch)?.byte == starts[2])
        #expect(try Self.problem(reading: exchanged, in: scratch)?.problem == .checksum)
        #expect(try Self.problem(reading: exchanged, in: scratch)?.byte == starts[1])
    }

    @Test func aTornTailIsNamedOrTolerated() throws {
        let scratch = try Scratch()
        let (bytes, starts) = try Self.record(in: scratch, closing: false)
        let last = try #require(starts.last)
        for end in last + 1..<bytes.count {
            let torn = Array(bytes[..<end])
            #expect(try Self.problem(reading: torn, in: scratch)?.byte == last)
            let path = try scratch.write(torn, to: "torn")
            let record = try RecordFile.read(path, toleratingTornTail: true)
            #expect(record.ending == .torn(at: last))
            #expect(record.entries == Self.entries.dropLast())
        }
        #expect(try Self.problem(reading: Array(bytes[..<(starts[1] - 1)]), in: scratch, tolerating: true)?.byte == 10)
    }

    @Test func otherFilesAreRefused() throws {
        let scratch = try Scratch()
        let (bytes, _) = try Self.record(in: scratch)
        var later = bytes
        later[8] = 9
        #expect(try Self.problem(reading: [], in: scratch)?.problem == .notARecord)
        #expect(try Self.problem(reading: Array("{\"a\": 1}".utf8), in: scratch)?.problem == .notARecord)
        #expect(try Self.problem(reading: later, in: scratch)?.problem == .otherVersion(9))
        #expect(try Self.problem(reading: Array(bytes[..<10]), in: scratch)?.problem == .headerMissing)
    }

    @Test func anExistingRecordIsNeverWrittenOver() throws {
        let scratch = try Scratch()
        _ = try Self.record(in: scratch)
        let path = scratch.path.appending("whole")
        let error = #expect(throws: RecordError.self) { _ = try RecordWriter(path: path, header: Self.header) }
        #expect(error?.description.hasPrefix("\(path): cannot make the record: File exists") == true)
    }

    @Test func aFullDiskIsNamed() throws {
        let path = FilePath("/dev/full")
        let file = try FileDescriptor.open(path, .writeOnly)
        defer { try? file.close() }
        let error = #expect(throws: RecordError.self) {
            _ = try RecordWriter(path: path, file: file, header: Self.header)
        }
        #expect(error?.description == "/dev/full: cannot write the record: No space left on device")
    }

    /// Whatever the bytes, reading ends with a record or a named error.
    @Test(arguments: 1...4 as ClosedRange<UInt64>) func hostileBytesNeverTrap(seed: UInt64) throws {
        let scratch = try Scratch()
        let (bytes, _) = try Self.record(in: scratch)
        var random = SeededRandom(seed: seed, purpose: "records fuzz")
        for round in 0..<300 {
            var altered = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: altered.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: altered[index] = UInt8.random(in: 0...255, using: &random)
                case 1: altered.remove(at: index)
                case 2: altered.insert(UInt8.random(in: 0...255, using: &random), at: index)
                default: altered.removeLast(min(altered.count - 1, Int.random(in: 0..<40, using: &random)))
                }
            }
            guard altered != bytes else { continue }
            let error = try Self.problem(reading: altered, in: scratch)
            let cutAtABorder = error == nil && bytes.starts(with: altered)
            #expect(error != nil || cutAtABorder, "seed \(seed), round \(round)")
        }
    }
}
