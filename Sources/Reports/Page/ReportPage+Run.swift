import Messages
import Primitives
import Records
import Verdicts

/// What was run, on what, what it took, and how to see it again.
extension ReportPage {
    private static let shownOperators = 16
    private static let shownServices = 8
    private static let shownOutcomes = 40

    var whatWasRun: ReportSection? {
        ReportSection(
            "run", "What was run", lead: "The network from the beginning of the run, and the machine that it ran on."
        ) {
            simulated
            Markup.facts([
                ("seed", Markup(text: "\(context.seed)")), ("ending", Markup(text: context.ending.rawValue)),
                (
                    "machine",
                    Markup(text: RunHistory.count(context.host.cores, "core") + ", \(context.host.architecture)")
                ),
                ("system", Markup(text: context.host.os)), ("kernel", Markup(text: context.host.kernel)),
                ("build", Markup(text: context.host.build)), ("signing guard", Markup(text: context.host.guardMode)),
                ("transport", Markup(text: context.host.transport)),
            ])
            services
            operators
        }
    }

    private var simulated: Markup {
        guard let simulation = context.simulation else { return .nothing }
        return element("div", ["class": "simulation"]) {
            element("p") {
                "Simulated: the machines of real runs under virtual time. "
                    + "No processor time and no memory was measured."
            }
            Markup.facts([
                ("mode", Markup(text: "simulated")), ("signatures", Markup(text: simulation.signatures)),
                ("costs of work", Markup(text: simulation.costs)), ("cores", Markup(text: simulation.cores)),
            ])
            element("ul") { for line in simulation.accountLines { element("li") { line } } }
        }
    }

    private var services: Markup {
        let rows = genesis.services.map { service -> [Markup] in
            let load = context.loads.first { $0.service == service.name }?.account ?? "–"
            return [
                Markup(text: service.name), Markup(text: service.module),
                Markup(text: "\(service.optedIn.count)"), Markup(text: "> \(service.threshold)"),
                Markup(text: service.dissemination == .mesh ? "mesh" : "star"),
                Markup(text: "\(service.slash.equivocation.percentage)"), Markup(text: load),
                Markup(text: Self.seconds(service.deadline)), Markup(text: Self.seconds(service.evidenceWindow)),
            ]
        }
        func table(_ rows: ArraySlice<[Markup]>) -> Markup {
            Markup.table(
                "Services",
                [
                    "service", "module", "operators", "quorum", "votes", "equivocation", "load", "deadline",
                    "evidence window",
                ], rows)
        }
        return element("h3") { RunHistory.count(rows.count, "service") }
            + Markup.folded(rows, limit: Self.shownServices, table: table)
    }

    /// `1 s`, `2.5 s`
    private static func seconds(_ duration: Duration) -> String {
        var text = "\(DecimalText(Double(duration.nanoseconds) / 1e9, 3))"
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return "\(text) s"
    }

    private var operators: Markup {
        let stakes = genesis.stakes
        let total = stakes.reduce(Lamports.zero, +)
        let greatest = stakes.max() ?? .zero
        let slashed = Set(summary.slashes.map(\.record.signer))
        let faulty = history.faultySigners
        let rows = genesis.signers.indices.sorted { (stakes[$1], $0) < (stakes[$0], $1) }.map { place -> [Markup] in
            let signer = OperatorIndex(UInt32(place))
            let optedIn = genesis.services.filter { $0.optedIn.contains(signer) }.map(\.name)
            let fate = slashed.contains(signer) ? "slashed" : faulty.contains(signer) ? "had a fault" : "–"
            return [
                Markup(text: genesis.signers[place].name), Self.bar(stakes[place], of: greatest),
                Markup(text: "\(stakes[place])"), Markup(text: stakes[place].percentage(of: total)),
                optedIn.count == genesis.services.count ? Markup(text: "all") : Markup.names(optedIn, limit: 4),
                Markup(text: fate),
            ]
        }
        func table(_ rows: ArraySlice<[Markup]>) -> Markup {
            Markup.table(
                "Operators by stake", ["operator", "", "stake", "share", "services", "in this run"], numeric: [2, 3],
                kind: "operators", rows)
        }
        return element("h3") {
            "\(RunHistory.count(rows.count, "operator")), \(total) at stake"
        } + Markup.folded(rows, limit: Self.shownOperators, table: table)
    }

    private static func bar(_ stake: Lamports, of greatest: Lamports) -> Markup {
        let share = greatest > .zero ? Double(stake.number) / Double(greatest.number) : 0
        return element("svg", ["class": "bar", "width": "100%", "height": "10", "aria-hidden": "true"]) {
            element("rect", ["width": Plot.percent(share), "height": "10"])
        }
    }

    var resources: ReportSection? {
        let use = summary.resources
        guard !use.processes.isEmpty else { return nil }
        func time(_ duration: Duration?) -> Markup { Markup(text: duration?.milliseconds ?? "–") }
        func memory(_ bytes: UInt64?) -> Markup { Markup(text: bytes.map { ResourceUse.mebibytes($0) } ?? "–") }
        return ReportSection(
            "resources", "Resources",
            lead: "What the processes said of themselves before they stopped. Whoever was killed has said nothing."
        ) {
            Markup.facts([
                ("processor time a task", time(use.cpuPerTask())), ("of operators", time(use.cpuPerTask(\.isSigner))),
                ("of coordinators", time(use.cpuPerTask(\.isCoordinator))),
                ("of the ledger", time(use.cpuPerTask { $0 == .ledger })),
                ("memory of an operator", memory(use.residentBytesPerOperator)),
                ("at its most", memory(use.peakResidentBytesPerOperator)),
            ])
            Markup.details(RunHistory.count(use.processes.count, "process")) {
                Markup.figures(
                    "Processes", ["process", "processor time", "memory at the end", "at its most"],
                    use.processes.map { process in
                        let name =
                            process.incarnation > 1 ? "\(process.name), start \(process.incarnation)" : process.name
                        return [
                            Markup(text: name), time(process.last.cpu), memory(process.last.residentBytes),
                            memory(process.last.peakResidentBytes),
                        ]
                    })
            }
        }
    }

    var refusals: ReportSection? {
        guard !summary.refusals.isEmpty else { return nil }
        return ReportSection(
            "refusals", "Refused instructions",
            lead: "What the ledger was asked to do and did not carry out, by its answer."
        ) {
            Markup.table(
                "Refused instructions", ["answer", "times", ""], numeric: [1],
                summary.refusals.prefix(Self.shownOutcomes).map { refusal in
                    [
                        Markup.code("\(refusal.outcome)"), Markup(text: refusal.count.grouped),
                        Markup(
                            text: refusal.isRemarkable
                                ? "nobody expects this" : "usual: several submit the same, and one is first"),
                    ]
                })
        }
    }

    var repetition: ReportSection? {
        ReportSection("again", "See it again", lead: "From the directory in which the run was started.") {
            if context.canBeReplayed {
                element("p") {
                    "Drive every machine through its recorded events again, and compare every effect byte for byte:"
                }
                Markup.command(ShellCommand("quorate", "replay", "\(context.runDirectory)"))
            }
            if !context.repetition.isEmpty {
                element("p") {
                    context.simulation == nil
                        ? "Run the same once more. The seed decides arrivals, links and faults, not how the processes "
                            + "race each other:"
                        : "Simulate the same once more: this seed gives this run, to the byte."
                }
                Markup.command(ShellCommand(context.repetition))
            }
        }
    }
}
