import Cryptography
import Foundation
import Primitives
import SystemPackage
import Testing

@Suite final class KeypairFileTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "quorate-\(UUID().uuidString)")
    private let key = SigningKey(seed: FixedBytes32(Array(UInt8(100)..<132))!)
    private var path: FilePath { FilePath(directory.appending(path: "id.json").path) }

    init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false) }
    deinit { try? FileManager.default.removeItem(at: directory) }

    @Test func writesWhatItReadsForItsOwnerAlone() throws {
        try KeypairFile.write(key, to: path)
        let read = try KeypairFile.read(from: path)
        #expect(read.publicKey == key.publicKey)
        #expect(read.sign([7]) == key.sign([7]))
        let attributes = try FileManager.default.attributesOfItem(atPath: path.string)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func isTheFormatOfTheSolanaCommandLine() throws {
        try KeypairFile.write(key, to: path)
        let numbers = try JSONDecoder().decode([UInt8].self, from: Data(contentsOf: URL(filePath: path.string)))
        #expect(numbers == Array(100..<132) + key.publicKey.storage.bytes)
    }

    @Test func leavesAnExistingFileAlone() throws {
        try put("precious")
        #expect(throws: Errno.fileExists) { try KeypairFile.write(key, to: path) }
        #expect(try String(contentsOfFile: path.string, encoding: .utf8) == "precious")
    }

    @Test func takesWhiteSpaceBetweenTheNumbers() throws {
        try put("\r\n [\t" + text().dropFirst().dropLast().split(separator: ",").joined(separator: " ,\n ") + " ]\n\n")
        #expect(try KeypairFile.read(from: path).publicKey == key.publicKey)
    }

    @Test(
        "files that are no keypair",
        arguments: [
            "nothing", "brackets alone", "half a file", "63 numbers", "65 numbers", "number over 255", "negative",
            "with a sign", "leading zero", "a number in two pieces", "comma at the end", "comma missing",
            "public key of another", "no brackets", "text after it", "more than 1024 bytes", "not text",
        ])
    func refuses(name: String) throws {
        let good = text()
        let list = String(good.dropFirst().dropLast())
        let content: String =
            switch name {
            case "nothing": ""
            case "brackets alone": "[]"
            case "half a file": String(good.prefix(good.count / 2))
            case "63 numbers": "[" + list.split(separator: ",").dropLast().joined(separator: ",") + "]"
            case "65 numbers": "[" + list + ",0]"
            case "number over 255": good.replacing("[100,", with: "[356,")
            case "negative": good.replacing("[100,", with: "[-100,")
            case "with a sign": good.replacing("[100,", with: "[+100,")
            case "leading zero": good.replacing("[100,", with: "[0100,")
            case "a number in two pieces": good.replacing("[100,", with: "[1 00,")
            case "comma at the end": "[" + list + ",]"
            case "comma missing": good.replacing("[100,", with: "[100 ")
            case "public key of another": good.replacing("[100,", with: "[101,")
            case "no brackets": list
            case "text after it": good + "x"
            case "more than 1024 bytes": good + String(repeating: " ", count: 1025 - good.utf8.count)
            default: "\u{0}\u{1}"
            }
        try put(content)
        let error = #expect(throws: KeypairFileError.self) { try KeypairFile.read(from: path) }
        #expect(
            try #require(error).description
                == "\(path): not a keypair file: a JSON array of 64 bytes is expected, a seed and its public key",
            "nothing of what is in the file is told")
    }

    @Test func readsAsMuchAsAKeypairFileMayHave() throws {
        let good = text()
        try put(good + String(repeating: " ", count: 1024 - good.utf8.count))
        #expect(try KeypairFile.read(from: path).publicKey == key.publicKey)
    }

    @Test func saysThatThereIsNoFile() {
        #expect(throws: Errno.noSuchFileOrDirectory) { try KeypairFile.read(from: path) }
        #expect(throws: Errno.isDirectory) { try KeypairFile.read(from: FilePath(directory.path)) }
    }

    private func text() -> String {
        "[" + (Array(100..<132) + key.publicKey.storage.bytes).map(String.init).joined(separator: ",") + "]"
    }

    private func put(_ content: String) throws {
        try Data(content.utf8).write(to: URL(filePath: path.string))
    }
}
