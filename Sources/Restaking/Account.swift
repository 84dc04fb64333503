import Cryptography
import Messages
import Primitives

/// Someone of genesis: what its key may ask for, and how far its instructions have come.
struct Account: Hashable, Sendable {
    let key: PublicKey
    var isClock = false
    var signer: OperatorIndex?
    var restaker: RestakerIndex?
    var coordinated: ServiceID?
    var nextNonce: UInt64 = 0
    /// What it has earned by reporting offences: booked here, whether or not it is a restaker.
    var reward = Lamports.zero
}
