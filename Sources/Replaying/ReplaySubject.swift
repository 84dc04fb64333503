import Attesting
import Faults
import Messages
import Primitives
import Records
import Restaking

/// A machine under replay: takes recorded events, gives what it answers.
protocol ReplaySubject {
    mutating func step(_ event: [UInt8], at time: Instant) throws -> ReplayStep
}

/// One event and its effects.
struct ReplayStep {
    var digest: Digest
    var effects: Int
    var notes: [Observation]
    /// The task that it brings into the run, if it does.
    var task: TaskSequence?
    var event: (PartyNames) -> String
    var effectTexts: (PartyNames) -> [String]

    func lines(_ parties: PartyNames, node: String, at time: Duration) -> [String] {
        let stamp = "\(Self.milliseconds(time)) ms  \(node)"
        return ["\(stamp)  \(event(parties))"] + effectTexts(parties).map { "\(stamp)      \($0)" }
    }

    /// With three decimals, in ten columns.
    private static func milliseconds(_ time: Duration) -> String {
        let microseconds = time.nanoseconds / 1000
        let decimals = String(microseconds % 1000)
        let text = "\(microseconds / 1000)." + String(repeating: "0", count: 3 - decimals.utf8.count) + decimals
        return String(repeating: " ", count: max(0, 10 - text.utf8.count)) + text
    }
}

struct NodeSubject: ReplaySubject {
    private var machine: any NodeMachine

    init(genesis: Genesis, configuration: [UInt8]) throws {
        let role = try NodeRole(borsh: configuration)
        guard let machine = role.makeMachine(genesis: genesis) else {
            throw BorshError.invalid(type: "NodeRole", reason: "genesis has no such party")
        }
        self.machine = machine
    }

    mutating func step(_ bytes: [UInt8], at time: Instant) throws -> ReplayStep {
        let event = try NodeEvent(borsh: bytes)
        var effects: [NodeEffect] = []
        machine.handle(event, at: time, effects: &effects)
        let done = effects
        return ReplayStep(
            digest: NodeEffect.digest(of: done), effects: done.count, notes: done.compactMap(\.observation),
            task: done.lazy.compactMap(\.issuedTask).first ?? event.receivedTask,
            event: { $0.text(of: event) }, effectTexts: { names in done.map { names.text(of: $0, at: time) } })
    }
}

struct LedgerSubject: ReplaySubject {
    private var machine: LedgerMachine

    init(genesis: Genesis) throws { machine = try LedgerMachine(genesis: genesis) }

    mutating func step(_ bytes: [UInt8], at time: Instant) throws -> ReplayStep {
        let event = try LedgerEvent(borsh: bytes)
        var effects: [LedgerEffect] = []
        machine.handle(event, at: time, effects: &effects)
        let done = effects
        return ReplayStep(
            digest: LedgerEffect.digest(of: done), effects: done.count, notes: done.compactMap(\.observation),
            task: nil,
            event: { $0.text(of: event) }, effectTexts: { names in done.map { names.text(of: $0) } })
    }
}

extension NodeEvent {
    fileprivate var receivedTask: TaskSequence? {
        if case .received(.task(let signed), _) = self { signed.task.sequence } else { nil }
    }
}

extension NodeEffect {
    fileprivate var observation: Observation? {
        if case .note(let observation) = self { observation } else { nil }
    }

    fileprivate var issuedTask: TaskSequence? {
        if case .note(.taskIssued(let task)) = self { task.sequence } else { nil }
    }
}

extension LedgerEffect {
    fileprivate var observation: Observation? {
        if case .note(let observation) = self { observation } else { nil }
    }
}
