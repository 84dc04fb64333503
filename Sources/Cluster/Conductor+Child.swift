import Faults
import Glibc
import Messages
import Node
import Primitives
import Records

extension Conductor {
    /// One process, or its place while there is none.
    struct Child {
        let party: Party
        let name: String
        var faults: [KnownFault]
        var incarnation: UInt32 = 1
        var state = State.idle
        /// What it said by `failed`.
        var account: String?
        /// By us.
        var wasKilled = false
        /// Told to do nothing.
        var isPaused = false
        /// It is to be killed, and then started again with this disk.
        var restart: Intervention.Disk?
        /// What it finds when it is started again after its fault.
        var restDisk = Intervention.Disk.keep
        /// Whether its fault may have taken part of its guard with it.
        var hasOlderDisk = false
        /// Of a coordinator: the tasks that it has counted, and those that its earlier processes had decided. What they left
        /// undecided it takes up, and counts again.
        var tasks = ProcessReport.TaskCount()
        var earlierTasks = ProcessReport.TaskCount()
        /// Why there is no process, for a person.
        var epitaph = ""

        enum State: Hashable {
            case idle, launched, ready, finished
            /// Dead as its fault says, to be started again.
            case resting(until: Instant)
            case ended
        }

        var isAlive: Bool { state == .launched || state == .ready || state == .finished }

        /// What a new process of it is told of.
        var scheduledFaults: [FaultPlan] {
            faults.compactMap { fault in
                switch fault.state {
                case .present: fault.injected == nil ? fault.plan : nil
                case .happened: fault.plan.aftermath
                case .cleared, .gone: nil
                }
            }
        }
    }

    /// One fault of a child, and what has become of it.
    struct KnownFault {
        let plan: FaultPlan
        /// When it was injected into a live network; nil: the topology's.
        let injected: Instant?
        var state = State.present

        enum State {
            /// The process that is there knows of it.
            case present
            /// It was a crash.
            case happened
            case cleared
            /// It was injected into a process that has ended; or a crash whose time went by while there was no process.
            case gone
        }

        init(_ plan: FaultPlan, injected: Instant? = nil) {
            self.plan = plan
            self.injected = injected
        }
    }

    /// Who is dead cannot die: its next process is told of none that would be over by now.
    mutating func forgetPastCrashes(of place: Int, at now: Instant) {
        guard let began else { return }
        for fault in children[place].faults.indices {
            let known = children[place].faults[fault]
            guard known.state == .present, known.injected == nil, known.plan.behaviour.isCrash else { continue }
            if known.plan.isOver(at: now - began) { children[place].faults[fault].state = .gone }
        }
    }

    /// Which of its crashes ended a node's process so: of those that can have begun, the first. A crash at a task orders by
    /// its number; when it is due in time is not known here. One that was cleared can have come before the word did.
    func dueCrash(of child: Child, _ ending: ChildEnding, at now: Instant) -> Int? {
        guard let began else { return nil }
        func rank(_ fault: KnownFault) -> (Int, UInt64)? {
            guard fault.plan.behaviour.isCrash, fault.state == .present || fault.state == .cleared else { return nil }
            // Of a full disk a process ends by itself.
            guard (ending == .signalled(SIGKILL)) != (fault.plan.behaviour == .diskFull) else { return nil }
            let base = fault.injected ?? began
            return switch fault.plan.begins {
            case .start: (0, 0)
            case .after(let delay): now >= base + delay ? (1, (base + delay).nanoseconds) : nil
            case .task(let sequence): (2, sequence.number)
            }
        }
        return child.faults.indices.compactMap { place in rank(child.faults[place]).map { (rank: $0, place: place) } }
            .min { $0.rank < $1.rank }?.place
    }
}
