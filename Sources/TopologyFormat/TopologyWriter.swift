import Faults
import Links
import Messages
import Primitives
import Services

/// Writes a topology with every default filled in, as YAML that reads back to the same topology.
///
/// Generated operators are written out, and so is what several share by one entry of the file (`operators: op-1..op-3`).
/// What only a run decides stays out: a seed that was not given.
struct TopologyWriter {
    let topology: Topology
    var lines: [String] = []

    static func text(of topology: Topology) -> String {
        var writer = TopologyWriter(topology: topology)
        writer.write()
        return writer.lines.joined(separator: "\n") + "\n"
    }

    init(topology: Topology) { self.topology = topology }

    private mutating func write() {
        lines = ["version: 1", "name: \(Self.scalar(topology.name))"]
        if let seed = topology.seed { lines.append("seed: \(seed)") }
        lines += Self.ledgerLines(topology.ledger)
        writeNetwork()
        lines.append("guard: \(topology.guardMode.rawValue)")
        writeAssets()
        lines.append("operators:")
        for plan in topology.operators { write(plan) }
        writeRestakers()
        lines.append("services:")
        for service in topology.services { write(service) }
        list("faults", of: topology.faults.map(text))
        if let chaos = topology.chaos { lines.append("chaos: {\(Self.text(of: chaos))}") }
        list("timeline", of: topology.timeline.map(text))
        writeExpectations()
    }

    // MARK: Network

    private mutating func writeNetwork() {
        let (network, link) = (topology.network, topology.network.link)
        var terms = [
            "jitter: \(DurationText.of(link.jitter))", "loss: \(FractionText.chance(link.loss))",
            "duplicate: \(FractionText.chance(link.duplication))", "reorder: \(FractionText.chance(link.reordering))",
        ]
        // Regions say it themselves.
        if network.regions == nil { terms.insert("latency: \(DurationText.of(link.latency))", at: 0) }
        if let bandwidth = link.bandwidth { terms.append("bandwidth: \(bandwidth)") }
        lines += [
            "network:", "  dissemination: \(network.dissemination.rawValue)",
            "  link: {\(terms.joined(separator: ", "))}",
        ]
        if let regions = network.regions { write(regions) }
        list("  partitions", of: network.partitions.map { "{\(keys(of: $0).joined(separator: ", "))}" })
        list(
            "  changes",
            of: network.changes.map { plan in
                let terms = plan.change.terms.map { "\($0.key): \($0.value)" }
                return "{\((keys(of: plan) + terms).joined(separator: ", "))}"
            })
    }

    private mutating func write(_ regions: RegionPlan) {
        lines.append("  regions:")
        let parties =
            regions.operators.indices.map { Party.signer(OperatorIndex(UInt32($0))) }
            + regions.coordinators.indices.map { Party.coordinator(ServiceID(UInt32($0))) }
        let residents = Dictionary(grouping: parties) { regions.region(of: $0) }
        for region in Region.allCases {
            guard let residents = residents[region] else { continue }
            lines.append("    \(region.rawValue): \(members(residents))")
        }
    }

    private func keys(of spell: some LinkSpell) -> [String] {
        var keys = ["at: \(DurationText.of(spell.begins))"]
        if let lasts = spell.lasts { keys.append("for: \(DurationText.of(lasts))") }
        guard !spell.isAmongAll else { return keys }
        keys.append("one-way: \(spell.isOneWay)")
        return ["between: \(members(spell.between))", "and: \(members(spell.and))"] + keys
    }

    // MARK: Stake

    private mutating func writeRestakers() {
        guard !topology.restakers.isEmpty else {
            lines.append("restakers: {}")
            return
        }
        lines.append("restakers:")
        for restaker in topology.restakers {
            let delegations = Dictionary(grouping: restaker.delegations, by: \.signer).sorted { $0.key < $1.key }
            let targets = delegations.map { signer, plans in
                "\(name(of: signer)): [\(plans.map { text(of: AmountPlan($0.asset, $0.amount)) }.joined(separator: ", "))]"
            }
            lines += [
                "  \(Self.scalar(restaker.name)):",
                "    deposit: [\(restaker.deposits.map(text).joined(separator: ", "))]",
                "    delegate: {\(targets.joined(separator: ", "))}",
            ]
        }
    }

    // MARK: Services

    private mutating func write(_ service: ServicePlan) {
        let all = service.operators.count == topology.operators.count
        lines += [
            "  \(Self.scalar(service.name)):", "    module: \(service.module)",
        ]
        if let program = service.program { write(program) }
        lines += [
            "    threshold: \(service.threshold)",
            "    accountability: \(service.wantsAccountability ? "required" : "none")",
            "    operators: \(all ? "all" : members(service.operators))",
            "    slash: {\(text(of: service.slash).joined(separator: ", "))}",
        ]
        lines += termLines(of: service)
        lines += [
            "    load: {\(Self.text(of: service.load).joined(separator: ", "))}",
            "    deadline: \(DurationText.of(service.deadline))",
            "    evidence-window: \(DurationText.of(service.evidenceWindow))",
        ]
    }

    private mutating func write(_ program: ProgramPlan) {
        lines += [
            "    command: [\(program.command.map(Self.quoted).joined(separator: ", "))]",
            "    time-limit: \(DurationText.of(program.timeLimit))", "    memory-limit: \(program.memoryLimit)",
            "    output-limit: \(program.outputLimit)", "    validate: \(program.validation.rawValue)",
        ]
    }

    private static func text(of load: LoadPlan) -> [String] {
        let payloads = load.payloads.map { quoted($0.text) }
        let payload = payloads.isEmpty ? [] : ["payload: [\(payloads.joined(separator: ", "))]"]
        switch load.pacing {
        case .open(let rate, let arrival):
            return ["tasks: \(load.tasks)", "rate: \(rate)", "arrival: \(arrival.rawValue)"] + payload
        case .closed(let inFlight, _): return ["tasks: \(load.tasks)", "in-flight: \(inFlight)"] + payload
        }
    }

    // MARK: Faults

    private func text(of fault: FaultPlan) -> String {
        var keys: [String]
        switch fault.party {
        case .coordinator(let service): keys = ["coordinator: \(name(of: service))"]
        case .signer(let signer): keys = ["operator: \(name(of: signer))"]
        case .ledger: keys = []
        }
        keys.append("does: \(fault.behaviour.rawValue)")
        if case .signer = fault.party, let service = fault.service { keys.append("service: \(name(of: service))") }
        // When a collusion happens, its coordinator says.
        guard fault.behaviour != .collusion, fault.behaviour != .twin else {
            return "{\(keys.joined(separator: ", "))}"
        }
        keys.append("at: \(Self.text(of: fault.begins))")
        switch fault.lasts {
        case .tasks(let count): keys.append("for: \(count) \(count == 1 ? "task" : "tasks")")
        case .duration(let duration): keys.append("for: \(DurationText.of(duration))")
        case .untilTheEnd: break
        }
        for parameter in CatalogueEntry.of(fault.behaviour).parameters {
            if let value = text(of: parameter, fault) { keys.append("\(parameter.key): \(value)") }
        }
        return "{\(keys.joined(separator: ", "))}"
    }

    /// - Returns: nil for what is written elsewhere, or need not be.
    private func text(of parameter: FaultParameter, _ fault: FaultPlan) -> String? {
        let told = fault.parameters
        return switch parameter {
        case .service: nil
        case .probability: Self.share(fault.probability)
        case .share, .drift: told.share.map(Self.share)
        case .delay: told.delay.map { DurationText.of($0) }
        case .skew: told.skew.map { $0 < .zero ? "-\(DurationText.of(.zero - $0))" : DurationText.of($0) }
        case .to, .against:
            told.chosen.isEmpty ? nil : "[\(told.chosen.map { name(of: $0) }.joined(separator: ", "))]"
        case .rate: told.rate.map { "\($0)/s" }
        case .form: told.form?.rawValue
        case .disk: told.disk.rawValue
        case .point: fault.point?.rawValue
        }
    }

    private static func text(of beginning: FaultPlan.Beginning) -> String {
        switch beginning {
        case .start: "start"
        case .task(let sequence): "task \(sequence)"
        case .after(let delay): DurationText.of(delay)
        }
    }

    private static func text(of chaos: ChaosPlan) -> String {
        [
            "every: \(DurationText.of(chaos.every))", "lasting: \(DurationText.of(chaos.lasting))",
            "of: [\(chaos.of.map(\.text).joined(separator: ", "))]", "within: \(chaos.within)",
        ].joined(separator: ", ")
    }

    // MARK: Expectations

    private mutating func writeExpectations() {
        let expect = topology.expect
        lines += ["expect:", "  slashed: \(members(expect.slashed))"]
        lines.append("  revoked: [\(expect.revoked.map(name).joined(separator: ", "))]")
        let bounds = [
            expect.certified.map { "at-least: \(Self.share($0))" },
            expect.certifiedAtMost.map { "at-most: \(Self.share($0))" },
        ].compactMap(\.self)
        if !bounds.isEmpty { lines.append("  certified: {\(bounds.joined(separator: ", "))}") }
        let latencies = expect.quorumLatency.map {
            "\($0.percentile.rawValue): {at-most: \(DurationText.of($0.atMost))}"
        }
        lines.append("  quorum-latency: {\(latencies.joined(separator: ", "))}")
        let verdicts = Expectations.oracleNames.compactMap { oracle in
            expect.verdicts[oracle].map { "\(oracle): \($0)" }
        }
        lines.append("  verdicts: {\(verdicts.joined(separator: ", "))}")
    }

    // MARK: Parts

    func name(of signer: OperatorIndex) -> String { Self.scalar(topology.name(of: signer)) }
    func name(of service: ServiceID) -> String { Self.scalar(topology.name(of: service)) }

    private mutating func list(_ key: String, of elements: [String]) {
        let margin = key.prefix { $0 == " " }
        lines += elements.isEmpty ? ["\(key): []"] : ["\(key):"] + elements.map { "\(margin)  - \($0)" }
    }

    /// `[op-1..op-5, op-7]`
    private func members(_ indices: [OperatorIndex]) -> String { "[\(words(indices).joined(separator: ", "))]" }

    /// `[op-1..op-5, coordinator-squares, ledger]`
    private func members(_ parties: [Party]) -> String { "[\(words(parties).joined(separator: ", "))]" }

    func words(_ parties: [Party]) -> [String] {
        let signers = parties.compactMap { if case .signer(let signer) = $0 { signer } else { nil } }
        let others = parties.compactMap { party -> String? in
            switch party {
            case .signer: nil
            case .coordinator(let service): PartyReader.coordinator + topology.name(of: service)
            case .ledger: PartyReader.ledger
            }
        }
        return words(signers) + others
    }

    private func words(_ indices: [OperatorIndex]) -> [String] {
        var ranges: [ClosedRange<UInt32>] = []
        for index in indices {
            if let last = ranges.last, last.upperBound + 1 == index.number {
                ranges[ranges.count - 1] = last.lowerBound...index.number
            } else {
                ranges.append(index.number...index.number)
            }
        }
        return ranges.flatMap { range in
            let (first, last) = (
                topology.name(of: OperatorIndex(range.lowerBound)), topology.name(of: OperatorIndex(range.upperBound))
            )
            return range.count > 2
                ? [Self.scalar("\(first)..\(last)")]
                : range.count == 2 ? [first, last].map(Self.scalar) : [Self.scalar(first)]
        }
    }

    static func share(_ share: Fraction) -> String { FractionText.share(share) }

    /// Any text, in quotes.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case " "..."~": quoted.unicodeScalars.append(scalar)
            // YAML takes some of the others as they are, and some only so.
            default:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\U" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
            }
        }
        return quoted + "\""
    }

    /// Quoted where a YAML reader could take it for something else than text.
    static func scalar(_ text: String) -> String {
        let first = text.utf8.first ?? 0
        let isPlain = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) && text != "null"
        return isPlain ? text : "\"\(text)\""
    }
}

extension Topology {
    /// As a list of nodes is written: `op-1..op-5, coordinator-squares, ledger`.
    package func list(of parties: [Party]) -> String {
        TopologyWriter(topology: self).words(parties.sorted()).joined(separator: ", ")
    }

    /// With every default filled in; reads back to the same topology.
    package var yaml: String { TopologyWriter.text(of: self) }
}
