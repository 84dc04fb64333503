import Cryptography
import Messages
import Primitives
import Verdicts

/// What came of one entry of the topology's timeline: when it was done, by which instructions, and the ledger's answers.
package struct TimelineAccount: Hashable, Sendable {
    /// Of the timeline.
    package var entry: Int
    /// As the topology writes it.
    package var plan: String
    /// How often it was to be done.
    package var times: UInt64
    /// Why it does not become due as often as that; nil where it does.
    package var limit: String?
    /// Each time that it was due.
    package var turns: [Turn]

    package struct Turn: Hashable, Sendable {
        /// In the order in which they were asked for.
        package var instructions: [Instructed]
        /// Why nothing could be asked for; nil where it could.
        package var obstacle: String?
    }

    package struct Instructed: Hashable, Sendable {
        /// In the ledger's log; nil where that does not have it.
        package var sequence: UInt64?
        package var slot: Slot
        package var epoch: Epoch
        package var outcome: Outcome
    }

    package var instructions: [Instructed] { turns.flatMap(\.instructions) }

    /// Whether something of it was not done: the ledger refused it, there was nothing to ask for, or it was never due.
    package var isWanting: Bool {
        UInt64(turns.count) < times
            || turns.contains { $0.obstacle != nil || $0.instructions.contains { $0.outcome != .applied } }
    }

    /// In the order of the timeline.
    static func all(of history: RunHistory, _ entries: [RunContext.TimelineEntry]) -> [TimelineAccount] {
        guard !entries.isEmpty else { return [] }
        let sequences = history.sequences
        let slotsPerEpoch = history.genesis.parameters.slotsPerEpoch
        return entries.enumerated().map { place, entry in
            TimelineAccount(
                entry: place, plan: entry.plan, times: entry.times, limit: entry.limit,
                turns: entry.turns.map { turn in
                    switch turn {
                    case .hindered(let reason): Turn(instructions: [], obstacle: reason)
                    case .carriedOut(let receipts):
                        Turn(
                            instructions: receipts.map { receipt in
                                Instructed(
                                    sequence: sequences[receipt.instruction], slot: receipt.slot,
                                    epoch: Epoch(receipt.slot.number / slotsPerEpoch), outcome: receipt.outcome)
                            })
                    }
                })
        }
    }
}

extension RunHistory {
    /// By the digest of the signed instruction: the number in the ledger's log, of whatever people ask for. For look-ups
    /// only.
    fileprivate var sequences: [Digest: UInt64] {
        var sequences: [Digest: UInt64] = [:]
        for instruction in applied {
            switch instruction.signed.instruction {
            case .advance, .submitCertificate, .submitEvidence, .claimParticipation, .registerEndpoint: break
            default: sequences[instruction.signed.digest] = instruction.sequence
            }
        }
        return sequences
    }
}

extension TimelineAccount {
    /// `applied by instruction 57 in epoch 3, slot 96`; `1 applied, 3 insufficientStake by instructions 57 to 91 in epochs 4
    /// to 7`.
    package var result: String {
        let instructions = instructions
        var parts: [String] = []
        let outcomes = Outcome.allCases.compactMap { outcome -> String? in
            let count = instructions.count { $0.outcome == outcome }
            guard count > 0 else { return nil }
            let word = outcome == .applied ? "applied" : "refused (\(outcome))"
            return instructions.count > 1 ? "\(count.grouped) \(word)" : word
        }
        if !outcomes.isEmpty { parts.append("\(outcomes.joined(separator: ", ")) by \(whereabouts(of: instructions))") }
        let forwarded = turns.count { $0.instructions.isEmpty && $0.obstacle == nil }
        if forwarded > 0 { parts.append(times > 1 ? "done \(RunHistory.count(forwarded, "time"))" : "done") }
        var reasons: [String] = []
        for case let reason? in turns.map(\.obstacle) where !reasons.contains(reason) { reasons.append(reason) }
        parts += reasons.map { reason in
            let count = turns.count { $0.obstacle == reason }
            return (times > 1 ? "\(RunHistory.count(count, "time")) " : "") + "not done: \(reason)"
        }
        if let limit {
            parts.append(limit)
        } else if UInt64(turns.count) < times {
            parts.append(
                turns.isEmpty
                    ? "not done before the run ended" : "done \(turns.count) of \(times) times before the run ended")
        }
        return parts.joined(separator: "; ")
    }

    private func whereabouts(of instructions: [Instructed]) -> String {
        let (first, last) = (instructions[0], instructions[instructions.count - 1])
        func range(_ word: String, _ from: String, _ to: String) -> String {
            from == to ? "\(word) \(from)" : "\(word)s \(from) to \(to)"
        }
        let numbers = range(
            "instruction", first.sequence.map { "\($0)" } ?? "?", last.sequence.map { "\($0)" } ?? "?")
        let epochs = range("epoch", "\(first.epoch)", "\(last.epoch)")
        return "\(numbers) in \(epochs)" + (instructions.count == 1 ? ", slot \(first.slot)" : "")
    }

    var json: JSONValue {
        .object([
            ("entry", .integer(Int64(entry))), ("plan", .string(plan)), ("times", .unsigned(times)),
            ("limit", limit.map(JSONValue.string) ?? .null),
            (
                "turns",
                .array(
                    turns.map { turn in
                        .object([
                            ("instructions", .array(turn.instructions.map(\.json))),
                            ("obstacle", turn.obstacle.map(JSONValue.string) ?? .null),
                        ])
                    })
            ),
        ])
    }
}

extension TimelineAccount.Instructed {
    fileprivate var json: JSONValue {
        .object([
            ("instruction", sequence.map(JSONValue.unsigned) ?? .null), ("slot", .unsigned(slot.number)),
            ("epoch", .unsigned(epoch.number)), ("outcome", .string("\(outcome)")),
        ])
    }
}

extension RunSummary {
    private static let shownEntries = 5

    var timelineJSON: JSONValue { .array(timeline.map(\.json)) }

    /// A line for each entry: of a long timeline for those of which not all was done, and how many more there are.
    var timelineLines: [String] {
        func line(_ account: TimelineAccount) -> String {
            "timeline[\(account.entry)] \(account.plan): \(account.result)"
        }
        guard timeline.count > Self.shownEntries else { return timeline.map(line) }
        let wanting = timeline.filter(\.isWanting)
        var lines = wanting.prefix(Self.shownEntries).map(line)
        let hidden = wanting.count - lines.count
        if hidden > 0 {
            lines.append("and \(hidden.grouped) more of which not all was done; see \(Self.resultsName)")
        }
        let done = timeline.count - wanting.count
        if done > 0 {
            let entries = "\(done.grouped) \(done == 1 ? "entry" : "entries")"
            lines.append("\(wanting.isEmpty ? "all " : "")\(entries) done as written; see \(Self.resultsName)")
        }
        return lines
    }
}
