import Primitives

/// What one restaker has in the native vault.
struct RestakerAccount: Hashable, Sendable {
    /// Deposited and not delegated: can be delegated or withdrawn at once.
    var idle = Lamports.zero
    /// In ascending order of operators.
    var delegations: [DelegationRecord] = []
    /// One for each (epoch, operator), in that order.
    var claims: [UnbondingClaim] = []

    struct DelegationRecord: Hashable, Sendable {
        let signer: OperatorIndex
        /// Of the operator's active pool.
        var holding = SharePool.Holding()
        /// What was delegated last, until it is settled into the holding.
        var joining: OperatorStake.Joining?

        /// Settles what was delegated last, once its epoch is over: into shares, or as idle stake.
        ///
        /// - Returns: what becomes idle.
        mutating func settle(with stake: inout OperatorStake) -> Lamports {
            guard let joining else { return .zero }
            switch stake.settle(joining) {
            case .pending: return .zero
            case .shares(let settled): holding.add(settled, of: stake.active)
            case .returned:
                self.joining = nil
                return joining.amount
            }
            self.joining = nil
            return .zero
        }

        /// Takes back some of what was delegated in this same epoch.
        mutating func takeBack(_ amount: Lamports, from stake: inout OperatorStake) {
            guard amount > .zero, let joining else { return }
            stake.leaveJoin(amount, in: joining.epoch)
            self.joining?.amount -= amount
            if joining.amount == amount { self.joining = nil }
        }
    }

    struct UnbondingClaim: Hashable, Sendable {
        let epoch: Epoch
        let signer: OperatorIndex
        /// Of the operator's bucket of that epoch.
        var holding: SharePool.Holding
    }

    func place(of signer: OperatorIndex) -> Int? { delegations.place(of: signer, by: \.signer) }

    /// - Returns: the place of the record for this operator, made where there was none.
    mutating func openDelegation(to signer: OperatorIndex) -> Int {
        if let place = place(of: signer) { return place }
        let place = delegations.firstIndex { $0.signer > signer } ?? delegations.count
        delegations.insert(DelegationRecord(signer: signer), at: place)
        return place
    }

    /// Adds to the claim on a bucket, or makes it.
    mutating func claim(_ holding: SharePool.Holding, of pool: SharePool, from signer: OperatorIndex, in epoch: Epoch) {
        if let place = claims.firstIndex(where: { $0.epoch == epoch && $0.signer == signer }) {
            claims[place].holding.add(holding, of: pool)
        } else {
            let place = claims.firstIndex { ($0.epoch, $0.signer) > (epoch, signer) } ?? claims.count
            claims.insert(UnbondingClaim(epoch: epoch, signer: signer, holding: holding), at: place)
        }
    }

    /// Forgets what holds nothing.
    mutating func tidy() {
        delegations.removeAll { $0.holding.shares == 0 && $0.joining == nil }
        claims.removeAll { $0.holding.shares == 0 }
    }
}
