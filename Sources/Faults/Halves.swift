import Messages
import Primitives

/// How a coordinator and its accomplices divide an AVS's other operators: each half is shown another task, and the two
/// weigh as much alike as handing them out by falling stake makes them.
///
/// Worked out from genesis alone, so that coordinator and accomplices agree without a word. Of two tasks, the one with
/// the lower digest is for the lower half.
struct Halves: Sendable {
    private let lower: Set<OperatorIndex>
    private let upper: Set<OperatorIndex>
    private let accomplices: Set<OperatorIndex>

    init(of service: ServiceID, in genesis: Genesis, accomplices: [OperatorIndex]) {
        let accomplices = Set(accomplices)
        var stakes: [OperatorIndex: UInt128] = [:]
        for delegation in genesis.restakers.flatMap(\.delegations) {
            stakes[delegation.signer, default: 0] += UInt128(delegation.amount.number)
        }
        let others = genesis.services[Int(service.number)].optedIn.filter { !accomplices.contains($0) }
            .map { (signer: $0, stake: stakes[$0, default: 0]) }
            .sorted { ($1.stake, $0.signer) < ($0.stake, $1.signer) }
        var (lower, upper): (Set<OperatorIndex>, Set<OperatorIndex>) = ([], [])
        var (lowerStake, upperStake): (UInt128, UInt128) = (0, 0)
        for (signer, stake) in others {
            if (lowerStake, lower.count) <= (upperStake, upper.count) {
                lower.insert(signer)
                lowerStake += stake
            } else {
                upper.insert(signer)
                upperStake += stake
            }
        }
        self.lower = lower
        self.upper = upper
        self.accomplices = accomplices
    }

    func isAccomplice(_ party: Party) -> Bool {
        if case .signer(let signer) = party { accomplices.contains(signer) } else { false }
    }

    /// Whether an operator is in the half that is shown the one task of the two.
    func isShown(_ task: Digest, insteadOf other: Digest, _ party: Party) -> Bool {
        guard case .signer(let signer) = party else { return false }
        return (task < other ? lower : upper).contains(signer)
    }
}
