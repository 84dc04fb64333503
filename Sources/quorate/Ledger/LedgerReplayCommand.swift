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
            the same for everyone who applies the same log.

            Exit status: 0; 2 when there is no such run, or its log is damaged, which is named.
            """)

    @OptionGroup var options: LedgerOptions

    @Flag(help: "One JSON document.")
    var json = false

    func run() throws {
        let input = try options.read()
        let ledger = try CommandFailure.asBadInput {
            try RunManifest.signatures(ofRunIn: input.directory).scoped { try verified(input) }
        }
        let root = "\(ledger.stateRoot)"
        guard json else {
            return try Console.print(
                "\(ledger.sequence) instructions, slot \(ledger.slot), epoch \(ledger.epoch): state root \(root)")
        }
        try Console.print(
            JSONValue.object([
                ("schema_version", .integer(1)), ("instructions", .unsigned(ledger.sequence)),
                ("slot", .unsigned(ledger.slot.number)), ("epoch", .unsigned(ledger.epoch.number)),
                ("state_root", .string(root)),
            ]).document)
    }

    private func verified(_ input: LedgerInput) throws -> Ledger {
        var ledger = try input.initialLedger()
        for line in input.lines { try input.check(line, ledger.apply(line.signed), ledger) }
        do {
            try ledger.checkEverything()
        } catch {
            throw CommandFailure.badInput("\(input.directory.path): \(error)")
        }
        return ledger
    }
}
