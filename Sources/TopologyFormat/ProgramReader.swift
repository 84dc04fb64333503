import Primitives
import Services

/// Reads what an entry of `services:` says of the program that executes its tasks.
struct ProgramReader {
    private static let commandExample = "[python3, service.py]"
    private static let argumentLimit = 64
    private static let argumentLength = 4_096

    /// The keys that only exec has.
    private let command: Field?
    private let timeLimit: Field?
    private let memoryLimit: Field?
    private let outputLimit: Field?
    private let validation: Field?
    private let service: Field

    init(_ keys: inout MappingReader) {
        service = keys.field
        command = keys.field("command")
        timeLimit = keys.field("time-limit")
        memoryLimit = keys.field("memory-limit")
        outputLimit = keys.field("output-limit")
        validation = keys.field("validate")
    }

    /// - Returns: nil when the module runs no program, or its command cannot be read.
    func program(module: String, deadline: Duration) -> ProgramPlan? {
        guard module == Exec.name else {
            // A module that could not be read may have been meant to be this one.
            if !module.isEmpty { refuseAll() }
            return nil
        }
        guard let command else {
            service.report("command is missing; write command: \(Self.commandExample)")
            return nil
        }
        let words = words(of: command)
        let memory = memoryLimit?.read(
            .size(.mebibytes(1) ... .mebibytes(1 << 20), example: "\(ProgramPlan.standardMemoryLimit)"))
        let output = outputLimit?.read(
            .size(ByteCount(64)...ProgramPlan.largestOutputLimit, example: "\(ProgramPlan.standardOutputLimit)"))
        let plan = ProgramPlan(
            command: words.map(\.text), position: words.first?.position ?? command.node.position,
            timeLimit: readTimeLimit(deadline: deadline), memoryLimit: memory ?? ProgramPlan.standardMemoryLimit,
            outputLimit: output ?? ProgramPlan.standardOutputLimit,
            validation: validation?.read(.choice("a kind of validation", of: TopologyReader.choices()))
                ?? ProgramPlan.Validation.none)
        return words.isEmpty ? nil : plan
    }

    /// One text or a list of texts.
    static func payloads(_ field: Field, module: String) -> [PayloadTemplate] {
        guard module == Exec.name || module.isEmpty else {
            field.report("payload is for module: exec; \(module) draws its own")
            return []
        }
        guard case .sequence = field.node.content else { return [field.read(.payload)].compactMap(\.self) }
        let elements = field.elements(example: "[\"${random}\"]") ?? []
        if elements.isEmpty { field.report("an empty list is no payload; write \"${random}\"") }
        guard elements.count <= PayloadTemplate.listLimit else {
            field.report("more than \(PayloadTemplate.listLimit) payloads")
            return []
        }
        return elements.compactMap { $0.read(.payload) }
    }

    private func refuseAll() {
        let fields = [
            ("command", command), ("time-limit", timeLimit), ("memory-limit", memoryLimit),
            ("output-limit", outputLimit), ("validate", validation),
        ]
        for (key, field) in fields {
            field?.report("\(key) is for module: exec; leave it out")
        }
    }

    private func words(of field: Field) -> [(text: String, position: SourcePosition)] {
        guard let elements = field.elements(example: Self.commandExample) else { return [] }
        guard (1...Self.argumentLimit).contains(elements.count) else {
            field.report(
                elements.isEmpty
                    ? "a command names a program; write \(Self.commandExample)"
                    : "\(elements.count) words are too many for a command; at most \(Self.argumentLimit)")
            return []
        }
        let words = elements.enumerated().compactMap { place, element in
            element.read(.argument(isProgram: place == 0, limit: Self.argumentLength))
                .map { (text: $0, position: element.node.position) }
        }
        return words.count == elements.count ? words : []
    }

    private func readTimeLimit(deadline: Duration) -> Duration {
        let standard = ProgramPlan.standardTimeLimit(deadline: deadline)
        guard let timeLimit, let limit = timeLimit.read(.duration(.milliseconds(1) ... .longest)) else {
            return standard
        }
        guard limit <= deadline else {
            timeLimit.report(
                "\(DurationText.of(limit)) is longer than the deadline, after which nobody needs an answer; write "
                    + "\(DurationText.of(deadline)) or less")
            return standard
        }
        return limit
    }
}

extension ScalarGrammar where Value == String {
    /// A word of a command, as the system takes it.
    fileprivate static func argument(isProgram: Bool, limit: Int) -> Self {
        let noun = isProgram ? "a program" : "an argument"
        return Self(noun: noun, example: isProgram ? "python3" : "service.py") { text throws(GrammarMistake) in
            guard !text.utf8.contains(0), !(isProgram && text.isEmpty) else {
                throw .isNot(text, noun, write: isProgram ? "python3" : "service.py")
            }
            guard text.utf8.count <= limit else {
                throw GrammarMistake("\(text.abridged) is too long; at most \(limit) bytes")
            }
            return text
        }
    }
}

extension ScalarGrammar where Value == PayloadTemplate {
    package static var payload: Self {
        Self(noun: "a payload", example: "\"${random}\"") { text throws(GrammarMistake) in
            do throws(PayloadMistake) {
                return try PayloadTemplate(text)
            } catch {
                throw GrammarMistake(error.description)
            }
        }
    }
}
