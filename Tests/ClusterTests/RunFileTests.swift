import Cryptography
import Foundation
import Messages
import Primitives
import Records
import Staging
import SystemPackage
import TestSupport
import Testing
import TopologyFormat

@testable import Cluster

/// What a run leaves besides its records for those who look at it later.
@Suite struct RunFileTests {
    private let scratch = try! Scratch()
    private let directory: RunDirectory

    init() throws { directory = try RunDirectory.make(at: scratch.path.appending("run")) }

    private static func manifest(_ overrides: Topology.Overrides = .init()) -> RunManifest {
        RunManifest(
            topology: try! Fixture.parsed(), file: "lab.yaml", overrides: overrides, seed: .max, keepGoing: false,
            startedAt: Date(timeIntervalSince1970: 0), version: "1", build: "debug",
            host: .init(cores: 2, kernel: "6.1", os: "Linux", architecture: "x86_64", transport: "tcp loopback"))
    }

    private func write(_ manifest: RunManifest) throws {
        try directory.write(manifest.json, to: directory.manifest)
    }

    /// The seed that was drawn is as much of what was run as any word of the command line.
    @Test func theManifestReadsBackAndMakesTheTopologyWhatWasRun() throws {
        let overrides = Topology.Overrides(
            seed: .max, rate: try ScalarGrammar<Rate>.rate.parse("30/min"), duration: .milliseconds(90_500))
        let manifest = Self.manifest(overrides)
        try write(manifest)
        let read = try RunManifest.read(from: directory)
        #expect(read == manifest)
        let topology = try Fixture.parsed()
        #expect(try read.topologyAsRun(topology, file: directory.manifest) == topology.overridden(by: overrides))
    }

    @Test(arguments: [
        (["\"seed\" :": "\"sed\" :"], "seed is missing"),
        (["\"cores\" : 2": "\"cores\" : \"two\""], "host.cores is not a Int"),
        (["\"schema_version\" : 1": "\"schema_version\" : 2"], "has schema version 2; this quorate reads 1"),
        (["\"cores\" : 2": "\"cores\" : 02"], "is not readable as JSON: number with leading zero around character "),
    ])
    func aDamagedManifestIsNamed(change: [String: String], message: String) throws {
        var text = String(decoding: try Self.manifest().json, as: UTF8.self)
        for (found, put) in change { text = text.replacing(found, with: put) }
        try directory.write(Array(text.utf8), to: directory.manifest)
        let error = #expect(throws: RunFileError.self) { try RunManifest.read(from: directory) }
        #expect(error?.description.hasPrefix("\(directory.manifest): \(message)") == true)
    }

    private static func simulated(_ signatures: SignaturePlan = .modelled, costs: String = "none") -> RunManifest {
        var manifest = manifest(.init(tasks: 5))
        manifest.simulation = .init(
            costs: costs, cores: "2", signatures: signatures, inputs: true, timeLimit: "30s", memory: "8 GiB")
        return manifest
    }

    @Test func aSimulationIsRepeatedWithAllThatItWasTold() throws {
        let manifest = Self.simulated()
        try write(manifest)
        let read = try RunManifest.read(from: directory)
        #expect(read == manifest)
        let topology = try Fixture.parsed()
        let path = directory.path
        #expect(
            read.repetition(of: topology, in: path) == [
                "quorate", "simulate", "\(directory.topology)", "--seed", "18446744073709551615", "--tasks", "5",
                "--costs", "none", "--cores", "2", "--signatures", "modelled", "--time-limit", "30s", "--memory",
                "8 GiB", "--inputs",
            ])
        let file = Self.simulated(costs: RunManifest.Simulation.costsName).repetition(of: topology, in: path)
        #expect(file.contains("\(directory.costs)"))
    }

    @Test func whatIsSignedIsCheckedUnderTheRunsOwnScheme() throws {
        #expect(try RunManifest.signatures(ofRunIn: directory) == .ed25519, "whoever left no manifest ran processes")
        for (manifest, scheme) in [
            (Self.manifest(), SignatureScheme.ed25519), (Self.simulated(.ed25519), .ed25519),
            (Self.simulated(), SignaturePlan.modelled.scheme(seed: .max)),
        ] {
            try write(manifest)
            #expect(try RunManifest.signatures(ofRunIn: directory) == scheme)
        }
        var unknown = Self.simulated()
        unknown.simulation?.signatures = "rsa"
        try write(unknown)
        let error = #expect(throws: RunFileError.self) { try RunManifest.signatures(ofRunIn: directory) }
        #expect(
            error?.description
                == "\(directory.manifest): simulation.signatures: rsa is not one; they are ed25519, modelled")
    }

    @Test func aSeedThatIsNoneIsNamed() throws {
        var manifest = Self.manifest()
        manifest.seed = "twelve"
        let error = #expect(throws: RunFileError.self) {
            try manifest.topologyAsRun(try Fixture.parsed(), file: directory.manifest)
        }
        #expect(error?.description == "\(directory.manifest): twelve is not a whole number; write 42")
    }

    @Test func theTimelinesResultsReadBackAndADamagedOneIsNamed() throws {
        let receipt = Receipt(
            instruction: Domain.instructionDigest.digest([1]), outcome: .insufficientStake, slot: Slot(.max))
        var outcome = RunOutcome(ending: .completed, failures: [], startup: .zero)
        outcome.timeline = [
            TimelineResult(entry: 3, fate: .carriedOut([receipt, receipt])),
            TimelineResult(entry: 0, fate: .hindered("no SOL is idle")),
            TimelineResult(entry: 1, fate: .carriedOut([])),
        ]
        try outcome.write(to: directory)
        #expect(try RunOutcome.read(from: directory, genesis: nil) == outcome)
        let text = String(decoding: try BoundedFile.read(directory.outcome, limit: 1 << 20), as: UTF8.self)
        for (found, put, message) in [
            ("insufficientStake", "insufficient", "timeline: of entry 3, insufficient is no answer of a ledger's"),
            (
                "\(receipt.instruction)", "0xff",
                "timeline: of entry 3, 0xff is not a digest of 64 hexadecimal digits"
            ),
        ] {
            try directory.replace(directory.outcome, with: Array(text.replacing(found, with: put).utf8))
            let error = #expect(throws: RunFileError.self) { try RunOutcome.read(from: directory, genesis: nil) }
            #expect(error?.description == "\(directory.outcome): \(message)")
        }
        let old = text.replacing(/(?s)"timeline" : \[.*?\n  \]/, with: "\"ignored\" : 0")
        try directory.replace(directory.outcome, with: Array(old.utf8))
        #expect(try RunOutcome.read(from: directory, genesis: nil)?.timeline == [], "an earlier version has none")
    }

    private static func usage(_ genesis: Genesis) -> NodeUsage {
        NodeUsage(
            name: genesis.name(of: .coordinator(ServiceID(0)))!, party: .coordinator(ServiceID(0)), incarnation: 2,
            readings: [
                ProcessUsage(
                    at: Instant(nanoseconds: .max >> 1), cpu: .nanoseconds(5), residentBytes: 6, peakResidentBytes: 7,
                    deepestQueue: 8, durableBytes: 9)
            ])
    }

    @Test(arguments: [
        RunOutcome.Ending.completed, .interrupted, .aborted, .timedOut(waitingFor: ["coordinator-squares"]),
    ])
    func theOutcomeReadsBack(ending: RunOutcome.Ending) throws {
        let genesis = try HistoryBuilder().genesis
        let kinds: [ChildFailure.Kind] = [
            .ended(.exited(2)), .ended(.signalled(9)), .ended(.neverStarted("no")), .ended(.unobserved("gone")),
            .hung(after: .milliseconds(1500)),
        ]
        let outcome = RunOutcome(
            ending: ending,
            failures: kinds.map {
                ChildFailure(name: "op-1", stage: .stopping, kind: $0, account: $0 == kinds[0] ? "disk full" : nil)
            }, startup: ending == .aborted ? nil : .nanoseconds(12), usages: [Self.usage(genesis)])
        try outcome.write(to: directory)
        #expect(try RunOutcome.read(from: directory, genesis: genesis) == outcome)
    }

    @Test func whatWasLeftReadsBack() throws {
        let genesis = try HistoryBuilder().genesis
        var outcome = RunOutcome(ending: .completed, failures: [], startup: .zero)
        outcome.inventory = RunInventory(records: ["op-1.2.qrec": 7, "ledger.1.qrec": 8], interventions: 5)
        try outcome.write(to: directory)
        #expect(try RunOutcome.read(from: directory, genesis: genesis) == outcome)
        let whole = String(decoding: try scratch.bytes(of: directory.outcome), as: UTF8.self)
        for name in ["op-9.2.qrec", "op-1.qrec", "op-1.two.qrec", "op-1.2.txt", "../op-1.2.qrec"] {
            try directory.write(Array(whole.replacing("op-1.2.qrec", with: name).utf8), to: directory.outcome)
            let error = #expect(throws: RunFileError.self) { try RunOutcome.read(from: directory, genesis: genesis) }
            #expect(error?.description == "\(directory.outcome): records: \(name) is nobody's record in this run")
        }
    }

    @Test func whatTheFilesTookReadsBack() throws {
        var outcome = RunOutcome(ending: .completed, failures: [], startup: .zero)
        outcome.files = [
            FileUsage(
                kind: .guards,
                readings: [
                    .init(at: Instant(nanoseconds: 5), bytes: 6), .init(at: Instant(nanoseconds: 7), bytes: 1 << 40),
                ])
        ]
        try outcome.write(to: directory)
        #expect(try RunOutcome.read(from: directory, genesis: nil) == outcome)
        let whole = String(decoding: try scratch.bytes(of: directory.outcome), as: UTF8.self)
        try directory.write(Array(whole.replacing("guards", with: "cards").utf8), to: directory.outcome)
        let error = #expect(throws: RunFileError.self) { try RunOutcome.read(from: directory, genesis: nil) }
        #expect(
            error?.description.hasSuffix(
                "files: cards is not one kind; they are records, guards, ledger, logs, configurations") == true)
    }

    @Test func whatASimulationTellsReadsBack() throws {
        var figures = SimulationFigures()
        figures.virtualTime = .seconds(3)
        (figures.events, figures.frames, figures.bytes, figures.lost) = (1, 2, 3, 4)
        figures.work = .nanoseconds(5)
        (figures.deepestQueue, figures.fullestLink, figures.longestAgenda, figures.overruns) = (6, 7, 8, 9)
        let outcome = RunOutcome(
            ending: .completed, failures: [], startup: .zero,
            simulation: SimulationAccount(
                audit: Domain.audit.digest([1]), figures: figures, elapsed: .nanoseconds(10)))
        try outcome.write(to: directory)
        #expect(try RunOutcome.read(from: directory, genesis: nil) == outcome)
        let whole = String(decoding: try scratch.bytes(of: directory.outcome), as: UTF8.self)
        let damaged = whole.replacing("\(Domain.audit.digest([1]))", with: "7f")
        try directory.write(Array(damaged.utf8), to: directory.outcome)
        let error = #expect(throws: RunFileError.self) { try RunOutcome.read(from: directory, genesis: nil) }
        #expect(error?.description.contains("simulation.audit: 7f is not a digest") == true)
    }

    @Test func anOutcomeThatIsMissingOrDamagedIsToldApart() throws {
        let genesis = try HistoryBuilder().genesis
        #expect(try RunOutcome.read(from: directory, genesis: genesis) == nil)
        try RunOutcome(ending: .completed, failures: [], startup: nil, usages: [Self.usage(genesis)])
            .write(to: directory)
        let whole = String(decoding: try scratch.bytes(of: directory.outcome), as: UTF8.self)
        for (found, put, message) in [
            ("completed", "well", "ending: well is not one; they are completed, interrupted, aborted, timed-out"),
            ("coordinator-squares", "op-9", "usages: op-9 is nobody in this run"),
            ("\"incarnation\" : 2", "\"incarnation\" : \"two\"", "usages[0].incarnation is not a UInt32"),
        ] {
            try directory.write(Array(whole.replacing(found, with: put).utf8), to: directory.outcome)
            let error = #expect(throws: RunFileError.self) { try RunOutcome.read(from: directory, genesis: genesis) }
            #expect(error?.description.hasPrefix("\(directory.outcome): \(message)") == true, "\(error as Any)")
        }
    }

    @Test func aRunIsHeldAsLongAsItsCommandLives() throws {
        #expect(!RunHold.exists(on: directory))
        let hold = try RunHold(directory)
        withExtendedLifetime(hold) {
            #expect(RunHold.exists(on: directory))
            #expect(RunHold.exists(on: directory), "asking does not take it")
        }
    }

    @Test(.timeLimit(.minutes(4))) func aRunThatNobodyHoldsGoesOnNoMore() async throws {
        _ = try RunHold(directory)
        // A process that another test starts has a copy of the lock until it is executed. What is asked again until then is
        // what is tested, and nothing announces it; where the hold is never let go of, the time limit ends this.
        while RunHold.exists(on: directory) { try await Task.sleep(for: .milliseconds(10)) }
    }
}
