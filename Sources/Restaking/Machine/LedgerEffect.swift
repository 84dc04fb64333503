import Cryptography
import Messages
import Primitives

/// What the ledger's machine wants done. A driver carries effects out in their order: an entry is durable before
/// anything that follows it is sent. Over one turn it may make all its entries durable at once, then do the rest.
package enum LedgerEffect: Hashable, Sendable {
    /// Append to the durable log.
    case append(LogEntry)
    /// To whoever submitted it; lost if it is no longer connected.
    case reply(Receipt, to: Party)
    /// To whoever runs the network.
    case answer(Receipt, ticket: UInt64)
    case send(LedgerNotice, to: Party)
    /// To everyone who is connected.
    case publish(LedgerNotice)
    /// Sign with the clock's key; answered by `.signed`, before any other event.
    case sign(Instruction, nonce: UInt64)
    case note(Observation)
    case disconnect(Party, reason: String)
    /// What `resumed` brought is no state of this ledger: nothing has changed, and an older one or none will do.
    case passOver(SnapshotError)
    /// The log cannot be gone on with: the process reports this and ends. The machine does nothing more.
    case stop(LogFault)
}

extension LedgerEffect {
    /// Effects are encoded to be compared, never to be read back.
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .append(let entry):
            encoder.encode(UInt8(0))
            encoder.encode(entry)
        case .reply(let receipt, let party):
            encoder.encode(UInt8(1))
            encoder.encode(receipt)
            encoder.encode(party)
        case .send(let notice, let party):
            encoder.encode(UInt8(2))
            encoder.encode(notice)
            encoder.encode(party)
        case .publish(let notice):
            encoder.encode(UInt8(3))
            encoder.encode(notice)
        case .sign(let instruction, let nonce):
            encoder.encode(UInt8(4))
            encoder.encode(instruction)
            encoder.encode(nonce)
        case .note(let observation):
            encoder.encode(UInt8(5))
            encoder.encode(observation)
        case .disconnect(let party, let reason):
            encoder.encode(UInt8(6))
            encoder.encode(party)
            encoder.encode(reason)
        case .stop(let fault):
            encoder.encode(UInt8(7))
            encoder.encode(fault.description)
        case .answer(let receipt, let ticket):
            encoder.encode(UInt8(8))
            encoder.encode(receipt)
            encoder.encode(ticket)
        case .passOver(let error):
            encoder.encode(UInt8(9))
            encoder.encode(error.description)
        }
    }

    private var receipt: Receipt? {
        switch self {
        case .reply(let receipt, _), .answer(let receipt, _): receipt
        default: nil
        }
    }

    /// Whether somebody is told among these what became of an entry that is among them too.
    package static func answerEntries(_ effects: [LedgerEffect]) -> Bool {
        let entries = Set(effects.compactMap { if case .append(let entry) = $0 { entry.signed.digest } else { nil } })
        return effects.contains { $0.receipt.map { entries.contains($0.instruction) } ?? false }
    }

    /// The digest of all effects of one event, every byte of them.
    package static func digest(of effects: [LedgerEffect]) -> Digest {
        var encoder = BorshEncoder()
        for effect in effects { effect.encode(to: &encoder) }
        return Domain.effects.digest(encoder.bytes)
    }
}
