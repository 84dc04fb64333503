import Messages
import Primitives

/// The restaking state's part of the format.
extension TopologySchema {
    private static let epoch = Form.text(pattern: "^epoch [0-9]+$", example: "epoch 3")
    private static let assetName = Form.text(pattern: "^[A-Za-z][A-Za-z0-9]{0,15}$", example: "mSOL")
    private static let yield = Form.text(
        pattern: "^([0-9]+/[0-9]+|[0-9]+(\\.[0-9]+)? ?(%|bps))/(year|epoch)$", example: "7%/year")
    private static let amount = Form.text(
        pattern: "^[0-9]+(\\.[0-9]+)? ?[A-Za-z][A-Za-z0-9]{0,15}$", example: "50 mSOL")
    private static let quantity = Form.text(
        pattern: "^([0-9]+(\\.[0-9]+)? ?[A-Za-z][A-Za-z0-9]{0,15}|"
            + "([0-9]+/[0-9]+|[0-9]+(\\.[0-9]+)?%)( of [A-Za-z][A-Za-z0-9]{0,15})?)$",
        example: "50 SOL or 50%")
    private static let rateChange = Form.text(
        pattern: "^([0-9]+(\\.[0-9]+)? ?(SOL|lamports?)|[+-]([0-9]+/[0-9]+|[0-9]+(\\.[0-9]+)? ?(%|bps)))$",
        example: "1.25 SOL or -1%")

    static let ledger = TopologySchema(
        "The ledger: its clock, and the rules that all services share.",
        .keys([
            .optional(
                "preset",
                TopologySchema(
                    "What the others default to.", .words(LedgerPlan.presets.map(\.preset)),
                    standard: LedgerPlan.fast.preset)),
            .optional("slot", TopologySchema("How long a slot takes.", .duration("50ms"))),
            .optional("slots-per-epoch", TopologySchema("Slots of an epoch.", .number(1...10_000_000))),
            .optional(
                "unbonding-epochs", TopologySchema("Epochs until undelegated stake is free.", .number(1...1_000))),
            .optional(
                "allocation",
                TopologySchema(
                    "How much of an operator's stake secures each service: all of it (shared), or parts that do not "
                        + "(unique) or may (elastic) overlap.", .words(["shared", "unique", "elastic"]),
                    standard: "shared")),
            .optional(
                "veto",
                TopologySchema(
                    "From a proven offence until its slash is executed.",
                    .text(pattern: "^(none|[0-9]+(\\.[0-9]+)? ?(epochs?|slots?))$", example: "1.5 epochs"))),
            .optional(
                "protocol-fee",
                TopologySchema("Of what the native pool yields.", .share("7%"), standard: "7%")),
            .optional(
                "reporter-reward",
                TopologySchema("Of a slash, to whoever submitted the evidence.", .share("5%"), standard: "5%")),
            .optional(
                "minimum-self-delegation",
                TopologySchema("An operator with less of its own has no seat.", .stake, standard: "0 SOL")),
            .optional(
                "council",
                TopologySchema(
                    "Who executes what votes have accepted.",
                    .keys([
                        .optional("members", TopologySchema("How many there are.", .number(1...64), standard: "5")),
                        .optional("quorum", TopologySchema("How many carry a motion.", .number(1...64), standard: "3")),
                        .optional(
                            "voting-epochs",
                            TopologySchema("How long a proposal is voted on.", .number(0...1_000), standard: "1")),
                    ]))),
            .optional(
                "disputes",
                TopologySchema(
                    "Challenges to certified results.",
                    .keys([
                        .optional("bond", TopologySchema("What a challenger posts.", .stake, standard: "1 SOL")),
                        .optional(
                            "voting-epochs",
                            TopologySchema("How long operators vote.", .number(0...1_000), standard: "1")),
                    ]))),
            .optional(
                "release",
                TopologySchema(
                    "What is switched on when, in a network that goes live in stages.",
                    .keys([
                        .optional("operators", TopologySchema("Delegations are taken.", epoch, standard: "epoch 0")),
                        .optional("services", TopologySchema("Services have operators.", epoch, standard: "epoch 0")),
                        .optional("slashing", TopologySchema("Offences are slashed.", epoch, standard: "epoch 0")),
                        .optional(
                            "caps",
                            TopologySchema(
                                "The most that may be deposited, from an epoch on.",
                                .map(key: epoch, TopologySchema("The cap.", .stake)))),
                    ]))),
        ]))

    // MARK: Assets

    private static let listing: [Key] = [
        .optional("rate", TopologySchema("What one token is worth.", .stake, standard: "1 SOL")),
        .optional(
            "weight", TopologySchema("The share of its value that counts as stake.", .share("90%"), standard: "100%")),
        .optional("cap", TopologySchema("The most that all of it together may be worth.", .stake)),
        .optional(
            "rate-bound", TopologySchema("How far its rate may move in an epoch.", .share("1%"), standard: "1%")),
        .optional(
            "points",
            TopologySchema(
                "Protocol points for a lamport and epoch; 2 for the large ones, 1 for others.", .number(0...255))
        ),
    ]

    static let assets = TopologySchema(
        "Liquid staking tokens besides SOL.",
        .map(key: assetName, TopologySchema("An asset.", .keys(listing))))

    static let baseValidators = TopologySchema(
        "The base chain's validators that the native pool stakes with.",
        .named(
            TopologySchema(
                "A base validator.",
                .keys([
                    .required("yield", TopologySchema("What stake earns there.", yield)),
                    .optional("mev", TopologySchema("What it earns besides.", yield, standard: "0%/year")),
                    .optional(
                        "commission", TopologySchema("What it keeps of the yield.", .share("5%"), standard: "0%")),
                    .optional(
                        "mev-share", TopologySchema("What it passes on of the rest.", .share("90%"), standard: "100%")),
                    .optional("limit", TopologySchema("The most stake that it takes.", .stake)),
                ])), isEmptyAllowed: true))

    static let nativePool = TopologySchema(
        "How the native pool spreads its SOL over the base validators.",
        .keys([
            .optional(
                "concentration",
                TopologySchema("The most of the pool with one of them.", .share("40%"), standard: "100%")),
            .optional(
                "movable",
                TopologySchema("The most of the pool that moves in an epoch.", .share("25%"), standard: "25%")),
            .optional(
                "horizon",
                TopologySchema(
                    "Epochs within which a move must pay; 0: nothing moves.", .number(0...100_000), standard: "30")),
        ]))

    static let restakers = TopologySchema(
        "Who delegates stake to operators besides the operators themselves.",
        .named(
            TopologySchema(
                "A restaker.",
                .keys([
                    .required("deposit", TopologySchema("What it deposits.", amounts)),
                    .optional(
                        "delegate",
                        TopologySchema(
                            "To whom, and how much of it.",
                            .named(TopologySchema("The amount.", amounts), isEmptyAllowed: true))),
                ])), isEmptyAllowed: true))

    private static let amounts = Form.either([
        TopologySchema("An amount.", amount),
        TopologySchema("Of several assets.", .list(TopologySchema("An amount.", amount))),
    ])

    // MARK: Terms of a service

    static let slash = TopologySchema(
        "What a proven fault costs.",
        .keys([
            .optional(
                "equivocation",
                TopologySchema("The share of the stake behind the operator.", .share("5%"), standard: "5%")),
            .optional(
                "wrong-result",
                TopologySchema("The share that signing a wrong result costs.", .share("10%"), standard: "0%")),
            .optional(
                "policy",
                TopologySchema(
                    "The same for each (fixed), or by how many offended in one epoch (correlated).",
                    .words(["fixed", "correlated"]), standard: "fixed")),
            .optional(
                "cap", TopologySchema("What all offences of an epoch cost at most.", .share("50%"), standard: "100%")),
            .optional(
                "to",
                TopologySchema(
                    "Where it goes: burn, service, or whose account.", .name, standard: "burn")),
        ]))

    static let assetWeights = TopologySchema(
        "How much of an asset's value counts here; those that are not named: all of it.",
        .map(key: assetName, TopologySchema("The share.", .share("50%"))))

    static let reward = TopologySchema(
        "What it pays its operators and their restakers.",
        .keys([
            .optional("per-task", TopologySchema("For each settled task.", .stake, standard: "0 SOL")),
            .optional(
                "per-epoch", TopologySchema("For each epoch with a settled task.", .stake, standard: "0 SOL")),
            .optional("budget", TopologySchema("What it has to pay with.", .stake, standard: "0 SOL")),
        ]))

    static let jail = TopologySchema(
        "When an absent operator loses its seat: none, or",
        .either([
            TopologySchema("Never.", .words(["none"])),
            TopologySchema(
                "By attendance.",
                .keys([
                    .optional("window", TopologySchema("Over so many tasks.", .number(1...128), standard: "100")),
                    .optional("least", TopologySchema("The least share of them.", .share("50%"), standard: "50%")),
                    .optional("epochs", TopologySchema("How long.", .number(0...1_000_000), standard: "2")),
                ])),
        ]))

    // MARK: Timeline

    static let timelineEntry = TopologySchema(
        "When, who, and what.",
        .keys(
            [
                .required(
                    "at",
                    TopologySchema(
                        "An epoch, a task or a time.",
                        .text(
                            pattern: "^(start|epoch [0-9]+|task [0-9]+( of [a-z0-9][a-z0-9-]{0,31})?|"
                                + "\(Form.durationPattern))$", example: "epoch 3"))),
                .optional(
                    "every",
                    TopologySchema(
                        "Again and again, in the unit of at.",
                        .text(pattern: "^([0-9]+ (epochs?|tasks?)|\(Form.durationPattern))$", example: "5 tasks"))),
                .optional("times", TopologySchema("How often.", .number(2...1_000_000))),
                .optional("restaker", TopologySchema("Whose account, an operator's own among them.", .name)),
                .optional("operator", TopologySchema("Which operator.", .name)),
                .optional("service", TopologySchema("Which service.", .name)),
                .optional("asset", TopologySchema("Whose authority tells a rate.", assetName)),
                .optional("validator", TopologySchema("Which base validator yields otherwise.", .name)),
            ] + restakerVerbs + operatorVerbs + otherVerbs,
            one: [
                "restaker", "operator", "service", "asset", "validator", "forward", "council-lists", "council-pauses",
                "council-resumes", "council-retires", "council-sets", "council-ends",
            ]))

    private static let restakerVerbs: [Key] =
        [
            .optional("deposit", TopologySchema("Into the asset's vault.", amount)),
            .optional("withdraw", TopologySchema("Of what is idle or has unbonded.", quantity)),
            .optional("delegate", TopologySchema("Of what is idle.", quantity)),
            .optional("undelegate", TopologySchema("Of what the operator has of it.", quantity)),
            .optional("emergency-exit", TopologySchema("All of this asset.", assetName)),
            .optional("to", TopologySchema("The operator, or the service.", .name)),
            .optional("from", TopologySchema("The operator.", .name)),
            .optional("claim", TopologySchema("What it has earned.", .words(["rewards"]))),
            .optional("propose", TopologySchema("To list an asset.", assetName)),
            .optional("accept", TopologySchema("Votes for an asset.", assetName)),
            .optional("reject", TopologySchema("Votes against an asset.", assetName)),
            .optional(
                "dispute",
                TopologySchema(
                    "A certified result.",
                    .text(pattern: "^task [0-9]+( of [a-z0-9][a-z0-9-]{0,31})?$", example: "task 137"))),
        ] + listing.filter { $0.name != "rate" }

    private static let operatorVerbs: [Key] = [
        .optional(
            "client",
            TopologySchema("What it runs.", .text(pattern: "^[!-~]{1,32}( [!-~]{1,32})?$", example: "agave 2.1.0"))),
        .optional(
            "class", TopologySchema("Made for one service, or not.", .words(["general-purpose", "service-specific"]))),
        .optional("commission", TopologySchema("What it keeps of rewards.", .share("10%"))),
        .optional("opt-in", TopologySchema("To a service.", .name)),
        .optional("opt-out", TopologySchema("Of a service.", .name)),
        .optional("allocate", TopologySchema("The part of its stake.", .share("60%"))),
        .optional("unjail", TopologySchema("In a service.", .name)),
        .optional("leaves", TopologySchema("For good.", .words(["all"]))),
        .optional("void", TopologySchema("Votes that disputed results are wrong.", .words(["disputes"]))),
        .optional("uphold", TopologySchema("Votes that disputed results are right.", .words(["disputes"]))),
    ]

    private static let otherVerbs: [Key] = [
        .optional("admit", TopologySchema("An operator.", .name)),
        .optional("expel", TopologySchema("An operator.", .name)),
        .optional("fund", TopologySchema("Its budget.", .stake)),
        .optional(
            "post",
            TopologySchema(
                "The result of a task.",
                .text(pattern: "^task [0-9]+( of [a-z0-9][a-z0-9-]{0,31})?$", example: "task 137"))),
        .optional("consume", TopologySchema("The next message of its inbox.", .words(["next"]))),
        .optional("cancel-slash-of", TopologySchema("The operator whose pending slash is cancelled.", .name)),
        .optional("rate", TopologySchema("Of the asset.", rateChange)),
        .optional("yield", TopologySchema("Of the base validator.", yield)),
        .optional(
            "forward",
            TopologySchema("The ledger's clock, at once.", .text(pattern: "^[0-9]+ epochs?$", example: "1 epoch"))),
        .optional("council-lists", TopologySchema("An asset that was accepted.", assetName)),
        .optional("council-pauses", TopologySchema("Deposits of an asset.", assetName)),
        .optional("council-resumes", TopologySchema("Deposits of an asset.", assetName)),
        .optional("council-retires", TopologySchema("An asset.", assetName)),
        .optional("council-sets", TopologySchema("The rate of an asset, beyond its bound.", assetName)),
        .optional("council-ends", TopologySchema("A service that is no more.", .name)),
    ]
}
