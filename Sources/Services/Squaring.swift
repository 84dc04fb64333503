import Primitives

/// The simplest AVS: the payload is an unsigned 64-bit integer, the result its square in 128 bits, both little-endian.
/// People write and read decimal numbers.
package struct Squaring: ServiceModule {
    package static let name = "squaring"

    package init() {}

    package var execution: ModuleExecution { .inProcess(Self.execute) }

    package static func execute(_ payload: [UInt8]) -> ExecutionOutcome {
        guard let number = number(payload, as: UInt64.self) else {
            return .refused(reason: "a squaring payload has 8 bytes, this one \(payload.count)")
        }
        #if DEBUG
            if PlantedBug.narrowSquare.isOn { return .result(bytes(UInt128(number &* number))) }
        #endif
        return .result(bytes(UInt128(number) * UInt128(number)))
    }

    /// - Parameter templates: it takes none.
    package func payload(for sequence: TaskSequence, seed: UInt64, templates: [PayloadTemplate]) -> [UInt8] {
        Self.bytes(SeededRandom.draw(seed: seed, purpose: "workload", sequence.number))
    }

    package func payload(fromText text: String) throws(PayloadMistake) -> [UInt8] {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = UInt64(text)
        else { throw PayloadMistake("squaring takes a whole number below 2^64: 12") }
        return Self.bytes(number)
    }

    package func text(ofPayload payload: [UInt8]) -> String {
        Self.number(payload, as: UInt64.self).map { "\($0)" } ?? Hexadecimal.encode(payload)
    }

    package func text(ofResult result: [UInt8]) -> String {
        Self.number(result, as: UInt128.self).map { "\($0)" } ?? Hexadecimal.encode(result)
    }

    /// The next number.
    package func altered(_ result: [UInt8]) -> [UInt8] {
        Self.number(result, as: UInt128.self).map { Self.bytes($0 &+ 1) } ?? result + [1]
    }

    package static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func number<N: FixedWidthInteger & UnsignedInteger>(_ bytes: [UInt8], as type: N.Type) -> N? {
        guard bytes.count == MemoryLayout<N>.size else { return nil }
        return bytes.reversed().reduce(0) { $0 << 8 | N($1) }
    }
}
