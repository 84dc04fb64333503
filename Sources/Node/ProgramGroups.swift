import CLinux
import Glibc
import Synchronization
import SystemPackage

/// The process groups of the programs that this process has started and not reaped yet. Whatever thread ends the process
/// kills them first.
enum ProgramGroups {
    private static let leaders = Mutex<Set<pid_t>>([])

    /// Starts a program as the leader of a group of its own, with these descriptors and every signal as usual.
    static func spawn(
        _ executable: FilePath, _ arguments: [String], input: CInt, output: CInt, errors: CInt
    ) throws(Errno) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (place, descriptor) in [input, output, errors].enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(place))
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var leader = pid_t()
        let result = leaders.withLock { leaders in
            let result = posix_spawn(
                &leader, executable.string, &actions, &attributes, &words, linux_environment())
            if result == 0 { leaders.insert(leader) }
            return result
        }
        guard result == 0 else { throw Errno(rawValue: result) }
        return leader
    }

    /// Nobody else can bear the number of a leader that has not been reaped.
    static func kill(_ leader: pid_t) {
        leaders.withLock { if $0.contains(leader) { _ = Glibc.kill(-leader, SIGKILL) } }
    }

    static func killAll() {
        leaders.withLock { for leader in $0 { _ = Glibc.kill(-leader, SIGKILL) } }
    }

    /// - Returns: how it ended, as `waitpid` tells; nil while it has not.
    static func reap(_ leader: pid_t) -> Int32? {
        leaders.withLock { leaders in
            var status: Int32 = 0
            guard waitpid(leader, &status, WNOHANG) == leader else { return nil }
            leaders.remove(leader)
            return status
        }
    }
}
