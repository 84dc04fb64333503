import ArgumentParser
import Messages
import Primitives
import Replaying
import Reports
import Restaking

struct LedgerHistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Tell what an operator did, and what became of it, epoch by epoch.",
        discussion: """
            What it instructed, what it weighed in each operator set that was opened, and slashes, jails and revoked seats.

            Exit status: 0; 2 when there is no such run or operator.
            """)

    @Argument(help: "The operator.")
    var signer: String

    @OptionGroup var options: LedgerOptions

    @Flag(help: "One JSON document instead of lines.")
    var json = false

    private struct Event {
        let sequence: UInt64
        let slot: Slot
        let epoch: Epoch
        let text: String
    }

    func run() throws {
        let input = try options.read()
        let index = try input.index(ofOperator: signer)
        let words = PartyNames(input.genesis)
        let key = input.genesis.signers[Int(index.number)].key
        let initial = try input.initialLedger()
        var events = initial.operatorSets.compactMap { set in
            Self.weight(of: index, in: set, words).map { Event(sequence: 0, slot: Slot(0), epoch: Epoch(0), text: $0) }
        }
        _ = try input.ledger { entry, changes, ledger in
            func tell(_ text: String) {
                events.append(Event(sequence: entry.sequence, slot: ledger.slot, epoch: ledger.epoch, text: text))
            }
            if entry.signed.authority == key, Self.isWorthTelling(entry.signed.instruction) {
                let outcome = entry.outcome == .applied ? "" : ": \(entry.outcome)"
                tell(words.text(of: entry.signed.instruction) + outcome)
            }
            for change in changes {
                switch change {
                case .slashed(let record) where record.signer == index:
                    tell(words.text(of: record) + " for \(words.text(of: record.voteKey))")
                case .event(.jailed(index, let service, let epoch)):
                    tell("jailed in \(words.name(of: service)) from epoch \(epoch)")
                case .operatorSetOpened(let set):
                    if let text = Self.weight(of: index, in: set, words) { tell(text) }
                default: break
                }
            }
        }
        try Console.print(json ? document(events).document : table(events).text)
    }

    /// What it settles for its AVS is the coordinator's business, and there is too much of it.
    private static func isWorthTelling(_ instruction: Instruction) -> Bool {
        switch instruction {
        case .submitCertificate, .claimParticipation: false
        default: true
        }
    }

    private static func weight(of signer: OperatorIndex, in set: OperatorSet, _ words: PartyNames) -> String? {
        let service = "\(words.name(of: set.service)) (epoch \(set.epoch), revision \(set.revision))"
        guard let member = set.index(of: signer) else { return "has no seat in \(service)" }
        return "weighs \(set.members[member.place].weight) of \(set.total) in \(service)"
    }

    private func table(_ events: [Event]) -> TextTable {
        TextTable(
            columns: [
                .init("instruction", isNumber: true), .init("slot", isNumber: true), .init("epoch", isNumber: true),
                .init("what"),
            ],
            rows: events.map { [$0.sequence == 0 ? "-" : "\($0.sequence)", "\($0.slot)", "\($0.epoch)", $0.text] })
    }

    private func document(_ events: [Event]) -> JSONValue {
        .object([
            ("schema_version", .integer(1)), ("operator", .string(signer)),
            (
                "events",
                .array(
                    events.map { event in
                        .object([
                            ("instruction", .unsigned(event.sequence)), ("slot", .unsigned(event.slot.number)),
                            ("epoch", .unsigned(event.epoch.number)), ("what", .string(event.text)),
                        ])
                    })
            ),
        ])
    }
}
