import Faults
import Links
import Messages
import Primitives

/// What the parent tells a node process: one line each on standard input, whose end says that the parent is gone.
package enum ProcessCommand: Hashable, Sendable {
    /// Everyone is ready: the run's time counts from here.
    case begin(Instant)
    /// Operators and coordinators: the ledger has been started again, and listens here.
    case ledger(port: UInt16)
    /// To be answered by `used`.
    case measure
    /// To be answered by `status`.
    case tellStatus
    /// Operators: to be answered by `result`.
    case tellResult(task: Digest)
    /// Coordinators: issue a task with this payload, and report by this ticket what becomes of it.
    case submit(ticket: UInt64, payload: [UInt8])
    /// The ledger: apply this, and answer by this ticket with `receipt`.
    case instruct(ticket: UInt64, SignedInstruction)
    /// The ledger: its clock moves on by so many slots at once.
    case forward(slots: UInt64)
    /// Coordinators: issue nothing more, and finish when every task is closed.
    case drain
    /// Begin or end faults, from now on.
    case perturb(Perturbation)
    /// The node's links to these are so from now on.
    case links([LinkUpdate])
    /// Do nothing at all until told to go on, as a process does that is stopped; the lifeline is held all the same.
    case pause
    case resume
    case stop

    /// The longest line that is one: an instruction in hexadecimal, and some words.
    static let lineLimit = 2 * Frame.Kind.submit.payloadLimit + 256

    /// Without its newline.
    package var line: String {
        switch self {
        case .begin(let instant): "begin \(instant.nanoseconds)"
        case .ledger(let port): "ledger \(port)"
        case .measure: "measure"
        case .tellStatus: "status"
        case .tellResult(let task): "result \(task)"
        case .submit(let ticket, let payload): "submit \(ticket) \(Hexadecimal.encode(payload))"
        case .instruct(let ticket, let signed): "instruct \(ticket) \(Hexadecimal.encode(signed.borsh))"
        case .forward(let slots): "forward \(slots)"
        case .drain: "drain"
        case .perturb(let perturbation): "perturb \(Hexadecimal.encode(perturbation.borsh))"
        case .links(let updates): "links \(Self.text(of: updates))"
        case .pause: "pause"
        case .resume: "resume"
        case .stop: "stop"
        }
    }

    /// - Returns: nil for a line that is no command.
    package init?(line: some StringProtocol) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        switch (words[0], words.count) {
        case ("begin", 2):
            guard let nanoseconds = UInt64(words[1]), nanoseconds <= UInt64(Int64.max) else { return nil }
            self = .begin(Instant(nanoseconds: nanoseconds))
        case ("ledger", 2):
            guard let port = UInt16(words[1]) else { return nil }
            self = .ledger(port: port)
        case ("measure", 1): self = .measure
        case ("status", 1): self = .tellStatus
        case ("result", 2):
            guard let task = Hexadecimal.decode(String(words[1])).flatMap({ Digest($0) }) else { return nil }
            self = .tellResult(task: task)
        case ("submit", 3):
            guard let ticket = UInt64(words[1]), let payload = Hexadecimal.decode(String(words[2])),
                payload.count <= ServiceTask.payloadLimit
            else { return nil }
            self = .submit(ticket: ticket, payload: payload)
        case ("instruct", 3):
            guard let ticket = UInt64(words[1]), let bytes = Hexadecimal.decode(String(words[2])),
                let signed = try? SignedInstruction(borsh: bytes)
            else { return nil }
            self = .instruct(ticket: ticket, signed)
        case ("forward", 2):
            guard let slots = UInt64(words[1]) else { return nil }
            self = .forward(slots: slots)
        case ("drain", 1): self = .drain
        case ("perturb", 2):
            guard let bytes = Hexadecimal.decode(String(words[1])),
                let perturbation = try? Perturbation(borsh: bytes)
            else { return nil }
            self = .perturb(perturbation)
        case ("links", 2):
            guard let bytes = Hexadecimal.decode(String(words[1])), let updates = Self.linkUpdates(bytes) else {
                return nil
            }
            self = .links(updates)
        case ("pause", 1): self = .pause
        case ("resume", 1): self = .resume
        case ("stop", 1): self = .stop
        default: return nil
        }
    }

    private static func text(of updates: [LinkUpdate]) -> String {
        var encoder = BorshEncoder()
        encoder.encode(updates)
        return Hexadecimal.encode(encoder.bytes)
    }

    private static func linkUpdates(_ bytes: [UInt8]) -> [LinkUpdate]? {
        var decoder = BorshDecoder(bytes)
        guard let updates: [LinkUpdate] = try? decoder.decode(limit: LinkUpdate.partyLimit), decoder.remaining == 0
        else { return nil }
        return updates
    }
}
