import Attesting
import CJansson
import Glibc
import Primitives

/// What a node asks a program, as one line of JSON.
struct ProgramRequest {
    let execution: TaskExecution
    /// The service's name.
    let service: String
    /// To be confirmed; nil: to be found.
    var result: [UInt8]?

    /// With its newline. What is no UTF-8 stands in hexadecimal digits under another name.
    ///
    ///     {"task": 17, "service": "factors", "payload": "91"}
    ///     {"validate": 17, "service": "factors", "payload": "91", "result": "7 13"}
    var line: [UInt8] {
        let object = json_object()
        defer { json_decref(object) }
        let number = json_int_t(bitPattern: execution.sequence.number)
        json_object_set_new(object, result == nil ? "task" : "validate", json_integer(number))
        json_object_set_new(object, "service", json_string(service))
        Self.set("payload", execution.payload, in: object)
        if let result { Self.set("result", result, in: object) }
        guard let text = json_dumps(object, 0) else { preconditionFailure("no memory for a line of JSON") }
        defer { free(text) }
        return Array(UnsafeRawBufferPointer(start: text, count: strlen(text))) + [UInt8(ascii: "\n")]
    }

    private static func set(_ name: String, _ bytes: [UInt8], in object: UnsafeMutablePointer<json_t>?) {
        // One more byte, so that there is an address even where there is nothing.
        let text = (bytes + [0]).withUnsafeBytes {
            json_stringn($0.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        if let text {
            json_object_set_new(object, name, text)
        } else {
            json_object_set_new(object, "\(name)_hex", json_string(Hexadecimal.encode(bytes)))
        }
    }
}
