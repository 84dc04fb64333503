/// How a node process came to its end.
package enum ChildEnding: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
    /// There was no process.
    case neverStarted(String)
    /// There was one, and its end could not be watched.
    case unobserved(String)
}

extension ChildEnding: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exited(let status): "exited with status \(status)"
        case .signalled(let signal): "was killed by signal \(signal)"
        case .neverStarted(let reason): "could not be started: \(reason)"
        case .unobserved(let reason): "was lost sight of: \(reason)"
        }
    }
}
