import Faults
import Messages
import Node
import Primitives
import Records
import TopologyFormat

/// What somebody asks of a live network while it runs.
package enum NetworkOrder: Hashable, Sendable {
    /// Answered by `status`, without those that do not answer in time.
    case tellStatus
    /// Issue a task with this payload; answered by what becomes of it.
    case submit(ServiceID, payload: [UInt8])
    /// What a task came to, as the first of these operators that knows tells it.
    case tellResult(task: Digest, from: [OperatorIndex])
    /// Something for the restaking state; answered by what became of it.
    case instruct(LedgerOrder)
    case inject(FaultPlan)
    /// Every fault of this party, or of everybody, is over.
    case clearFaults(of: Party?)
    case kill(Party)
    case pause(Party)
    case resume(Party)
    case restart(Party, Intervention.Disk)
    /// Partitions of one shape, or slow links, from now on.
    ///
    /// - Parameter title: what whoever orders it calls its shape; nil: who is on which side.
    case disturb(LinkFault.Kind, title: String?)
    /// The links are as the topology has them. Nil: all; else those that what has this number lies on.
    case heal(number: Int?)
    /// Issue nothing more, let every window close, stop.
    case drain
    /// Stop at once.
    case stop
}

package enum NetworkAnswer: Hashable, Sendable {
    /// What was done, for a person.
    case done(String)
    /// Nothing was done, and why.
    case refused(String)
    /// The ledger has refused it: the outcomes.
    case notApplied(String)
    case status([NodeView], links: [LinkFaultView] = [])
    /// Of a submission there are two: it is issued, and what it came to.
    case task(TaskReport.Stage)
    /// Nil: nobody who was asked knows.
    case result([UInt8]?)
    /// Whoever was to answer is gone, and what it has done is not known.
    case lost(String)

    /// Whether nothing follows it.
    package var isLast: Bool {
        if case .task(.issued) = self { false } else { true }
    }
}

/// One process of a live network, as whoever started it sees it.
package struct NodeView: Hashable, Sendable {
    package var party: Party
    package var name: String
    /// Of the process that is there, or was there last.
    package var incarnation: UInt32
    package var state: State
    /// Nil where it has not answered in time, or was not asked.
    package var status: NodeStatus?
    /// The ledger's, which has no other status.
    package var usage: ProcessUsage?
    /// What processes of it before this one had decided, of a coordinator.
    package var earlierTasks = ProcessReport.TaskCount()
    /// In the order in which they came to be known.
    package var faults: [FaultView]

    package enum State: Hashable, Sendable {
        /// Not yet connected with everyone it needs.
        case starting
        case up
        case paused
        /// Dead by its fault, and started again after this long.
        case resting(Duration)
        case dead(why: String)
    }
}

/// One fault of a node, scheduled by the topology or injected.
package struct FaultView: Hashable, Sendable {
    package var plan: FaultPlan
    package var isInjected: Bool
    package var stage: Stage

    package enum Stage: String, Hashable, Sendable {
        case waiting, on, over, cleared
        /// Its process ended, and with it what had been injected.
        case gone
        /// Its process does not say.
        case unknown
    }
}

/// A partition, or slow links, that are there or still to come.
package struct LinkFaultView: Hashable, Sendable {
    package var number: Int
    package var kind: LinkFault.Kind
    /// Who is cut off from whom, or which links it is about.
    package var extent: String
    package var isOrdered: Bool
    package var stage: Stage

    package enum Stage: Hashable, Sendable {
        /// It begins after so long.
        case waiting(Duration)
        /// - Parameter left: nil: until it is healed.
        case on(left: Duration?)
    }
}

extension ProcessReport.TaskCount {
    static func + (left: Self, right: Self) -> Self {
        Self(
            issued: left.issued + right.issued, certified: left.certified + right.certified,
            expired: left.expired + right.expired)
    }
}
