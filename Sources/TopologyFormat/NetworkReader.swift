import Links
import Messages
import Primitives

/// Reads `network:`. Who is where, and who is cut off from whom, asks for the names of all nodes.
struct NetworkReader {
    /// Nil when not even the names can be told.
    let parties: PartyReader?
    /// What stands for a dissemination that is not given.
    let standard: NetworkPlan.Dissemination

    init(roster: OperatorRoster?, services: [ServicePlan]?) {
        parties = roster.flatMap { roster in services.map { PartyReader(roster: roster, services: $0) } }
        standard = .standard(largestService: services?.map(\.operators.count).max() ?? 0)
    }

    func plan(_ field: Field?) -> NetworkPlan {
        var plan = NetworkPlan(dissemination: standard)
        guard let field, var keys = field.mapping(example: "{dissemination: mesh}") else { return plan }
        plan.dissemination = keys.read(
            "dissemination", .choice("a dissemination", of: TopologyReader.choices()), default: standard)
        let linkField = keys.field("link")
        let regionsField = keys.field("regions")
        let partitionsField = keys.field("partitions")
        let changesField = keys.field("changes")
        keys.reportUnknownKeys()
        plan.link = linkField.map { link($0, hasRegions: regionsField != nil) } ?? .none
        plan.regions = regionsField.flatMap(regions)
        let spells = LinkSpellReader(parties: parties)
        plan.partitions = partitionsField.map(spells.partitions) ?? []
        plan.changes = changesField.map(spells.changes) ?? []
        return plan
    }

    // MARK: Links

    private func link(_ field: Field, hasRegions: Bool) -> LinkTerms {
        var link = LinkTerms.none
        guard var keys = field.mapping(example: "{latency: 2ms, jitter: 500us}") else { return link }
        let latencyField = keys.field("latency")
        link.latency = latencyField?.read(.linkDelay) ?? .zero
        link.jitter = keys.read("jitter", .linkDelay, default: .zero)
        link.loss = keys.read("loss", .loss, default: .zero)
        link.duplication = keys.read("duplicate", .chance, default: .zero)
        link.reordering = keys.read("reorder", .chance, default: .zero)
        link.bandwidth = keys.optional("bandwidth", .bandwidth)
        keys.reportUnknownKeys()
        if hasRegions, let latencyField {
            latencyField.report("regions say how far nodes are apart; leave this out")
        }
        return link
    }

    // MARK: Regions

    private static let regionsExample = "spread or {us-east-1: [op-1, op-2], eu-west-1: op-3..op-5}"

    private func regions(_ field: Field) -> RegionPlan? {
        guard !field.isScalar else {
            guard field.read(.spread(example: Self.regionsExample)) != nil, let parties else { return nil }
            return .spread(operators: parties.roster.operators.count, services: parties.services.count)
        }
        let mistakes = field.mistakes.count
        guard var keys = field.mapping(example: Self.regionsExample) else { return nil }
        let given = Region.allCases.compactMap { region in keys.field(region.rawValue).map { (region, $0) } }
            .sorted { $0.1.node.position < $1.1.node.position }
        keys.reportUnknownKeys()
        guard let parties else { return nil }
        let places = places(given, parties)
        let homeless = parties.everyone.filter { $0.isSigner && places[$0] == nil }
        // Somebody who was misspelt is not missed as well.
        if let first = homeless.first, field.mistakes.count == mistakes {
            let others = homeless.count == 1 ? "is" : "and \(homeless.count - 1) more are"
            field.report("\(parties.name(of: first)) \(others) in no region; each operator is in one")
        }
        let home = given.first?.0 ?? Region.allCases[0]
        let regions = parties.everyone.map { places[$0] ?? home }
        let count = parties.roster.operators.count
        return RegionPlan(
            operators: Array(regions.prefix(count)), coordinators: Array(regions.dropFirst(count).dropLast()))
    }

    private func places(_ given: [(Region, Field)], _ parties: PartyReader) -> [Party: Region] {
        var places: [Party: Region] = [:]
        for (region, field) in given {
            for member in parties.members(field) {
                if member.party == .ledger {
                    member.field.report("the ledger is in no region: it stands beside everyone; leave it out")
                } else if let other = places[member.party] {
                    member.field.report("\(parties.name(of: member.party)) is in \(other.rawValue) already")
                    break
                }
                places[member.party] = region
            }
        }
        return places
    }
}
