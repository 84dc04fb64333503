import Foundation
import Messages
import Primitives
import Records
import SystemPackage

/// What a report says about a run beyond its records. Whoever ran it fills this in.
package struct RunContext: Hashable, Sendable {
    package var name: String
    package var seed: UInt64
    package var mode: Mode
    package var ending: Ending
    package var runDirectory: FilePath
    package var host: HostFacts
    /// Of each AVS.
    package var loads: [Load]
    package var usages: [NodeUsage]
    /// The topology's, in its order.
    package var timeline: [TimelineEntry]
    /// The words of the command that runs the same once more; none where no single command does.
    package var repetition: [String]

    package init(
        name: String, seed: UInt64, mode: Mode, ending: Ending, runDirectory: FilePath, host: HostFacts,
        loads: [Load] = [], usages: [NodeUsage] = [], timeline: [TimelineEntry] = [], repetition: [String] = []
    ) {
        self.name = name
        self.seed = seed
        self.mode = mode
        self.ending = ending
        self.runDirectory = runDirectory
        self.host = host
        self.loads = loads
        self.usages = usages
        self.timeline = timeline
        self.repetition = repetition
    }

    package struct Load: Hashable, Sendable {
        package var service: String
        /// The size of a closed loop; nil: an open one.
        package var inFlight: UInt64?
        /// `1000 tasks at 200/s`
        package var account: String

        package init(service: String, inFlight: UInt64?, account: String) {
            self.service = service
            self.inFlight = inFlight
            self.account = account
        }
    }

    /// What somebody was to do to the restaking state in the course of the run, and what came of it.
    package struct TimelineEntry: Hashable, Sendable {
        /// As the topology writes it.
        package var plan: String
        package var times: UInt64
        /// Why it does not become due as often as that; nil where it does.
        package var limit: String?
        /// Each time that it was.
        package var turns: [Turn]

        package init(plan: String, times: UInt64, limit: String? = nil, turns: [Turn] = []) {
            self.plan = plan
            self.times = times
            self.limit = limit
            self.turns = turns
        }

        package enum Turn: Hashable, Sendable {
            /// The ledger's receipts, in their order.
            case carriedOut([Receipt])
            /// Nothing could be asked of the ledger, and why.
            case hindered(String)
        }
    }

    package enum Mode: Hashable, Sendable {
        /// Real processes, real sockets, real time.
        case processes
        /// The same machines under virtual time, from one seed.
        case simulated(Simulation)

        package var name: String {
            switch self {
            case .processes: "processes"
            case .simulated: "simulated"
            }
        }
    }

    /// What a simulation was told, and what it tells of itself.
    package struct Simulation: Hashable, Sendable {
        /// `standard`, `none`, or the name of a file.
        package var costs: String
        /// `per-node`, or how many all nodes share.
        package var cores: String
        /// Whether keyed hashes stand in for signatures.
        package var isModelled: Bool
        package var keepsInputs: Bool
        /// Nil when it was cut short.
        package var account: SimulationAccount?

        package init(
            costs: String, cores: String, isModelled: Bool, keepsInputs: Bool, account: SimulationAccount?
        ) {
            self.costs = costs
            self.cores = cores
            self.isModelled = isModelled
            self.keepsInputs = keepsInputs
            self.account = account
        }

        package var signatures: String { isModelled ? "modelled" : "ed25519" }
    }

    package var simulation: Simulation? {
        if case .simulated(let simulation) = mode { simulation } else { nil }
    }

    package var isModelled: Bool { simulation?.isModelled ?? false }

    /// Whether the records can be driven through their machines again.
    package var canBeReplayed: Bool { simulation?.keepsInputs ?? true }
}

extension RunContext {
    /// How the run came to its end. Only of one that was completed can be said that something did not happen.
    package enum Ending: String, Hashable, Sendable {
        case completed
        case interrupted
        /// A process failed.
        case aborted
        case timedOut = "timed-out"
    }
}

/// On what the figures were measured: without it they mean nothing.
package struct HostFacts: Hashable, Sendable {
    package var cores: Int
    package var kernel: String
    package var os: String
    package var architecture: String
    /// `release` or `debug`.
    package var build: String
    /// How durable a vote is before it is sent: `synced` or `written`.
    package var guardMode: String
    /// `tcp loopback`
    package var transport: String

    package init(
        cores: Int, kernel: String, os: String, architecture: String, build: String, guardMode: String,
        transport: String
    ) {
        self.cores = cores
        self.kernel = kernel
        self.os = os
        self.architecture = architecture
        self.build = build
        self.guardMode = guardMode
        self.transport = transport
    }

    /// Of the machine and the program that this runs in.
    package static func current(guardMode: String, transport: String) -> HostFacts {
        var names = utsname()
        uname(&names)
        #if DEBUG
            let build = "debug"
        #else
            let build = "release"
        #endif
        return HostFacts(
            cores: ProcessInfo.processInfo.activeProcessorCount, kernel: text(of: names.release),
            os: ProcessInfo.processInfo.operatingSystemVersionString, architecture: text(of: names.machine),
            build: build, guardMode: guardMode, transport: transport)
    }

    private static func text<T>(of characters: T) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
