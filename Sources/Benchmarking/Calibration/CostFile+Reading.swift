import CJansson
import Primitives
import Records
import Simulation
import SystemPackage
import TopologyFormat

/// The figures alone: what else a cost file says is for people.
extension CostFile {
    private static let sizeLimit = 64 * 1024
    /// An hour; whatever takes longer is a slip of the pen.
    private static let largest: Int64 = 3_600_000_000_000

    /// - Parameter word: `none`, `standard`, or the path of a file.
    package static func costs(named word: String) throws(CostFileError) -> CostModel {
        if let named = CostModel.named.first(where: { $0.word == word }) { return named.costs }
        return try read(word)
    }

    package static func read(_ path: String) throws(CostFileError) -> CostModel {
        let bytes: [UInt8]
        do throws(BoundedFileError) {
            bytes = try BoundedFile.read(FilePath(path), limit: sizeLimit)
        } catch {
            throw CostFileError(mistakes: ["\(error)"])
        }
        return try costs(in: bytes, path: path)
    }

    /// - Parameter path: where the bytes come from, for errors.
    static func costs(in bytes: [UInt8], path: String) throws(CostFileError) -> CostModel {
        var error = json_error_t()
        let parsed = bytes.withUnsafeBytes {
            json_loadb(
                $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, Int(JSON_REJECT_DUPLICATES), &error)
        }
        guard let root = parsed else {
            let problem = withUnsafeBytes(of: error.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            throw CostFileError(
                mistakes: ["\(path):\(max(1, error.line)):\(max(1, error.column)): not readable as JSON: \(problem)"])
        }
        defer { json_decref(root) }
        var reading = CostReading(path: path, text: String(decoding: bytes, as: UTF8.self))
        let costs = reading.costs(of: root)
        guard reading.mistakes.isEmpty else { throw CostFileError(mistakes: reading.mistakes) }
        return costs
    }

    /// One reading, and all that was found wrong in it.
    private struct CostReading {
        let path: String
        let text: String
        var mistakes: [String] = []

        typealias Value = UnsafeMutablePointer<json_t>

        private static let keys = ["schema_version", "quorate", "date", "host", "costs", "spread"]

        mutating func costs(of root: Value) -> CostModel {
            var costs = CostModel.none
            guard root.pointee.type == JSON_OBJECT else {
                report("not an object; a cost file is one, as quorate calibrate writes it")
                return costs
            }
            checkKeys(of: root, known: Self.keys)
            switch json_object_get(root, "schema_version") {
            case nil: report("schema_version is missing; write \"schema_version\": \(CostFile.schemaVersion)")
            case let version?
            where version.pointee.type == JSON_INTEGER
                && json_integer_value(version) == CostFile.schemaVersion:
                break
            case let version?:
                report(
                    "schema_version: \(words(for: version)) is not \(CostFile.schemaVersion), which this quorate reads",
                    at: "schema_version")
            }
            guard let object = json_object_get(root, "costs") else {
                report(
                    "costs is missing; write \"costs\": {\"verify_ns\": 56000, ...}, or let quorate calibrate write it")
                return costs
            }
            guard object.pointee.type == JSON_OBJECT else {
                report("costs: \(words(for: object)) is not an object", at: "costs")
                return costs
            }
            checkKeys(of: object, known: CostItem.allCases.map(\.key), in: "costs")
            for item in CostItem.allCases { costs[item] = duration(of: item, in: object) }
            return costs
        }

        private mutating func duration(of item: CostItem, in object: Value) -> Duration {
            guard let value = json_object_get(object, item.key) else {
                report(
                    "costs: \(item.key) is missing (\(item.account)); write \"\(item.key)\": \(Self.example(item))",
                    at: "costs")
                return .zero
            }
            guard value.pointee.type == JSON_INTEGER, (0...CostFile.largest).contains(json_integer_value(value)) else {
                report(
                    "costs.\(item.key): \(words(for: value)) is not a whole number of nanoseconds, up to an hour; "
                        + "write \(Self.example(item))", at: item.key, in: "costs")
                return .zero
            }
            return .nanoseconds(json_integer_value(value))
        }

        private static func example(_ item: CostItem) -> String { "\(CostModel.standard[item].nanoseconds)" }

        private mutating func checkKeys(of object: Value, known: [String], in outer: String? = nil) {
            var iterator = json_object_iter(object)
            while let here = iterator {
                let key = String(cString: json_object_iter_key(here))
                iterator = json_object_iter_next(object, here)
                guard !known.contains(key) else { continue }
                let advice =
                    NearestName.of(key, among: known).map { "did you mean \($0)?" }
                    ?? "the keys here are \(known.joined(separator: ", "))"
                report("\(outer.map { "\($0)." } ?? "")\(key.prefix(40)): unknown key; \(advice)", at: key, in: outer)
            }
        }

        private func words(for value: Value) -> String {
            switch value.pointee.type {
            case JSON_OBJECT: "an object"
            case JSON_ARRAY: "a list"
            case JSON_STRING: "\"\(String(cString: json_string_value(value)).prefix(40))\""
            case JSON_INTEGER: "\(json_integer_value(value))"
            case JSON_REAL: "\(json_real_value(value))"
            case JSON_TRUE: "true"
            case JSON_FALSE: "false"
            default: "null"
            }
        }

        /// - Parameters:
        ///   - key: where it stands, for the line and column.
        ///   - outer: the key of the object that it is in.
        private mutating func report(_ message: String, at key: String? = nil, in outer: String? = nil) {
            var place = text.startIndex
            for name in [outer, key].compactMap(\.self) {
                place = text[place...].firstRange(of: "\"\(name)\"")?.lowerBound ?? place
            }
            let before = text[..<place]
            let line = before.reduce(1) { $1.isNewline ? $0 + 1 : $0 }
            let column = before.reversed().prefix { !$0.isNewline }.count + 1
            mistakes.append(key == nil ? "\(path): \(message)" : "\(path):\(line):\(column): \(message)")
        }
    }
}

/// Why a cost file cannot be read: every mistake that it has.
package struct CostFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let mistakes: [String]

    package var description: String { mistakes.joined(separator: "\n") }
}
