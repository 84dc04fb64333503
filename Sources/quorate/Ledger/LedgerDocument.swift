import Messages
import Primitives
import Reports
import Restaking

/// The restaking state as JSON: amounts are strings, of lamports or of an asset's smallest units.
struct LedgerDocument {
    private let ledger: Ledger
    private let names: LedgerNames

    init(_ ledger: Ledger, _ genesis: Genesis) {
        self.ledger = ledger
        names = LedgerNames(genesis, ledger)
    }

    func document(_ only: LedgerPart?) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("schema_version", .integer(1)), ("slot", .unsigned(ledger.slot.number)),
            ("epoch", .unsigned(ledger.epoch.number)), ("instructions", .unsigned(ledger.sequence)),
            ("state_root", .string("\(ledger.stateRoot)")),
        ]
        let parts: [(LedgerPart, () -> JSONValue)] = [
            (.assets, { assets }), (.operators, { operators }), (.services, { services }), (.restakers, { restakers }),
            (.queue, { queue }),
        ]
        for (part, value) in parts where only == nil || only == part { members.append((part.rawValue, value())) }
        return .object(members)
    }

    private static func number(_ amount: some Quantity) -> JSONValue { .string("\(amount.number)") }

    private func amounts(_ amounts: [RestakerView.Amount]) -> JSONValue {
        .array(
            amounts.map {
                .object([("asset", .string(names.name(of: $0.asset))), ("units", Self.number($0.amount))])
            })
    }

    private var assets: JSONValue {
        .array(
            ledger.assetViews.map { view in
                let books = view.books
                return .object([
                    ("asset", .string(view.terms.name)), ("status", .string("\(view.status)")),
                    ("lamports_per_token", .string("\(view.rate.number)")),
                    ("weight_bps", .unsigned(UInt64(view.terms.weight.number))),
                    ("value_lamports", Self.number(view.value)), ("entered_units", Self.number(books.entered)),
                    ("vault_units", Self.number(books.vault)), ("earned_units", Self.number(books.earned)),
                    ("budgets_units", Self.number(books.budgets)), ("bonds_units", Self.number(books.bonds)),
                    ("fees_units", Self.number(books.fees)), ("burned_units", Self.number(books.burned)),
                    ("withdrawn_units", Self.number(books.withdrawn)), ("residue_units", Self.number(books.residue)),
                    ("shares", Self.number(books.shares)), ("idle_shares", Self.number(books.idle)),
                    ("delegated_shares", Self.number(books.delegated)),
                    ("unbonding_shares", Self.number(books.unbonding)),
                ])
            })
    }

    private var operators: JSONValue {
        .array(
            ledger.operatorViews.map { view in
                let status =
                    switch view.status {
                    case .active: view.jails.isEmpty ? "active" : "jailed"
                    case .tombstoned: "slashed"
                    case .exited: "exited"
                    }
                return .object([
                    ("operator", .string(names.name(of: view.signer))), ("key", .string("\(view.key)")),
                    ("status", .string(status)), ("commission_bps", .unsigned(UInt64(view.commission.number))),
                    ("client", .string("\(view.client)")),
                    ("client_class", .string(view.client.isSpecific ? "service-specific" : "general-purpose")),
                    (
                        "jailed_in",
                        .array(view.jails.keys.sorted().map { .string(names.name(of: $0)) })
                    ),
                    (
                        "stakes",
                        .array(
                            view.stakes.map { stake in
                                .object([
                                    ("asset", .string(names.name(of: stake.asset))),
                                    ("active_units", Self.number(stake.active)),
                                    ("leaving_units", Self.number(stake.leaving)),
                                    ("activating_units", Self.number(stake.activating)),
                                    ("unbonding_units", Self.number(stake.unbonding)),
                                ])
                            })
                    ),
                    (
                        "weights",
                        .array(
                            view.weights.sorted { $0.key < $1.key }.map { service, weight in
                                .object([
                                    ("service", .string(names.name(of: service))),
                                    ("weight_lamports", Self.number(weight)),
                                ])
                            })
                    ),
                ])
            })
    }

    private var services: JSONValue {
        .array(
            ledger.serviceViews.map { view in
                .object([
                    ("service", .string(view.terms.name)), ("defunct", .bool(view.defunct != nil)),
                    ("revoked", .bool(view.revocation != nil)),
                    ("operator_set", .string("\(view.operatorSet.digest)")),
                    ("members", .integer(Int64(view.operatorSet.members.count))),
                    ("stake_lamports", Self.number(view.operatorSet.total)),
                    ("threshold", .string("\(view.terms.threshold)")), ("tasks_settled", .unsigned(view.tasksSettled)),
                    ("budget_lamports", Self.number(view.budget)), ("inbox_first", .unsigned(view.inboxFirst)),
                    ("inbox_count", .integer(Int64(view.inboxCount))),
                ])
            })
    }

    private var restakers: JSONValue {
        .array(
            (0..<ledger.restakerCount).map { place in
                let view = ledger.view(ofRestaker: RestakerIndex(UInt32(place)))
                return .object([
                    ("restaker", .string(names.name(of: view.restaker))), ("key", .string("\(view.key)")),
                    ("idle", amounts(view.idle)),
                    (
                        "delegations",
                        .array(
                            view.delegations.map { delegation in
                                .object([
                                    ("asset", .string(names.name(of: delegation.asset))),
                                    ("operator", .string(names.name(of: delegation.signer))),
                                    ("active_units", Self.number(delegation.active)),
                                    ("activating_units", Self.number(delegation.activating)),
                                ])
                            })
                    ),
                    (
                        "unbonding",
                        .array(
                            view.unbonding.map { claim in
                                .object([
                                    ("asset", .string(names.name(of: claim.asset))),
                                    ("operator", .string(names.name(of: claim.signer))),
                                    ("units", Self.number(claim.amount)), ("epoch", .unsigned(claim.epoch.number)),
                                    ("free_from_epoch", .unsigned(claim.freeFrom.number)),
                                    ("held", .bool(claim.isHeld)),
                                ])
                            })
                    ),
                    ("earned", amounts(view.earned)), ("point_parts", .string("\(view.points)")),
                ])
            })
    }

    private var queue: JSONValue {
        .object([
            (
                "unbonding",
                .array(
                    ledger.queue.map { entry in
                        .object([
                            ("asset", .string(names.name(of: entry.asset))),
                            ("operator", .string(names.name(of: entry.signer))), ("units", Self.number(entry.amount)),
                            ("epoch", .unsigned(entry.epoch.number)),
                            ("free_from_epoch", .unsigned(entry.freeFrom.number)),
                        ])
                    })
            ),
            (
                "slashes",
                .array(
                    ledger.pendingSlashRecords.map { record in
                        .object([
                            ("operator", .string(names.name(of: record.signer))),
                            ("offence", .string("\(record.offence)")),
                            ("slashed_lamports", Self.number(record.slashed)),
                            ("due", .string(ledger.due(of: record.offence) ?? "")),
                        ])
                    })
            ),
            (
                "proposals",
                .array(
                    ledger.proposalViews.map { view in
                        .object([
                            ("asset", .string(view.terms.name)), ("yes_lamports", Self.number(view.yes)),
                            ("no_lamports", Self.number(view.no)),
                            ("last_voting_epoch", .unsigned(view.lastVotingEpoch.number)),
                            ("listed", .bool(view.isListed)),
                        ])
                    })
            ),
            (
                "disputes",
                .array(
                    ledger.openDisputes.map { dispute in
                        .object([
                            ("dispute", .unsigned(UInt64(dispute.id.number))),
                            ("service", .string(names.name(of: dispute.voteKey.service))),
                            ("task", .string("\(dispute.voteKey.subject)")),
                        ])
                    })
            ),
        ])
    }
}
