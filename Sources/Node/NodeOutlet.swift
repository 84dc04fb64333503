import Glibc

/// Where a driver's word goes outside the network, and how its process ends.
package protocol NodeOutlet {
    func report(_ report: ProcessReport)
    /// Ends the process at once.
    func end(status: Int32)
    /// Ends the process as `kill -9` does.
    func crash()
    /// From the end of the present turn on, the process does nothing at all for so long.
    func pause(for duration: Duration)
}

/// The process that the driver runs in.
package struct ProcessOutlet: NodeOutlet {
    private let gate: PauseGate

    package init(_ gate: PauseGate) { self.gate = gate }

    package func report(_ report: ProcessReport) { ProcessControl.report(report) }

    package func end(status: Int32) { ProcessControl.end(status) }

    package func crash() { kill(getpid(), SIGKILL) }

    package func pause(for duration: Duration) { gate.pause(for: duration) }
}
