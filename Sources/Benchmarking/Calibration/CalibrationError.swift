import Cluster

/// Why the machine cannot be measured.
package enum CalibrationError: Error, Sendable {
    case connectionLost(String)
    case runFailed(RunOutcome)
}

extension CalibrationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .connectionLost(let reason): "a connection between two threads of this process was lost: \(reason)"
        case .runFailed(let outcome):
            (["a network ended otherwise than it should (\(outcome.ending))"] + outcome.failures.map(\.description))
                .joined(separator: "\n")
        }
    }
}
