import Primitives

extension TaskSequence {
    /// As people write a task on the command line: `task 137`, or `137`.
    init(argument text: String, of option: String) throws(CommandFailure) {
        let digits = text.hasPrefix("task ") ? text.dropFirst("task ".count) : text[...]
        guard let number = UInt64(digits) else {
            throw .badInput("\(option): \(text) is not a task; write \"task 137\"")
        }
        self.init(number)
    }
}
