import Primitives
import Services
import Testing

@Suite struct ExecTests {
    private func payload(_ sequence: UInt64, seed: UInt64 = 42, _ templates: [String] = []) throws -> String {
        let templates = try templates.map(PayloadTemplate.init)
        return String(
            decoding: Exec().payload(for: TaskSequence(sequence), seed: seed, templates: templates), as: UTF8.self)
    }

    @Test func withoutTemplatesALoadIsNumbersBelow32Bits() throws {
        let payloads = try (0..<50).map { try payload($0) }
        #expect(Set(payloads).count == 50)
        #expect(payloads.allSatisfy { UInt32($0) != nil })
        #expect(payloads.contains { $0.count == 10 }, "high bits are drawn too")
        #expect(try (0..<50).map { try payload($0) } == payloads)
        #expect(try payload(7, seed: 43) != payload(7))
    }

    @Test func templatesAreTakenInTurn() throws {
        let templates = ["a", "b ${task}", "größer: ${task}${task}"]
        #expect(try (0..<4).map { try payload($0, templates) } == ["a", "b 1", "größer: 22", "a"])
    }

    @Test func eachRandomIsAnotherNumber() throws {
        let numbers = try payload(0, ["${random} ${random}"]).split(separator: " ")
        #expect(numbers.count == 2 && numbers[0] != numbers[1])
    }

    @Test(arguments: ["", "$", "$task", "{task}", "$ {task}", "100$", "}"])
    func otherDollarsStandForThemselves(text: String) throws {
        #expect(try payload(3, [text]) == text)
    }

    @Test(
        arguments: [
            ("${tusk}", "${tusk} stands for nothing; write ${task} or ${random}"),
            ("${}", "${} stands for nothing; write ${task} or ${random}"),
            ("a ${task", "a ${ is never closed; write ${task} or ${random}"),
        ])
    func otherNamesAreMistakes(text: String, mistake: String) {
        #expect(throws: PayloadMistake(mistake)) { try PayloadTemplate(text) }
    }

    @Test func aTaskHasRoomForEveryPayload() throws {
        let longest = String(repeating: "${task}", count: PayloadTemplate.lengthLimit / 7)
        let filled = try PayloadTemplate(longest).filled(for: TaskSequence(.max), seed: 1)
        #expect(filled.utf8.count <= 64 * 1024)
        let mistake = PayloadMistake("a payload is written in 8192 bytes or less, this one in 8193")
        #expect(throws: mistake) {
            try PayloadTemplate(String(repeating: "a", count: 8193))
        }
    }

    @Test func peopleReadText() throws {
        #expect(try Exec().payload(fromText: "zwölf") == Array("zwölf".utf8))
        #expect(Exec().text(ofPayload: Array("zwölf".utf8)) == "zwölf")
        #expect(Exec().text(ofResult: [0xff, 0x00]) == "ff00")
        #expect(Exec().altered(Array("12".utf8)) == Array("12~".utf8))
    }
}
