import Primitives

/// Somebody's own AVS: each operator runs a program for it, in whatever language. Payloads and results are text in UTF-8.
package struct Exec: ServiceModule {
    package static let name = "exec"

    package init() {}

    package var execution: ModuleExecution { .byProgram }

    /// What a load is made of without a word from the topology.
    package static let standardTemplates = [PayloadTemplate.random]

    /// The templates are taken in turn.
    package func payload(for sequence: TaskSequence, seed: UInt64, templates: [PayloadTemplate]) -> [UInt8] {
        let templates = templates.isEmpty ? Self.standardTemplates : templates
        let template = templates[Int(sequence.number % UInt64(templates.count))]
        return Array(template.filled(for: sequence, seed: seed).utf8)
    }

    package func payload(fromText text: String) throws(PayloadMistake) -> [UInt8] { Array(text.utf8) }

    package func text(ofPayload payload: [UInt8]) -> String { Self.text(payload) }

    package func text(ofResult result: [UInt8]) -> String { Self.text(result) }

    package func altered(_ result: [UInt8]) -> [UInt8] { result + Array("~".utf8) }

    private static func text(_ bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self) ?? Hexadecimal.encode(bytes)
    }
}
