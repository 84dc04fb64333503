import Cluster
import Glibc
import Primitives
import SystemPackage
import TopologyFormat

/// A directory of its own, gone when the test is.
final class Scratch {
    let path: FilePath

    init() {
        var template = Array("/tmp/quorate-cluster-XXXXXX".utf8CString)
        path = FilePath(String(cString: mkdtemp(&template)))
    }

    deinit { remove(path) }

    private func remove(_ path: FilePath) {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR, let stream = opendir(path.string) else {
            unlink(path.string)
            return
        }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { remove(path.appending(name)) }
        }
        closedir(stream)
        rmdir(path.string)
    }
}

enum Fixture {
    static let topology = """
        version: 1
        name: small
        operators:
          op-1: {stake: 300 SOL}
          op-2: {stake: 200 SOL}
          op-3: {stake: 100 SOL}
        restakers:
          r-1: {deposit: 50 SOL, delegate: {op-1: 20 SOL, op-3: 5 SOL}}
        services:
          squares:
            module: squaring
            threshold: 2/3
            operators: all
            load: {tasks: 100, rate: 200/s}
        """

    static func parsed() throws -> Topology { try Topology.parse(topology, file: "small.yaml") }
}
