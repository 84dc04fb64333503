import CLinux
import Glibc
import Node
import Records
import SystemPackage

/// What the programs of exec services have started themselves and left behind: a node kills a program's whole group, but
/// not even a node that is killed can do that.
///
/// A process that adopts orphans becomes their parent when their own is gone, so that it can end them without ever hitting
/// anybody else. Of several runs at once it cannot tell whose they are: they are ended when the last run is over.
package enum Orphans {
    /// From here on.
    package static func adopt() { _ = linux_adopt_orphans() }

    private static let roundLimit = 100

    /// Kills every child of this process, and whoever is orphaned by that. Call it once no run is going on.
    package static func end() {
        for _ in 0..<roundLimit {
            let children = children(of: getpid())
            guard !children.isEmpty else { return }
            for child in children {
                // Nobody else can bear the number of a child that has not been reaped.
                kill(child, SIGKILL)
                var status: Int32 = 0
                while waitpid(child, &status, 0) < 0, errno == EINTR {}
            }
        }
    }

    private static func children(of parent: pid_t) -> [pid_t] {
        guard let stream = opendir("/proc") else { return [] }
        defer { closedir(stream) }
        var children: [pid_t] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let identifier = pid_t(name), Self.parent(of: identifier) == parent else { continue }
            children.append(identifier)
        }
        return children
    }

    /// The second word after the program's name, which may hold anything.
    private static func parent(of identifier: pid_t) -> pid_t? {
        let text = (try? BoundedFile.read(FilePath("/proc/\(identifier)/stat"), limit: 4096)) ?? []
        guard let end = text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let words = String(decoding: text[(end + 1)...], as: UTF8.self).split(separator: " ")
        return words.count > 1 ? pid_t(words[1]) : nil
    }
}
