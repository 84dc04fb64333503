import Foundation
import Messages
import Primitives
import Testing

/// Whatever arrives: a value that encodes to the same bytes, or an error. Never a trap.
///
/// A trap ends the process; the line written first then holds the command that repeats it.
@Suite struct DecoderFuzzTests {
    private static let seed = ProcessInfo.processInfo.environment["QUORATE_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    private static let command = "QUORATE_FUZZ_SEED=\(seed) swift test --filter DecoderFuzzTests"

    @Test func randomBytes() {
        announce()
        for specimen in oneOfEachType() {
            var random = SeededRandom(seed: Self.seed, purpose: "random bytes \(specimen.type)")
            for _ in 0..<200 {
                let count = Int.random(in: 0...(2 * specimen.bytes.count + 8), using: &random)
                var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                // Mostly zeros: such bytes get further into a decoder than noise does.
                if Bool.random(using: &random) {
                    for index in bytes.indices where Int.random(in: 0..<8, using: &random) > 0 { bytes[index] = 0 }
                }
                check(specimen, bytes)
            }
        }
    }

    @Test func mutationsOfGoldenBytes() {
        announce()
        var accepted = 0
        for specimen in Specimen.all {
            var random = SeededRandom(seed: Self.seed, purpose: "mutations \(specimen.testDescription)")
            for round in 0..<120 {
                var bytes = specimen.bytes
                for _ in 0..<(round % 3 + 1) { mutate(&bytes, using: &random) }
                accepted += check(specimen, bytes) ? 1 : 0
            }
        }
        #expect(accepted > 1_000, "mutations that no decoder takes test its first lines only")
    }

    /// Every length field, as it would be found by someone who tries them all.
    @Test func inflatedLengths() {
        announce()
        for specimen in oneOfEachType() where specimen.bytes.count >= 4 {
            for offset in 0...(specimen.bytes.count - 4) {
                for length: UInt32 in [0, 1, 10_000, 10_001, 0x7fff_ffff, .max] {
                    var bytes = specimen.bytes
                    write(length, at: offset, to: &bytes)
                    check(specimen, bytes)
                }
            }
        }
    }

    /// On standard error, which is not buffered: a trap would take a buffer with it.
    private func announce() {
        FileHandle.standardError.write(Data("to repeat: \(Self.command)\n".utf8))
    }

    @discardableResult
    private func check(_ specimen: Specimen, _ bytes: [UInt8]) -> Bool {
        guard let recoded = try? specimen.recode(bytes) else { return false }
        if recoded != bytes {
            Issue.record(
                "\(specimen.type) from \(Hexadecimal.encode(bytes)) is \(Hexadecimal.encode(recoded)); \(Self.command)")
        }
        return true
    }

    private func mutate(_ bytes: inout [UInt8], using random: inout SeededRandom) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            guard !bytes.isEmpty else { return }
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1:
            bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
        case 2:
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                bytes.append(UInt8.random(in: 0...255, using: &random))
            }
        case 3:
            guard bytes.count >= 4 else { return }
            let offset = Int.random(in: 0...(bytes.count - 4), using: &random)
            let lengths: [UInt32] = [0, 1, UInt32(bytes.count), 1_024, 10_000, 10_001, 65_536, .max]
            write(lengths.randomElement(using: &random)!, at: offset, to: &bytes)
        case 4:
            guard bytes.count >= 2 else { return }
            let from = Int.random(in: 0..<bytes.count, using: &random)
            let until = Int.random(in: from...bytes.count, using: &random)
            bytes.insert(contentsOf: Array(bytes[from..<until]), at: Int.random(in: 0...bytes.count, using: &random))
        default:
            guard !bytes.isEmpty else { return }
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
    }

    private func write(_ length: UInt32, at offset: Int, to bytes: inout [UInt8]) {
        for place in 0..<4 { bytes[offset + place] = UInt8(length >> (8 * UInt32(place)) & 255) }
    }

    private func oneOfEachType() -> [Specimen] {
        var seen: Set<String> = []
        return Specimen.all.filter { seen.insert($0.type).inserted }
    }
}
