import Attesting
import Messages
import Primitives
import Services

/// Two honest machines with one key, as when an operator is started twice: `twin`. The second runs a later version of its
/// AVSs' modules, which gives other results, and has a guard of its own, on a disk that nobody opens again.
///
/// Both stand behind one connection to each peer, which carries all that either sends, and brings both all that comes.
struct Twin: Adversary {
    private var second: OperatorMachine
    private var memory = ExecutionMemory()

    /// The second machine's requests are numbered from here.
    private static let firstRequest: UInt64 = 1 << 62

    init(genesis: Genesis, signer: OperatorIndex) { second = OperatorMachine(genesis: genesis, signer: signer) }

    func checkInvariants() {
        second.checkInvariants()
        memory.checkInvariants()
    }

    mutating func hear(_ event: NodeEvent, _ scene: inout Scene) -> NodeEvent? {
        switch event {
        case .started: tell(.started(recorded: []), &scene)
        case .verified(let id, let valid) where Self.isSecond(id):
            tell(.verified(Self.moved(id, back: true), valid: valid), &scene)
            return nil
        case .signed(let id, let signature) where Self.isSecond(id):
            tell(.signed(Self.moved(id, back: true), signature), &scene)
            return nil
        case .executed(let task, .result(let result)):
            let other = memory.other(than: result, for: task, in: scene.genesis) ?? result
            tell(.executed(task: task, .result(other)), &scene)
        default: tell(event, &scene)
        }
        return event
    }

    mutating func pass(_ effect: NodeEffect, _ scene: inout Scene) {
        scene.effects.append(effect)
        if case .execute(let execution) = effect { memory.asked(execution) }
    }

    func votesTwice(on voteKey: VoteKey) -> Behaviour? { .twin }

    private mutating func tell(_ event: NodeEvent, _ scene: inout Scene) {
        var effects: [NodeEffect] = []
        second.handle(event, at: scene.shown, effects: &effects)
        for effect in effects {
            switch effect {
            case .sign(let id, let request):
                // Its account at the ledger is the first one's, who looks after it.
                if case .instruction = request { continue }
                scene.effects.append(.sign(Self.moved(id), request))
            case .verify(let id, let request): scene.effects.append(.verify(Self.moved(id), request))
            case .send, .wake: scene.effects.append(effect)
            // What the first asks for is executed for both; whom it turns away is turned away by both.
            default: break
            }
        }
    }

    private static func isSecond(_ id: RequestID) -> Bool {
        id.number >= firstRequest && id.number < OwnRequests.first
    }

    private static func moved(_ id: RequestID, back: Bool = false) -> RequestID {
        RequestID(back ? id.number - firstRequest : id.number + firstRequest)
    }
}
