import Messages

/// `outcome.json`: how the processes of a run came to their end, and what they said of themselves. The run's command
/// writes it when no process is left: where it is missing, the command itself did not come so far.
extension RunOutcome {
    package static let fileName = "outcome.json"

    package func write(to directory: RunDirectory) throws {
        try directory.replace(directory.outcome, with: try RunFile.json(OutcomeFile(self)))
    }

    /// - Parameter genesis: the run's; it says who bears which name. Nil leaves out what the processes used.
    /// - Returns: nil when there is none.
    package static func read(from directory: RunDirectory, genesis: Genesis?) throws(RunFileError) -> RunOutcome? {
        guard directory.has(directory.outcome) else { return nil }
        let file = try RunFile.read(directory.outcome, as: OutcomeFile.self, version: OutcomeFile.currentSchemaVersion)
        do throws(OutcomeFile.Mistake) {
            return try file.outcome(in: genesis)
        } catch {
            throw RunFileError(path: directory.outcome, message: error.message)
        }
    }
}
