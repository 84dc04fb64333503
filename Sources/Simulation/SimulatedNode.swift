import Admission
import Attesting
import DequeModule
import Faults
import Messages
import Primitives
import Records

/// One operator or coordinator: its process, its disk, and its records. Belongs to one world alone.
final class SimulatedNode {
    let party: Party
    let name: String
    /// What its next process is told of.
    var plans: [FaultPlan]
    var disk: VirtualDisk
    #if DEBUG
        var gathered = GatheredEntries()
    #endif
    /// Nil while there is no process.
    var machine: (any NodeMachine)?
    var incarnation: UInt32 = 0
    /// Changes with every process: what was meant for an earlier one concerns nobody.
    var life: UInt32 = 0
    var inbox = FairQueue<Party, Waiting>()
    var weights = StakeWeights()
    var turn: Turn?
    var isQueuedForCore = false
    /// When it came to the core that it has.
    var hasCoreSince = Instant(nanoseconds: 0)
    /// Whether it waited for something to do.
    var isAsleep = true
    /// The earliest time that the machine has asked to be woken at.
    var wakeTime: Instant?
    /// It does nothing before this time.
    var pausedUntil: Instant?
    var hasFinished = false
    /// What its next process finds.
    var restartDisk = FaultDisk.keep
    /// Whether its disk has lost, with its host's power, what its guard need not have kept.
    var hasOlderDisk = false
    /// Nothing starts it again.
    var isGoneForGood = false
    var role: NodeRole?
    var entries: [RecordEntry] = []
    var records: [NodeRecord] = []

    enum Waiting {
        case event(NodeEvent)
        case frame(Frame, bytes: Int, connection: Int, towardHigh: Bool, generation: UInt32)
    }

    /// Rounds of events and answers, then what can be noticed outside: as a `NodeDriver` does it.
    struct Turn {
        /// Signatures, checks and results that the machine waits for.
        var requests: [NodeEffect]
        var stage = Stage.events
        var rounds = 0
        /// To be durable before any of the requests is answered.
        var unwritten: [GuardEntry] = []
        var outward: [(effect: NodeEffect, bytes: Int)] = []
        /// Written out with the end of the turn.
        var entries: [RecordEntry] = []
        /// The process dies in this turn: the machine hears nothing more.
        var isLast = false

        /// To be sent, each recipient counted.
        var frameCount: Int {
            outward.reduce(0) { count, outward in
                if case .send(_, let recipients) = outward.effect { count + recipients.count } else { count }
            }
        }

        enum Stage {
            case events, durability, answers
            /// All is done but what can be noticed outside.
            case leaving
            /// And that is on its way.
            case left
        }
    }

    /// Work that the last turn had no room for.
    var leftOver: [NodeEffect] = []

    var isAlive: Bool { machine != nil }

    init(party: Party, name: String, plans: [FaultPlan]) {
        self.party = party
        self.name = name
        self.plans = plans
        disk = VirtualDisk(isKept: plans.contains { $0.behaviour.isCrash })
    }

    /// As `NodeDriver` limits them.
    static let eventsPerTurn = 64
    static let roundsPerTurn = 8
}
