import Primitives

/// The simplest AVS: the payload is an unsigned 64-bit integer, the result its square in 128 bits, both little-endian.
///
/// Version 2 answers the square plus one: wrong on purpose, for faults.
package struct Squaring: ServiceModule {
    package static let name = "squaring"
    package static let versions: ClosedRange<UInt32> = 1...2

    private let version: UInt32

    package init?(version: UInt32) {
        guard Self.versions.contains(version) else { return nil }
        self.version = version
    }

    package func execute(_ payload: [UInt8]) -> ExecutionOutcome {
        guard let number = Self.number(payload, as: UInt64.self) else {
            return .refused(reason: "a squaring payload has 8 bytes, this one \(payload.count)")
        }
        let square = UInt128(number) * UInt128(number) &+ UInt128(version - 1)
        return .result(Self.bytes(square))
    }

    package func payload(for sequence: TaskSequence, seed: UInt64) -> [UInt8] {
        Self.bytes(SeededRandom.draw(seed: seed, purpose: "workload", sequence.number))
    }

    package static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func number<N: FixedWidthInteger & UnsignedInteger>(_ bytes: [UInt8], as type: N.Type) -> N? {
        guard bytes.count == MemoryLayout<N>.size else { return nil }
        return bytes.reversed().reduce(0) { $0 << 8 | N($1) }
    }
}
