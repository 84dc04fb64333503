import Foundation
import Testing

/// The built `quorate`, run as a user would run it, in a directory of the test's own.
final class CommandLineSession: Sendable {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "quorate-end-to-end-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Executables and tests are built into one directory.
    static let quorate = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "quorate")

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: directory.appending(path: name))
    }

    func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
        try await run(arguments, environment: environment)
    }

    func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Outcome {
        let child = try start(arguments, environment: environment)
        await child.ended()
        return try outcome(of: child)
    }

    /// A run that goes on while the test looks at it.
    final class Child: @unchecked Sendable {  // `Process` is only told to start, to signal and to report its end.
        fileprivate let process = Process()
        fileprivate let ending = AsyncStream.makeStream(of: Void.self)
        let name = UUID().uuidString

        var identifier: Int32 { process.processIdentifier }
        func ended() async { for await _ in ending.stream {} }
    }

    func start(
        _ arguments: [String], environment: [String: String] = [:], executable: URL = CommandLineSession.quorate
    ) throws -> Child {
        let child = Child()
        child.process.executableURL = executable
        child.process.arguments = arguments
        child.process.currentDirectoryURL = directory
        child.process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        child.process.standardInput = FileHandle.nullDevice
        child.process.standardOutput = try file("\(child.name).out")
        child.process.standardError = try file("\(child.name).err")
        child.process.terminationHandler = { _ in child.ending.continuation.finish() }
        try child.process.run()
        return child
    }

    func outcome(of child: Child) throws -> Outcome {
        Outcome(
            status: child.process.terminationStatus, output: try text("\(child.name).out"),
            errors: try text("\(child.name).err"))
    }

    func errors(of child: Child) throws -> String { try text("\(child.name).err") }

    /// The processes that have this session's directory in their command line or as their working directory.
    func processes() -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int32.init).filter { identifier in
            let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(identifier)/cwd")
            return place == directory.path && !isEnding(identifier)
        }
    }

    /// Looks until the condition holds; whoever calls has a time limit.
    func until(_ condition: () throws -> Bool) async rethrows {
        while try !condition() { await Task.yield() }
    }

    func results(in run: String = "runs/latest") throws -> [String: Any] {
        let data = try Data(contentsOf: directory.appending(path: "\(run)/results.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// Whether a process is past the point at which the system takes back what it held, or gone.
    func isEnding(_ identifier: Int32) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)) ?? ""
        // Behind the name: state, parent, group, session, terminal, its group, flags; `PF_EXITING` is 4.
        let fields = status.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 6, let flags = UInt32(fields[6]) else { return true }
        return flags & 4 != 0
    }

    private func file(_ name: String) throws -> FileHandle {
        let url = directory.appending(path: name)
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: directory.appending(path: name)), as: UTF8.self)
    }
}
