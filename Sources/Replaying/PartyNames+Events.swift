import Attesting
import Faults
import Messages
import Primitives
import Restaking
import Services

extension PartyNames {
    package func text(of event: NodeEvent) -> String {
        switch event {
        case .started(let recorded): "started with \(recorded.count) entries in its guard"
        case .began: "the run began"
        case .connected(let party): "connected with \(name(of: party))"
        case .disconnected(let party): "disconnected from \(name(of: party))"
        case .received(let frame, let party): "from \(name(of: party)): \(text(of: frame))"
        case .verified(let id, let valid): "verified #\(id): \(valid ? "valid" : "not valid")"
        case .signed(let id, _): "signed #\(id)"
        case .executed(let task, .result(let result)): "executed task \(task.short): \(Hexadecimal.encode(result))"
        case .executed(let task, .refused(let reason)): "no result for task \(task.short): \(reason)"
        case .woke: "woke"
        case .submitted(let ticket, let payload): "submission \(ticket): a payload of \(payload.count) bytes"
        case .draining: "asked to drain"
        case .perturbed(let bytes): text(ofPerturbation: bytes)
        }
    }

    private func text(ofPerturbation bytes: [UInt8]) -> String {
        switch try? Perturbation(borsh: bytes) {
        case .inject(let plan): "told to \(plan.behaviour.rawValue)"
        case .clear: "told to end its faults"
        case nil: "told what is no perturbation"
        }
    }

    package func text(of effect: NodeEffect, at now: Instant) -> String {
        switch effect {
        case .persist(let entry): "-> guard: \(text(of: entry))"
        case .sign(let id, .statement(let statement)):
            "-> sign #\(id): \(text(of: statement.voteKey)), result \(statement.result.short)"
        case .sign(let id, .task(let task)): "-> sign #\(id): task \(name(of: task.service)) \(task.sequence)"
        case .sign(let id, .instruction(let instruction, let nonce)):
            "-> sign #\(id): instruction \(nonce): \(text(of: instruction))"
        case .verify(let id, .attestation(let vote)): "-> verify #\(id): \(text(of: vote))"
        case .verify(let id, .task(let signed, _)):
            "-> verify #\(id): task \(name(of: signed.task.service)) \(signed.task.sequence)"
        case .execute(let execution):
            "-> execute task \(execution.task.short) of \(name(of: execution.service))"
        case .send(let frame, let recipients): "-> \(names(of: recipients)): \(text(of: frame))"
        case .disconnect(let party, let reason): "-> disconnect \(name(of: party)): \(reason)"
        case .wake(let instant): "-> wake in \((instant - now).nanoseconds / 1000) us"
        case .note(let observation): "-> note: \(text(of: observation))"
        case .finished: "-> finished"
        case .crash: "-> crash"
        case .sendBytes(let bytes, let recipients): "-> \(names(of: recipients)): \(bytes.count) bytes as they are"
        case .pause(let duration): "-> pause for \(DurationText.of(duration))"
        case .fillDisk: "-> fill the disk"
        case .losePower: "-> lose power"
        }
    }
}
