import Messages
import Primitives

/// A proven offence whose slash is not executed yet: its funds stay where they are, and nothing that it can reach leaves.
struct PendingSlash: Hashable, Sendable {
    /// In the stage `pending`; of a fixed policy with what is going to be taken.
    var record: SlashRecord
    /// Where the submitter's account stands.
    let reporter: Int
    let due: Due

    enum Due: Hashable, Sendable {
        /// The end of the veto window.
        case slot(Slot)
        /// The opening of the epoch in which the offence's own can no longer be punished: who else has offended in it is
        /// known then.
        case epoch(Epoch)
    }
}

extension PendingSlash: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(record)
        encoder.encode(UInt32(reporter))
        switch due {
        case .slot(let slot):
            encoder.encode(UInt8(0))
            encoder.encode(slot)
        case .epoch(let epoch):
            encoder.encode(UInt8(1))
            encoder.encode(epoch)
        }
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        record = try decoder.decode()
        reporter = Int(try decoder.decode(UInt32.self))
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: due = .slot(try decoder.decode())
        case 1: due = .epoch(try decoder.decode())
        default: throw .unknownCase(type: "PendingSlash.Due", value: value)
        }
    }
}
