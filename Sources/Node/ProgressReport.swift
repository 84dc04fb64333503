import Messages
import NIOCore

/// Counts a coordinator's tasks and tells the parent, when something has changed and not too often.
final class ProgressReport {
    static let interval = TimeAmount.milliseconds(100)
    private let outlet: any NodeOutlet
    private(set) var tasks = ProcessReport.TaskCount()
    private var reported = ProcessReport.TaskCount()
    private var earliest = NIODeadline.uptimeNanoseconds(0)
    private var isScheduled = false

    init(outlet: any NodeOutlet) { self.outlet = outlet }

    /// Operators certify too, in a mesh, but tasks are issued by coordinators alone.
    func count(_ observation: Observation) {
        switch observation {
        case .taskIssued: tasks.issued += 1
        case .certified where tasks.issued > 0: tasks.certified += 1
        case .taskExpired: tasks.expired += 1
        default: break
        }
    }

    func reportIfDue(on eventLoop: any EventLoop) {
        guard tasks != reported, !isScheduled else { return }
        let now = eventLoop.now
        if now >= earliest {
            reportNow()
            earliest = now + Self.interval
        } else {
            isScheduled = true
            eventLoop.assumeIsolated().scheduleTask(deadline: earliest) { [weak self] in
                self?.isScheduled = false
                self?.reportIfDue(on: eventLoop)
            }
        }
    }

    func reportNow() {
        guard tasks != reported else { return }
        reported = tasks
        outlet.report(.progress(tasks))
    }
}
