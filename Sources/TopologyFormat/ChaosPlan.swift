import Faults
import Primitives

/// Faults that the run's seed draws, one after the other, for as long as the run lasts.
package struct ChaosPlan: Hashable, Sendable {
    /// One is drawn in each such time, unless there is no room for any.
    package var every: Duration
    /// The longest that one lasts.
    package var lasting: Duration
    /// What is drawn from, in the order of ``Word/all``, each once.
    package var of: [Word]
    /// At no time do those who have a fault hold this share of any AVS's stake, or more.
    package var within: Fraction

    package init(every: Duration, lasting: Duration? = nil, of: [Word], within: Fraction = Self.standardShare) {
        self.every = every
        self.lasting = lasting ?? every
        self.of = of
        self.within = within
    }

    package static let standardPace = Duration.seconds(5)
    package static let standardShare = Fraction(1, over: 3)!
    /// Of one run: what the format takes of faults in a file.
    package static let mostDraws: UInt64 = 10_000

    /// What can be drawn.
    package enum Word: Hashable, Sendable {
        case fault(Behaviour)
        /// Some operators are cut off from everyone else.
        case partition
        /// One node is.
        case isolate
        /// The links of one node are slow.
        case slowLink
        /// They lose frames, and send some twice or late.
        case lossyLink
        /// Stake comes and goes, and operators leave an AVS and come back.
        case churn

        package static let all: [Word] =
            Behaviour.allCases.filter { $0.reasonNotToBeDrawn == nil }.map { .fault($0) }
            + [.partition, .isolate, .slowLink, .lossyLink, .churn]

        package var text: String {
            switch self {
            case .fault(let behaviour): behaviour.rawValue
            case .partition: "partition"
            case .isolate: "isolate"
            case .slowLink: "slow-link"
            case .lossyLink: "lossy-link"
            case .churn: "churn"
            }
        }

        /// Whether it is drawn where nothing is said: what nobody is slashed for.
        func isStandard(in dissemination: NetworkPlan.Dissemination) -> Bool {
            guard case .fault(let behaviour) = self else { return true }
            return !behaviour.isProvable && (dissemination == .mesh || behaviour.reasonNotInStar == nil)
        }
    }

    package static func standardWords(in dissemination: NetworkPlan.Dissemination) -> [Word] {
        Word.all.filter { $0.isStandard(in: dissemination) }
    }
}

extension Behaviour {
    /// Why it cannot begin at a time that is drawn; nil where it can.
    var reasonNotToBeDrawn: String? {
        switch self {
        case .twin: "a twin is there from the start; leave it out, or put it into faults"
        case .collusion: "a collusion happens when its coordinator equivocates; leave it out, or put both into faults"
        case .ledgerCrash: "everybody leans on the ledger; leave it out, or put its crash into faults"
        default: nil
        }
    }

    /// Why it comes to nothing where votes go to the coordinator alone; nil where it does not.
    var reasonNotInStar: String? {
        switch self {
        case .equivocateSplit, .selective:
            "in a star votes go to the coordinator alone, so nobody can be shown another one; "
                + "write \(self == .selective ? "withhold" : "equivocate"), or dissemination: mesh"
        case .coordinatorEquivocates, .collusion:
            "in a star nobody but the coordinator sees two tasks under one number; write dissemination: mesh"
        case .amnesia: "in a star no peer has the task that was forgotten; write dissemination: mesh"
        default: nil
        }
    }
}
