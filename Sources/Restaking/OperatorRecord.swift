import Cryptography
import Messages
import Primitives

/// A registered operator.
struct OperatorRecord: Hashable, Sendable {
    let key: PublicKey
    var endpoint: Endpoint?
    /// The epoch in which it was tombstoned: for good.
    var tombstoned: Epoch?

    var isTombstoned: Bool { tombstoned != nil }
}
