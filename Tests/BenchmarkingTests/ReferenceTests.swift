import Primitives
import Testing

@testable import Benchmarking

@Suite(.timeLimit(.minutes(1))) struct ReferenceTests {
    private static let header = "# n mode p50_us p90_us p99_us tasks_per_s cpu_us_per_task\n"

    private func read(_ text: String) throws -> Figures { try ReferenceOutput.figures(in: text, of: Fixture.bench) }

    @Test func theLineOfTheCaseIsFoundByTheHeadersNames() throws {
        let figures = try read(
            Self.header + "4 loop 1 2 3 4 5\n16 pipe 6 7 8 9 10\n16 loop 1312.0 1650.2 2301.9 731.5 1980.3\n")
        #expect(
            figures.values == [
                .p50: 1312, .p90: 1650.2, .p99: 2301.9, .tasksPerSecond: 731.5, .cpu: 1980.3,
            ])
        let other = try read("# a remark\n#mode tasks_per_s n p99_us p50_us\nloop 7.5 16 - 12\n")
        #expect(other.values == [.p50: 12, .tasksPerSecond: 7.5])
    }

    @Test(arguments: [
        ("", "no line with n 16 and mode loop"), ("hello\n", "\"hello\" comes without a header"),
        ("16 loop 1 2 3 4 5\n", "comes without a header"),
        (header, "no line with n 16 and mode loop"),
        (header + "16 pipe 1 2 3 4 5\n", "no line with n 16 and mode loop"),
        (header + "16 loop 1 2\n", "has 4 columns, its header 7"),
        (header + "16 loop fast 2 3 4 5\n", "p50_us is \"fast\", which is no number"),
        (header + "16 loop nan 2 3 4 5\n", "p50_us is \"nan\", which is no number"),
        (header + "16 loop -1 2 3 4 5\n", "p50_us is \"-1\", which is no number"),
        ("# n mode cpu_us_per_task\n16 loop 1\n", "its header (n mode cpu_us_per_task) has no column p50_us"),
    ])
    func garbageIsNamed(text: String, message: String) {
        let error = #expect(throws: ReferenceError.self) { try read(text) }
        #expect(error?.description.contains(message) == true, "\(error.map(\.description) ?? "")")
    }

    @Test(arguments: ["", "  ", "/nowhere/reference", "no-such-reference-program -v"])
    func aProgramThatIsNotThereIsNamedBeforeAnythingRuns(command: String) {
        let error = #expect(throws: ReferenceError.self) { try ReferenceProgram(command) }
        #expect(error?.description.hasPrefix("--against: ") == true)
    }

    @Test func aProgramIsCalledWithTheCaseAndItsFailureTold() async throws {
        let scratch = try Script("echo \"$@\" >&2; exit 3")
        let program = try ReferenceProgram("\(scratch.path) -v")
        let error = await #expect(throws: ReferenceError.self) {
            try await program.measure(Fixture.bench, Fixture.times)
        }
        #expect(
            error?.description.hasSuffix("-v exited(3): -v -n 16 -m loop -s 3.0") == true,
            "\(error.map(\.description) ?? "")")
    }

    @Test func whatItPrintsIsRead() async throws {
        let scratch = try Script("echo '# n mode p50_us'; echo \"$2 $4 250.5\"")
        let figures = try await ReferenceProgram("\(scratch.path)").measure(Fixture.bench, Fixture.times)
        #expect(figures.values == [.p50: 250.5])
    }

    /// With whatever it has started. The pipe to this process has no writer left when both are gone.
    @Test func cancellingKillsItAndItsChildren() async throws {
        let scratch = try Script("trap '' TERM INT; sleep 1000 & echo started >&2; wait")
        let program = try ReferenceProgram("\(scratch.path)")
        let work = Task { try await program.measure(Fixture.bench, Fixture.times) }
        work.cancel()
        await #expect(throws: (any Error).self) { try await work.value }
    }
}
