/// Why a command cannot do what it was asked for.
enum CommandFailure: Error, Hashable {
    /// What it was given is wrong, or its surroundings are; exit status 2.
    case badInput(String)

    /// Carries another error's message.
    static func asBadInput<Value>(_ body: () throws -> Value) throws(CommandFailure) -> Value {
        do {
            return try body()
        } catch {
            throw .badInput("\(error)")
        }
    }
}

extension CommandFailure: CustomStringConvertible {
    var description: String {
        switch self {
        case .badInput(let message): message
        }
    }
}
