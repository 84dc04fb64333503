import ArgumentParser
import Cluster
import Cryptography
import Messages
import Primitives
import Reports
import Restaking

struct LedgerReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Apply a ledger's log again, from genesis to its state root.",
        discussion: """
            Each instruction's signature is checked and its outcome compared; in the end stands the state root, which is \
            the same for everyone who applies the same log. The ledger tells everyone the root as each epoch begins: \
            --epochs lists them.

              quorate ledger replay
              quorate ledger replay quickstart-20261124T090248Z --epochs

            Exit status: 0; 2 when there is no such run or epoch, or its log is damaged, which is named.
            """)

    @OptionGroup var options: LedgerOptions

    @Flag(help: "The root as each epoch began, too.")
    var epochs = false

    @Option(help: ArgumentHelp("Nothing but the root as this epoch began.", valueName: "n"))
    var epoch: UInt64?

    @Flag(help: "One JSON document.")
    var json = false

    func validate() throws {
        if epoch != nil, epochs || json {
            throw ValidationError("--epoch prints a root and nothing else: leave the rest out")
        }
    }

    func run() throws {
        let input = try options.read()
        let ledger = try verified(input)
        if let epoch {
            return try Console.print("\(input.ledger(atOpeningOf: Epoch(epoch)).stateRoot)")
        }
        var openings: [Opening] = []
        if epochs { try input.openings { openings.append(Opening($0)) } }
        let end = Opening(ledger)
        guard json else {
            let table = epochs ? Self.table(openings) + "\n" : ""
            return try Console.print("\(table)\(ledger.place): state root \(end.root)")
        }
        var members = end.members
        members.insert(("schema_version", .integer(1)), at: 0)
        if epochs { members.append(("epochs", .array(openings.map { .object($0.members) }))) }
        try Console.print(JSONValue.object(members).document)
    }

    /// A ledger's state at one moment.
    private struct Opening {
        let epoch: Epoch
        let slot: Slot
        let instructions: UInt64
        let root: Digest

        init(_ ledger: Ledger) {
            (epoch, slot, instructions, root) = (ledger.epoch, ledger.slot, ledger.sequence, ledger.stateRoot)
        }

        var members: [(key: String, value: JSONValue)] {
            [
                ("instructions", .unsigned(instructions)), ("slot", .unsigned(slot.number)),
                ("epoch", .unsigned(epoch.number)), ("state_root", .string("\(root)")),
            ]
        }
    }

    private static func table(_ openings: [Opening]) -> String {
        TextTable(
            columns: [
                .init("epoch", isNumber: true), .init("slot", isNumber: true), .init("instruction", isNumber: true),
                .init("state root"),
            ],
            rows: openings.map { ["\($0.epoch)", "\($0.slot)", "\($0.instructions)", "\($0.root)"] }
        ).text
    }

    private func verified(_ input: LedgerInput) throws(CommandFailure) -> Ledger {
        var ledger = try input.initialLedger()
        try input.forEachEntry { entry throws(CommandFailure) in
            try input.check(entry, ledger.apply(entry.signed), ledger)
        }
        do {
            try ledger.checkEverything()
        } catch {
            throw CommandFailure.badInput("\(input.directory.path): \(error)")
        }
        return ledger
    }
}

extension Ledger {
    /// How far it has come.
    var place: String { "\(sequence) instructions, slot \(slot), epoch \(epoch)" }
}
