import Glibc
import Primitives
import Records
import Synchronization
import SystemPackage

/// What this process uses, as the kernel counts it.
package enum UsageMeter {
    /// Processor time when the run began.
    private static let beginning = Atomic<Int64>(0)

    /// From here on processor time counts.
    static func begin() { beginning.store(processorTime, ordering: .relaxed) }

    package static var reading: ProcessUsage {
        let (resident, peak) = memory
        return ProcessUsage(
            at: MonotonicClock.now, cpu: .nanoseconds(processorTime - beginning.load(ordering: .relaxed)),
            residentBytes: resident, peakResidentBytes: peak)
    }

    private static var processorTime: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Not from `getrusage`: what that calls the peak includes the parent's, from before this program was loaded.
    private static var memory: (resident: UInt64, peak: UInt64) {
        let status = (try? BoundedFile.read("/proc/self/status", limit: 64 * 1024)) ?? []
        let lines = String(decoding: status, as: UTF8.self).split(separator: "\n")
        func bytes(_ name: String) -> UInt64 {
            let line = lines.first { $0.hasPrefix("\(name):") }
            return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { UInt64($0) } ?? 0) * 1024
        }
        return (bytes("VmRSS"), bytes("VmHWM"))
    }
}
