import Foundation
import Messages
import Primitives
import Records
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
            topology: try! Fixture.parsed(), overrides: overrides, seed: .max, keepGoing: false,
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
        (["{": "["], "is not readable as JSON"),
    ])
    func aDamagedManifestIsNamed(change: [String: String], message: String) throws {
        var text = String(decoding: try Self.manifest().json, as: UTF8.self)
        for (found, put) in change { text = text.replacing(found, with: put) }
        try directory.write(Array(text.utf8), to: directory.manifest)
        let error = #expect(throws: RunFileError.self) { try RunManifest.read(from: directory) }
        #expect(error?.description == "\(directory.manifest): \(message)")
    }

    @Test func aSeedThatIsNoneIsNamed() throws {
        var manifest = Self.manifest()
        manifest.seed = "twelve"
        let error = #expect(throws: RunFileError.self) {
            try manifest.topologyAsRun(try Fixture.parsed(), file: directory.manifest)
        }
        #expect(error?.description == "\(directory.manifest): twelve is not a whole number; write 42")
    }

    private static func usage(_ genesis: Genesis) -> NodeUsage {
        NodeUsage(
            name: genesis.name(of: .coordinator(ServiceID(0)))!, party: .coordinator(ServiceID(0)), incarnation: 2,
            readings: [
                ProcessUsage(
                    at: Instant(nanoseconds: .max >> 1), cpu: .nanoseconds(5), residentBytes: 6, peakResidentBytes: 7)
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

    @Test func aRunThatNobodyHoldsGoesOnNoMore() throws {
        _ = try RunHold(directory)
        #expect(!RunHold.exists(on: directory))
    }
}
