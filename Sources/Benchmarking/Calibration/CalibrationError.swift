/// Why the machine cannot be measured.
package enum CalibrationError: Error, Sendable {
    case connectionLost(String)
}

extension CalibrationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .connectionLost(let reason): "a connection between two threads of this process was lost: \(reason)"
        }
    }
}
