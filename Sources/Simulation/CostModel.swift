import Primitives

/// What a node's work takes in a simulation. Processor time, unless it says that it waits.
package struct CostModel: Hashable, Sendable {
    /// Waits: until a core that had nothing to do takes up work.
    package var rouse: Duration
    /// A node that had nothing to do comes to a core on which others may have worked meanwhile.
    package var wake: Duration
    /// A turn, however much is done in it: what has come is looked for, and the record is written out.
    package var turn: Duration
    /// A frame is read and decoded.
    package var receive: Duration
    /// A machine handles one event, and the record gets it.
    package var handle: Duration
    /// A frame is encoded and handed over for one recipient.
    package var send: Duration
    /// One connection is flushed at the end of a turn.
    package var flush: Duration
    package var sign: Duration
    package var verify: Duration
    /// A task, by a module that the node executes itself.
    package var execute: Duration
    /// Entries are written to the guard file: once a round.
    package var guardWrite: Duration
    /// The disk is asked to take them: once a round, and not in mode `written`.
    package var guardFlush: Duration
    /// Waits until the disk has them.
    package var guardSync: Duration
    /// The ledger applies an instruction, signature checks apart.
    package var apply: Duration
    /// Waits until the ledger's log is on the disk: once for all that has come meanwhile.
    package var commit: Duration
    /// Waits: from the flush to the moment at which the other end can read, on one host.
    package var transit: Duration

    /// Work takes no time: what is left of a latency is the network's.
    package static let none = CostModel(
        rouse: .zero, wake: .zero, turn: .zero, receive: .zero, handle: .zero, send: .zero, flush: .zero, sign: .zero,
        verify: .zero,
        execute: .zero, guardWrite: .zero, guardFlush: .zero, guardSync: .zero, apply: .zero, commit: .zero,
        transit: .zero)

    /// Round figures of a two-core x86-64 virtual machine, as `quorate calibrate` measured them: for those who have not
    /// calibrated theirs.
    package static let standard = CostModel(
        rouse: .microseconds(50), wake: .microseconds(80), turn: .microseconds(9), receive: .nanoseconds(700),
        handle: .nanoseconds(4500), send: .nanoseconds(500), flush: .microseconds(9), sign: .microseconds(20),
        verify: .microseconds(60), execute: .nanoseconds(100), guardWrite: .microseconds(70),
        guardFlush: .microseconds(120), guardSync: .microseconds(180), apply: .microseconds(5),
        commit: .microseconds(630), transit: .zero)

    /// A small machine with a slow disk: all of that takes twelve times as long.
    package static let slow: CostModel = {
        var costs = CostModel.standard
        for item in CostItem.allCases { costs[item] = costs[item] * 12 }
        return costs
    }()

    /// Those that have a name.
    package static let named: [(word: String, costs: CostModel)] = [
        ("none", none), ("standard", standard), ("slow", slow),
    ]

    package var word: String? { Self.named.first { $0.costs == self }?.word }

    package init(
        rouse: Duration, wake: Duration, turn: Duration, receive: Duration, handle: Duration, send: Duration,
        flush: Duration, sign: Duration,
        verify: Duration, execute: Duration, guardWrite: Duration, guardFlush: Duration, guardSync: Duration,
        apply: Duration,
        commit: Duration, transit: Duration
    ) {
        self.rouse = rouse
        self.wake = wake
        self.turn = turn
        self.receive = receive
        self.handle = handle
        self.send = send
        self.flush = flush
        self.sign = sign
        self.verify = verify
        self.execute = execute
        self.guardWrite = guardWrite
        self.guardFlush = guardFlush
        self.guardSync = guardSync
        self.apply = apply
        self.commit = commit
        self.transit = transit
    }
}

/// Who works on what in a simulation.
package enum Cores: Hashable, Sendable {
    /// Every node has a processor of its own.
    case perNode
    /// All nodes take turns on so many, as on one host; at least 1.
    case shared(Int)
}
