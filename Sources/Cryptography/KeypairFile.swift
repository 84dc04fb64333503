import SystemPackage

/// A Solana CLI keypair file: a JSON array of 64 numbers, the seed and then the public key.
package enum KeypairFile {
    /// 64 numbers of up to three digits with separators and room for white space.
    private static let sizeLimit = 1024

    /// Writes a new file that only its owner can read. Throws `Errno`; an existing file is left alone.
    package static func write(_ key: SigningKey, to path: FilePath) throws {
        let text = "[" + key.keypairBytes.map(String.init).joined(separator: ",") + "]\n"
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
    }

    /// Throws `Errno` where the file cannot be read, `KeypairFileError` where it is not a keypair.
    package static func read(from path: FilePath) throws -> SigningKey {
        let file = try FileDescriptor.open(path, .readOnly)
        let bytes = try file.closeAfter { try beginning(of: file) }
        guard bytes.count <= sizeLimit, let numbers = numbers(in: bytes), let key = SigningKey(keypair: numbers) else {
            throw KeypairFileError(path: path)
        }
        return key
    }

    /// All of the file, or one byte more than a keypair file can have. One read may bring less than there is.
    private static func beginning(of file: FileDescriptor) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: sizeLimit + 1)
        var count = 0
        while count < bytes.count {
            let more = try bytes.withUnsafeMutableBytes { buffer in
                try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            }
            if more == 0 { break }
            count += more
        }
        return Array(bytes.prefix(count))
    }

    private static func numbers(in text: [UInt8]) -> [UInt8]? {
        let array = trimmed(text[...])
        guard array.first == UInt8(ascii: "["), array.last == UInt8(ascii: "]") else { return nil }
        let elements = array.dropFirst().dropLast().split(
            separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        var numbers: [UInt8] = []
        for element in elements {
            guard let number = number(in: trimmed(element)) else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    /// As JSON writes it: digits alone, no leading zero.
    private static func number(in digits: ArraySlice<UInt8>) -> UInt8? {
        guard let first = digits.first, digits.count == 1 || first != UInt8(ascii: "0"),
            digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self))
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let space: [UInt8] = [0x20, 0x09, 0x0a, 0x0d]
        guard let first = text.firstIndex(where: { !space.contains($0) }),
            let last = text.lastIndex(where: { !space.contains($0) })
        else { return [] }
        return text[first...last]
    }
}

/// Says which file is wrong, never what is in it.
package struct KeypairFileError: Error, CustomStringConvertible {
    package let path: FilePath

    package var description: String {
        "\(path): not a keypair file: a JSON array of 64 bytes is expected, a seed and its public key"
    }
}
