import ArgumentParser
import Cluster
import TopologyFormat

/// Which of the live clusters a command is about.
struct ClusterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The cluster. (default: the only one that is up)", valueName: "name"),
        transform: { try ScalarGrammar<String>.name.parse($0) })
    var cluster: String?

    /// - Returns: one that is up.
    func living() throws(CommandFailure) -> (ClusterRegistry, ClusterRegistry.Entry) {
        let (registry, entry) = try any()
        guard entry.isAlive else {
            throw .badInput(
                "cluster \(entry.name) is dead: its process has ended without taking it down; "
                    + "quorate down --cluster \(entry.name) clears up after it")
        }
        return (registry, entry)
    }

    /// - Returns: one that is up, or, where it was named or is all there is, one that is dead.
    func any() throws(CommandFailure) -> (ClusterRegistry, ClusterRegistry.Entry) {
        let registry = try CommandFailure.asBadInput { try ClusterRegistry() }
        let entries = try CommandFailure.asBadInput { try registry.entries() }
        let names = entries.map { $0.isAlive ? $0.name : "\($0.name) (dead)" }.joined(separator: ", ")
        if let cluster {
            if let entry = entries.first(where: { $0.name == cluster }) { return (registry, entry) }
            throw .badInput(
                "no cluster is named \(cluster); "
                    + (entries.isEmpty ? "none is up: quorate up TOPOLOGY" : "there are \(names)"))
        }
        let living = entries.filter(\.isAlive)
        if living.count == 1 { return (registry, living[0]) }
        if living.isEmpty, entries.count == 1 { return (registry, entries[0]) }
        guard entries.isEmpty else { throw .badInput("which cluster? --cluster NAME, of \(names)") }
        throw .badInput("no cluster is up; start one: quorate up TOPOLOGY")
    }
}

/// One order to one cluster.
struct ControlSession {
    let entry: ClusterRegistry.Entry
    let registry: ClusterRegistry
    private let client: ControlClient

    init(_ options: ClusterOptions, _ order: ControlOrder) throws {
        let (registry, entry) = try options.living()
        try self.init(entry, in: registry, order)
    }

    init(_ entry: ClusterRegistry.Entry, in registry: ClusterRegistry, _ order: ControlOrder) throws {
        (self.registry, self.entry) = (registry, entry)
        client = try Self.asBadInput { try ControlClient(entry.name, in: registry) }
        let client = client
        try Self.asBadInput { try client.send(order) }
    }

    /// - Returns: the next reply; what was refused and what is lost are errors.
    func reply(patience: Duration? = ControlClient.patience) throws -> ControlReply {
        let (client, name) = (client, entry.name)
        let reply = try Self.asBadInput { try client.reply(patience: patience) }
        switch reply {
        case nil: throw CommandFailure.badInput("\(ControlError.hungUp(name: name))")
        case .refused(let reason): throw CommandFailure.badInput(reason)
        case .lost(let reason):
            Console.complain(reason)
            throw ExitStatus.notAsExpected.code
        case let reply?: return reply
        }
    }

    /// For orders that are answered by what was done.
    func printDone() throws {
        if case .done(let text) = try reply() { try Console.print(text) }
    }

    private static func asBadInput<Value>(_ body: () throws -> Value) throws(CommandFailure) -> Value {
        try CommandFailure.asBadInput(body)
    }
}
