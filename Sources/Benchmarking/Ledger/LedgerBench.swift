import Cluster
import Foundation
import Primitives
import SystemPackage

/// What the ledger can do by itself: in memory, and as a process with its log on a disk.
package struct LedgerBench: Sendable {
    package enum Section: String, CaseIterable, Hashable, Sendable {
        /// Instructions in memory.
        case memory
        /// Evidence verified.
        case evidence
        /// A slash against the number of restakers.
        case slash
        /// An epoch's opening, the state root, snapshots.
        case state
        /// Starting again after many instructions.
        case restart
        /// Instructions that have a receipt, through the ledger process.
        case durable
    }

    package struct Sizes: Hashable, Sendable {
        /// In the log that is restarted from; in memory a fifth of them.
        package var instructions: Int
        /// Of the largest network.
        package var restakers: Int
        package var operators: Int
        package var repeats: Int
        /// Of a durable load.
        package var seconds: Int

        package init(
            instructions: Int = 1_000_000, restakers: Int = 100_000, operators: Int = 1_000, repeats: Int = 5,
            seconds: Int = 3
        ) {
            self.instructions = instructions
            self.restakers = restakers
            self.operators = operators
            self.repeats = repeats
            self.seconds = seconds
        }
    }

    private let sections: [Section]
    private let sizes: Sizes
    private let executables: Executables

    package init(_ sections: [Section], sizes: Sizes, executables: Executables) {
        self.sections = sections
        self.sizes = sizes
        self.executables = executables
    }

    /// - Parameters:
    ///   - begin: is called once, with what the temporary files lie on.
    ///   - report: is called with each section's figures as soon as they are there.
    package func run(begin: (String) throws -> Void, report: ([LedgerFigure]) throws -> Void) async throws {
        let states = StateBench(sizes: sizes)
        try await TemporaryDirectory.use { scratch in
            try begin(scratch.fileSystem)
            for section in sections {
                try Task.checkCancellation()
                let figures =
                    switch section {
                    case .memory: try states.instructions()
                    case .evidence: try states.evidence()
                    case .slash: try states.slashing()
                    case .state: try states.state()
                    case .restart:
                        try await RestartBench(sizes: sizes, executables: executables)
                            .measure(in: scratch.path.appending("restart"))
                    case .durable:
                        try await DurableBench(sizes: sizes, executables: executables)
                            .measure(in: scratch.path.appending("durable"))
                    }
                try report(figures)
            }
        }
    }
}
