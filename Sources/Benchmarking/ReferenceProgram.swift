import Glibc
import Primitives
import Subprocess
import SystemPackage

/// A program that does what a star does and prints figures for it, run between our own runs.
package struct ReferenceProgram: Hashable, Sendable {
    package let command: String
    private let words: [String]

    /// - Parameter command: a program and its first arguments, separated by spaces.
    package init(_ command: String) throws(ReferenceError) {
        words = command.split(separator: " ").map(String.init)
        guard let program = words.first else { throw .empty }
        self.command = command
        guard isRunnable(program) else { throw .cannotStart(command, "there is no such program") }
    }

    /// Called as `COMMAND -n N -m loop|pipe -s SECONDS`. Cancelling kills it, and all that it has started.
    func measure(_ bench: BenchCase, _ times: BenchTimes) async throws -> Figures {
        let seconds = Double(times.measured.nanoseconds) / 1e9
        let patience = Int(3 * seconds) + 20
        let arguments = words.dropFirst() + ["-n", "\(bench.operators)", "-m", bench.load.rawValue, "-s", "\(seconds)"]
        return try await withThrowingTaskGroup(of: Figures?.self) { group in
            group.addTask { try ReferenceOutput.figures(in: try await output(Array(arguments)), of: bench) }
            group.addTask {
                try await Task.sleep(for: .seconds(patience))
                return nil
            }
            defer { group.cancelAll() }
            guard let figures = try await group.next() ?? nil else {
                throw ReferenceError.hung(command, seconds: patience)
            }
            return figures
        }
    }

    private func output(_ arguments: [String]) async throws -> String {
        var options = PlatformOptions()
        // A group of its own: what it has started dies with it, and Ctrl-C reaches it through us alone.
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        let executable: Executable = words[0].contains("/") ? .path(FilePath(words[0])) : .name(words[0])
        do {
            let result = try await Subprocess.run(
                executable, arguments: Arguments(arguments), platformOptions: options, output: .string(limit: 1 << 20),
                error: .string(limit: 1 << 20))
            try Task.checkCancellation()
            guard result.terminationStatus.isSuccess else {
                let lines = result.standardError.split(whereSeparator: \.isNewline)
                throw ReferenceError.failed(
                    command, status: "\(result.terminationStatus)", lastLine: String(lines.last ?? ""))
            }
            return result.standardOutput
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw ReferenceError.cannotStart(command, "\(error)")
        }
    }
}

/// Whether a shell would find it.
private func isRunnable(_ program: String) -> Bool {
    if program.contains("/") { return access(program, X_OK) == 0 }
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    return path.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
}
