import CJansson
import Glibc
import Primitives

/// What a program answers, from one line of JSON. Members that it need not have are passed over.
enum ProgramAnswer: Hashable, Sendable {
    /// `{"task": 17, "result": "7 13"}`: text, or a whole number, which is taken as it is written.
    case result(TaskSequence, [UInt8])
    /// `{"task": 17, "error": "91 is no task"}`
    case error(TaskSequence, String)
    /// `{"task": 17, "valid": false, "reason": "7 x 14 is 98"}`
    case validity(TaskSequence, isValid: Bool, reason: String)
    /// By the launcher, in place of the program: `{"launch": "there is no such program"}`
    case notLaunched(String)

    init(line: some Collection<UInt8>) throws(ProgramMistake) {
        var error = json_error_t()
        let bytes = Array(line)
        let parsed = bytes.withUnsafeBytes {
            json_loadb(
                $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count,
                Int(JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL), &error)
        }
        guard let parsed else { throw ProgramMistake("answered what is no JSON object", bytes) }
        defer { json_decref(parsed) }
        guard parsed.pointee.type == JSON_OBJECT else {
            throw ProgramMistake("answered what is no JSON object", bytes)
        }
        func member(_ name: String) -> UnsafeMutablePointer<json_t>? {
            guard let value = json_object_get(parsed, name), value.pointee.type != JSON_NULL else { return nil }
            return value
        }
        if let reason = member("launch").flatMap(Self.text) {
            self = .notLaunched(ProgramText.abridged(Array(reason)))
            return
        }
        guard let number = member("task"), number.pointee.type == JSON_INTEGER else {
            throw ProgramMistake("answered without the number of a task", bytes)
        }
        let task = TaskSequence(UInt64(bitPattern: json_integer_value(number)))
        switch (member("result"), member("error"), member("valid")) {
        case (let result?, nil, nil): self = .result(task, try Self.result(result))
        case (nil, let error?, nil):
            self = .error(task, ProgramText.abridged(Self.text(error) ?? Array("no text".utf8)))
        case (nil, nil, let valid?) where [JSON_TRUE, JSON_FALSE].contains(valid.pointee.type):
            let reason = member("reason").flatMap(Self.text).map { ProgramText.abridged($0) } ?? ""
            self = .validity(task, isValid: valid.pointee.type == JSON_TRUE, reason: reason)
        default:
            throw ProgramMistake("answered with not exactly one of result, error and valid", bytes)
        }
    }

    var task: TaskSequence? {
        switch self {
        case .result(let task, _), .error(let task, _), .validity(let task, _, _): task
        case .notLaunched: nil
        }
    }

    private static func result(_ value: UnsafeMutablePointer<json_t>) throws(ProgramMistake) -> [UInt8] {
        if value.pointee.type == JSON_INTEGER { return Array("\(json_integer_value(value))".utf8) }
        guard let text = text(value) else {
            throw ProgramMistake("answered a result that is neither text nor a whole number")
        }
        return text
    }

    private static func text(_ value: UnsafeMutablePointer<json_t>) -> [UInt8]? {
        guard value.pointee.type == JSON_STRING, let start = json_string_value(value) else { return nil }
        return Array(UnsafeRawBufferPointer(start: start, count: json_string_length(value)))
    }
}

/// What a program did wrong, to stand after `the program`.
struct ProgramMistake: Error, Hashable, Sendable {
    let misdeed: String
    /// The line that it wrote.
    private let line: String?

    init(_ misdeed: String, _ line: [UInt8]? = nil) {
        self.misdeed = misdeed
        self.line = line.map { ProgramText.quoted($0) }
    }

    var description: String { misdeed + (line.map { ": \($0)" } ?? "") }
}

/// What a program wrote, for people: short, and on one line.
enum ProgramText {
    /// Two of these and the words around them are well within what a record takes.
    static let limit = 200

    static func abridged(_ bytes: some Collection<UInt8>, limit: Int = limit) -> String {
        let text = String(decoding: bytes.prefix(limit), as: UTF8.self)
        let visible = text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? " " : String(scalar)
        }
        return visible.joined() + (bytes.count > limit ? "..." : "")
    }

    static func quoted(_ bytes: some Collection<UInt8>) -> String {
        bytes.isEmpty ? "an empty line" : "\"\(abridged(bytes))\""
    }
}

extension ProgramAnswer {
    /// The line that says why a program was not launched.
    static func launchFailure(_ reason: String) -> String {
        let object = json_object()
        defer { json_decref(object) }
        json_object_set_new(object, "launch", json_string(reason))
        guard let text = json_dumps(object, 0) else { return "\n" }
        defer { free(text) }
        return String(cString: text) + "\n"
    }
}
