import Messages
import Primitives
import Staging

extension OutcomeFile {
    /// An entry of the timeline, one of the times that it was due.
    struct TimelineTurn: Codable {
        var entry: Int
        var instructions: [Answer]
        /// Why the ledger was asked for nothing.
        var obstacle: String?

        struct Answer: Codable {
            var digest: String
            var outcome: String
            var slot: UInt64
        }
    }
}

extension OutcomeFile.TimelineTurn {
    init(_ result: TimelineResult) {
        (entry, instructions) = (result.entry, [])
        switch result.fate {
        case .carriedOut(let answers):
            instructions = answers.map {
                Answer(digest: "\($0.instruction)", outcome: "\($0.outcome)", slot: $0.slot.number)
            }
        case .hindered(let reason): obstacle = reason
        }
    }

    var value: TimelineResult {
        get throws(OutcomeFile.Mistake) {
            if let obstacle { return TimelineResult(entry: entry, fate: .hindered(obstacle)) }
            var answers: [Receipt] = []
            for instruction in instructions { answers.append(try instruction.value(in: entry)) }
            return TimelineResult(entry: entry, fate: .carriedOut(answers))
        }
    }
}

extension OutcomeFile.TimelineTurn.Answer {
    func value(in entry: Int) throws(OutcomeFile.Mistake) -> Receipt {
        guard let digest = Hexadecimal.decode(digest).flatMap({ Digest($0) }) else {
            throw .init(
                message: "timeline: of entry \(entry), \(digest) is not a digest of 64 hexadecimal digits")
        }
        guard let outcome = Outcome.allCases.first(where: { "\($0)" == outcome }) else {
            throw .init(message: "timeline: of entry \(entry), \(outcome) is no answer of a ledger's")
        }
        return Receipt(instruction: digest, outcome: outcome, slot: Slot(slot))
    }
}
