import Messages
import Primitives

/// Which of an AVS's latest tasks one operator was a member for, and took part in.
struct Attendance: Hashable, Sendable {
    /// The number of the latest task that it was a member for, among all that the AVS has settled.
    private(set) var latest: UInt64 = 0
    /// A bit for each task, the latest one lowest: whether it was a member, and whether it took part.
    private(set) var member: UInt128 = 0
    private(set) var present: UInt128 = 0

    init() {}

    mutating func record(task ordinal: UInt64, tookPart: Bool) {
        let gap = UInt128(min(ordinal - latest, 128))
        member = member << gap | 1
        present = present << gap | (tookPart ? 1 : 0)
        latest = ordinal
    }

    /// A vote that was left out of this task's participation.
    mutating func amend(task ordinal: UInt64) {
        guard ordinal <= latest, latest - ordinal < 128 else { return }
        present |= member & 1 << UInt128(latest - ordinal)
    }

    /// Whether it has missed so much of a whole window, for all of which it was a member, that less than the least share
    /// is left.
    func isShort(of terms: JailTerms) -> Bool {
        guard terms.window > 0 else { return false }
        let window = terms.window == JailTerms.windowLimit ? UInt128.max : (1 << UInt128(terms.window)) - 1
        guard member & window == window else { return false }
        let attended = UInt128((present & window).nonzeroBitCount)
        return attended * UInt128(terms.least.denominator) < UInt128(terms.window) * UInt128(terms.least.numerator)
    }
}

extension Attendance: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(latest)
        encoder.encode(member)
        encoder.encode(present)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        latest = try decoder.decode()
        member = try decoder.decode()
        present = try decoder.decode()
    }
}
