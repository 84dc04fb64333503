import ArgumentParser
import Messages
import Primitives
import Reports
import Restaking

struct LedgerShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show assets, operators, AVSs, restakers and what is under way.",
        discussion: """
            Amounts are in whole tokens with nine decimals, at the vault's present price, rounded down; in JSON they are \
            strings of lamports, or of an asset's smallest units.

            Exit status: 0; 2 when there is no such run, or its log cannot be read.
            """)

    @OptionGroup var options: LedgerOptions

    @Option(
        help: ArgumentHelp(
            "Only this: assets, operators, services, restakers, queue. (default: all)", valueName: "part"))
    var only: LedgerPart?

    @Flag(help: "One JSON document instead of tables.")
    var json = false

    func run() throws {
        let input = try options.read()
        let ledger = try input.ledger()
        if json {
            try Console.print(LedgerDocument(ledger, input.genesis).document(only).document)
        } else {
            try Console.print(LedgerTables(ledger, input.genesis).text(only))
        }
    }
}

enum LedgerPart: String, CaseIterable, ExpressibleByArgument {
    case assets, operators, services, restakers, queue
}

/// The restaking state as tables.
struct LedgerTables {
    private let ledger: Ledger
    private let names: LedgerNames

    init(_ ledger: Ledger, _ genesis: Genesis) {
        self.ledger = ledger
        names = LedgerNames(genesis, ledger)
    }

    func text(_ only: LedgerPart?) -> String {
        let parts: [(LedgerPart, TextTable)] = [
            (.assets, assets), (.operators, operators), (.services, services), (.restakers, restakers), (.queue, queue),
        ]
        let shown = parts.filter { only == nil || only == $0.0 }
        return ([header] + shown.map { "\($0.0.rawValue)\n" + ($0.1.rows.isEmpty ? "none" : $0.1.text) })
            .joined(separator: "\n\n")
    }

    private var header: String {
        "ledger  slot \(ledger.slot), epoch \(ledger.epoch), \(ledger.sequence) instructions, "
            + "state root \(ledger.stateRoot)"
    }

    private var assets: TextTable {
        TextTable(
            columns: [
                .init("asset"), .init("status"), .init("rate"), .init("weight", isNumber: true),
                .init("in the vault", isNumber: true), .init("worth", isNumber: true), .init("earned", isNumber: true),
                .init("budgets", isNumber: true), .init("fees", isNumber: true), .init("burned", isNumber: true),
                .init("withdrawn", isNumber: true),
            ],
            rows: ledger.assetViews.map { view in
                let books = view.books
                return [
                    view.terms.name, "\(view.status)", "\(view.rate)", "\(view.terms.weight)",
                    names.text(of: books.vault, view.asset), names.text(of: view.value),
                    names.text(of: books.earned, view.asset), names.text(of: books.budgets, view.asset),
                    names.text(of: books.fees, view.asset), names.text(of: books.burned, view.asset),
                    names.text(of: books.withdrawn, view.asset),
                ]
            })
    }

    private var operators: TextTable {
        TextTable(
            columns: [
                .init("operator"), .init("status"), .init("commission", isNumber: true), .init("asset"),
                .init("active", isNumber: true), .init("leaving", isNumber: true), .init("activating", isNumber: true),
                .init("unbonding", isNumber: true), .init("weighs"),
            ],
            rows: ledger.operatorViews.flatMap { view -> [[String]] in
                let weights = view.weights.sorted { $0.key < $1.key }
                    .map { "\(names.name(of: $0.key)) \(names.text(of: $0.value))" }.joined(separator: ", ")
                let stakes = view.stakes.isEmpty ? [nil] : view.stakes.map { Optional($0) }
                return stakes.enumerated().map { place, stake in
                    let head =
                        place == 0
                        ? [names.name(of: view.signer), status(of: view), "\(view.commission)"] : ["", "", ""]
                    let amounts = stake.map { stake in
                        [names.name(of: stake.asset)]
                            + [stake.active, stake.leaving, stake.activating, stake.unbonding].map {
                                names.text(of: $0, stake.asset)
                            }
                    }
                    return head + (amounts ?? ["-", "-", "-", "-", "-"]) + [place == 0 ? weights : ""]
                }
            })
    }

    private func status(of view: OperatorView) -> String {
        switch view.status {
        case .tombstoned(let epoch): return "slashed, since epoch \(epoch)"
        case .exited(let epoch): return "exited in epoch \(epoch)"
        case .active:
            guard !view.jails.isEmpty else { return "active" }
            return "jailed in "
                + view.jails.sorted { $0.key < $1.key }.map { "\(names.name(of: $0.key)) to epoch \($0.value)" }
                .joined(separator: ", ")
        }
    }

    private var services: TextTable {
        TextTable(
            columns: [
                .init("service"), .init("status"), .init("members", isNumber: true), .init("stake", isNumber: true),
                .init("threshold"), .init("tasks settled", isNumber: true), .init("budget", isNumber: true),
                .init("inbox", isNumber: true),
            ],
            rows: ledger.serviceViews.map { view in
                let status =
                    view.defunct != nil
                    ? "defunct" : view.revocation != nil ? "its coordinator is revoked" : "alive"
                return [
                    view.terms.name, status, "\(view.operatorSet.members.count)",
                    names.text(of: view.operatorSet.total), "\(view.terms.threshold)", "\(view.tasksSettled)",
                    names.text(of: view.budget), "\(view.inboxCount)",
                ]
            })
    }

    private var restakers: TextTable {
        TextTable(
            columns: [
                .init("restaker"), .init("what"), .init("operator"), .init("amount", isNumber: true), .init("from"),
            ],
            rows: (0..<ledger.restakerCount).flatMap { place -> [[String]] in
                let view = ledger.view(ofRestaker: RestakerIndex(UInt32(place)))
                var rows = view.idle.map { ["idle", "", names.text(of: $0.amount, $0.asset), ""] }
                for delegation in view.delegations {
                    let name = names.name(of: delegation.signer)
                    if delegation.active > .zero {
                        rows.append(["active", name, names.text(of: delegation.active, delegation.asset), ""])
                    }
                    if delegation.activating > .zero {
                        rows.append(
                            [
                                "activating", name, names.text(of: delegation.activating, delegation.asset),
                                "epoch \(ledger.epoch.next)",
                            ])
                    }
                }
                rows += view.unbonding.map { claim in
                    [
                        claim.epoch == ledger.epoch ? "leaving" : "unbonding", names.name(of: claim.signer),
                        names.text(of: claim.amount, claim.asset),
                        "free from epoch \(claim.freeFrom)" + (claim.isHeld ? ", held by a pending slash" : ""),
                    ]
                }
                rows += view.earned.map { ["earned", "", names.text(of: $0.amount, $0.asset), ""] }
                if view.points > 0 { rows.append(["points", "", Self.points(view.points), ""]) }
                let name = names.name(of: view.restaker)
                return rows.enumerated().map { [$0 == 0 ? name : ""] + $1 }
            })
    }

    /// A point is what one SOL earns of an asset with the number 1 in an epoch.
    static func points(_ parts: UInt128) -> String {
        let (whole, rest) = parts.quotientAndRemainder(dividingBy: UInt128(Lamports.perSOL))
        let decimals = String(rest)
        return "\(whole).\(String(repeating: "0", count: 9 - decimals.count))\(decimals) points"
    }

    private var queue: TextTable {
        var rows = ledger.queue.map { entry in
            [
                "unbonding", names.name(of: entry.signer), names.text(of: entry.amount, entry.asset),
                "since epoch \(entry.epoch), free from epoch \(entry.freeFrom)",
            ]
        }
        rows += ledger.pendingSlashRecords.map { record in
            [
                "slash", names.name(of: record.signer),
                // A correlated one is worked out when it is due.
                record.losses.isEmpty ? "not known yet" : names.text(of: record.slashed),
                "of task \(record.voteKey.subject) of \(names.name(of: record.voteKey.service)), due at "
                    + (ledger.due(of: record.offence) ?? "-"),
            ]
        }
        rows += ledger.proposalViews.filter { !$0.isListed }.map { view in
            [
                "proposal", view.terms.name, "\(names.text(of: view.yes)) for, \(names.text(of: view.no)) against",
                "voted on until the end of epoch \(view.lastVotingEpoch)",
            ]
        }
        rows += ledger.openDisputes.map { dispute in
            [
                "dispute", names.name(of: dispute.voteKey.service), "task \(dispute.voteKey.subject)",
                "number \(dispute.id)",
            ]
        }
        return TextTable(["what", "whose", "how much", "when"], rows)
    }
}
