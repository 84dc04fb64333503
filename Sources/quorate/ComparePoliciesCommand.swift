import ArgumentParser
import Exploration
import Glibc
import Primitives
import Reports
import Simulation
import SystemPackage
import TopologyFormat

struct ComparePoliciesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare-policies",
        abstract: "See one incident under several rules: who loses what, and what is left.",
        discussion: """
            Simulates a topology as its file has it, then with one rule changed after the other: how stake is allocated, how \
            a slash is measured, where slashed stake goes, whether it can be vetoed, what a dispute does, and the \
            unbonding and veto of each preset, in the topology's own epochs. Load, faults, timeline and seed are the same in \
            all of them. Prints what each restaker has lost once all that was pending is settled, and what became of each \
            AVS's quorum.

              quorate compare-policies Topologies/two-services.yaml
              quorate compare-policies Topologies/delegated.yaml --policy "ledger.allocation=unique" \\
                --policy "services.*.slash.policy=correlated; ledger.veto=1 epoch" --json

            A --policy is any keys of the topology with other values; * stands for every key there. With --write, each is \
            also left as a topology of its own, which quorate simulate and quorate run take.

            Exit status: 0; 1 when an oracle is violated under one of them; 2 the input is wrong; 3 when one could not be \
            judged.
            """)

    @Argument(help: ArgumentHelp("The topology, in YAML.", valueName: "topology"), completion: .topology)
    var topology: String

    @Option(
        help: ArgumentHelp(
            "Beside the file's rules only these: KEY=VALUE, or several with ; between. Can be given more than once. "
                + "(default: one rule changed after the other)", valueName: "settings"))
    var policy: [String] = []

    @OptionGroup var load: LoadOptions
    @OptionGroup var simulation: SimulationOptions

    @Option(
        help: ArgumentHelp(
            "Also write each as a topology, 0.yaml and so on; must not exist.", valueName: "directory"))
    var write: String?

    @Flag(help: "One JSON document instead of tables.")
    var json = false

    private static let policyLimit = 64

    func validate() throws {
        if policy.count > Self.policyLimit {
            throw ValidationError("\(policy.count) policies; at most \(Self.policyLimit)")
        }
        if simulation.inputs { throw ValidationError("--inputs is for a run's records, and no run is kept here") }
    }

    func run() throws {
        let input = try TopologyInput(topology)
        try CommandFailure.asBadInput { try input.topology.refusePrograms(file: input.path) }
        let seed = load.overrides.seed ?? input.topology.seed ?? TopologyInput.drawnSeed()
        var (cases, impossible) = try cases(of: input)
        for place in cases.indices {
            do throws(GrammarMistake) {
                cases[place].topology = try cases[place].topology.overridden(by: load.overrides)
            } catch {
                throw CommandFailure.badInput("\(input.path): \(error)")
            }
        }
        if let write { try leave(cases, in: write) }
        var rows: [PolicyComparison.Row] = []
        for (place, policyCase) in cases.enumerated() {
            Console.complain("\(place + 1) of \(cases.count): \(policyCase.variant.name)")
            rows.append(try outcome(of: policyCase, seed: seed, input))
        }
        let comparison = PolicyComparison(
            topology: input.topology.name, seed: seed, rows: rows, impossible: impossible)
        try Console.print(json ? comparison.json.document : comparison.text)
        if comparison.status != .asExpected { throw comparison.status.code }
    }

    /// Those that differ from one another, and why others cannot be: only those that nobody asked for.
    private func cases(
        of input: TopologyInput
    ) throws(CommandFailure) -> (cases: [PolicyCase], impossible: [(name: String, reason: String)]) {
        func make(_ variant: PolicyVariant) throws(TopologyErrors) -> PolicyCase {
            try PolicyCase(variant, text: input.text, file: input.path)
        }
        let own = try CommandFailure.asBadInput { () throws(TopologyErrors) in try make(.asWritten) }
        var cases = [own]
        var impossible: [(name: String, reason: String)] = []
        guard policy.isEmpty else {
            for text in policy {
                let variant = try Self.variant(text)
                do throws(TopologyErrors) {
                    cases.append(try make(variant))
                } catch {
                    throw .badInput("--policy \"\(text)\": \(error)")
                }
            }
            return (cases, [])
        }
        for variant in PolicyVariant.standard(for: own.topology) {
            do throws(TopologyErrors) {
                let made = try make(variant)
                if made.topology != own.topology { cases.append(made) }
            } catch {
                impossible.append((variant.name, error.errors[0].message))
            }
        }
        return (cases, impossible)
    }

    /// What makes the incident, and not the rules.
    private static let fixedKeys = ["version", "name", "seed", "faults", "timeline", "expect"]

    private static func variant(_ text: String) throws(CommandFailure) -> PolicyVariant {
        do throws(GrammarMistake) {
            var settings: [TopologySetting] = []
            for part in text.split(separator: ";") {
                let setting = try TopologySetting(String(part))
                if fixedKeys.contains(setting.path[0]) {
                    throw GrammarMistake("\(setting.path[0]) is the same under every policy; leave it out")
                }
                if settings.contains(where: { $0.path == setting.path }) {
                    throw GrammarMistake("\(setting.path.joined(separator: ".")) is set twice")
                }
                settings.append(setting)
            }
            guard !settings.isEmpty else {
                throw GrammarMistake("nothing is set; write ledger.allocation=unique")
            }
            let name = settings.map { "\($0)" }.joined(separator: "; ")
            return PolicyVariant(name: name, settings: settings)
        } catch {
            throw .badInput("--policy \"\(text)\": \(error)")
        }
    }

    private func outcome(
        of policyCase: PolicyCase, seed: UInt64, _ input: TopologyInput
    ) throws(CommandFailure) -> PolicyComparison.Row {
        let plan = try simulation.plan(of: policyCase.topology, seed: seed)
        let name = policyCase.variant.name
        do throws(SimulationError) {
            try Simulator.check(plan)
            return PolicyComparison.Row(variant: policyCase.variant, outcome: try PolicyOutcome(of: plan))
        } catch {
            throw .badInput("\(input.path), \(name): \(error)")
        }
    }

    private func leave(_ cases: [PolicyCase], in directory: String) throws(CommandFailure) {
        guard mkdir(directory, 0o755) == 0 else {
            throw .badInput("\(directory): cannot be made: \(Errno(rawValue: errno))")
        }
        for (place, policyCase) in cases.enumerated() {
            let path = FilePath(directory).appending("\(place).yaml").string
            let head = "# \(policyCase.variant.name)\n"
            try OutputFile.write(Array((head + policyCase.topology.yaml).utf8), to: path)
        }
    }
}
