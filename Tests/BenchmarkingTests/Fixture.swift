import Benchmarking
import Messages
import Primitives
import TopologyFormat
import Verdicts

enum Fixture {
    static let bench = BenchCase(operators: 16, load: .loop, dissemination: .star, guardMode: .written)
    static let times = BenchTimes(measured: .seconds(3), tasks: 1_000, repeats: 3)

    /// Milliseconds since the host's start.
    static func instant(_ milliseconds: UInt64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    static func task(_ number: UInt64, issued: UInt64, certified: UInt64?) -> RunHistory.IssuedTask {
        let task = ServiceTask(
            network: .zero, service: ServiceID(0), sequence: TaskSequence(number), epoch: Epoch(0), operatorSet: .zero,
            payload: [], issued: instant(issued), deadline: instant(issued + 1_000))
        return RunHistory.IssuedTask(task: task, certified: certified.map(instant))
    }
}
