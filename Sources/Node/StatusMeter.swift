import Attesting
import Messages
import Primitives

/// What a node of a live cluster can tell when it is asked how it is doing, from what its driver sees anyway: events on
/// their way to the machine, and the machine's notes. It runs with every vote, so it looks things up and hashes nothing.
enum StatusMeter: Sendable {
    case signer(SignerMeter)
    case coordinator(CoordinatorMeter)

    /// - Returns: nil for the ledger.
    init?(of party: Party) {
        switch party {
        case .ledger: return nil
        case .signer: self = .signer(SignerMeter())
        case .coordinator(let service): self = .coordinator(CoordinatorMeter(service: service))
        }
    }

    /// Before the machine is given the event.
    mutating func saw(_ event: NodeEvent, at now: Instant) {
        change(signer: { $0.saw(event) }, coordinator: { $0.saw(event, at: now) })
    }

    mutating func noted(_ observation: Observation, at now: Instant) {
        change(signer: { $0.noted(observation, at: now) }, coordinator: { $0.noted(observation, at: now) })
    }

    /// What has become of submitted tasks since the last time.
    mutating func takeReports() -> [TaskReport] {
        var reports: [TaskReport] = []
        change(signer: { _ in }, coordinator: { reports = $0.takeReports() })
        return reports
    }

    func result(of task: Digest) -> [UInt8]? {
        if case .signer(let meter) = self { meter.result(of: task) } else { nil }
    }

    func role(_ count: ProcessReport.TaskCount) -> NodeStatus.Role {
        switch self {
        case .signer(let meter): .signer(meter.status)
        case .coordinator(let meter): .coordinator(meter.status(count))
        }
    }

    /// In place: the meter is taken out and put back, so that nothing of it is copied.
    private mutating func change(
        signer: (inout SignerMeter) -> Void, coordinator: (inout CoordinatorMeter) -> Void
    ) {
        switch consume self {
        case .signer(var meter):
            signer(&meter)
            self = .signer(meter)
        case .coordinator(var meter):
            coordinator(&meter)
            self = .coordinator(meter)
        }
    }
}
