import Glibc
import Primitives
import SystemPackage

/// How much of one kind of file a run's directory held, from time to time.
package struct FileUsage: Hashable, Sendable {
    package var kind: Kind
    /// In the order of their times.
    package var readings: [Reading]

    package init(kind: Kind, readings: [Reading]) {
        self.kind = kind
        self.readings = readings
    }

    /// In bytes; nil where there is no such file.
    package static func size(of path: FilePath) -> UInt64? {
        var facts = stat()
        return stat(path.string, &facts) == 0 ? UInt64(max(0, facts.st_size)) : nil
    }

    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// What every process notes of itself: it grows with all that happens.
        case records
        case guards
        /// Its log, and what its database keeps beside it.
        case ledger
        case logs
        /// What each process was started with.
        case configurations
    }

    package struct Reading: Hashable, Sendable {
        package var at: Instant
        package var bytes: UInt64

        package init(at: Instant, bytes: UInt64) {
            self.at = at
            self.bytes = bytes
        }
    }
}
