import Primitives
import Reports
import Simulation
import Testing

@testable import Benchmarking

@Suite struct CostFileTests {
    private func costs(_ text: String) throws -> CostModel {
        try CostFile.costs(in: Array(text.utf8), path: "costs.json")
    }

    private static let host = HostFacts(
        cores: 2, kernel: "6.1", os: "Linux", architecture: "x86_64", build: "release", guardMode: "", transport: "")

    /// Each figure another one.
    private static var samples: CostSamples {
        var samples = CostSamples()
        for (place, item) in CostItem.allCases.enumerated() {
            for number in 0..<4 { samples.add(.nanoseconds(Int64(1_000 * place + number)), to: item) }
        }
        return samples
    }

    private static var document: String {
        CostFile(samples: samples, host: host, fileSystem: "ext4", version: "0.1.0", date: "2026-01-01T00:00:00Z")
            .json.document
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let costs = try costs(Self.document)
        #expect(costs == Self.samples.costs)
        for (place, item) in CostItem.allCases.enumerated() {
            #expect(costs[item] == .nanoseconds(Int64(1_000 * place + 2)), "\(item)")
        }
    }

    @Test func figuresAloneAreEnough() throws {
        let figures = CostItem.allCases.map { "\"\($0.key)\": 7" }.joined(separator: ", ")
        let costs = try costs("{\"schema_version\": 1, \"costs\": {\(figures)}}")
        #expect(CostItem.allCases.allSatisfy { costs[$0] == .nanoseconds(7) })
    }

    /// What is done to a good file, and what is said of it.
    private static let mistakes: [(good: String, bad: String, message: String)] = [
        ("\"schema_version\":", "\"schema_version\"", "costs.json:2:20: not readable as JSON: ':' expected"),
        ("\"verify_ns\": 8002", "\"verify_ns\": 8002, \"verify_ns\": 1", "duplicate object key"),
        ("\"schema_version\": 1", "\"schema_version\": 2", "costs.json:2:3: schema_version: 2 is not 1"),
        ("\"schema_version\": 1", "\"schema_version\": \"1\"", "schema_version: \"1\" is not 1"),
        ("\"schema_version\": 1,", "", "costs.json: schema_version is missing"),
        ("\"costs\"", "\"coste\"", "coste: unknown key; did you mean costs?"),
        ("\"costs\"", "\"coste\"", "costs.json: costs is missing"),
        ("\"verify_ns\": 8002", "\"verify_ns\": 60.5", "costs.verify_ns: 60.5 is not a whole number of nanoseconds"),
        ("\"verify_ns\": 8002", "\"verify_ns\": \"6 us\"", "costs.verify_ns: \"6 us\" is not a whole number"),
        ("\"verify_ns\": 8002", "\"verify_ns\": -1", "costs.verify_ns: -1 is not a whole number"),
        ("\"verify_ns\": 8002", "\"verify_ns\": null", "costs.verify_ns: null is not a whole number"),
        (
            "\"verify_ns\": 8002", "\"verify_ns\": 3600000000001",
            "up to an hour; write \(CostModel.standard.verify.nanoseconds)"
        ),
        ("\"verify_ns\": 8002", "\"verify_ns\": 9223372036854775808", "not readable as JSON: too big integer"),
        ("\"verify_ns\": 8002", "\"verify_us\": 6", "costs.verify_us: unknown key; did you mean verify_ns?"),
        ("\"verify_ns\": 8002", "\"verify_us\": 6", "costs: verify_ns is missing (a signature, checked)"),
    ]

    @Test(arguments: mistakes.indices)
    func mistakesAreNamed(place: Int) throws {
        let (good, bad, message) = Self.mistakes[place]
        let range = try #require(Self.document.firstRange(of: good))
        var text = Self.document
        text.replaceSubrange(range, with: bad)
        let error = #expect(throws: CostFileError.self) { try costs(text) }
        #expect(error?.description.contains(message) == true, "\(error.map(\.description) ?? "")")
    }

    @Test(arguments: [
        ("", "not readable as JSON"), ("[1]", "costs.json: not an object"),
        ("{\"costs\": [], \"schema_version\": 1}", "costs.json:1:2: costs: a list is not an object"),
        (String(repeating: "[", count: 60_000), "not readable as JSON: maximum parsing depth reached"),
    ])
    func whatIsNoCostFileIsSaidToBeNone(text: String, message: String) {
        let error = #expect(throws: CostFileError.self) { try costs(text) }
        #expect(error?.description.contains(message) == true, "\(error.map(\.description) ?? "")")
    }

    /// Of a figure, not of the spread that is told of it elsewhere.
    @Test func placesAreThoseOfTheFigures() throws {
        let text = """
            {"spread": {"wake_ns": 1},
             "schema_version": 1,
             "costs": {\(CostItem.allCases.map { "\"\($0.key)\": \($0 == .wake ? "[]" : "1")" }.joined(separator: ","))}}
            """
        let error = #expect(throws: CostFileError.self) { try costs(text) }
        #expect(
            error?.mistakes.first?.hasPrefix("costs.json:3:26: costs.wake_ns: a list") == true,
            "\(error.map(\.description) ?? "")")
    }

    @Test func aFileThatIsNotThereIsNamed() {
        let error = #expect(throws: CostFileError.self) { try CostFile.read("/nowhere/costs.json") }
        #expect(error?.description == "/nowhere/costs.json: cannot be read: No such file or directory")
    }
}
