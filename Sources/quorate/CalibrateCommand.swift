import ArgumentParser
import Benchmarking
import Cluster
import Foundation
import Primitives
import Reports
import Simulation
import TopologyFormat

struct CalibrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate", abstract: "Measure what the work of nodes costs on this machine, for simulations.",
        discussion: """
            Measures signatures, the protocol's machines, files, connections and small networks of real processes, in \
            turn and again and again, and prints the medians. With --output they are written to a file that simulate \
            and validate take.

              quorate calibrate --output costs.json
              quorate simulate Topologies/star.yaml --costs costs.json --cores 2

            Only a release build on a machine that does nothing else gives figures that mean anything. Files are made in \
            $TMPDIR, or /tmp, and removed: guards and logs should lie on the same kind of disk in real runs.

            Exit status: 0 when all was measured; 2 when something cannot be, or the input is wrong; 130 interrupted.
            """)

    @Option(
        help: ArgumentHelp("Write the figures there, in JSON; a file that is there is replaced.", valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Measure for about so long; with less than 20 each thing is measured once. (default: 60)", valueName: "s"),
        transform: { try ScalarGrammar<UInt64>.integer(1...3600, example: "60").parse($0) })
    var seconds: UInt64 = 60

    func run() async throws {
        let executables = try CommandFailure.asBadInput { try Executables.find() }
        let host = HostFacts.current(guardMode: "", transport: "tcp loopback")
        if host.build != "release" {
            Console.complain("this is a debug build: what it measures says nothing of a release build")
        }
        // A file that cannot be written is found out before the wait, and nothing is lost of one that is there.
        if let output { try OutputFile.check(output) }
        let seconds = seconds
        let calibration = Calibration(.seconds(Int64(seconds)), cores: host.cores, executables: executables)
        Console.complain("measuring for about \(seconds) s")
        let (samples, fileSystem) = try await Interruptible.run {
            try await calibration.run { Console.complain("round \($0) is done") }
        }
        try Console.print(Self.table(samples).text)
        guard let output else { return }
        let file = CostFile(
            samples: samples, host: host, fileSystem: fileSystem, version: Quorate.version,
            date: Date().formatted(.iso8601))
        try OutputFile.write(Array(file.json.document.utf8), to: output)
        Console.complain("written to \(output)")
    }

    private static func table(_ samples: CostSamples) -> TextTable {
        func text(_ duration: Duration) -> String { CostSamples.microseconds(duration) }
        return TextTable(
            columns: [
                .init("cost"), .init("us", isNumber: true), .init("middle half", isNumber: true),
                .init("samples", isNumber: true), .init("of"),
            ],
            rows: CostItem.allCases.compactMap { item in
                samples.spread(of: item).map { spread in
                    [
                        item.key, text(spread.median), "\(text(spread.lowerQuartile)) - \(text(spread.upperQuartile))",
                        samples.count(of: item).grouped, item.account,
                    ]
                }
            })
    }
}
