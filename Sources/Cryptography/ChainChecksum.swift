import Primitives

/// Eight bytes over everything in an append-only file so far: whatever is altered, dropped, put in or exchanged breaks
/// the chain there. It guards against accidents, not against an author of files.
package struct ChainChecksum: Hashable, Sendable {
    package static let size = 8

    package private(set) var bytes: [UInt8]
    private let domain: Domain

    /// - Parameter start: what the file begins with.
    package init(_ domain: Domain, over start: [UInt8]) {
        self.domain = domain
        bytes = Self.truncated(start, domain)
    }

    package mutating func extend(over entry: some Collection<UInt8>) {
        bytes = Self.truncated(bytes + entry, domain)
    }

    private static func truncated(_ content: [UInt8], _ domain: Domain) -> [UInt8] {
        Array(domain.digest(content).storage.bytes.prefix(size))
    }
}
