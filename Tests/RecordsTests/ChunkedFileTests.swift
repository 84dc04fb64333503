import Records
import SystemPackage
import TestSupport
import Testing

@Suite struct ChunkedFileTests {
    private let scratch = try! Scratch()

    @Test func itIsReadInOrderAcrossChunks() throws {
        let bytes = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 / 251) }
        let file = try ChunkedFile(try scratch.write(bytes, to: "long"))
        var found: [UInt8] = []
        for count in [1, 0, 300_000, 299_998] { found += try file.take(upTo: count) }
        #expect(file.position == 599_999 && found == bytes.dropLast())
        #expect(try file.take(upTo: 9) == [bytes[599_999]])
        #expect(try file.take(upTo: 9).isEmpty && file.position == 600_000)
    }

    /// Whoever asks may have the number from the file itself.
    @Test func noMoreIsSetAsideThanTheFileHas() throws {
        let file = try ChunkedFile(try scratch.write([1, 2, 3], to: "short"))
        let taken = try file.take(upTo: .max)
        #expect(taken == [1, 2, 3] && taken.capacity < 1 << 20)
    }

    @Test func aFileThatIsNotThereIsAnError() {
        let error = #expect(throws: Errno.self) { try ChunkedFile(scratch.path.appending("nowhere")) }
        #expect(error == .noSuchFileOrDirectory)
    }
}
