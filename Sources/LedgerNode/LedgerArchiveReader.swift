import Cryptography
import Messages
import Primitives
import Records
import Restaking
import SystemPackage

/// Reads a ``LedgerArchive`` from whomever, entry by entry, and believes none of it. What is not as it must be is named with
/// its place: nothing in the file makes more of it be allocated than the file has.
package final class LedgerArchiveReader {
    package let path: FilePath
    package let genesis: Genesis
    package let signatures: SignatureScheme
    private let file: ChunkedFile
    private let digest = RunningDigest(.ledgerArchive)

    package init(_ path: FilePath) throws(InstructionLogError) {
        self.path = path
        do {
            file = try ChunkedFile(path)
        } catch {
            throw InstructionLogError(path: path.string, row: nil, problem: "cannot be read: \(error)")
        }
        let input = Input(path: path, file: file, digest: digest)
        try input.readPreamble()
        signatures = try input.readSignatures()
        genesis = try input.readGenesis()
    }

    /// Applies the log from genesis, and holds the end against what comes out. Once: the file is at its end then.
    ///
    /// - Parameter body: is given each entry once it has been found good; what it throws ends the reading and is thrown.
    package func replay(
        _ body: (LogEntry) throws(InstructionLogError) -> Void = { _ throws(InstructionLogError) in }
    ) throws(InstructionLogError) -> ArchivedLedger {
        try signatures.scoped { () throws(InstructionLogError) in
            var input = Input(path: path, file: file, digest: digest)
            var machine: LedgerMachine
            do {
                machine = try LedgerMachine(genesis: genesis)
            } catch {
                throw InstructionLogError(path: path.string, row: nil, problem: "its genesis: \(error)")
            }
            while let entry = try input.readEntry(machine.head.sequence + 1) {
                try input.check(entry, &machine)
                try body(entry)
            }
            return try input.readEnd(after: machine)
        }
    }
}

/// The file from front to back, each byte into the digest.
private struct Input {
    let path: FilePath
    let file: ChunkedFile
    let digest: RunningDigest
    /// Where the present entry begins.
    var entryStart = 0

    init(path: FilePath, file: ChunkedFile, digest: RunningDigest) {
        self.path = path
        self.file = file
        self.digest = digest
    }

    private func wrong(_ problem: String, row: UInt64? = nil) -> InstructionLogError {
        InstructionLogError(path: path.string, row: row, problem: problem)
    }

    private func take(upTo count: Int) throws(InstructionLogError) -> [UInt8] {
        do {
            let bytes = try file.take(upTo: count)
            digest.add(bytes)
            return bytes
        } catch {
            throw wrong("byte \(file.end) cannot be read: \(error)")
        }
    }

    /// - Parameter part: `its genesis`
    private func take(_ count: Int, of part: String) throws(InstructionLogError) -> [UInt8] {
        let bytes = try take(upTo: count)
        guard bytes.count == count else { throw cutOff(within: part) }
        return bytes
    }

    private func cutOff(within part: String) -> InstructionLogError {
        wrong("ends at byte \(file.position), within \(part): it has been cut off")
    }

    private func number(_ bytes: [UInt8]) -> Int { bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }

    // MARK: The beginning

    func readPreamble() throws(InstructionLogError) {
        let magic = LedgerArchive.magic
        guard try take(upTo: magic.count) == magic else {
            throw wrong("is no ledger that quorate ledger export has written: it does not begin with \"quoledge\"")
        }
        let version = number(try take(2, of: "its header"))
        guard version == LedgerArchive.currentVersion else {
            throw wrong("written in version \(version); this program reads \(LedgerArchive.currentVersion)")
        }
    }

    func readSignatures() throws(InstructionLogError) -> SignatureScheme {
        switch try take(1, of: "its header")[0] {
        case 0: return .ed25519
        case 1: return .modelled(secret: FixedBytes32(try take(FixedBytes32.count, of: "its header"))!)
        case let value:
            throw wrong("byte \(file.position - 1): there are no signatures of kind \(value): it has been altered")
        }
    }

    func readGenesis() throws(InstructionLogError) -> Genesis {
        let network = Digest(try take(FixedBytes32.count, of: "its header"))
        let length = number(try take(LedgerArchive.lengthSize, of: "its header"))
        guard length <= LedgerArchive.genesisLimit else {
            throw wrong(
                "byte \(file.position - LedgerArchive.lengthSize): a genesis cannot have \(length) bytes (at most "
                    + "\(LedgerArchive.genesisLimit)): the length has been altered")
        }
        let start = file.position
        let bytes = try take(length, of: "its genesis")
        do {
            let genesis = try Genesis(borsh: bytes)
            guard genesis.network == network else {
                throw wrong("its genesis, from byte \(start), is not that of the network it names: it has been altered")
            }
            return genesis
        } catch let error as InstructionLogError {
            throw error
        } catch {
            throw wrong("its genesis, from byte \(start): \(error)")
        }
    }

    // MARK: Entries

    /// - Returns: nil at the end of them.
    mutating func readEntry(_ number: UInt64) throws(InstructionLogError) -> LogEntry? {
        entryStart = file.position
        let prefix = try take(upTo: LedgerArchive.lengthSize)
        guard !prefix.isEmpty else {
            throw wrong("ends at byte \(entryStart), after entry \(number - 1), without its end: it has been cut off")
        }
        guard prefix.count == LedgerArchive.lengthSize else { throw cutOff(within: "entry \(number)") }
        let length = self.number(prefix)
        guard length > 0 else { return nil }
        guard length <= LedgerArchive.entryLimit else {
            throw bad(
                number,
                "cannot have \(length) bytes (at most \(LedgerArchive.entryLimit)): the length has been altered")
        }
        let bytes = try take(length, of: "entry \(number)")
        do {
            return try LogEntry(borsh: bytes)
        } catch {
            throw bad(number, "not a log entry: \(error)")
        }
    }

    func check(_ entry: LogEntry, _ machine: inout LedgerMachine) throws(InstructionLogError) {
        let number = machine.head.sequence + 1
        do throws(InstructionLogError) {
            try machine.verify(entry, in: path.string)
        } catch {
            throw bad(number, error.problem)
        }
    }

    private func bad(_ number: UInt64, _ problem: String) -> InstructionLogError {
        wrong("\(problem) (it begins at byte \(entryStart))", row: number)
    }

    // MARK: The end

    func readEnd(after machine: LedgerMachine) throws(InstructionLogError) -> ArchivedLedger {
        let end: LedgerArchive.End
        do {
            end = try LedgerArchive.End(borsh: try take(LedgerArchive.End.size, of: "its end"))
        } catch let error as InstructionLogError {
            throw error
        } catch {
            throw wrong("its end: \(error)")
        }
        let expected = digest.value
        let found = Digest(try take(FixedBytes32.count, of: "its digest"))
        guard found == expected else {
            throw wrong(
                "its digest is \(expected), not \(found.map { "\($0)" } ?? ""): it has been altered, and no entry shows where"
            )
        }
        guard try take(upTo: 1).isEmpty else {
            throw wrong("byte \(file.position - 1): something follows its end, where nothing may")
        }
        guard end.head == machine.head else {
            throw wrong(
                "its end tells of \(end.head.sequence) entries, \(end.head.chain.short); there are "
                    + "\(machine.head.sequence), \(machine.head.chain.short)")
        }
        do {
            try machine.ledger.checkEverything()
        } catch {
            throw wrong("\(error)")
        }
        let root = machine.ledger.stateRoot
        guard end.root == root else {
            throw wrong(
                "its state root is \(end.root), but its instructions come to \(root): is it of this version's rules?")
        }
        return ArchivedLedger(
            ledger: machine.ledger, head: machine.head, root: root, digest: expected, size: file.position)
    }
}
