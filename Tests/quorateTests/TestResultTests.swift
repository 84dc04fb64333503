import ArgumentParser
import Foundation
import FoundationXML
import Primitives
import Reports
import SystemPackage
import TestSupport
import Testing
import TopologyFormat
import Verdicts

@testable import quorate

@Suite struct TestResultTests {
    private static func result(
        _ verdict: TestResult.Verdict, _ label: String = "lab", ran: Bool = true, accounts: [String] = []
    ) throws -> TestResult {
        let path = FilePath("some labs/\(label).yaml")
        let digest = ResultsDigest(
            ending: "completed", tasks: .init(issued: 990, certified: 980, neverIssued: 10),
            latency: .init(p99: 14.451),
            slashes: [
                .init(signer: "op-3"), .init(signer: "op-3", stage: "executed"),
                .init(signer: "op-5", stage: "pending"), .init(signer: "op-7", stage: "vetoed"),
            ],
            revocations: [], verdict: "holds")
        return TestResult(
            file: .init(path: path, label: label), verdict: verdict,
            startedAt: Date(timeIntervalSince1970: 1_773_500_966), duration: .milliseconds(7_949),
            run: ran
                ? .init(
                    directory: "runs/lab-1", seed: 7, isSimulated: false, arguments: ["--tasks 5", "--seed 7"],
                    digest: digest) : nil,
            accounts: accounts)
    }

    @Test(
        arguments: [
            ([], 0), ([.passed, .notJudged], 3), ([.notJudged, .badInput, .passed], 2),
            ([.badInput, .failed, .notJudged], 1), ([.failed, .stopped], 130), ([.passed, .skipped], 0),
        ] as [([TestResult.Verdict], Int32)])
    func theWorstDecidesTheExitStatus(verdicts: [TestResult.Verdict], status: Int32) throws {
        #expect(TestResult.status(of: try verdicts.map { try Self.result($0) }).rawValue == status)
    }

    @Test func theClosingLineCountsWhatThereIs() throws {
        let results = try [Self.result(.passed), Self.result(.passed), Self.result(.failed)]
        #expect(
            TestResult.closing(results, duration: .milliseconds(42_400))
                == "2 passed, 1 failed, 0 could not be judged in 42 s")
        let more = try results + [Self.result(.badInput), Self.result(.stopped), Self.result(.notJudged)]
        #expect(
            TestResult.closing(more, duration: .seconds(1000))
                == "2 passed, 1 failed, 1 with bad input, 1 could not be judged, 1 interrupted or not begun in 1000 s")
    }

    @Test func linesAreAlignedAndAFailureSaysHowToSeeItAgain() throws {
        let results = [
            try Self.result(.passed, "quickstart"),
            try Self.result(.failed, accounts: (1...7).map { "account \($0)" }),
        ]
        let display = TestDisplay(results.map(\.file), style: .plain, isTerminal: false)
        #expect(
            display.lines(of: results[0], .plain)
                == ["ok        quickstart    7.9 s  980 of 1,000 certified, p99 14.5 ms, slashed op-3, op-5"])
        #expect(
            display.lines(of: results[1], .plain) == [
                "failed    lab           7.9 s  980 of 1,000 certified, p99 14.5 ms, slashed op-3, op-5",
                "          account 1", "          account 2", "          account 3", "          account 4",
                "          account 5", "          and 2 more", "          see it again: quorate report runs/lab-1",
                "                        quorate replay runs/lab-1",
                "                        quorate run 'some labs/lab.yaml' --tasks 5 --seed 7",
            ])
        let bad = try Self.result(.badInput, ran: false, accounts: ["x"])
        #expect(bad.commands == ["quorate topology check 'some labs/lab.yaml'"])
        #expect(display.lines(of: bad, .coloured)[0].hasPrefix("\u{1b}[31mbad\u{1b}[0m       lab"))
    }

    @Test(arguments: [("a/b-1_.yaml", "a/b-1_.yaml"), ("", "''"), ("it's", "'it'\\''s'"), ("ä b", "'ä b'")])
    func namesBecomeOneWordOfTheShell(text: String, word: String) { #expect(text.quotedForShell == word) }

    @Test func theOptionsOfALoadAreWrittenAsTheyAreRead() throws {
        for words in [["--tasks", "5", "--rate", "30/min"], ["--duration", "90s", "--in-flight", "4"], []] {
            let options = try LoadOptions.parse(words)
            let again = options.arguments.flatMap { $0.split(separator: " ").map(String.init) }
            #expect(try LoadOptions.parse(again).overrides == options.overrides)
            #expect(again == words)
        }
    }

    /// A parser that is not ours must find what was put in, but for what XML has no way to say.
    @Test func jUnitSurvivesWhateverAnAccountHolds() throws {
        let hostile = "a <b> & \"c\" ]]> 'd'\tand\nmore \u{1b}[31m \u{0} \u{FFFE} ä😀"
        let readable = "a <b> & \"c\" ]]> 'd'\tand\nmore \u{FFFD}[31m \u{FFFD} \u{FFFD} ä😀"
        let results = [
            try Self.result(.passed), try Self.result(.failed, "b<&\">", accounts: [hostile, "second"]),
            try Self.result(.badInput, ran: false, accounts: ["no topology"]),
            try Self.result(.notJudged, accounts: ["x"]), try Self.result(.stopped, accounts: ["y"]),
            try Self.result(.stopped, ran: false, accounts: ["z"]),
        ]
        let report = JUnitReport(
            results: results, startedAt: Date(timeIntervalSince1970: 1_773_500_966), duration: .milliseconds(60_005))
        let document = try JUnitReader.read(report.document)
        let suite = try #require(document.elements.first { $0.name == "testsuite" })
        #expect(
            suite.attributes == [
                "name": "quorate", "tests": "6", "failures": "1", "errors": "3", "skipped": "1", "time": "60.005",
                "timestamp": "2026-03-14T15:09:26",
            ])
        let cases = document.elements.filter { $0.name == "testcase" }
        #expect(cases.count == 6 && cases.allSatisfy { $0.attributes["classname"] == "some labs" })
        #expect(cases[1].attributes["name"] == "b<&\">" && cases[1].attributes["time"] == "7.949")
        let failure = try #require(document.elements.first { $0.name == "failure" })
        #expect(failure.attributes["message"] == readable && failure.attributes["type"] == "failed")
        #expect(failure.text == "\(readable)\nsecond")
        #expect(
            document.elements.filter { $0.name == "error" }.map { $0.attributes["type"] }
                == ["bad-input", "not-judged", "stopped"])
        #expect(document.elements.first { $0.name == "system-out" }?.text.contains("runs/lab-1") == true)
    }
}

/// What an XML parser finds, element by element.
private final class JUnitReader: NSObject, XMLParserDelegate {
    struct Element {
        var name: String
        var attributes: [String: String]
        var text = ""
    }

    private(set) var elements: [Element] = []
    private var open: [Int] = []

    static func read(_ text: String) throws -> JUnitReader {
        let reader = JUnitReader()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError))\n\(text)")
        return reader
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(elements.count)
        elements.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if let place = open.last { elements[place].text += text }
    }
}
