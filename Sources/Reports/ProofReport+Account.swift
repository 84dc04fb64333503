import Messages
import Primitives
import Restaking

extension ProofReport {
    func rows(of proof: AccountProof) -> [Row] {
        guard let account = try? ProvenAccount(proof) else {
            return [("proof", "account: part of a restaking ledger's state"), ("state root", "\(proof.root)")]
        }
        let header = account.header
        return [
            ("proof", "account: part of a restaking ledger's state"), ("network", "\(header.network)"),
            ("state", "epoch \(header.epoch), slot \(header.slot), after \(header.sequence) instructions"),
            ("state root", "\(account.root)"), ("", Self.standing(of: account.root, pin: check.pin)),
            ("account", "\(account.key)"), ("", Self.roles(of: account)),
            ("next nonce", "\(account.nextNonce)"),
        ] + amounts(of: account)
    }

    private func amounts(of account: ProvenAccount) -> [Row] {
        guard check.pin == account.root else { return [("amounts", "told of a pinned state root only")] }
        return account.amounts.enumerated().flatMap { place, amount in
            parts(of: amount).enumerated().map { row, part in
                (
                    place == 0 && row == 0 ? "amounts" : "",
                    part.name.padding(to: Self.nameWidth) + "\(Lamports(part.units.number).inSOL) \(amount.name)"
                )
            }
        }
    }

    private func parts(of amount: ProvenAccount.Amount) -> [(name: String, units: Units)] {
        [
            ("idle", amount.idle), ("delegated", amount.delegated), ("unbonding", amount.unbonding),
            ("earned", amount.earned),
        ]
    }

    private static func roles(of account: ProvenAccount) -> String {
        let roles =
            [account.signer.map { "operator \($0)" }, account.restaker.map { "restaker \($0)" }].compactMap(\.self)
        return roles.isEmpty ? "neither an operator nor a restaker" : roles.joined(separator: ", ")
    }

    private static func standing(of root: Digest, pin: Digest?) -> String {
        guard let pin else { return "is what the file says: compare it, or pin it with --state-root" }
        return pin == root ? "is the pinned one" : "is not the pinned one"
    }

    func json(_ proof: AccountProof) -> [(key: String, value: JSONValue)] {
        var members: [(key: String, value: JSONValue)] = [
            ("kind", .string("account")), ("state_root", .string("\(proof.root)")),
            ("pinned", .bool(check.pin == proof.root)),
        ]
        guard let account = try? ProvenAccount(proof) else { return members }
        let header = account.header
        members += [
            ("network", .string("\(header.network)")), ("epoch", .unsigned(header.epoch.number)),
            ("slot", .unsigned(header.slot.number)), ("instructions", .unsigned(header.sequence)),
            ("account", .string("\(account.key)")), ("next_nonce", .unsigned(account.nextNonce)),
            ("operator", account.signer.map { .integer(Int64($0.number)) } ?? .null),
            ("restaker", account.restaker.map { .integer(Int64($0.number)) } ?? .null),
        ]
        guard check.pin == account.root else { return members }
        let amounts = account.amounts.map { amount in
            JSONValue.object(
                [("asset", .string(amount.name))]
                    + parts(of: amount).map { (key: "\($0.name)_units", value: .string("\($0.units.number)")) })
        }
        return members + [("amounts", .array(amounts))]
    }
}
