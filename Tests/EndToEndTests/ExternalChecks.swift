import Foundation
import Testing

/// Python with the packages of `External/requirements.txt`, in which proofs are checked by code that is not ours, and
/// pages by a browser.
enum ExternalChecks {
    private static let named = ProcessInfo.processInfo.environment["QUORATE_PYTHON"]
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    private static let scripts = tests.appending(path: "External")
    /// Not to be resolved: by its own path Python knows that it is an environment's.
    private static let python =
        named.map { URL(filePath: $0) }
        ?? tests.deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/python/bin/python")

    /// Whoever names a Python means to have these tests run: then it is no reason to skip them that it is not there.
    static let isSetUp = named != nil || FileManager.default.isExecutableFile(atPath: python.path)
    static let reason: Comment = "there is no \(python.path): Scripts/test makes it"

    private static let browsers = ["chromium", "chromium-browser"]
    static let hasBrowser = named != nil || (isSetUp && browsers.contains(where: isInPath))
    static let reasonWithoutBrowser: Comment = "there is no chromium in PATH, or no \(python.path): see Scripts/test"

    private static func isInPath(_ command: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains { folder in
            FileManager.default.isExecutableFile(atPath: "\(folder)/\(command)")
        }
    }

    /// Looks at pages of a session in a browser.
    static func look(at pages: [String], in session: CommandLineSession) async throws -> CommandLineSession.Outcome {
        try await run(["-B", scripts.appending(path: "shows_in_chromium.py").path] + pages, in: session)
    }

    /// Runs one of the scripts on files of a session.
    static func run(
        _ script: String, on files: [String], in session: CommandLineSession
    ) async throws -> CommandLineSession.Outcome {
        try await run(
            ["-B", scripts.appending(path: script).path, CommandLineSession.quorate.path] + files, in: session)
    }

    private static func run(
        _ arguments: [String], in session: CommandLineSession
    ) async throws -> CommandLineSession.Outcome {
        let child = try session.start(arguments, executable: python)
        await child.ended()
        return try session.outcome(of: child)
    }
}
