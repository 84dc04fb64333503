import ArgumentParser
import Messages
import Primitives
import Reports
import Restaking

struct LedgerExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say how a restaker's balances came about, to the lamport.",
        discussion: """
            Every change of what the restaker could have of an asset in the end, idle, delegated, unbonding and earned, \
            with its cause: deposits and withdrawals, base yield, rewards by AVS, slashes with their evidence, fees, and \
            what rounding kept. The changes of each asset add up to its balance.

              quorate ledger explain r-1
              quorate ledger explain op-3 --cluster lab --json

            Exit status: 0; 2 when there is no such run or restaker.
            """)

    @Argument(help: "The restaker; an operator's own stake stands under the operator's name.")
    var restaker: String

    @OptionGroup var options: LedgerOptions

    @Flag(help: "One JSON document instead of a table.")
    var json = false

    func run() throws {
        let input = try options.read()
        let index = try input.index(ofRestaker: restaker)
        var ledger = try input.initialLedger()
        var account = BalanceAccount(of: index, in: ledger)
        try input.forEachEntry { entry throws(CommandFailure) in
            let outcome = account.apply(entry.signed, to: &ledger)
            try input.check(entry, outcome, ledger)
        }
        let names = LedgerNames(input.genesis, ledger)
        let text = ExplainedBalance(account, ledger.view(ofRestaker: index), names)
        try Console.print(json ? text.json.document : text.text)
    }
}

/// The changes of one restaker's balances, for people and programs.
struct ExplainedBalance {
    private let account: BalanceAccount
    private let view: RestakerView
    private let names: LedgerNames

    init(_ account: BalanceAccount, _ view: RestakerView, _ names: LedgerNames) {
        self.account = account
        self.view = view
        self.names = names
    }

    private var assets: [AssetID] { Set(account.entries.map(\.asset)).sorted() }

    var text: String {
        let table = TextTable(
            columns: [
                .init("instruction", isNumber: true), .init("epoch", isNumber: true), .init("change", isNumber: true),
                .init("balance", isNumber: true), .init("cause"),
            ],
            rows: account.entries.map { entry in
                [
                    entry.sequence == 0 ? "-" : "\(entry.sequence)", "\(entry.epoch)", change(of: entry),
                    names.text(of: entry.total, entry.asset), Self.words(for: entry.cause, names),
                ]
            })
        let sums = assets.map { "\(names.text(of: view.total(of: $0), $0)) in all" }
        let points = view.points > 0 ? [LedgerTables.points(view.points)] : []
        let name = names.name(of: account.restaker)
        return "\(name): \((sums + points).joined(separator: ", "))\n\n\(table.text)"
    }

    private func change(of entry: BalanceAccount.Entry) -> String {
        switch entry.change {
        case .gain(let amount): "+\(names.text(of: amount, entry.asset))"
        case .loss(let amount): "-\(names.text(of: amount, entry.asset))"
        }
    }

    static func words(for cause: BalanceAccount.Cause, _ names: LedgerNames) -> String {
        switch cause {
        case .genesis: "there from the beginning"
        case .deposit: "deposit"
        case .withdrawal: "withdrawn"
        case .claim: "rewards claimed"
        case .baseYield(let epoch): "base yield of epoch \(epoch)"
        case .reward(let epoch, let service): "rewards of \(names.name(of: service)) for epoch \(epoch)"
        case .slash(let record):
            "\(names.name(of: record.signer)) slashed for task \(record.voteKey.subject) of "
                + "\(names.name(of: record.voteKey.service)), epoch \(record.epoch); evidence \(record.offence.short)"
        case .reporterReward(let record): "reporter's reward for the slash of \(names.name(of: record.signer))"
        case .fee: "fee for evidence that proved nothing"
        case .bond: "bond of a dispute"
        case .bondReturned: "bond of a dispute, returned"
        case .rounding: "rounding"
        }
    }

    var json: JSONValue {
        .object([
            ("schema_version", .integer(1)), ("restaker", .string(names.name(of: account.restaker))),
            (
                "balances",
                .array(
                    assets.map {
                        .object([
                            ("asset", .string(names.name(of: $0))), ("units", .string("\(view.total(of: $0).number)")),
                        ])
                    })
            ),
            ("point_parts", .string("\(view.points)")), ("changes", .array(account.entries.map(json))),
        ])
    }

    private func json(_ entry: BalanceAccount.Entry) -> JSONValue {
        let change =
            switch entry.change {
            case .gain(let amount): "\(amount.number)"
            case .loss(let amount): "-\(amount.number)"
            }
        var members: [(key: String, value: JSONValue)] = [
            ("instruction", .unsigned(entry.sequence)), ("slot", .unsigned(entry.slot.number)),
            ("epoch", .unsigned(entry.epoch.number)), ("asset", .string(names.name(of: entry.asset))),
            ("change_units", .string(change)), ("balance_units", .string("\(entry.total.number)")),
            ("cause", .string(Self.words(for: entry.cause, names))),
        ]
        if case .slash(let record) = entry.cause { members.append(("offence", .string("\(record.offence)"))) }
        return .object(members)
    }
}
