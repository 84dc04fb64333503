import Cryptography
import Messages
import Primitives

/// An AVS: its terms, its coordinator, and who has opted in.
struct ServiceRecord: Hashable, Sendable {
    let coordinator: PublicKey
    let threshold: Fraction
    let equivocationSlash: Fraction
    /// By operator.
    private(set) var memberships: [Membership?]
    /// Once its coordinator has signed two tasks under one number: for good.
    private(set) var revocation: Revocation?

    /// In which epochs an operator counts: worked out from recorded epochs, so that nothing must remember to change.
    struct Membership: Hashable, Sendable {
        fileprivate(set) var from: Epoch
        /// The first epoch in which it no longer counts.
        fileprivate(set) var until: Epoch?

        func counts(in epoch: Epoch) -> Bool {
            guard from <= epoch else { return false }
            guard let until else { return true }
            return epoch < until
        }
    }

    init(_ terms: Genesis.Service, operators: Int) {
        coordinator = terms.coordinator
        threshold = terms.threshold
        equivocationSlash = terms.equivocationSlash
        memberships = Array(repeating: nil, count: operators)
        for index in terms.optedIn { memberships[Int(index.number)] = Membership(from: Epoch(0), until: nil) }
    }

    func isOptedIn(_ index: OperatorIndex) -> Bool {
        guard let membership = memberships[Int(index.number)] else { return false }
        return membership.until == nil
    }

    func counts(_ index: OperatorIndex, in epoch: Epoch) -> Bool {
        memberships[Int(index.number)]?.counts(in: epoch) == true
    }

    /// Counts from `epoch` on; without a gap, where it would have ended just there.
    mutating func admit(_ index: OperatorIndex, from epoch: Epoch) {
        if let membership = memberships[Int(index.number)], membership.until == epoch, membership.from < epoch {
            memberships[Int(index.number)]?.until = nil
        } else {
            memberships[Int(index.number)] = Membership(from: epoch, until: nil)
        }
    }

    mutating func revoke(_ revocation: Revocation) {
        precondition(self.revocation == nil, "a key is revoked once")
        self.revocation = revocation
    }

    mutating func dismiss(_ index: OperatorIndex, from epoch: Epoch) {
        memberships[Int(index.number)]?.until = epoch
    }
}
