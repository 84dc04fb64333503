import ArgumentParser
import Cluster
import TopologyFormat

/// Lists of nodes as they stand on a command line: `op-1,op-2`, `op-1..op-5`, `rest`.
enum NodeList {
    static func words(_ text: some StringProtocol) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.split(separator: " ").joined(separator: " ") }.filter { !$0.isEmpty }
    }

    /// Sides stand apart by blanks, or in one argument by `|`; blanks after a comma are none.
    static func sides(_ arguments: [String]) -> [[String]] {
        let text = arguments.joined(separator: " ")
        guard !text.contains("|") else {
            return text.split(separator: "|", omittingEmptySubsequences: false).map { words($0) }
        }
        let lists = text.split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }
        return lists.joined(separator: ",").split(separator: " ").map { words($0) }
    }
}

struct PartitionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "partition", abstract: "Cut nodes of a live cluster off from others.",
        discussion: """
            Nothing gets from one side to the other: what is sent waits, a connection on which nothing has got through \
            for three seconds breaks at both ends, and none is made anew until it is healed. Sides are lists of nodes: \
            op-1,op-2, op-1..op-5, coordinator-squares, ledger; rest is everyone else, and need not be written. It is \
            written down before it is done, and the oracles know it.

              quorate partition op-1,op-2 rest
              quorate partition 'op-1,op-2 | op-3..op-5' --for 3s
              quorate partition op-1 coordinator-squares --one-way
              quorate partition op-3,op-4 ledger
              quorate partition --isolate op-3,op-4
              quorate partition --halves
              quorate partition --ring op-1,op-2,op-3,op-4,op-5

            --isolate cuts each of the nodes off from everyone. --halves cuts the second half of the operators, or of \
            the nodes that are named, off from everyone else. In a --ring each operator, or node that is named, reaches \
            of them only the two beside it; whoever is not named reaches all. quorate heal undoes it.

            Exit status: 0 when everybody was told; 2 when it is no such partition.
            """)

    @Argument(help: ArgumentHelp("One side, and the other. (default: the rest)", valueName: "nodes"))
    var sides: [String] = []

    @Option(help: ArgumentHelp("Cut each of these off from everyone.", valueName: "nodes"))
    var isolate: String?

    @Flag(help: "Cut the second half off from everyone else.")
    var halves = false

    @Flag(help: "Have each reach only those beside it.")
    var ring = false

    @Flag(help: "Lose only what the first side sends.")
    var oneWay = false

    @Option(name: .customLong("for"), help: "How long: 3s. (default: until it is healed)")
    var lasts: String?

    @OptionGroup var options: ClusterOptions

    func validate() throws {
        guard [isolate != nil, halves, ring].count(where: \.self) <= 1 else {
            throw ValidationError("--isolate, --halves and --ring each say who is cut off; give one of them")
        }
        let lists = NodeList.sides(sides)
        let count = lists.count
        if lists.contains([]) {
            throw ValidationError("nobody is on one of the sides; name both: 'op-1,op-2 | op-3', or 'op-1,op-2 | rest'")
        }
        if isolate != nil, count > 0 {
            throw ValidationError("--isolate says already who is cut off; leave the other nodes out")
        }
        if halves || ring, count > 1 {
            throw ValidationError("--halves and --ring take one list: op-1,op-2,op-3,op-4")
        }
        if isolate == nil, !halves, !ring, count == 0 {
            throw ValidationError(
                "who is cut off? quorate partition op-1,op-2 rest, or --isolate op-3, --halves, --ring")
        }
        if count > 2 { throw ValidationError("there are \(count) sides; a partition has two: op-1,op-2 rest") }
    }

    func run() throws { try ControlSession(options, .partition(words, title: title)).printDone() }

    /// As a topology has them.
    var words: [LinkWord] {
        let lists = NodeList.sides(sides)
        var words: [LinkWord] = []
        if let isolate { words.append(LinkWord(key: "isolate", values: NodeList.words(isolate))) }
        for (shape, isGiven) in [("halves", halves), ("ring", ring)] where isGiven {
            words.append(LinkWord(key: shape, values: lists.first ?? ["all"]))
        }
        if words.isEmpty { words = zip(["between", "and"], lists).map { LinkWord(key: $0, values: $1) } }
        if oneWay { words.append(LinkWord(key: "one-way", values: ["true"])) }
        if let lasts { words.append(LinkWord(key: "for", values: [lasts])) }
        return words
    }

    private var title: String? {
        let nodes = NodeList.sides(sides).first?.joined(separator: ", ") ?? "all operators"
        if ring { return "ring of \(nodes)" }
        guard let isolate, NodeList.words(isolate).count > 1 else { return nil }
        return "each of \(NodeList.words(isolate).joined(separator: ", ")) | everyone" + (oneWay ? ", one way" : "")
    }
}

struct SlowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slow", abstract: "Make links between nodes of a live cluster slow, or lossy.",
        discussion: """
            The links between the nodes and all others, or those of --to, have these terms from now on, in both \
            directions; without nodes, every link. What is not given stays as the topology has it, or as somebody made it. The ledger stands beside \
            everyone, and its links have no terms.

              quorate slow op-4 --latency 80ms --jitter 10ms --loss 1%
              quorate slow op-1,op-2 --to op-3..op-5 --bandwidth 1Mbit/s --for 10s
              quorate slow op-4 --to coordinator-squares --one-way --latency 200ms
              quorate slow --loss 5% --reorder 1%

            quorate heal undoes it.

            Exit status: 0 when everybody was told; 2 when there are no such links, or nothing changes.
            """)

    @Argument(help: ArgumentHelp("Whose links: op-4, or op-1,op-2. (default: all)", valueName: "nodes"))
    var nodes: [String] = []

    @Option(help: ArgumentHelp("Only those to these. (default: to everyone else)", valueName: "nodes"))
    var to: String?

    @Option(help: ArgumentHelp("Of every frame, one way: 80ms.", valueName: "duration"))
    var latency: String?

    @Option(help: ArgumentHelp("By up to so much the latency varies: 10ms.", valueName: "duration"))
    var jitter: String?

    @Option(help: ArgumentHelp("The share of frames that are lost, and sent again: 1%.", valueName: "share"))
    var loss: String?

    @Option(help: ArgumentHelp("The share of frames that come twice: 0.1%.", valueName: "share"))
    var duplicate: String?

    @Option(help: ArgumentHelp("The share of frames that are overtaken: 1%.", valueName: "share"))
    var reorder: String?

    @Option(help: ArgumentHelp("Of each link, in each direction: 1Mbit/s.", valueName: "bandwidth"))
    var bandwidth: String?

    @Flag(help: "Only what the nodes send.")
    var oneWay = false

    @Option(name: .customLong("for"), help: "How long: 10s. (default: until it is healed)")
    var lasts: String?

    @OptionGroup var options: ClusterOptions

    func validate() throws {
        let count = NodeList.sides(nodes).count
        if count > 1 {
            throw ValidationError("there are \(count) lists of nodes; write op-1,op-2 and, for the others, --to")
        }
        let terms = [latency, jitter, loss, duplicate, reorder, bandwidth]
        if terms.allSatisfy({ $0 == nil }) {
            throw ValidationError(
                "nothing changes; give --latency 80ms, --jitter, --loss 1%, --duplicate, --reorder or --bandwidth 1Mbit/s"
            )
        }
    }

    func run() throws { try ControlSession(options, .slow(words)).printDone() }

    /// As a topology has them.
    var words: [LinkWord] {
        let values = [
            ("latency", latency), ("jitter", jitter), ("loss", loss), ("duplicate", duplicate), ("reorder", reorder),
            ("bandwidth", bandwidth), ("for", lasts), ("one-way", oneWay ? "true" : nil),
        ]
        return (NodeList.sides(nodes).first.map { [LinkWord(key: "between", values: $0)] } ?? [])
            + (to.map { [LinkWord(key: "and", values: NodeList.words($0))] } ?? [])
            + values.compactMap { key, value in value.map { LinkWord(key: key, values: [$0]) } }
    }
}

struct HealCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heal", abstract: "End partitions and slow links of a live cluster.",
        discussion: """
            All that are there, or the one with the number that quorate status shows; those of the topology too. What is \
            still to come stays. What waited goes on its way when the senders' TCP would have tried again.

              quorate heal
              quorate heal 2

            Exit status: 0 when it is healed; 2 when there is nothing to heal.
            """)

    @Argument(help: ArgumentHelp("Only this one. (default: all)", valueName: "number"))
    var number: Int?

    @OptionGroup var options: ClusterOptions

    func run() throws { try ControlSession(options, .heal(number: number)).printDone() }
}
