import Dispatch
import Testing

/// For tests that compute for long and wait for nothing: all of them take turns on one thread of their own.
///
/// Otherwise each would keep one of the few threads on which every test runs, and tests that wait for a process or a socket
/// would not get their turn before their time is up.
package struct ComputingTrait: TestTrait, SuiteTrait, TestScoping {
    package let isRecursive = true

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(ComputingThread.shared) { try await function() }
    }
}

extension Trait where Self == ComputingTrait {
    package static var computing: Self { ComputingTrait() }
}

private final class ComputingThread: TaskExecutor {
    static let shared = ComputingThread()

    private let queue = DispatchQueue(label: "computing tests")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
