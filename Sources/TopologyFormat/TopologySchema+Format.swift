import Faults
import Primitives
import Services

extension TopologySchema {
    /// The whole format. A test holds it to the reader, key by key.
    package static let topology = TopologySchema(
        "A network of operators under test: who has which stake, the services, the faults, and what is expected.",
        .keys([
            .required("version", TopologySchema("The version of the format.", .words(["1"]))),
            .required("name", TopologySchema("What the run and its directory are called.", .name)),
            .optional(
                "seed",
                TopologySchema(
                    "Decides arrivals, links and faults; left out: drawn and printed.", .number(0...UInt64.max))),
            .optional("ledger", ledger), .optional("network", network),
            .optional(
                "guard",
                TopologySchema(
                    "Whether votes are on disk before they are sent (synced), or only handed to the system (written).",
                    .words(of: Topology.GuardMode.self), standard: Topology.GuardMode.synced.rawValue)),
            .required("operators", operators), .optional("restakers", restakers), .required("services", services),
            .optional("faults", TopologySchema("Who misbehaves, how and when.", .list(fault))),
            .optional("chaos", chaos),
            .optional("assets", assets), .optional("base-validators", baseValidators),
            .optional("native-pool", nativePool),
            .optional(
                "timeline", TopologySchema("What is done to the restaking state, and when.", .list(timelineEntry))),
            .optional("expect", expect),
        ]))

    // MARK: Chaos

    private static let chaos = TopologySchema(
        "Faults that the run's seed draws, one after the other, for as long as the run lasts.",
        .keys([
            .optional(
                "every",
                TopologySchema(
                    "In each such time one is drawn.", .duration("5s"),
                    standard: DurationText.of(ChaosPlan.standardPace))),
            .optional(
                "lasting", TopologySchema("The longest that one lasts; left out: as every.", .duration("2s"))),
            .optional(
                "of",
                TopologySchema(
                    "What is drawn from; left out: all that nobody is slashed for.",
                    .list(
                        TopologySchema(
                            "A fault, or what befalls links or stake.", .words(ChaosPlan.Word.all.map(\.text)))))),
            .optional(
                "within",
                TopologySchema(
                    "Those who have a fault always hold less than this share of every service's stake.", .fraction,
                    standard: "\(ChaosPlan.standardShare)")),
        ]))

    // MARK: Stake

    private static let operators = TopologySchema(
        "Who runs nodes: each by its name, or so many generated ones.",
        .either([
            TopologySchema(
                "op-1 to op-N, op-1 holding most.",
                .keys([
                    .required(
                        "count", TopologySchema("How many.", .number(1...UInt64(TopologyReader.maximumOperators)))),
                    .required(
                        "stake",
                        TopologySchema(
                            "How the total is spread.",
                            .text(pattern: "^(equal|solana|whale|zipf\\([0-9]+(\\.[0-9]+)?\\))$", example: "zipf(0.85)")
                        )),
                    .required("total", TopologySchema("The stake of all.", .stake)),
                ])),
            TopologySchema(
                "Each operator by its name.",
                .named(
                    TopologySchema(
                        "An operator.",
                        .keys([
                            .required("stake", TopologySchema("What it delegates to itself.", .stake)),
                            .optional(
                                "services",
                                TopologySchema(
                                    "The services that it opts in to; left out: all.",
                                    .list(TopologySchema("A service.", .name)))),
                            .optional(
                                "commission",
                                TopologySchema(
                                    "What it keeps of its restakers' rewards.", .share("10%"), standard: "0%")),
                            .optional(
                                "allocate",
                                TopologySchema(
                                    "Where the ledger allocates stake in parts: each service's part of its stake.",
                                    .named(TopologySchema("The part.", .share("60%")), isEmptyAllowed: true))),
                        ])))),
        ]))

    // MARK: Services

    private static let services = TopologySchema(
        "The services (AVSs) that the stake secures.",
        .named(
            TopologySchema(
                "A service.",
                .keys([
                    .required("module", TopologySchema("What a task is.", .words(ModuleCatalogue.names))),
                    .optional(
                        "command",
                        TopologySchema(
                            "Of exec: the program that every operator runs, and its arguments.",
                            .list(TopologySchema("A word.", .freeText(example: "python3"))))),
                    .optional(
                        "time-limit",
                        TopologySchema("Of exec: for one answer; left out: half the deadline.", .duration("500ms"))),
                    .optional(
                        "memory-limit",
                        TopologySchema(
                            "Of exec: resident memory of the program.", .size,
                            standard: "\(ProgramPlan.standardMemoryLimit)")),
                    .optional(
                        "output-limit",
                        TopologySchema(
                            "Of exec: for one line of its standard output.", .size,
                            standard: "\(ProgramPlan.standardOutputLimit)")),
                    .optional(
                        "validate",
                        TopologySchema(
                            "Of exec: whether the program must confirm each of its results before it is signed.",
                            .words(of: ProgramPlan.Validation.self), standard: ProgramPlan.Validation.none.rawValue)),
                    .optional(
                        "threshold",
                        TopologySchema(
                            "A certificate needs strictly more than this share of the stake.", .fraction,
                            standard: "2/3")),
                    .optional(
                        "accountability",
                        TopologySchema(
                            "none allows a threshold of 1/2 and less, under which a double certificate proves nothing.",
                            .words(["required", "none"]), standard: "required")),
                    .optional(
                        "operators",
                        TopologySchema(
                            "all, or some: [op-1, op-2], op-1..op-5.", .members("Operators."), standard: "all")),
                    .optional("slash", slash), .optional("assets", assetWeights), .optional("reward", reward),
                    .optional("jail", jail),
                    .optional(
                        "admission",
                        TopologySchema(
                            "Whether whoever asks may opt in (open), or its operators and whom it admits (list).",
                            .words(["open", "list"]), standard: "open")),
                    .optional(
                        "disputes",
                        TopologySchema(
                            "What a vote that upholds a challenge does: void the result, or slash its signers too.",
                            .words(["void", "slash", "none"]), standard: "void")),
                    .optional("load", load),
                    .optional(
                        "deadline",
                        TopologySchema(
                            "From a task's issue to the last moment at which its certificate counts.", .duration("1s"),
                            standard: "1s")),
                    .optional(
                        "evidence-window",
                        TopologySchema(
                            "From a task's issue, how long conflicting votes are listened for.", .duration("2s"),
                            standard: "2s")),
                ]))))

    private static let load = TopologySchema(
        "The tasks that the coordinator issues: at a rate, or so many in flight.",
        .keys([
            .optional("tasks", TopologySchema("How many.", .number(1...TopologyReader.maximumTasks), standard: "1000")),
            .optional(
                "in-flight",
                TopologySchema(
                    "A closed loop: the next one is issued when one is certified or expires.", .number(1...10_000))),
            .optional("rate", TopologySchema("So many in a unit of time.", .rate, standard: "200/s")),
            .optional(
                "arrival",
                TopologySchema(
                    "Evenly (fixed), or with exponential gaps drawn from the seed (poisson).",
                    .words(of: LoadPlan.Arrival.self), standard: LoadPlan.Arrival.fixed.rawValue)),
            .optional(
                "payload",
                TopologySchema(
                    "Of exec: what tasks carry, or several in turn; ${task} and ${random} are filled in.",
                    .either([payload, TopologySchema("In turn.", .list(payload))]),
                    standard: PayloadTemplate.random.text)),
        ]))

    private static let payload = TopologySchema("A payload.", .freeText(example: PayloadTemplate.random.text))

    // MARK: Faults

    private static let fault = TopologySchema(
        "One fault of one party, or the same of several; ledger-crash is the ledger's, and names nobody.",
        .keys(
            [
                .optional("operator", TopologySchema("Whose it is.", .name)),
                .optional("operators", TopologySchema("Whose it is.", .members("Operators."))),
                .optional("coordinator", TopologySchema("The service whose coordinator's it is.", .name)),
                .required("does", TopologySchema("What it does.", .words(of: Behaviour.self))),
                .optional("service", TopologySchema("The service whose tasks it concerns; left out: all.", .name)),
                .optional(
                    "at", TopologySchema("When it begins: start, a task or a time.", .beginning, standard: "start")),
                .optional("for", TopologySchema("How long it lasts: a time, or a number of tasks.", .extent)),
                .optional(
                    "probability",
                    TopologySchema("The chance of each task; of withhold: of each vote.", .share("1/10"))),
                .optional("delay", TopologySchema("Of slow, equivocate-late: how late.", .duration("50ms"))),
                .optional(
                    "by",
                    TopologySchema(
                        "Of clock-step: how far its clock is ahead, or behind; of clock-drift: how fast it runs.",
                        .either([
                            TopologySchema("A time.", .text(pattern: "^-?\(Form.durationPattern)$", example: "-2s")),
                            TopologySchema("A share.", .share("1/100")),
                        ]))),
                .optional("to", TopologySchema("Of selective: who is sent its votes.", .members("Operators."))),
                .optional(
                    "against",
                    TopologySchema(
                        "Of coordinator-censors: whom it ignores; of false-accusation: whom it frames.",
                        .members("Operators."))),
                .optional(
                    "rate",
                    TopologySchema(
                        "Of floods: so many frames a second.", .text(pattern: "^[0-9]+/s$", example: "2000/s"))),
                .optional(
                    "as",
                    TopologySchema(
                        "Of replay, forged-certificate, false-accusation: in which way.", .words(of: FaultForm.self))),
                .optional(
                    "disk",
                    TopologySchema(
                        "Of crash, amnesia: what is left of its guard when it is started again.",
                        .words(of: FaultDisk.self))),
                .optional(
                    "point",
                    TopologySchema(
                        "Of crash, coordinator-crash: where on the way from task to vote, or from evidence to receipt; of "
                            + "ledger-crash: from an instruction to its receipt.", .words(of: KillPoint.self))),
            ]))

    // MARK: Expectations

    private static let expect = TopologySchema(
        "What must come out; left out: nobody is slashed or revoked and every oracle holds.",
        .keys([
            .optional("slashed", TopologySchema("Exactly these operators.", .members("Operators."))),
            .optional(
                "revoked",
                TopologySchema(
                    "The services whose coordinators' keys are revoked.", .list(TopologySchema("A service.", .name)))),
            .optional(
                "certified",
                TopologySchema(
                    "The share of each service's tasks that is certified in time.",
                    .either([
                        TopologySchema("The least.", .share("100%")),
                        TopologySchema(
                            "Bounds.",
                            .keys([
                                .optional("at-least", TopologySchema("The least.", .share("90%"))),
                                .optional("at-most", TopologySchema("The most.", .share("0%"))),
                            ])),
                    ]))),
            .optional(
                "quorum-latency",
                TopologySchema(
                    "From a task's intended issue to its certificate.",
                    .keys(
                        Expectations.Percentile.allCases.map { percentile in
                            .optional(
                                percentile.rawValue,
                                TopologySchema(
                                    "A bound of this percentile.",
                                    .keys([
                                        .required("at-most", TopologySchema("The longest.", .duration("250ms")))
                                    ])))
                        }))),
            .optional(
                "verdicts",
                TopologySchema(
                    "Another verdict of an oracle than that it holds.",
                    .keys(
                        Expectations.oracleNames.map { oracle in
                            .optional(
                                oracle, TopologySchema("The verdict expected.", .words(Expectations.verdictNames)))
                        }))),
        ]))
}
