import Links
import Primitives

extension TopologySchema {
    static let network = TopologySchema(
        "How votes travel, and over what.",
        .keys([
            .optional(
                "dissemination",
                TopologySchema(
                    "Votes go to everyone (mesh), or to the coordinator alone (star); left out: mesh up to 32 operators.",
                    .words(of: NetworkPlan.Dissemination.self))),
            .optional("link", link), .optional("regions", regions),
            .optional(
                "partitions",
                TopologySchema(
                    "When nothing gets from some nodes to others.",
                    .list(partition, most: LinkSpellReader.maximum))),
            .optional(
                "changes",
                TopologySchema(
                    "When links between some nodes have other terms.",
                    .list(change, most: LinkSpellReader.maximum))),
        ]))

    private static let link = TopologySchema(
        "What befalls the frames on every link but those with the ledger.",
        .keys([
            .optional(
                "latency",
                TopologySchema(
                    "Of every frame, one way; not together with regions.", .duration("2ms"), standard: "0ms")),
            .optional("jitter", jitter(standard: "0ms")), .optional("loss", loss(standard: "0%")),
            .optional("duplicate", duplicate(standard: "0%")), .optional("reorder", reorder(standard: "0%")),
            .optional(
                "bandwidth", TopologySchema("Of each link, in each direction; left out: no limit.", .bandwidth)),
        ]))

    private static func jitter(standard: String?) -> TopologySchema {
        TopologySchema(
            "By up to so much the latency varies in either direction, drawn from the seed.", .duration("500us"),
            standard: standard)
    }

    private static func loss(standard: String?) -> TopologySchema {
        TopologySchema(
            "The share of frames that are lost, sent again, and hold up those behind them; at most 50%.",
            .share("1%"), standard: standard)
    }

    private static func duplicate(standard: String?) -> TopologySchema {
        TopologySchema("The share of frames that come twice.", .share("0.1%"), standard: standard)
    }

    private static func reorder(standard: String?) -> TopologySchema {
        TopologySchema(
            "The share of frames that are late and overtaken by those behind them.", .share("1%"),
            standard: standard)
    }

    private static let regions = TopologySchema(
        "Where the nodes stand, which says the latency between them; each operator in one region.",
        .either([
            TopologySchema(
                "Operators in turn over all regions, coordinators in the first.", .words(["spread"])),
            TopologySchema(
                "Who is where; a coordinator that is not listed is in the first region listed.",
                .keys(
                    Region.allCases.map { region in
                        .optional(region.rawValue, TopologySchema("Nodes.", .parties("Nodes.")))
                    })),
        ]))

    private static let partition = TopologySchema(
        "A time in which nothing gets from one side to the other; who is where says between, isolate, halves or ring.",
        .keys(
            [
                .optional("between", TopologySchema("One side.", .parties("Nodes."))),
                .optional(
                    "and", TopologySchema("The other; rest: everyone else.", .parties("Nodes."), standard: "rest")),
                .optional("isolate", TopologySchema("Each of these is alone.", .parties("Nodes."))),
                .optional(
                    "halves",
                    TopologySchema(
                        "The second half of these is cut off from everyone else; all: of the operators.",
                        .parties("Nodes."))),
                .optional(
                    "ring",
                    TopologySchema(
                        "Each of these reaches, of them, the two beside it alone; all: the operators.",
                        .parties("Nodes."))),
            ] + time + [
                .optional(
                    "one-way",
                    TopologySchema("Whether only what the first side sends is lost.", .truth, standard: "false"))
            ]))

    private static let change = TopologySchema(
        "A time in which the links between two sides have other terms; what is not given stays.",
        .keys(
            [
                .optional(
                    "between",
                    TopologySchema("One side; left out: every link.", .parties("Nodes but the ledger."))),
                .optional(
                    "and",
                    TopologySchema(
                        "The other; rest: everyone else.", .parties("Nodes but the ledger."), standard: "rest")),
            ] + time + [
                .optional(
                    "one-way",
                    TopologySchema(
                        "Whether only the ways from the first side to the other change.", .truth, standard: "false")),
                .optional("latency", TopologySchema("Of every frame, one way.", .duration("80ms"))),
                .optional("jitter", jitter(standard: nil)), .optional("loss", loss(standard: nil)),
                .optional("duplicate", duplicate(standard: nil)), .optional("reorder", reorder(standard: nil)),
                .optional("bandwidth", TopologySchema("Of each link, in each direction.", .bandwidth)),
            ]))

    private static var time: [TopologySchema.Key] {
        [
            .optional(
                "at", TopologySchema("When it begins, from the run's beginning.", .duration("2s"), standard: "0ms")),
            .optional("for", TopologySchema("How long it lasts; left out: to the end.", .duration("1s"))),
        ]
    }
}
