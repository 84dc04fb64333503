import Glibc

/// Remembers which scenario each worker is at, so that one that traps can be named: a trap cannot be caught, and takes the
/// whole process with it.
struct ScenarioWatch: Sendable {
    private static let signals = [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE]

    /// For this process, once.
    init(workers: Int) {
        seeds = .allocate(capacity: workers)
        seeds!.initialize(repeating: 0, count: workers)
        seedCount = workers
        for number in Self.signals {
            signal(number) { number in
                nameScenarios()
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    func begins(_ worker: Int, _ seed: UInt64) { seeds![worker] = seed }
}

/// A signal handler can know nothing but globals.
///
/// Safe, since it is set once, before there are workers; then each writes its own place alone, an aligned word, of which a
/// handler that reads it meanwhile sees the old or the new number.
nonisolated(unsafe) private var seeds: UnsafeMutablePointer<UInt64>?
/// Safe, since it is set once, before there are workers, and only read by a handler.
nonisolated(unsafe) private var seedCount = 0

/// To standard error, with nothing that a signal handler may not do: no memory is asked for.
private func nameScenarios() {
    for worker in 0..<seedCount where seeds![worker] != 0 {
        say("\nthe simulation trapped, perhaps in this scenario: quorate simulate --scenario ")
        var divisor: UInt64 = 10_000_000_000_000_000_000
        var hasBegun = false
        while divisor > 0 {
            var digit = UInt8(seeds![worker] / divisor % 10)
            hasBegun = hasBegun || digit > 0 || divisor == 1
            if hasBegun {
                digit += UInt8(ascii: "0")
                _ = write(STDERR_FILENO, &digit, 1)
            }
            divisor /= 10
        }
        say("\n")
    }
}

private func say(_ text: StaticString) { _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount) }
