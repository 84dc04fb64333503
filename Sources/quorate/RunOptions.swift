import ArgumentParser

/// What is run, with what load, and where its results go.
struct RunOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The topology, in YAML.", valueName: "topology"), completion: .topology)
    var topology: String

    @OptionGroup var load: LoadOptions

    @Option(
        help: ArgumentHelp(
            "Where to leave the results; must not exist or be empty. (default: runs/<name>-<UTC time>)",
            valueName: "directory"))
    var runDirectory: String?
}
