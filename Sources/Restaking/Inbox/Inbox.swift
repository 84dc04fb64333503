import Messages
import Primitives

/// The messages that an AVS has been sent and has not taken yet: first in, first out, without a gap.
struct Inbox: Hashable, Sendable {
    static let limit = 1_024

    /// The number of the first message in it, or of the next one to come.
    private(set) var first: UInt64 = 0
    private(set) var letters: [Letter] = []

    init() {}

    var isFull: Bool { letters.count >= Self.limit }

    mutating func post(_ letter: Letter) { letters.append(letter) }

    /// - Returns: false, with nothing changed, unless the first message has this number.
    mutating func consume(_ number: UInt64) -> Bool {
        guard number == first, !letters.isEmpty else { return false }
        letters.removeFirst()
        first += 1
        return true
    }
}

extension Inbox: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(first)
        encoder.encode(letters)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        first = try decoder.decode()
        letters = try decoder.decodeList()
    }
}
