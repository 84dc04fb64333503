import Glibc
import SystemPackage

/// The machine and the build that a run's figures belong to.
package struct HostFacts: Hashable, Sendable {
    package var cores: Int
    /// `x86_64 Linux 6.1.0`
    package var kernel: String
    /// `Debian GNU/Linux 12 (bookworm)`
    package var operatingSystem: String
    package var processor: String
    package var build: Build

    package enum Build: String, Hashable, Sendable {
        case debug, release
    }

    package static func read() -> HostFacts {
        HostFacts(
            cores: max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))), kernel: kernel(),
            operatingSystem: value(of: "PRETTY_NAME", separator: "=", in: "/etc/os-release") ?? "unknown",
            processor: value(of: "model name", separator: ":", in: "/proc/cpuinfo") ?? "unknown", build: build)
    }

    private static var build: Build {
        var isDebug = false
        // Evaluated in debug builds alone.
        assert(
            {
                isDebug = true
                return true
            }())
        return isDebug ? .debug : .release
    }

    private static func kernel() -> String {
        var names = utsname()
        guard uname(&names) == 0 else { return "unknown" }
        return "\(text(names.machine)) \(text(names.sysname)) \(text(names.release))"
    }

    private static func text<T>(_ field: T) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The first value of a key in a file of lines `key separator value`.
    private static func value(of key: String, separator: Character, in path: FilePath) -> String? {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }
        // The first processor's block, or the whole of os-release.
        var bytes = [UInt8](repeating: 0, count: 4096)
        guard let count = try? bytes.withUnsafeMutableBytes({ try file.read(into: $0) }) else { return nil }
        for line in String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: separator, maxSplits: 1)
            guard parts.count == 2, parts[0].filter({ !$0.isWhitespace || $0 == " " }) == key else { continue }
            let value = parts[1].drop { $0 == " " || $0 == "\"" }
            return String(value.hasSuffix("\"") ? value.dropLast() : value)
        }
        return nil
    }
}
