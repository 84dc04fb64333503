import Cluster

/// Work that cleans up after itself when it is cancelled, and is cancelled by Ctrl-C.
enum Interruptible {
    /// Whatever fails is wrong input, or its surroundings are.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let signals = StopSignals()
        let work = Task { try await body() }
        let watch = Task {
            for await _ in signals.arrivals { work.cancel() }
        }
        defer { watch.cancel() }
        do {
            return try await work.value
        } catch {
            if work.isCancelled {
                Console.complain("interrupted")
                throw ExitStatus.interrupted.code
            }
            throw CommandFailure.badInput("\(error)")
        }
    }
}
