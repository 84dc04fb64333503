import Attesting
import Messages
import Primitives
import Services

/// Works out another result than the right one: `wrong-result` one of its own, `monoculture` the one that everybody comes to
/// who runs the same version. The honest machine signs it in good faith.
struct FalseResults: Adversary {
    private var memory = ExecutionMemory()

    /// More than so many wrong results of one task are not told apart.
    private static let variety: UInt32 = 64

    func checkInvariants() { memory.checkInvariants() }

    mutating func hear(_ event: NodeEvent, _ scene: inout Scene) -> NodeEvent? {
        guard case .executed(let task, .result(let result)) = event, let (service, sequence) = memory[task],
            let index = scene.board.first(of: [.wrongResult, .monoculture], for: service, Subject(sequence)),
            let other = memory.other(than: result, for: task, in: scene.genesis)
        else { return event }
        guard scene.board.plan(index).behaviour == .wrongResult else { return .executed(task: task, .result(other)) }
        var own = other
        for _ in 0...scene.me.number % Self.variety {
            own = memory.other(than: own, for: task, in: scene.genesis) ?? own
        }
        return .executed(task: task, .result(own))
    }

    mutating func pass(_ effect: NodeEffect, _ scene: inout Scene) {
        if case .execute(let execution) = effect { memory.asked(execution) }
        scene.effects.append(effect)
    }
}
