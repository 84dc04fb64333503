import Glibc
import SystemPackage

/// The hold of a command on the directory of its run, as long as it lives and however it ends: by it others know that
/// the run still goes on. It is a lock of the system's on the directory itself, which no dead process keeps and which
/// leaves nothing behind.
package final class RunHold: Sendable {
    private let descriptor: Int32

    package init(_ directory: RunDirectory) throws(RunDirectoryError) {
        descriptor = try Self.open(directory)
        // From here on `deinit` closes it, whatever is thrown. Whoever asks has the lock for a moment.
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                throw .system("take hold of the run directory", directory.path, Errno(rawValue: errno))
            }
        }
    }

    deinit { close(descriptor) }

    package static func exists(on directory: RunDirectory) -> Bool {
        guard let descriptor = try? open(directory) else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    private static func open(_ directory: RunDirectory) throws(RunDirectoryError) -> Int32 {
        let descriptor = Glibc.open(directory.path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .system("use the run directory", directory.path, Errno(rawValue: errno))
        }
        return descriptor
    }
}
