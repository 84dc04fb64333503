import Foundation
import Node
import Records
import SystemPackage

/// The JSON that a run leaves for those who read it later: `run.json`, `outcome.json`.
enum RunFile {
    /// `outcome.json` is as long as the timeline of its run.
    private static let sizeLimit = 1 << 30

    static func json(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
    }

    /// - Parameter version: the one that this build reads.
    static func read<Value: Decodable>(
        _ path: FilePath, as type: Value.Type = Value.self, version: Int
    ) throws(RunFileError) -> Value {
        let bytes: [UInt8]
        do throws(BoundedFileError) {
            bytes = try BoundedFile.read(path, limit: sizeLimit)
        } catch {
            throw RunFileError(description: "\(error)")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            let found = try decoder.decode(Versioned.self, from: Data(bytes)).schemaVersion
            guard found == version else {
                throw RunFileError(path: path, message: "has schema version \(found); this quorate reads \(version)")
            }
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as RunFileError {
            throw error
        } catch {
            throw RunFileError(path: path, message: account(of: error, in: Data(bytes)))
        }
    }

    private struct Versioned: Decodable {
        var schemaVersion: Int
    }

    private static func account(of error: any Error, in document: Data) -> String {
        func name(_ keys: [any CodingKey]) -> String {
            keys.map { $0.intValue.map { "[\($0)]" } ?? ".\(snakeCase($0.stringValue))" }.joined()
                .trimmingPrefix(".").description
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context): return "\(name(context.codingPath + [key])) is missing"
        case DecodingError.typeMismatch(let type, let context): return "\(name(context.codingPath)) is not a \(type)"
        case DecodingError.valueNotFound(_, let context): return "\(name(context.codingPath)) is null"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "\(name(context.codingPath)): \(context.debugDescription)"
        default: return "is not readable as JSON" + (syntaxMistake(in: document).map { ": \($0)" } ?? "")
        }
    }

    /// What is wrong, and where, which a decoder does not tell.
    private static func syntaxMistake(in document: Data) -> String? {
        do {
            _ = try JSONSerialization.jsonObject(with: document, options: .fragmentsAllowed)
            return nil
        } catch {
            guard let text = (error as NSError).userInfo["NSDebugDescription"] as? String else { return nil }
            return text.prefix(1).lowercased() + text.dropFirst().prefix { $0 != "." }
        }
    }

    /// As the keys stand in the file.
    private static func snakeCase(_ key: String) -> String {
        key.map { $0.isUppercase ? "_\($0.lowercased())" : "\($0)" }.joined()
    }
}

/// What is wrong with a file of a run directory.
package struct RunFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(description: String) { self.description = description }

    init(path: FilePath, message: String) { description = "\(path): \(message)" }
}
