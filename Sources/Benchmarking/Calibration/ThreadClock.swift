import Glibc
import Primitives

/// Processor time of the thread that asks, the kernel's work for it included. What else the machine does is not in it.
enum ThreadClock {
    static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// As a point in time, for whoever measures with any clock.
    static var instant: Instant { Instant(nanoseconds: UInt64(now.nanoseconds)) }

    /// What a pair of readings takes by itself: the least of many.
    static func overhead() -> Duration {
        (0..<200).map { _ in
            let start = now
            return now - start
        }.min() ?? .zero
    }
}
