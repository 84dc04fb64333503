import Messages
import Primitives

/// Something that somebody does to the restaking state in the course of a run.
package struct TimelinePlan: Hashable, Sendable {
    package var at: Moment
    package var repetition: Repetition?
    package var act: Act

    package init(at: Moment, repetition: Repetition? = nil, act: Act) {
        self.at = at
        self.repetition = repetition
        self.act = act
    }

    package enum Moment: Hashable, Sendable {
        /// When it has opened; epoch 0: from the beginning.
        case epoch(Epoch)
        /// When this task of this AVS is issued.
        case task(ServiceID, TaskSequence)
        /// So long after the beginning.
        case after(Duration)
    }

    /// Again and again, in the unit of the moment.
    package struct Repetition: Hashable, Sendable {
        /// Epochs, tasks or nanoseconds.
        package var every: UInt64
        package var times: UInt64

        package init(every: UInt64, times: UInt64) {
            self.every = every
            self.times = times
        }
    }

    /// Whose restaking account: a restaker's, or an operator's own.
    package enum Account: Hashable, Sendable {
        case restaker(RestakerIndex)
        case signer(OperatorIndex)
    }

    /// An asset that is listed, or is to be: what comes to be listed has no number before it is.
    package typealias AssetName = String

    package struct Amount: Hashable, Sendable {
        package var asset: AssetName
        package var units: Units

        package init(asset: AssetName, units: Units) {
            self.asset = asset
            self.units = units
        }
    }

    /// So many units, or a share of what there is.
    package enum Quantity: Hashable, Sendable {
        case amount(Amount)
        case share(Fraction, of: AssetName)

        package var asset: AssetName {
            switch self {
            case .amount(let amount): amount.asset
            case .share(_, let asset): asset
            }
        }
    }

    package enum RateChange: Hashable, Sendable {
        case to(ExchangeRate)
        /// A share of the present rate, up or down.
        case by(Fraction, isFall: Bool)
    }

    package enum Act: Hashable, Sendable {
        case deposit(Account, Amount)
        case withdraw(Account, Quantity)
        case delegate(Account, Quantity, to: OperatorIndex)
        case undelegate(Account, Quantity, from: OperatorIndex)
        case emergencyExit(Account, AssetName, from: OperatorIndex)
        case claimRewards(Account)
        case propose(Account, AssetPlan)
        case vote(Account, AssetName, accepts: Bool)
        case dispute(Account, ServiceID, TaskSequence)

        case registerClient(OperatorIndex, ClientVersion)
        case setCommission(OperatorIndex, BasisPoints)
        case optIn(OperatorIndex, ServiceID)
        case optOut(OperatorIndex, ServiceID)
        case allocate(OperatorIndex, AllocationPlan)
        case unjail(OperatorIndex, ServiceID)
        case exit(OperatorIndex)
        case voteDisputes(OperatorIndex, voids: Bool)

        case admit(ServiceID, OperatorIndex)
        case expel(ServiceID, OperatorIndex)
        case fund(ServiceID, Lamports)
        case post(ServiceID, TaskSequence, to: ServiceID)
        case consume(ServiceID)
        case cancelSlash(ServiceID, of: OperatorIndex)

        case setRate(AssetName, RateChange)
        case setYield(ValidatorIndex, YieldPlan)
        case councilList(AssetName)
        case councilStatus(AssetName, AssetStatus)
        case councilRate(AssetName, RateChange)
        case councilDefunct(ServiceID)

        /// The ledger's clock moves on by itself.
        case forward(epochs: UInt64)
    }
}

extension Topology {
    /// As a topology writes it: `{at: epoch 3, restaker: r-1, undelegate: 50 SOL, from: op-2}`.
    package func text(of plan: TimelinePlan) -> String { TopologyWriter(topology: self).text(of: plan) }
}
