import Attesting
import Cryptography
import Foundation
import Messages
import Primitives
import SystemPackage
import TestSupport
import Testing

@testable import Node

@Suite struct GuardFileTests {
    let scratch: Scratch
    let path: FilePath
    let network = Fixture.genesis.network
    let key = Fixture.signers[0].publicKey
    let statements = (0..<5).map { GuardEntry.statement(Fixture.statement($0)) }
    /// Bytes that a statement takes.
    let entrySize = GuardFile.entryOverhead + 1 + 157

    init() throws {
        scratch = try Scratch()
        path = scratch.path.appending("op-1.guard")
    }

    private func write(_ statements: [GuardEntry], mode: GuardMode = .written) throws {
        let file = try GuardFile.create(path, network: network, key: key, mode: mode)
        try file.append(statements)
        try file.sync()
    }

    private func read(_ file: FilePath) throws -> [GuardEntry] {
        try GuardFile.open(file, network: network, key: key, mode: .written).recorded
    }

    private func shown(_ file: FilePath) throws -> [GuardEntry] {
        var statements: [GuardEntry] = []
        try GuardFile.read(file, network: network, key: key) { statements.append($0) }
        return statements
    }

    private func problem(_ body: () throws -> Void) -> GuardFileError? {
        do {
            try body()
            return nil
        } catch { return error as? GuardFileError }
    }

    @Test(arguments: GuardMode.allCases)
    func whatWasAppendedIsThereAfterReopening(mode: GuardMode) throws {
        try write(Array(statements.prefix(2)), mode: mode)
        do {
            let (file, recorded) = try GuardFile.open(path, network: network, key: key, mode: mode)
            #expect(recorded == Array(statements.prefix(2)))
            try file.append(Array(statements[2..<4]))
            try file.append([statements[4]])
            try file.sync()
        }
        #expect(try read(path) == statements)
        #expect(try scratch.bytes(of: path).count == GuardFile.headerSize + 5 * entrySize)
    }

    @Test(arguments: [GuardMode.synced, .written]) func withTheHostsPowerGoesWhatWasNotSynced(mode: GuardMode) throws {
        let entries = (0..<4).map { GuardEntry.statement(Fixture.statement($0)) }
        try write(Array(entries[..<2]))
        do {
            let (file, _) = try GuardFile.open(path, network: network, key: key, mode: mode)
            try file.append([entries[2]])
            try file.sync()
            try file.append([entries[3]])
            file.losePower()
        }
        let left = try GuardFile.open(path, network: network, key: key, mode: mode)
        #expect(left.recorded == Array(entries[..<(mode == .synced ? 3 : 2)]))
        try left.0.append([entries[3]])
        #expect(try shown(path) == left.recorded + [entries[3]])
    }

    /// What a coordinator keeps: entries of different lengths.
    @Test func everyKindOfEntryComesBackAndItsHighestTaskIsNeverForgotten() throws {
        let headers = (1...300).map { Fixture.header(UInt64($0)) }
        let evidence = GuardEntry.evidence(Fixture.evidence)
        let entries = headers.map { GuardEntry.task($0) } + [evidence, .answered(offence: Fixture.evidence.offence)]
        try write(entries)
        #expect(try shown(path) == entries)
        #expect(try read(path) == entries)
        let (_, kept) = try GuardFile.open(path, network: network, key: key, mode: .written, keeping: 2)
        #expect(kept == [.task(headers[299])] + entries.suffix(2))
    }

    @Test func moreStatementsThanOneReadTakes() throws {
        let many = (0..<3_000).map { GuardEntry.statement(Fixture.statement($0)) }
        try write(many)
        #expect(try read(path) == many)
    }

    /// Two lanes whose numbers do not only rise: the newest come back, and of all older ones a guard calls none free.
    @Test func whatIsTooOldToKeepIsNeverSignedAgain() throws {
        let old = (1...600).flatMap { number in
            (0..<2).map { (lane: UInt64) in
                var statement = Fixture.statement(UInt64(number ^ 1))
                statement.voteKey.subject.scope = lane
                return statement
            }
        }
        try write(old.map { .statement($0) })
        let (file, recorded) = try GuardFile.open(path, network: network, key: key, mode: .written, keeping: 110)
        #expect(recorded.count == 112)
        #expect(Array(recorded.suffix(110)) == old.suffix(110).map { .statement($0) })
        var guardBook = SigningGuard(capacity: 100)
        for case .statement(let statement) in recorded where guardBook.answer(for: statement) == .free {
            guardBook.record(statement)
        }
        for statement in old { #expect(guardBook.answer(for: statement) != .free) }
        for statement in old.suffix(90) { #expect(guardBook.answer(for: statement) == .recordedAlready) }
        #expect(guardBook.answer(for: Fixture.statement(602)) == .free)
        try file.append([.statement(Fixture.statement(602))])
        #expect(try shown(path) == (old + [Fixture.statement(602)]).map { .statement($0) })
    }

    /// The largest payload that a task may have, and enough of them to be read in several chunks.
    @Test func submissionsComeBackWithTheirPayloads() throws {
        let entries = (0..<UInt64(8)).map { number -> GuardEntry in
            let payload = [UInt8](repeating: UInt8(number), count: ServiceTask.payloadLimit)
            return .submission(Fixture.header(number), payload: payload, ticket: 7, count: number + 1)
        }
        try write(entries)
        #expect(try read(path) == entries)
    }

    /// Of older ones the payload is left out; what they say of numbering stays, whatever comes after them.
    @Test func olderSubmissionsKeepTheirCounts() {
        var recent = RecentEntries(limit: 4, payloadLimit: 2)
        for number: UInt64 in 0..<4 {
            recent.add(.submission(Fixture.header(number), payload: [1], ticket: number, count: number + 1))
        }
        func entry(_ number: UInt64, _ payload: [UInt8]) -> GuardEntry {
            .submission(Fixture.header(number), payload: payload, ticket: number, count: number + 1)
        }
        #expect(recent.all == [entry(0, []), entry(1, []), entry(2, [1]), entry(3, [1])])
        for number: UInt64 in 4..<10 { recent.add(.task(Fixture.header(number))) }
        #expect(recent.all == [.task(Fixture.header(5)), entry(3, [])] + (6..<10).map { .task(Fixture.header($0)) })
    }

    @Test(arguments: [(0, 0), (1, 0), (5, 2)]) func rolledBackItHoldsItsOlderHalf(count: Int, kept: Int) throws {
        try write(Array(statements.prefix(count)))
        #expect(try GuardFile.rollBack(path, network: network, key: key, mode: .written) == count)
        let (file, recorded) = try GuardFile.open(path, network: network, key: key, mode: .written)
        #expect(recorded == Array(statements.prefix(kept)))
        try file.append([statements[4]])
        #expect(try shown(path) == statements.prefix(kept) + [statements[4]])
    }

    @Test func whatIsInUseIsNotRolledBack() throws {
        let file = try GuardFile.create(path, network: network, key: key, mode: .written)
        try withExtendedLifetime(file) {
            try file.append(statements)
            #expect(
                problem { _ = try GuardFile.rollBack(path, network: network, key: key, mode: .written) }
                    == GuardFileError(.inUse, path: path))
        }
        #expect(try shown(path) == statements)
    }

    /// Every bit of the file is covered: header, lengths, entries and checksums. A length that was made to reach past the
    /// end of the file looks like a file that ends too early.
    @Test func everyFlippedBitIsFound() throws {
        try write(Array(statements.prefix(2)))
        let bytes = try scratch.bytes(of: path)
        for byte in bytes.indices {
            var damaged = bytes
            damaged[byte] ^= 1 << (byte % 8)
            let file = try scratch.write(damaged, to: "damaged")
            let entry = (byte - GuardFile.headerSize) / entrySize
            let place = byte < GuardFile.headerSize ? 0 : GuardFile.headerSize + entry * entrySize
            let found = problem { _ = try read(file) }
            #expect(found?.byte == place, "byte \(byte)")
            let isInLength = byte >= GuardFile.headerSize && byte - place < GuardFile.lengthSize
            switch found?.problem {
            case .notAGuard: #expect(byte < GuardFile.magic.count, "byte \(byte)")
            case .checksum: #expect(byte >= GuardFile.magic.count, "byte \(byte)")
            case .truncated: #expect(isInLength, "byte \(byte)")
            default: Issue.record("byte \(byte): \(String(describing: found))")
            }
        }
    }

    @Test func aFileThatEndsTooEarlyIsNamed() throws {
        try write(Array(statements.prefix(2)))
        let bytes = try scratch.bytes(of: path)
        let ends = [GuardFile.headerSize, GuardFile.headerSize + entrySize, bytes.count]
        for count in bytes.indices {
            let file = try scratch.write(Array(bytes.prefix(count)), to: "short")
            let start = ends.last { $0 <= count } ?? 0
            let inLength = start > 0 && count - start < GuardFile.lengthSize
            // Without its length, no more is known of an entry than that it has a checksum.
            let missing =
                inLength ? GuardFile.entryOverhead - (count - start) : ends.first { $0 > count }! - count
            // At the end of an entry nothing can be seen to be missing: the others' memory is there for that.
            let expected =
                ends.contains(count) ? nil : GuardFileError(.truncated(missing: missing), path: file, byte: start)
            #expect(problem { _ = try read(file) } == expected, "\(count) bytes")
        }
    }

    /// `/dev/full` takes nothing, as a full disk does; `/dev/null` takes everything, and syncs nothing.
    @Test func aDiskThatIsFullOrDoesNotSyncIsTold() throws {
        let full = try GuardFile.on("/dev/full")
        #expect(
            problem { try full.append(statements) }
                == GuardFileError(.system(doing: "write the guard file", .noSpace), path: "/dev/full"))
        let unsynced = try GuardFile.on("/dev/null")
        try unsynced.append(statements)
        #expect(
            problem { try unsynced.sync() }
                == GuardFileError(.system(doing: "sync the guard file", .invalidArgument), path: "/dev/null"))
    }

    @Test func exchangedAndDroppedEntriesAreFound() throws {
        try write(Array(statements.prefix(3)))
        let bytes = try scratch.bytes(of: path)
        let header = bytes.prefix(GuardFile.headerSize)
        let entries = (0..<3).map {
            bytes.dropFirst(GuardFile.headerSize + $0 * entrySize).prefix(entrySize)
        }
        for order in [[0, 2, 1], [0, 2], [1, 2], [0, 0, 1, 2]] {
            let file = try scratch.write(Array(header) + order.flatMap { entries[$0] }, to: "mixed")
            #expect(problem { _ = try read(file) }?.problem == .checksum, "\(order)")
        }
    }

    @Test func theGuardOfAnotherNetworkOrKeyIsRefused() throws {
        try write(statements)
        let others: [(Digest, PublicKey, GuardFileError)] = [
            (.zero, key, GuardFileError(.otherNetwork, path: path, byte: 10)),
            (network, Fixture.clock.publicKey, GuardFileError(.otherKey, path: path, byte: 42)),
        ]
        for (network, key, expected) in others {
            #expect(
                problem { _ = try GuardFile.open(path, network: network, key: key, mode: .written) } == expected)
        }
    }

    /// A program shares the locks of whoever starts it for a moment, and then is alone with them where that one has died.
    @Test func whoeverHasItForAMomentIsWaitedFor() throws {
        try write(statements)
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        let program = Process()
        program.executableURL = URL(filePath: "/bin/sleep")
        program.arguments = ["0.1"]
        program.standardInput = FileHandle(fileDescriptor: file.rawValue, closeOnDealloc: false)
        try file.closeAfter {
            #expect(flock(file.rawValue, LOCK_EX) == 0)
            try program.run()
        }
        #expect(try read(path) == statements)
        program.waitUntilExit()
    }

    @Test func missingExistingAndBusyFilesAreNamed() throws {
        #expect(problem { _ = try read(path) } == GuardFileError(.missing, path: path))
        let file = try GuardFile.create(path, network: network, key: key, mode: .synced)
        #expect(problem { _ = try read(path) } == GuardFileError(.inUse, path: path))
        #expect(try shown(path) == [])
        withExtendedLifetime(file) {
            #expect(
                problem { _ = try GuardFile.create(path, network: network, key: key, mode: .synced) }
                    == GuardFileError(.system(doing: "make the guard file", .fileExists), path: path))
        }
    }
}

extension GuardFile {
    /// As if a device were a guard that has just been made.
    static func on(_ device: FilePath) throws -> GuardFile {
        GuardFile(
            path: device, mode: .synced, file: try FileDescriptor.open(device, .readWrite),
            checksum: ChainChecksum(.guardFile, over: []), size: 0)
    }
}
