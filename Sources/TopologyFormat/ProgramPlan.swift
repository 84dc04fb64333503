import Primitives

/// The program that every operator of an exec service runs, and what it may use.
package struct ProgramPlan: Hashable, Sendable {
    /// The program and its arguments. Without a slash it is looked for in `PATH`, otherwise from the directory of the
    /// topology, in which it runs.
    package var command: [String]
    /// Of the program's name.
    package var position: SourcePosition
    /// For one answer.
    package var timeLimit: Duration
    /// Resident, of the program itself.
    package var memoryLimit: ByteCount
    /// For one line.
    package var outputLimit: ByteCount
    package var validation: Validation

    package enum Validation: String, CaseIterable, Hashable, Sendable {
        /// What the program answers is signed.
        case none
        /// The program is shown each of its results again, and what it confirms is signed.
        case results
    }

    package static let standardMemoryLimit = ByteCount.mebibytes(256)
    package static let standardOutputLimit = ByteCount.kibibytes(64)
    /// A record takes no longer results.
    package static let largestOutputLimit = ByteCount.mebibytes(1)

    /// Half the deadline: the other half is the network's.
    package static func standardTimeLimit(deadline: Duration) -> Duration { deadline / 2 }
}
