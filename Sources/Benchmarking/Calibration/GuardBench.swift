import Cryptography
import Messages
import Node
import Primitives
import SystemPackage

/// A guard file in which one vote after another is recorded, as an operator does it.
final class GuardBench {
    private let guardFile: GuardFile
    private let entries: [GuardEntry]

    /// - Parameter directory: on the file system that is meant.
    init(directory: FilePath, name: String, mode: GuardMode = .synced) throws {
        let key = SigningKey(seed: FixedBytes32())
        guardFile = try GuardFile.create(directory.appending(name), network: .zero, key: key.publicKey, mode: mode)
        let statement = Statement(
            voteKey: VoteKey(network: .zero, service: ServiceID(0), subject: Subject(number: 1)), operatorSet: .zero,
            epoch: Epoch(0), task: .zero, result: .zero)
        entries = [.statement(statement)]
    }

    func debug() throws {
        var all: [(Duration, Duration, Duration)] = []
        for _ in 0..<100 {
            let (a, wa) = (ThreadClock.now, MonotonicClock.now)
            try guardFile.append(entries)
            let (b, wb) = (ThreadClock.now, MonotonicClock.now)
            try guardFile.sync()
            let (c, wc) = (ThreadClock.now, MonotonicClock.now)
            _ = wa
            all.append((b - a, c - b, wc - wb))
        }
        func median(_ k: (((Duration, Duration, Duration)) -> Duration)) -> Duration { all.map(k).sorted()[50] }
        print("guard write cpu", median { $0.0 }, "sync cpu", median { $0.1 }, "sync wall", median { $0.2 })
    }
}
