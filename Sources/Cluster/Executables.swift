import Glibc
import SystemPackage

/// The programs that a run starts. They lie side by side.
package struct Executables: Hashable, Sendable {
    /// Operators and coordinators: takes a configuration file.
    package var node: FilePath
    package var ledger: FilePath
    /// Before the configuration file.
    package var ledgerArguments: [String]

    package static let nodeName = "quorate-node"
    package static let ledgerCommand = "ledger-process"
    /// For tests and development: where the node program is, if not beside this one.
    package static let nodeVariable = "QUORATE_NODE"

    package init(node: FilePath, ledger: FilePath, ledgerArguments: [String] = [Self.ledgerCommand]) {
        self.node = node
        self.ledger = ledger
        self.ledgerArguments = ledgerArguments
    }

    /// The ledger is this program itself; the node program lies beside it.
    package static func find() throws(ExecutableError) -> Executables {
        var space = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &space, space.count)
        guard count > 0 else { throw .unknownSelf(Errno(rawValue: errno)) }
        let this = FilePath(String(decoding: space.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self))
        var node = this.removingLastComponent().appending(nodeName)
        if let override = getenv(nodeVariable) { node = FilePath(String(cString: override)) }
        guard access(node.string, X_OK) == 0 else { throw .notExecutable(node, Errno(rawValue: errno)) }
        return Executables(node: node, ledger: this)
    }
}

package enum ExecutableError: Error, Hashable, Sendable {
    case unknownSelf(Errno)
    case notExecutable(FilePath, Errno)
}

extension ExecutableError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownSelf(let reason): "/proc/self/exe: cannot tell where this program is: \(reason)"
        case .notExecutable(let path, let reason):
            "\(path): cannot run the node program: \(reason); it is built together with quorate and lies beside it"
        }
    }
}
