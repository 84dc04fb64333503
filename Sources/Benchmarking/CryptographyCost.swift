import Cryptography
import Messages
import Primitives
import TopologyFormat

/// What signing and checking one statement takes on this machine, now and on one core.
package struct CryptographyCost: Hashable, Sendable {
    package var sign: Duration
    package var verify: Duration

    package init(sign: Duration, verify: Duration) {
        self.sign = sign
        self.verify = verify
    }

    /// The median of short rounds: what else the machine does falls on some of them alone.
    ///
    /// - Parameter clock: tells the time.
    package static func measure(rounds: Int = 9, clock: () -> Instant) -> CryptographyCost {
        let key = SigningKey(seed: FixedBytes32())
        let statement = Statement(
            voteKey: VoteKey(network: .zero, service: ServiceID(0), subject: Subject(number: 1)), operatorSet: .zero,
            epoch: Epoch(0), task: .zero, result: .zero)
        let message = statement.signedBytes
        let signature = key.sign(message)
        return CryptographyCost(
            sign: median(rounds, clock) { _ = key.sign(message) },
            verify: median(rounds, clock) {
                precondition(signature.isValid(for: message, by: key.publicKey), "a signature is valid")
            })
    }

    private static let callsPerRound = 50

    private static func median(_ rounds: Int, _ clock: () -> Instant, _ body: () -> Void) -> Duration {
        let times = (0..<rounds).map { _ in
            let start = clock()
            for _ in 0..<callsPerRound { body() }
            return (clock() - start) / callsPerRound
        }
        return times.sorted()[rounds / 2]
    }

    /// Of one task in a star: the coordinator signs it, each operator checks that and signs its vote, and the
    /// coordinator checks a quorum of votes. In a mesh each operator checks a quorum too, its own vote excepted.
    package func perTask(of one: BenchCase) -> Duration {
        let star = sign + (verify + sign) * one.operators + verify * one.quorum
        switch one.dissemination {
        case .star: return star
        case .mesh: return star + verify * (one.operators * (one.quorum - 1))
        }
    }
}
