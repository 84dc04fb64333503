import Glibc
import Primitives
import Records
import Synchronization
import SystemPackage

/// What this process uses, as the kernel counts it.
package enum UsageMeter {
    /// Processor time when the run began.
    private static let beginning = Atomic<Int64>(0)

    /// The most events that have waited for the machine.
    private static let deepestQueue = Atomic<UInt64>(0)
    /// What the process keeps for good.
    private static let durableFiles = Mutex<[FilePath]>([])

    /// Called with every new depth that may be the greatest.
    package static func saw(queueOf depth: Int) {
        deepestQueue.max(UInt64(depth), ordering: .relaxed)
    }

    /// From here on what these files take counts.
    package static func watch(_ files: [FilePath]) { durableFiles.withLock { $0 = files } }

    /// From here on processor time counts.
    static func begin() { beginning.store(processorTime, ordering: .relaxed) }

    package static var reading: ProcessUsage {
        let (resident, peak) = memory
        return ProcessUsage(
            at: MonotonicClock.now, cpu: .nanoseconds(processorTime - beginning.load(ordering: .relaxed)),
            residentBytes: resident, peakResidentBytes: peak,
            deepestQueue: deepestQueue.load(ordering: .relaxed), durableBytes: durableBytes)
    }

    private static var durableBytes: UInt64 {
        durableFiles.withLock { files in
            files.reduce(0) { $0 + (FileUsage.size(of: $1) ?? 0) }
        }
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
