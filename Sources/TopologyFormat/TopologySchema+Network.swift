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
                    "When nothing gets from some nodes to others: in simulated runs alone.",
                    .list(partition, most: NetworkReader.maximumPartitions))),
        ]))

    private static let link = TopologySchema(
        "What befalls the frames on every link but those with the ledger.",
        .keys([
            .optional(
                "latency",
                TopologySchema(
                    "Of every frame, one way; not together with regions.", .duration("2ms"), standard: "0ms")),
            .optional(
                "jitter",
                TopologySchema(
                    "By up to so much the latency varies in either direction, drawn from the seed.",
                    .duration("500us"), standard: "0ms")),
            .optional(
                "loss",
                TopologySchema(
                    "The share of frames that are lost, sent again, and hold up those behind them; at most 50%.",
                    .share("1%"), standard: "0%")),
            .optional(
                "duplicate", TopologySchema("The share of frames that come twice.", .share("0.1%"), standard: "0%")),
            .optional(
                "reorder",
                TopologySchema(
                    "The share of frames that are late and overtaken by those behind them.", .share("1%"),
                    standard: "0%")),
            .optional(
                "bandwidth", TopologySchema("Of each link, in each direction; left out: no limit.", .bandwidth)),
        ]))

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
        "A time in which nothing gets from one side to the other.",
        .keys([
            .required("between", TopologySchema("One side.", .parties("Nodes."))),
            .optional(
                "and", TopologySchema("The other; rest: everyone else.", .parties("Nodes."), standard: "rest")),
            .optional(
                "at", TopologySchema("When it begins, from the run's beginning.", .duration("2s"), standard: "0ms")),
            .optional("for", TopologySchema("How long it lasts; left out: to the end.", .duration("1s"))),
            .optional(
                "one-way",
                TopologySchema("Whether only what the first side sends is lost.", .truth, standard: "false")),
        ]))
}
