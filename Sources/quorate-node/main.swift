import Node
import SystemPackage

let usage = """
    quorate-node runs one operator or coordinator of a Quorate network.

    Nobody needs to start it by hand: `quorate run TOPOLOGY.yaml` starts one for each operator and coordinator,
    writes their configuration files, and stops them again.

    Usage: quorate-node CONFIGURATION-FILE

    It takes commands on standard input (`begin NANOSECONDS`, `stop` and others), reports on standard output (`ready`,
    `progress ISSUED CERTIFIED EXPIRED`, `finished`, `stopped`, `failed MESSAGE`), logs on standard error, and
    ends when its standard input does. The programs of exec services it starts through itself, as
    `quorate-node --launch-program PARENT OPERATOR DIRECTORY COMMAND...`.
    """

let arguments = CommandLine.arguments.dropFirst()
switch (arguments.first, arguments.count) {
case (nil, _), ("--help", 1), ("-h", 1):
    print(usage)
case (ProgramLauncher.option, _):
    ProgramLauncher.become(arguments.dropFirst())
case (let path?, 1) where !path.hasPrefix("-"):
    NodeProcess.run(FilePath(path))
default:
    NodeProcess.refuse("expected one configuration file, got: \(arguments.joined(separator: " "))")
}
