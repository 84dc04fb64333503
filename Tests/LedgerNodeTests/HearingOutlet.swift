import Node

/// Hears what a driver says, and whether it dies.
struct HearingOutlet: NodeOutlet {
    var hear: (ProcessReport) -> Void = { _ in }
    var died: () -> Void = {}

    func report(_ report: ProcessReport) { hear(report) }
    func end(status: Int32) {}
    func crash() { died() }
    func pause(for duration: Duration) {}
}
