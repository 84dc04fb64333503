import ArgumentParser
import Cluster
import Foundation
import Glibc
import Node
import Reports
import SystemPackage
import TopologyFormat

/// One live cluster, from its name to its verdict: the process that this command has become.
struct LiveCluster {
    let claim: ClusterClaim
    let prepared: PreparedRun
    /// Nil in the foreground.
    let detachment: Detachment?

    /// Takes the name before anything is written.
    init(
        topologyPath: String, name: String?, overrides: Topology.Overrides, runDirectory: String?,
        detachment: Detachment?, startedAt: Date
    ) throws(CommandFailure) {
        self.detachment = detachment
        var taken: ClusterClaim?
        prepared = try PreparedRun(
            topologyPath: topologyPath, overrides: overrides, runDirectory: runDirectory, keepGoing: true,
            startedAt: startedAt, isAbsolute: true
        ) { topology throws(CommandFailure) in
            let claim = try CommandFailure.asBadInput {
                try ClusterRegistry().claim(name ?? topology.name)
            }
            taken = claim
            return claim.name
        }
        guard let claim = taken else { throw .badInput("the cluster has no name") }
        self.claim = claim
        let record = ClusterRecord(
            name: claim.name, topology: topologyPath, runDirectory: prepared.directory.path.string,
            process: getpid(), startedAt: startedAt, version: Quorate.version,
            services: prepared.topology.serviceNames)
        try CommandFailure.asBadInput { try claim.write(record) }
    }

    /// Runs it to its end and judges it.
    ///
    /// - Parameter form: of what is left on standard output.
    func run(form: SummaryForm) async throws -> ExitCode {
        // Its lock is held until the process is gone: whoever takes the cluster down waits for that.
        _ = Unmanaged.passRetained(claim)
        defer { claim.giveUp() }
        let (desk, ending) = (OrderDesk(), ClusterEnding())
        let control = ClusterControl(
            name: claim.name, topology: prepared.topology, runDirectory: prepared.directory.path.string, desk: desk,
            ending: ending, clock: { MonotonicClock.now })
        let server = try await ControlServer(claim) { control.replies(to: $0) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            defer { group.cancelAll() }
            Orphans.adopt()
            let outcome = await network(desk, ending)
            Orphans.end()
            let run = try judged(outcome, ending)
            ending.conclude(
                ClusterEnding.Verdict(
                    plain: run.text(.plain), coloured: run.text(.coloured), json: run.text(.json),
                    status: run.status.rawValue))
            claim.giveUp()
            await server.quiesce(patience: .seconds(2))
            if !run.text(form).isEmpty { try Console.print(run.text(form)) }
            return run.status.code
        }
    }

    private func network(_ desk: OrderDesk, _ ending: ClusterEnding) async -> RunOutcome {
        let display = ProgressDisplay(prepared.topology, cluster: claim.name)
        let signals = StopSignals()
        defer { signals.restore() }
        let arrivals = signals.arrivals
        let (interruptions, feed) = AsyncStream<Void>.makeStream()
        let desertions = detachment?.desertions
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in arrivals { feed.yield() } }
            if let desertions { group.addTask { for await _ in desertions { feed.yield() } } }
            defer { group.cancelAll() }
            return await prepared.network(keepsGoing: true, desk: desk).run(interruptions: interruptions) { event in
                display.show(event)
                if let line = display.line(for: event) { ending.tell(line) }
                if case .began = event, detachment?.announce(account, in: prepared.directory) == false { feed.yield() }
            }
        }
    }

    private func judged(_ outcome: RunOutcome, _ ending: ClusterEnding) throws -> FinishedRun {
        let run = try FinishedRun(of: outcome, in: prepared.directory)
        for line in run.remarks + [run.statusHint].compactMap(\.self) {
            Console.complain(line)
            ending.tell(line)
        }
        return run
    }

    /// What whoever started it is told when it is up.
    private var account: String {
        let service = prepared.topology.serviceNames.first ?? ""
        let node = prepared.topology.operators.first?.name ?? ""
        let choice = "--cluster \(claim.name)"
        return """
            \(claim.name) is up: \(prepared.topology.account)
            run directory   \(prepared.directory.path)
            process         \(getpid()), log \(prepared.directory.clusterLog)

            quorate status \(choice) --watch
            quorate task submit \(service) PAYLOAD \(choice) --wait
            quorate fault inject \(node) equivocate \(choice)
            quorate down \(choice)

            """
    }
}
