import ArgumentParser
import Cluster
import Foundation
import Primitives
import Records
import Simulation
import Staging
import SystemPackage
import TestSupport
import Testing
import TopologyFormat

@testable import quorate

@Suite struct SimulateCommandTests {
    private let scratch = try! Scratch()

    private func plan(_ arguments: String...) throws -> SimulationPlan {
        try SimulationOptions.parse(arguments).plan(of: try Fixture.parsed(), seed: 7)
    }

    @Test func optionsBecomeThePlan() throws {
        let usual = try plan()
        #expect(usual == SimulationPlan(topology: try Fixture.parsed(), seed: 7))
        #expect(usual.costs == .standard && usual.cores == .perNode && usual.signatures == .ed25519)
        let other = try plan(
            "--costs", "none", "--cores", "2", "--signatures", "modelled", "--inputs", "--time-limit", "90s",
            "--memory",
            "1 GiB")
        #expect(other.costs == .none && other.cores == .shared(2) && other.signatures == .modelled)
        #expect(other.keepsInputs && other.limits.virtualTime == .seconds(90) && other.limits.memoryBytes == 1 << 30)
    }

    /// What is kept for the repetition is what gives the same plan again.
    @Test func whatIsKeptGivesTheSameAgain() throws {
        let arguments = [
            "--costs", "none", "--cores", "3", "--signatures", "modelled", "--time-limit", "90s", "--memory", "1 GiB",
            "--inputs",
        ]
        let kept = try SimulationOptions.parse(arguments).manifest
        #expect(
            kept
                == .init(
                    costs: "none", cores: "3", signatures: .modelled, inputs: true, timeLimit: "90s", memory: "1 GiB"))
        let usual = try SimulationOptions.parse([]).manifest
        #expect(usual == .init(costs: "standard", cores: "per-node", signatures: .ed25519, inputs: false))
    }

    @Test(arguments: [
        (["--cores", "0"], "write per-node, or a number from 1 to 1024"),
        (["--cores", "many"], "many is not it"), (["--signatures", "rsa"], "write ed25519 or modelled"),
        (["--time-limit", "5"], "5 has no unit"), (["--memory", "1 KiB"], "is not within 64 MiB to"),
        (["--seed", "x"], "x is not a whole number; write 42"),
        (["--tasks", "5", "--duration", "1s"], "give one of them"),
        (["--json", "--trace"], "leave one out"), (["--only", "op-1"], "add --trace"),
    ])
    func wrongOptionsAreExplained(arguments: [String], message: String) {
        let error = #expect(throws: (any Error).self) { try SimulateCommand.parse(["lab.yaml"] + arguments) }
        #expect(error.map { SimulateCommand.fullMessage(for: $0).contains(message) } == true)
    }

    private func failure(
        of topology: String, _ arguments: [String] = [], traced: [String] = []
    ) throws -> CommandFailure? {
        let file = try scratch.write(Array(topology.utf8), to: "lab.yaml")
        let directory = scratch.path.appending("run")
        let options = try SimulatedRunOptions.parse(["\(file)", "--run-directory", "\(directory)"])
        let simulation = try SimulationOptions.parse(arguments)
        let trace = try TraceOptions.parse(traced)
        let error = #expect(throws: CommandFailure.self) {
            try PreparedSimulation(
                options, simulation, trace, startedAt: Date(timeIntervalSince1970: 0))
        }
        #expect(!FileManager.default.fileExists(atPath: directory.string), "what is refused leaves nothing")
        return error
    }

    @Test func whatCannotBeSimulatedIsRefusedBeforeAnythingIsWritten() throws {
        let program = Fixture.topology.replacing("module: squaring", with: "module: exec\n    command: [cat]")
        #expect(
            try failure(of: program)?.description
                == "\(scratch.path)/lab.yaml:10:15: services.squares.command: a program runs in real time, which no "
                + "simulation reaches; quorate run runs it")
        let long = try failure(of: Fixture.topology, ["--time-limit", "1s"])?.description
        #expect(long?.hasPrefix("\(scratch.path)/lab.yaml: it may last up to ") == true, "\(long ?? "")")
        #expect(long?.contains("raise --time-limit") == true)
        let costs = scratch.path.appending("costs.json").string
        #expect(try failure(of: Fixture.topology, ["--costs", costs])?.description.hasPrefix(costs) == true)
        let only = try failure(of: Fixture.topology, traced: ["--trace", "--only", "op-9"])
        #expect(only?.description.hasPrefix("--only: no node of this topology is named op-9") == true)
        #expect(try failure(of: "version: 2")?.description.contains("lab.yaml:1:") == true)
    }

    @Test func aDirectoryThatIsTakenIsLeftAlone() throws {
        let file = try scratch.write(Array(Fixture.topology.utf8), to: "lab.yaml")
        let options = try SimulatedRunOptions.parse(["\(file)", "--run-directory", "\(scratch.path)"])
        let error = #expect(throws: CommandFailure.self) {
            try PreparedSimulation(
                options, try SimulationOptions.parse([]), try TraceOptions.parse([]),
                startedAt: Date(timeIntervalSince1970: 0))
        }
        #expect(error?.description.contains("a run overwrites nothing") == true)
    }

    /// Whoever is killed in the middle of it leaves no record, and the run can be looked at all the same.
    @Test func aSimulationThatWasCutShortIsNoPuzzle() throws {
        let file = try scratch.write(Array(Fixture.topology.utf8), to: "lab.yaml")
        let directory = scratch.path.appending("run")
        let options = try SimulatedRunOptions.parse(["\(file)", "--run-directory", "\(directory)", "--seed", "7"])
        let simulation = try SimulationOptions.parse(["--signatures", "modelled"])
        _ = try PreparedSimulation(
            options, simulation, try TraceOptions.parse([]), startedAt: Date(timeIntervalSince1970: 0))
        let run = try FinishedRun(directory: directory)
        #expect(run.isAbandoned && run.summary == nil && run.status == .notJudged)
        #expect(try RunManifest.read(from: RunDirectory(path: directory)).isModelled)
    }
}
