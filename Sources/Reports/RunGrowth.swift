import Messages
import Primitives
import Records

/// Whether what a run used went on growing: its last third beside its middle third, once everything has been warmed up.
///
/// Memory must stay where it is. Files that are only ever appended to may grow, but not faster and faster; records are
/// what a run is for, and are not judged.
package struct RunGrowth: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package var name: String
        /// In the middle of the run, and at its end: resident bytes, or by how many bytes files have grown.
        package var middle: UInt64
        package var last: UInt64
        /// At its end, in bytes; negative where it shrinks.
        package var perHour: Int64
        package var isJudged = true
        package var grows = false
    }

    package let memory: [Line]
    package let files: [Line]
    /// Of whom there are too few readings to tell.
    package let unknown: [String]

    /// What memory may grow by from the middle third to the last: a tenth, and what an allocator may keep.
    package static let memorySlack: UInt64 = 4 << 20
    /// What files may grow by in the last third more than in the middle one: a quarter, and a page or two of a database.
    package static let fileSlack: UInt64 = 1 << 20
    /// In each third.
    private static let leastReadings = 3

    package init(of usages: [NodeUsage], _ files: [FileUsage]) {
        let names = usages.reduce(into: [String]()) { if !$0.contains($1.name) { $0.append($1.name) } }
        let times = usages.flatMap(\.readings).map(\.at) + files.flatMap(\.readings).map(\.at)
        guard let first = times.min(), let end = times.max(), first < end else {
            (memory, self.files, unknown) = ([], [], names)
            return
        }
        let thirds = Thirds(first: first, end: end)
        var (memory, unknown): ([Line], [String]) = ([], [])
        for name in names {
            let readings = usages.filter { $0.name == name }.flatMap(\.readings).map { ($0.at, $0.residentBytes) }
            if let line = Self.memory(name, readings, thirds) { memory.append(line) } else { unknown.append(name) }
        }
        self.memory = memory
        var lines: [Line] = []
        for usage in files {
            let name = usage.kind.rawValue
            if let line = Self.file(usage, name, thirds) { lines.append(line) } else { unknown.append(name) }
        }
        self.files = lines
        self.unknown = unknown
    }

    package var grows: Bool { (memory + files).contains(where: \.grows) }

    private struct Thirds {
        let first: Instant
        let end: Instant
        var third: Duration { (end - first) / 3 }
        var middle: Range<Instant> { first + third..<first + third * 2 }
        var last: ClosedRange<Instant> { first + third * 2...end }

        func perHour(_ bytes: Int64) -> Int64 {
            Int64(Double(bytes) / (Double(third.nanoseconds) / 3_600e9))
        }
    }

    /// By the median, since a process that has just been started again is small.
    private static func memory(_ name: String, _ readings: [(Instant, UInt64)], _ thirds: Thirds) -> Line? {
        let middle = readings.filter { thirds.middle.contains($0.0) }.map(\.1).sorted()
        let last = readings.filter { thirds.last.contains($0.0) }.map(\.1).sorted()
        guard middle.count >= leastReadings, last.count >= leastReadings else { return nil }
        let (before, after) = (middle[middle.count / 2], last[last.count / 2])
        return Line(
            name: name, middle: before, last: after,
            perHour: thirds.perHour(Int64(clamping: after) - Int64(clamping: before)),
            grows: after > before + before / 10 + memorySlack)
    }

    private static func file(_ usage: FileUsage, _ name: String, _ thirds: Thirds) -> Line? {
        func size(at time: Instant) -> UInt64? { usage.readings.last { $0.at <= time }?.bytes }
        let inMiddle = usage.readings.count { thirds.middle.contains($0.at) }
        let inLast = usage.readings.count { thirds.last.contains($0.at) }
        guard inMiddle >= leastReadings, inLast >= leastReadings, let start = size(at: thirds.middle.lowerBound),
            let turn = size(at: thirds.middle.upperBound), let end = size(at: thirds.end)
        else { return nil }
        let middle = turn > start ? turn - start : 0
        let last = end > turn ? end - turn : 0
        let isJudged = usage.kind != .records
        return Line(
            name: name, middle: middle, last: last, perHour: thirds.perHour(Int64(clamping: last)),
            isJudged: isJudged, grows: isJudged && last > middle + middle / 4 + fileSlack)
    }
}

extension RunGrowth {
    package var json: JSONValue {
        func lines(_ lines: [Line], _ middle: String, _ last: String) -> JSONValue {
            .array(
                lines.map {
                    .object([
                        ("name", .string($0.name)), (middle, .unsigned($0.middle)), (last, .unsigned($0.last)),
                        ("bytes_per_hour", .integer($0.perHour)), ("judged", .bool($0.isJudged)),
                        ("grows", .bool($0.grows)),
                    ])
                })
        }
        return .object([
            ("schema_version", .integer(1)), ("grows", .bool(grows)),
            ("memory", lines(memory, "middle_resident_bytes", "last_resident_bytes")),
            ("files", lines(files, "middle_growth_bytes", "last_growth_bytes")),
            ("unknown", .array(unknown.map { .string($0) })),
        ])
    }
}
