import Attesting
import Messages
import Primitives
import Services

/// The process that comes after an `amnesia`: it does not believe the others who say what it has signed, has the tasks of
/// these votes told to it again, and signs them again, by a later version of its AVSs' modules.
struct Amnesia: Adversary {
    private var memory = ExecutionMemory()
    /// What others say it has signed, and it does not remember.
    private var forgotten: [VoteKey: Attestation] = [:]

    func checkInvariants() {
        memory.checkInvariants()
        precondition(forgotten.count <= Self.limit, "forgotten votes are limited")
    }

    private static let limit = 1_024

    mutating func hear(_ event: NodeEvent, _ scene: inout Scene) -> NodeEvent? {
        switch event {
        case .received(.ownVotes(let votes), let party):
            for vote in votes { ask(about: vote, party, &scene) }
            return .received(.ownVotes([]), from: party)
        case .received(.task(let signed), let party) where party.isSigner:
            // As if the coordinator had sent it.
            guard forgotten[signed.task.voteKey]?.statement.task == signed.task.digest else { return event }
            return .received(.task(signed), from: .coordinator(signed.task.service))
        case .executed(let task, .result(let result)):
            return .executed(
                task: task, .result(memory.other(than: result, for: task, in: scene.genesis) ?? result))
        default: return event
        }
    }

    mutating func pass(_ effect: NodeEffect, _ scene: inout Scene) {
        scene.effects.append(effect)
        if case .execute(let execution) = effect { memory.asked(execution) }
    }

    func votesTwice(on voteKey: VoteKey) -> Behaviour? { .amnesia }

    /// Whoever holds its vote has the task too, if it is an operator.
    private mutating func ask(about vote: Attestation, _ party: Party, _ scene: inout Scene) {
        let voteKey = vote.statement.voteKey
        guard vote.signer == scene.key, forgotten.count < Self.limit else { return }
        forgotten[voteKey] = vote
        if party.isSigner { scene.effects.append(.send(.taskRequest(voteKey, task: vote.statement.task), to: [party])) }
    }
}
