import Foundation
import Testing

/// Python with the packages of `External/requirements.txt`, in which proofs are checked by code that is not ours.
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

    /// Runs one of the scripts on files of a session.
    static func run(
        _ script: String, on files: [String], in session: CommandLineSession
    ) async throws -> CommandLineSession.Outcome {
        let arguments = ["-B", scripts.appending(path: script).path, CommandLineSession.quorate.path] + files
        let child = try session.start(arguments, executable: python)
        await child.ended()
        return try session.outcome(of: child)
    }
}
