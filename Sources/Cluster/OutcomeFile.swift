import Messages
import Primitives
import Records

/// `outcome.json` as it is written, and as it is read.
struct OutcomeFile: Codable {
    static let currentSchemaVersion = 1

    var schemaVersion = Self.currentSchemaVersion
    var ending: String
    var waitingFor: [String]?
    /// Nil: the run never began.
    var startupNs: Int64?
    var failures: [Failure]
    var usages: [Usage]
    /// Nil where nothing was measured.
    var files: [Files]?
    /// Nil in what an earlier version has left.
    var timeline: [TimelineTurn]?
    /// How many bytes each file in `records` has; nil in what an earlier version has left.
    var records: [String: UInt64]?
    /// The same of `interventions.qlog`.
    var interventions: UInt64?
    var simulation: Simulation?

    struct Failure: Codable {
        var name: String
        var stage: String
        /// `exited`, `signalled`, `never-started`, `unobserved` or `hung`.
        var kind: String
        var status: Int32?
        var signal: Int32?
        var reason: String?
        var patienceNs: Int64?
        var account: String?
    }

    struct Usage: Codable {
        var name: String
        var incarnation: UInt32
        var readings: [Reading]
    }

    struct Reading: Codable {
        var atNs: UInt64
        var cpuNs: Int64
        var residentBytes: UInt64
        var peakResidentBytes: UInt64
        /// Nil in what an earlier version has left.
        var deepestQueue: UInt64?
        var durableBytes: UInt64?
    }

    struct Files: Codable {
        /// `records`, `guards`, `ledger`, `logs` or `configurations`.
        var kind: String
        var readings: [FileReading]
    }

    struct FileReading: Codable {
        var atNs: UInt64
        var bytes: UInt64
    }

    struct Simulation: Codable {
        var audit: String
        var virtualTimeNs: Int64
        var events: UInt64
        var frames: UInt64
        var bytes: UInt64
        var lost: UInt64
        var workNs: Int64
        var deepestQueue: Int
        var fullestLinkBytes: Int
        /// Nil in what an earlier version has left.
        var guardEntries: UInt64?
        var longestAgenda: Int
        var overruns: UInt64
        var elapsedNs: Int64
    }

    struct Mistake: Error {
        let message: String
    }
}

extension OutcomeFile {
    init(_ outcome: RunOutcome) {
        switch outcome.ending {
        case .completed: ending = "completed"
        case .interrupted: ending = "interrupted"
        case .aborted: ending = "aborted"
        case .timedOut(let names): (ending, waitingFor) = ("timed-out", names)
        }
        startupNs = outcome.startup?.nanoseconds
        failures = outcome.failures.map(Failure.init)
        usages = outcome.usages.map { usage in
            Usage(
                name: usage.name, incarnation: usage.incarnation,
                readings: usage.readings.map {
                    Reading(
                        atNs: $0.at.nanoseconds, cpuNs: $0.cpu.nanoseconds, residentBytes: $0.residentBytes,
                        peakResidentBytes: $0.peakResidentBytes, deepestQueue: $0.deepestQueue,
                        durableBytes: $0.durableBytes)
                })
        }
        if !outcome.files.isEmpty { files = outcome.files.map(Files.init) }
        timeline = outcome.timeline.map(TimelineTurn.init)
        (records, interventions) = (outcome.inventory?.records, outcome.inventory?.interventions)
        simulation = outcome.simulation.map(Simulation.init)
    }

    func outcome(in genesis: Genesis?) throws(Mistake) -> RunOutcome {
        let ending: RunOutcome.Ending
        switch self.ending {
        case "completed": ending = .completed
        case "interrupted": ending = .interrupted
        case "aborted": ending = .aborted
        case "timed-out": ending = .timedOut(waitingFor: waitingFor ?? [])
        default:
            throw Mistake(
                message: "ending: \(self.ending) is not one; they are completed, interrupted, aborted, timed-out")
        }
        var outcome = RunOutcome(ending: ending, failures: [], startup: startupNs.map(Duration.nanoseconds))
        for failure in failures { outcome.failures.append(try failure.value) }
        outcome.simulation = try simulation?.value
        outcome.files = try (files ?? []).map { file throws(Mistake) in try file.value }
        for turn in timeline ?? [] { outcome.timeline.append(try turn.value) }
        guard let genesis else { return outcome }
        for name in (records ?? [:]).keys where RunInventory.party(of: name, in: genesis) == nil {
            throw Mistake(message: "records: \(name) is nobody's record in this run")
        }
        outcome.inventory = records.map { RunInventory(records: $0, interventions: interventions) }
        for usage in usages {
            guard let party = genesis.parties.first(where: { genesis.name(of: $0) == usage.name }) else {
                throw Mistake(message: "usages: \(usage.name) is nobody in this run")
            }
            outcome.usages.append(
                NodeUsage(
                    name: usage.name, party: party, incarnation: usage.incarnation,
                    readings: usage.readings.map(\.value)))
        }
        return outcome
    }
}

extension OutcomeFile.Simulation {
    init(_ account: SimulationAccount) {
        let figures = account.figures
        audit = "\(account.audit)"
        virtualTimeNs = figures.virtualTime.nanoseconds
        (events, frames, bytes, lost) = (figures.events, figures.frames, figures.bytes, figures.lost)
        workNs = figures.work.nanoseconds
        deepestQueue = figures.deepestQueue
        fullestLinkBytes = figures.fullestLink
        guardEntries = figures.guardEntries
        longestAgenda = figures.longestAgenda
        overruns = figures.overruns
        elapsedNs = account.elapsed.nanoseconds
    }

    var value: SimulationAccount {
        get throws(OutcomeFile.Mistake) {
            guard let digest = Hexadecimal.decode(audit).flatMap({ Digest($0) }) else {
                throw .init(message: "simulation.audit: \(audit) is not a digest of 64 hexadecimal digits")
            }
            var figures = SimulationFigures()
            figures.virtualTime = .nanoseconds(virtualTimeNs)
            (figures.events, figures.frames, figures.bytes, figures.lost) = (events, frames, bytes, lost)
            figures.work = .nanoseconds(workNs)
            figures.deepestQueue = deepestQueue
            figures.fullestLink = fullestLinkBytes
            figures.guardEntries = guardEntries ?? 0
            figures.longestAgenda = longestAgenda
            figures.overruns = overruns
            return SimulationAccount(audit: digest, figures: figures, elapsed: .nanoseconds(elapsedNs))
        }
    }
}

extension OutcomeFile.Files {
    init(_ usage: FileUsage) {
        kind = usage.kind.rawValue
        readings = usage.readings.map { OutcomeFile.FileReading(atNs: $0.at.nanoseconds, bytes: $0.bytes) }
    }

    var value: FileUsage {
        get throws(OutcomeFile.Mistake) {
            guard let known = FileUsage.Kind(rawValue: kind) else {
                let kinds = FileUsage.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw .init(message: "files: \(kind) is not one kind; they are \(kinds)")
            }
            return FileUsage(
                kind: known,
                readings: readings.map { FileUsage.Reading(at: Instant(nanoseconds: $0.atNs), bytes: $0.bytes) })
        }
    }
}

extension OutcomeFile.Reading {
    var value: ProcessUsage {
        ProcessUsage(
            at: Instant(nanoseconds: atNs), cpu: .nanoseconds(cpuNs), residentBytes: residentBytes,
            peakResidentBytes: peakResidentBytes, deepestQueue: deepestQueue, durableBytes: durableBytes)
    }
}

extension OutcomeFile.Failure {
    init(_ failure: ChildFailure) {
        (name, stage, account) = (failure.name, failure.stage.rawValue, failure.account)
        switch failure.kind {
        case .ended(.exited(let status)): (kind, self.status) = ("exited", status)
        case .ended(.signalled(let signal)): (kind, self.signal) = ("signalled", signal)
        case .ended(.neverStarted(let reason)): (kind, self.reason) = ("never-started", reason)
        case .ended(.unobserved(let reason)): (kind, self.reason) = ("unobserved", reason)
        case .hung(let patience): (kind, patienceNs) = ("hung", patience.nanoseconds)
        }
    }

    var value: ChildFailure {
        get throws(OutcomeFile.Mistake) {
            guard let stage = ChildFailure.Stage(rawValue: stage) else {
                throw .init(message: "failures: \(stage) is no stage of a run")
            }
            let kind: ChildFailure.Kind
            switch (self.kind, status, signal, reason, patienceNs) {
            case ("exited", let status?, _, _, _): kind = .ended(.exited(status))
            case ("signalled", _, let signal?, _, _): kind = .ended(.signalled(signal))
            case ("never-started", _, _, let reason?, _): kind = .ended(.neverStarted(reason))
            case ("unobserved", _, _, let reason?, _): kind = .ended(.unobserved(reason))
            case ("hung", _, _, _, let patience?): kind = .hung(after: .nanoseconds(patience))
            default: throw .init(message: "failures: \(self.kind) of \(name) does not say how it ended")
            }
            return ChildFailure(name: name, stage: stage, kind: kind, account: account)
        }
    }
}
