import Exploration
import Messages
import Primitives
import Reports

/// What an incident came to under several rules, for people and programs.
struct PolicyComparison {
    struct Row {
        let variant: PolicyVariant
        let outcome: PolicyOutcome
    }

    let topology: String
    let seed: UInt64
    let rows: [Row]
    /// Rules that this topology cannot have, and why.
    let impossible: [(name: String, reason: String)]

    /// So many restakers have a column of their own.
    private static let shownRestakers = 4

    var status: ExitStatus {
        let troubles = rows.flatMap(\.outcome.troubles)
        if troubles.contains(where: \.isViolation) { return .notAsExpected }
        return troubles.isEmpty ? .asExpected : .notJudged
    }

    // MARK: Text

    var text: String {
        var parts = [
            "\(topology), seed \(seed), simulated under \(rows.count) "
                + "\(rows.count == 1 ? "policy" : "policies"), until nothing is pending",
            "what restakers lost, in SOL\n" + losses.text, "where it went, in SOL\n" + destinations,
            "what became of each AVS's quorum\n" + quorums,
        ]
        let troubles = rows.flatMap { row in row.outcome.troubles.map { "\(row.variant.name): \($0)" } }
        if !troubles.isEmpty { parts.append("wrong\n" + troubles.joined(separator: "\n")) }
        if !impossible.isEmpty {
            parts.append(
                "not possible here\n" + impossible.map { "\($0.name): \($0.reason)" }.joined(separator: "\n"))
        }
        return parts.joined(separator: "\n\n")
    }

    /// Those who lose most under any of the rules, first those who lose most.
    private var losers: [String] {
        var most: [String: Lamports] = [:]
        for loss in rows.flatMap(\.outcome.losses) {
            most[loss.restaker] = max(most[loss.restaker] ?? .zero, loss.value)
        }
        return most.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    private var losses: TextTable {
        let all = losers
        // A column for the others, unless they are one.
        let shown = all.count <= Self.shownRestakers + 1 ? all : Array(all.prefix(Self.shownRestakers))
        let others = all.count - shown.count
        let columns =
            [TextTable.Column("policy")] + shown.map { .init($0, isNumber: true) }
            + (others > 0 ? [.init("\(others) others", isNumber: true)] : [])
            + [.init("all", isNumber: true), .init("settled")]
        return TextTable(
            columns: columns,
            rows: rows.map { row in
                let outcome = row.outcome
                func sum(_ isMeant: (String) -> Bool) -> String {
                    Self.text(outcome.losses.filter { isMeant($0.restaker) }.reduce(.zero) { $0 + $1.value })
                }
                return [row.variant.name] + shown.map { name in sum { $0 == name } }
                    + (others > 0 ? [sum { !shown.contains($0) }] : []) + [sum { _ in true }, Self.ending(of: outcome)]
            })
    }

    private static func ending(of outcome: PolicyOutcome) -> String {
        guard let epoch = outcome.settled else { return "nothing to settle" }
        let counts = [(outcome.executed, "executed"), (outcome.vetoed, "vetoed")].filter { $0.0 > 0 }
        return "epoch \(epoch): " + counts.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

    private var destinations: String {
        table([
            .init("burned", isNumber: true), .init("to AVSs", isNumber: true), .init("to others", isNumber: true),
            .init("to reporters", isNumber: true), .init("bonds burned", isNumber: true),
        ]) { outcome in
            let bonds = Lamports(outcome.losses.reduce(Units.zero) { $0 + $1.bonds }.number)
            return [
                [outcome.burned, outcome.toServices, outcome.toOthers, outcome.toReporters, bonds].map(Self.text)
            ]
        }
    }

    private var quorums: String {
        table([
            .init("AVS"), .init("certified in time", isNumber: true), .init("of", isNumber: true),
            .init("stake before", isNumber: true), .init("after", isNumber: true), .init("operators", isNumber: true),
            .init("after", isNumber: true), .init("a quorum, before", isNumber: true), .init("after", isNumber: true),
        ]) { outcome in
            outcome.services.map { service in
                func numbers(_ set: OperatorSet?) -> (stake: String, members: String, quorum: String) {
                    guard let set, !set.members.isEmpty else { return ("-", "0", "-") }
                    return (Self.text(set.total), "\(set.members.count)", Self.text(set.leastQuorum))
                }
                let (before, after) = (numbers(service.first), numbers(service.last))
                return [
                    service.name, "\(service.certifiedInTime)", "\(service.issued)", before.stake, after.stake,
                    before.members, after.members, before.quorum, after.quorum,
                ]
            }
        }
    }

    /// A table of what differs; below it, which policies come to the same.
    private func table(_ columns: [TextTable.Column], _ cells: (PolicyOutcome) -> [[String]]) -> String {
        var groups: [(cells: [[String]], names: [String])] = []
        for row in rows {
            let cells = cells(row.outcome)
            if let place = groups.firstIndex(where: { $0.cells == cells }) {
                groups[place].names.append(row.variant.name)
            } else {
                groups.append((cells, [row.variant.name]))
            }
        }
        let table = TextTable(
            columns: [.init("policy")] + columns,
            rows: groups.flatMap { group in
                group.cells.enumerated().map { place, cells in [place == 0 ? group.names[0] : ""] + cells }
            })
        let same = groups.filter { $0.names.count > 1 }.map {
            "\($0.names[0]), and the same: \($0.names.dropFirst().joined(separator: ", "))"
        }
        return ([table.text] + same).joined(separator: "\n")
    }

    private static func text(_ amount: Lamports) -> String { amount.inSOL }

    // MARK: JSON

    var json: JSONValue {
        .object([
            ("schema_version", .integer(1)), ("topology", .string(topology)), ("seed", .unsigned(seed)),
            ("policies", .array(rows.map(json))),
            (
                "not_possible",
                .array(impossible.map { .object([("name", .string($0.name)), ("reason", .string($0.reason))]) })
            ),
        ])
    }

    private func lamports(_ amount: Lamports) -> JSONValue { .string("\(amount.number)") }

    private func json(_ row: Row) -> JSONValue {
        let outcome = row.outcome
        return .object([
            ("name", .string(row.variant.name)),
            ("settings", .array(row.variant.settings.map { .string("\($0)") })),
            ("settled_epoch", outcome.settled.map { .unsigned($0.number) } ?? .null),
            ("slashes_executed", .integer(Int64(outcome.executed))),
            ("slashes_vetoed", .integer(Int64(outcome.vetoed))),
            ("burned_lamports", lamports(outcome.burned)), ("to_services_lamports", lamports(outcome.toServices)),
            ("to_others_lamports", lamports(outcome.toOthers)),
            ("to_reporters_lamports", lamports(outcome.toReporters)),
            ("restakers", .array(outcome.losses.map(json))), ("services", .array(outcome.services.map(json))),
            ("troubles", .array(outcome.troubles.map { .string("\($0)") })),
        ])
    }

    private func json(_ loss: PolicyOutcome.Loss) -> JSONValue {
        .object([
            ("restaker", .string(loss.restaker)), ("lost_lamports", lamports(loss.value)),
            (
                "slashed",
                .array(
                    loss.slashed.map {
                        .object([("asset", .string($0.asset)), ("units", .string("\($0.units.number)"))])
                    })
            ),
            ("bonds_lamports", .string("\(loss.bonds.number)")),
        ])
    }

    private func json(_ service: PolicyOutcome.Service) -> JSONValue {
        func json(_ set: OperatorSet?) -> JSONValue {
            guard let set, !set.members.isEmpty else { return .null }
            return .object([
                ("stake_lamports", lamports(set.total)), ("operators", .integer(Int64(set.members.count))),
                ("quorum_lamports", lamports(set.leastQuorum)),
            ])
        }
        return .object([
            ("service", .string(service.name)), ("tasks_issued", .integer(Int64(service.issued))),
            ("certified_in_time", .integer(Int64(service.certifiedInTime))), ("before", json(service.first)),
            ("after", json(service.last)),
        ])
    }
}

extension OperatorSet {
    /// The least stake that certifies.
    fileprivate var leastQuorum: Lamports { total.scaled(by: threshold) + Lamports(1) }
}
