import Messages
import Primitives
import Verdicts

/// What an oracle found, as documents and people get it.
extension Finding {
    func json(_ history: RunHistory) -> JSONValue {
        .object([
            ("oracle", .string(oracle.rawValue)), ("verdict", .string(verdict.rawValue)),
            ("account", .string(account)), ("violation_count", .integer(Int64(violationCount))),
            ("violations", .array(violations.map { $0.json(history) })),
        ])
    }
}

extension ViolationAccount {
    /// So many exhibits of one are told.
    static let exhibitLimit = 16

    fileprivate func json(_ history: RunHistory) -> JSONValue {
        .object([
            ("account", .string(account)),
            (
                "tasks",
                .array(
                    subjects.map { key in
                        .object([
                            ("service", .string(history.name(of: key.service))), ("subject", .string("\(key.subject)")),
                        ])
                    })
            ),
            ("exhibits", .array(exhibits.prefix(Self.exhibitLimit).map(\.json))),
        ])
    }
}

extension Exhibit {
    /// More bytes than these are left where they are.
    static let bytesShown = 4_096

    fileprivate var json: JSONValue {
        .object([
            ("kind", .string(kind.rawValue)), ("what", .string(text)),
            ("digest", digest.map { .string("\($0)") } ?? .null), ("file", place.map { .string($0.file) } ?? .null),
            ("byte", place?.byte.map { .integer(Int64($0)) } ?? .null), ("length", .integer(Int64(bytes.count))),
            (
                "bytes",
                bytes.isEmpty || bytes.count > Self.bytesShown ? .null : .string(Hexadecimal.encode(bytes))
            ),
        ])
    }

    /// `its vote for task 3 of squares: records/op-3.1.qrec, byte 4711`
    var line: String { place.map { "\(text): \($0)" } ?? text }

    /// Hexadecimal; nil where there are none, or too many.
    var hexadecimal: String? {
        bytes.isEmpty || bytes.count > Self.bytesShown ? nil : Hexadecimal.encode(bytes)
    }
}
