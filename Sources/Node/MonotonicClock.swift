import NIOCore
import Primitives

/// The host's monotonic clock, which all processes of a run share: CLOCK_MONOTONIC, as timers use it too.
///
/// Not Swift's `ContinuousClock`, which on Linux counts from another beginning.
package enum MonotonicClock {
    package static var now: Instant { Instant(nanoseconds: NIODeadline.now().uptimeNanoseconds) }
}
