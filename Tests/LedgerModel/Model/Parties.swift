import Cryptography
import Messages
import Primitives

/// What the model knows of an operator.
package struct Operator: Sendable {
    package let key: PublicKey
    var commission: BasisPoints
    var nextCommission: (rate: BasisPoints, from: Epoch)?
    package var tombstoned: Epoch?
    package var exited: Epoch?
    /// What was said, of how much secures what, from which epoch on; in ascending order of epochs.
    var allocations: [Part: [(from: Epoch, magnitude: Exact)]] = [:]
    /// By asset: what counted at the opening of each epoch.
    var counted: [AssetID: [Epoch: Exact]] = [:]
    /// What has been taken, or is going to be, for offences of an epoch.
    var charged: [Charge: Exact] = [:]

    init(_ terms: Genesis.Signer) {
        key = terms.key
        commission = terms.commission
    }

    func commission(in epoch: Epoch) -> BasisPoints {
        if let nextCommission, nextCommission.from <= epoch { return nextCommission.rate }
        return commission
    }

    func magnitude(_ part: Part, in epoch: Epoch) -> Exact {
        allocations[part]?.last { $0.from <= epoch }?.magnitude ?? .zero
    }

    /// The most that is, or will be, this AVS's in an epoch from `oldest` on.
    func encumbered(_ part: Part, since oldest: Epoch) -> Exact {
        let entries = allocations[part] ?? []
        let first = entries.lastIndex { $0.from <= oldest } ?? 0
        return entries.dropFirst(first).map(\.magnitude).max() ?? .zero
    }
}

/// What secures one AVS of one asset.
struct Part: Hashable, Sendable {
    let service: ServiceID
    let asset: AssetID
}

struct Charge: Hashable, Sendable {
    let asset: AssetID
    let epoch: Epoch
    /// Nil where the whole stake secures every AVS.
    let service: ServiceID?
}

/// What the model knows of an AVS.
package struct Service: Sendable {
    package let terms: Genesis.Service
    /// By operator.
    var memberships: [Membership]
    /// By operator; nil: everyone is admitted.
    var admitted: [Bool]?
    var revocation: Digest?
    package var defunct: Epoch?
    var budget: Exact
    var tasksEver: UInt64 = 0
    var tasksSettled: UInt64 = 0
    /// By operator: the weights with which it took part in this epoch's settled tasks.
    var credits: [UInt128]

    struct Membership: Sendable {
        var from: Epoch?
        var until: Epoch?
        var jail: (from: Epoch, termEnds: Epoch, until: Epoch?)?
        /// Of the AVS's tasks that it was a member for, by their number: whether it took part.
        var attendance: [UInt64: Bool] = [:]

        var isOptedIn: Bool { from != nil && until == nil }

        func counts(in epoch: Epoch) -> Bool {
            guard let from, from <= epoch else { return false }
            if let until, until <= epoch { return false }
            guard let jail, jail.from <= epoch else { return true }
            return jail.until.map { $0 <= epoch } ?? false
        }
    }

    init(_ terms: Genesis.Service, operators: Int) {
        self.terms = terms
        memberships = Array(repeating: Membership(), count: operators)
        credits = Array(repeating: 0, count: operators)
        budget = Exact(terms.reward.budget)
        for index in terms.optedIn { memberships[Int(index.number)].from = Epoch(0) }
        if case .list(let list) = terms.admission {
            admitted = memberships.indices.map { index in
                (list + terms.optedIn).contains(OperatorIndex(UInt32(index)))
            }
        }
    }

    /// Whether somebody was there for a whole window of the AVS's tasks, and took part in too few of them.
    func isShort(_ attendance: [UInt64: Bool]) -> Bool {
        let window = UInt64(terms.jail.window)
        guard window > 0, let last = attendance.keys.max(), last + 1 >= window else { return false }
        let tasks = ((last + 1 - window)...last).map { attendance[$0] }
        guard !tasks.contains(nil) else { return false }
        return Exact(UInt64(tasks.count { $0 == true })) < Exact(window) * Exact(terms.jail.least)
    }
}
