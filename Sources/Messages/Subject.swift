import Cryptography
import Primitives

/// What one vote is about. Never reused within an AVS.
///
/// The task's sequence number with scope 0, unless the service names something else: chain and nonce, feed and round.
package struct Subject: Hashable, Comparable, Sendable {
    package var scope: UInt64
    package var number: UInt64

    package init(scope: UInt64 = 0, number: UInt64) {
        self.scope = scope
        self.number = number
    }

    package init(_ sequence: TaskSequence) { self.init(number: sequence.number) }

    package static func < (left: Self, right: Self) -> Bool { (left.scope, left.number) < (right.scope, right.number) }
}

extension Subject: CustomStringConvertible {
    package var description: String { scope == 0 ? "\(number)" : "\(scope):\(number)" }
}

extension Subject: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(scope)
        encoder.encode(number)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        scope = try decoder.decode()
        number = try decoder.decode()
    }
}
