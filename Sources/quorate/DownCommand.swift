import ArgumentParser
import Cluster
import Glibc

struct DownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Take a live cluster down and judge it.",
        discussion: """
            Paused nodes go on; coordinators issue nothing more; when every window has closed, all processes are stopped, \
            the run is judged, and its directory is what run would have left. Whoever does not stop in time is killed. \
            The cluster does it: this command only looks on, and may be left.

              quorate down
              quorate down --cluster lab --now

            Of a cluster that is dead it clears away what is left, which are files: no process outlives a cluster. \
            Its records stay, and quorate report shows them.

            Exit status: what run would end with: 0 as expected; 1 not as expected; 3 it could not be judged, or it was \
            dead; 130 with --now. 2 when there is no such cluster.
            """)

    @OptionGroup var options: ClusterOptions

    @Flag(help: "Wait for no window: stop at once, and judge what there is.")
    var now = false

    @Flag(help: "Print results.json to standard output instead of the summary.")
    var json = false

    func run() async throws {
        let (registry, entry) = try options.any()
        guard entry.isAlive else { return try clear(entry, registry) }
        let form: SummaryForm = json ? .json : Console.takesColour(STDOUT_FILENO) ? .coloured : .plain
        let watch = registry.watch(entry.name)
        let session = try ControlSession(entry, in: registry, .down(now: now, form: form))
        while true {
            // The cluster bounds every step by itself.
            switch try session.reply(patience: nil) {
            case .progress(let line): Console.complain(line)
            case .over(let summary, let status):
                _ = await watch.awaitEnd(patience: .seconds(10))
                if !summary.isEmpty { try Console.print(summary) }
                throw ExitCode(status)
            default: continue
            }
        }
    }

    private func clear(_ entry: ClusterRegistry.Entry, _ registry: ClusterRegistry) throws {
        let claim = try CommandFailure.asBadInput { try registry.claim(entry.name) }
        claim.giveUp()
        Console.complain(
            "cluster \(entry.name) was dead: its process had ended without taking it down, and its nodes with it; "
                + "what was left of its name is cleared away")
        if let record = entry.record {
            Console.complain("its records: quorate report \(record.runDirectory)")
        }
        throw ExitStatus.notJudged.code
    }
}
