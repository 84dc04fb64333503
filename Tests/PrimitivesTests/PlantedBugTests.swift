import Foundation
import Testing

@testable import Primitives

@Suite struct PlantedBugTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    /// The compiler would refuse it too, but only where a release build is made.
    @Test func noReleaseBuildKnowsOfAPlantedBug() throws {
        let files = try #require(FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil))
        var mentions = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            let (inside, outside) = Self.mentions(in: try String(contentsOf: file, encoding: .utf8))
            mentions += inside
            #expect(outside.isEmpty, "\(file.path), lines \(outside): outside #if DEBUG")
        }
        #expect(mentions > 8)
    }

    @Test func aMentionOutsideIsSeen() {
        let text = "#if DEBUG\nPlantedBug.a\n#if X\n#endif\nPlantedBug.b\n#else\nPlantedBug.c\n#endif\nPlantedBug.d"
        let (inside, outside) = Self.mentions(in: text)
        #expect(inside == 2 && outside == [7, 9])
    }

    /// How many lines of code mention it where only a debug build looks, and the numbers of the others.
    private static func mentions(in text: String) -> (inside: Int, outside: [Int]) {
        var conditions: [Bool] = []
        var (inside, outside) = (0, [Int]())
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let code = line.drop { $0 == " " }
            if code.hasPrefix("#if") {
                conditions.append(code == "#if DEBUG")
            } else if code.hasPrefix("#else") {
                conditions[conditions.count - 1] = false
            } else if code.hasPrefix("#endif") {
                conditions.removeLast()
            } else if code.contains("PlantedBug") || code.contains("PLANTED_BUG"), !code.hasPrefix("//") {
                if conditions.contains(true) { inside += 1 } else { outside.append(index + 1) }
            }
        }
        return (inside, outside)
    }

    #if DEBUG
        @Test func processesAreToldByAText() {
            #expect(PlantedBug.parse("at-least", for: "op-1") == [.atLeast])
            let several = "skip-signature,no-domain-tag@op-3"
            #expect(PlantedBug.parse(several, for: "op-3") == [.skipSignature, .noDomainTag])
            #expect(PlantedBug.parse(several, for: "ledger") == [.skipSignature])
            for text in ["", "at-most", "at-least,", "at-least;count-heads"] {
                #expect(PlantedBug.parse(text, for: "op-1") == nil, "\(text)")
            }
        }

        @Test func noneIsOnUnlessATestSaysSo() {
            #expect(PlantedBug.current == nil && PlantedBug.allCases.allSatisfy { !$0.isOn })
            PlantedBug.$current.withValue(.atLeast) {
                #expect(PlantedBug.allCases.filter(\.isOn) == [.atLeast])
                #expect(Fraction.twoThirds.isExceeded(by: Lamports(2), of: Lamports(3)))
            }
            #expect(!Fraction.twoThirds.isExceeded(by: Lamports(2), of: Lamports(3)))
        }
    #endif
}
