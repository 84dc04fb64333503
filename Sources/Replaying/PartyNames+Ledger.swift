import Messages
import Primitives
import Restaking

extension PartyNames {
    package func text(of event: LedgerEvent) -> String {
        switch event {
        case .resumed(let snapshot, let head):
            "a snapshot taken after instruction \(head.sequence), state root \(snapshot.root.short)"
        case .restored(let entry): "from the log: instruction \(entry.sequence), \(text(of: entry.signed.instruction))"
        case .opened(let head): "the log is read" + (head.map { ": it must end with entry \($0.sequence)" } ?? "")
        case .connected(let party, _): "connected with \(name(of: party))"
        case .disconnected(let party): "disconnected from \(name(of: party))"
        case .submitted(let signed, let party): "from \(name(of: party)): \(text(of: signed.instruction))"
        case .instructed(let signed, _): "from outside: \(text(of: signed.instruction))"
        case .tick(let slot): "the clock has reached slot \(slot)"
        case .signed(let signed): "signed: \(text(of: signed.instruction))"
        }
    }

    package func text(of effect: LedgerEffect) -> String {
        switch effect {
        case .append(let entry): "-> log: instruction \(entry.sequence), \(entry.outcome)"
        case .reply(let receipt, let party): "-> \(name(of: party)): receipt \(receipt.outcome)"
        case .answer(let receipt, _): "-> outside: receipt \(receipt.outcome)"
        case .send(let notice, let party): "-> \(name(of: party)): \(text(of: notice))"
        case .publish(let notice): "-> everyone: \(text(of: notice))"
        case .sign(let instruction, let nonce): "-> sign instruction \(nonce): \(text(of: instruction))"
        case .note(let observation): "-> note: \(text(of: observation))"
        case .disconnect(let party, let reason): "-> disconnect \(name(of: party)): \(reason)"
        case .passOver(let error): "-> pass over the snapshot: \(error)"
        case .stop(let fault): "-> stop: \(fault)"
        }
    }
}
