import Messages
import Primitives
import SystemPackage

/// The program that an operator runs for one AVS, and what it may use.
package struct ProgramTerms: Hashable, Sendable {
    /// The program and its arguments. A name without a slash is looked for in `PATH`.
    package var command: [String]
    /// Where it runs.
    package var directory: FilePath
    /// For one answer.
    package var timeLimit: Duration
    /// Resident.
    package var memoryLimit: ByteCount
    /// For one line.
    package var outputLimit: ByteCount
    /// Whether it is asked to confirm each of its results.
    package var validates: Bool

    package init(
        command: [String], directory: FilePath, timeLimit: Duration, memoryLimit: ByteCount, outputLimit: ByteCount,
        validates: Bool
    ) {
        self.command = command
        self.directory = directory
        self.timeLimit = timeLimit
        self.memoryLimit = memoryLimit
        self.outputLimit = outputLimit
        self.validates = validates
    }
}

extension ProgramTerms: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(UInt32(command.count))
        for word in command { encoder.encode(word) }
        encoder.encode(directory.string)
        encoder.encode(timeLimit)
        encoder.encode(memoryLimit.number)
        encoder.encode(outputLimit.number)
        encoder.encode(validates)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let count: UInt32 = try decoder.decode()
        guard (1...64).contains(count) else {
            throw .invalid(type: "ProgramTerms", reason: "a command of \(count) words")
        }
        command = []
        for _ in 0..<count { command.append(try decoder.decodeText(limit: 4096)) }
        directory = FilePath(try decoder.decodeText(limit: 4096))
        timeLimit = try decoder.decode()
        memoryLimit = ByteCount(try decoder.decode())
        outputLimit = ByteCount(try decoder.decode())
        validates = try decoder.decode()
    }
}

/// What one AVS's tasks are executed by.
package struct ServiceProgramTerms: Hashable, Sendable, BorshCodable {
    package var service: ServiceID
    package var terms: ProgramTerms

    package init(service: ServiceID, terms: ProgramTerms) {
        self.service = service
        self.terms = terms
    }

    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(service)
        encoder.encode(terms)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        service = try decoder.decode()
        terms = try decoder.decode()
    }
}
