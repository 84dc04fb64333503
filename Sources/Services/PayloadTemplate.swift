import Primitives

/// A payload as a topology writes it: `is ${random} prime?`. In each task `${task}` stands for its number, and each
/// `${random}` for another whole number below 2^32, which the seed decides.
package struct PayloadTemplate: Hashable, Sendable {
    /// As it is written.
    package let text: String
    private let parts: [Part]

    /// In bytes, as written; whatever it is filled with, the payload of a task has room for it.
    package static let lengthLimit = 8 * 1024

    /// In one load.
    package static let listLimit = 10_000

    package static let random = PayloadTemplate(text: "${random}", parts: [.random])

    private enum Part: Hashable, Sendable {
        case text(String)
        case task
        case random
    }

    /// Throws what is wrong, and what would be right.
    package init(_ text: String) throws(PayloadMistake) {
        guard text.utf8.count <= Self.lengthLimit else {
            throw PayloadMistake(
                "a payload is written in \(Self.lengthLimit) bytes or less, this one in \(text.utf8.count)")
        }
        self.text = text
        parts = try Self.parts(of: text)
    }

    private init(text: String, parts: [Part]) {
        self.text = text
        self.parts = parts
    }

    package func filled(for sequence: TaskSequence, seed: UInt64) -> String {
        var filled = ""
        for (place, part) in parts.enumerated() {
            switch part {
            case .text(let text): filled += text
            case .task: filled += "\(sequence)"
            case .random:
                let draw = SeededRandom.draw(seed: seed, purpose: "workload", sequence.number, UInt64(place))
                filled += "\(draw >> 32)"
            }
        }
        return filled
    }

    private static func parts(of text: String) throws(PayloadMistake) -> [Part] {
        var parts: [Part] = []
        var rest = text.utf8[...]
        while let start = opening(in: rest) {
            let name = rest[start...].dropFirst(2)
            guard let end = name.firstIndex(of: UInt8(ascii: "}")) else {
                throw PayloadMistake("a ${ is never closed; write ${task} or ${random}")
            }
            if start > rest.startIndex { parts.append(.text(String(rest[..<start])!)) }
            switch String(name[..<end]) {
            case "task": parts.append(.task)
            case "random": parts.append(.random)
            case let name: throw PayloadMistake("${\(name ?? "?")} stands for nothing; write ${task} or ${random}")
            }
            rest = rest[text.utf8.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest)!)) }
        return parts
    }

    private static func opening(in text: Substring.UTF8View) -> String.Index? {
        text.indices.first { text[$0...].starts(with: [UInt8(ascii: "$"), UInt8(ascii: "{")]) }
    }
}
