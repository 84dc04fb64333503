import Cluster
import Dispatch
import Foundation
import Glibc
import SystemPackage

/// A cluster's process in the background, tied to the command that started it until it is up.
///
/// The command starts this program anew, gives it the end of a pipe that tells when the command is gone, and reads its
/// standard output: what it writes there is that it is up. Until then its complaints go where the command's go; from
/// then on everything goes to a log, and nothing ties it to the command or its terminal any more.
///
/// Unchecked, and safe: nothing in it ever changes, and what the compiler does not know to be sendable is a dispatch source,
/// which may be resumed and cancelled on any thread.
struct Detachment: @unchecked Sendable {
    /// Where the child finds the command's lifeline.
    private static let lifeline: Int32 = 3

    // MARK: In the background

    /// An element when the command has ended before it was told that the cluster is up.
    let desertions: AsyncStream<Void>
    private let source: any DispatchSourceRead

    /// In the process that is to stay: leaves the session of its terminal.
    init() throws(CommandFailure) {
        guard fcntl(Self.lifeline, F_SETFD, FD_CLOEXEC) == 0 else {
            throw .badInput("--in-background is for quorate itself; write --detach")
        }
        setsid()
        let (desertions, feed) = AsyncStream<Void>.makeStream()
        self.desertions = desertions
        let source = DispatchSource.makeReadSource(fileDescriptor: Self.lifeline, queue: .global())
        source.setEventHandler {
            source.cancel()
            feed.yield()
        }
        source.resume()
        self.source = source
    }

    /// The cluster is up.
    ///
    /// - Returns: false when nobody has heard of it.
    func announce(_ account: String, in directory: RunDirectory) -> Bool {
        source.cancel()
        let log = open(directory.clusterLog.string, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        let isHeard = (try? FileDescriptor.standardOutput.writeAll(account.utf8)) != nil
        dup2(null, STDIN_FILENO)
        dup2(log >= 0 ? log : null, STDOUT_FILENO)
        dup2(log >= 0 ? log : null, STDERR_FILENO)
        close(null)
        if log >= 0 { close(log) }
        return isHeard
    }

    // MARK: In the command

    /// Starts this program with other arguments in the background, and waits until it is up or has ended.
    ///
    /// - Returns: what it announced; nil when it ended instead, having said why.
    static func start(_ arguments: [String]) throws -> String? {
        let (hearing, speaking) = try FileDescriptor.pipe()
        let (held, holding) = try FileDescriptor.pipe()
        // Also whatever else the command was given: somebody may wait for the end of it.
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            if let number = Int32(name), number > STDERR_FILENO { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, speaking.rawValue, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, held.rawValue, lifeline)
        var words: [UnsafeMutablePointer<CChar>?] = (["quorate"] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        let failure = posix_spawn(&child, "/proc/self/exe", &actions, nil, &words, environ)
        guard failure == 0 else { throw CommandFailure.badInput("cannot start: \(Errno(rawValue: failure))") }
        try speaking.close()
        try held.close()
        defer { try? holding.close() }
        let account = try hear(hearing)
        guard account.isEmpty else { return account }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return nil
    }

    private static func hear(_ pipe: FileDescriptor) throws -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try pipe.read(into: $0) }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }
}
