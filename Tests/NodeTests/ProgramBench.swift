import Attesting
import Foundation
import NIOCore
import Primitives
import Services
import Synchronization
import SystemPackage
import TestSupport

@testable import Node

/// One operator's program, given tasks, and what came of them.
final class ProgramBench {
    /// Built into one directory with the tests.
    static let launcher = FilePath(
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "quorate-node").path)

    let program: ServiceProgram
    private(set) var outcomes: [TaskSequence: [ExecutionOutcome]] = [:]
    private let eventLoop: any EventLoop
    private let terms: ProgramTerms
    private var waiting: [(tasks: Int, promise: EventLoopPromise<Void>)] = []
    let lines = LogLines()

    final class LogLines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func append(_ line: String) { lines.withLock { $0.append(line) } }
    }

    init(
        _ command: [String], in scratch: Scratch, on eventLoop: any EventLoop, timeLimit: Duration = .seconds(20),
        memoryLimit: ByteCount = .mebibytes(256), outputLimit: ByteCount = .kibibytes(64), validates: Bool = false
    ) {
        // A program that is written to when it has gone must not end the test.
        signal(SIGPIPE, SIG_IGN)
        self.eventLoop = eventLoop
        terms = ProgramTerms(
            command: command, directory: scratch.path, timeLimit: timeLimit, memoryLimit: memoryLimit,
            outputLimit: outputLimit, validates: validates)
        let tell = ProgramTeller()
        program = ServiceProgram(
            terms, service: "factors", signer: "op-3", launcher: Self.launcher, eventLoop: eventLoop,
            log: NodeLog(write: { [lines] in lines.append($0) }), clock: { MonotonicClock.now }
        ) { tell.bench?.took($0, $1) }
        tell.bench = self
        program.start()
    }

    private final class ProgramTeller { weak var bench: ProgramBench? }

    func give(_ tasks: Range<UInt64>, payload: String = "12", deadline: Duration = .seconds(60)) {
        for number in tasks { give(number, Array(payload.utf8), deadline: deadline) }
    }

    func give(_ number: UInt64, _ payload: [UInt8], deadline: Duration = .seconds(60)) {
        program.execute(
            TaskExecution(
                task: Digest.numbered(number), service: ServiceID(0), sequence: TaskSequence(number), payload: payload,
                deadline: MonotonicClock.now + deadline))
    }

    /// Fulfilled once so many tasks have an outcome.
    func until(_ tasks: Int) -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        if outcomes.count >= tasks { promise.succeed() } else { waiting.append((tasks, promise)) }
        return promise.futureResult
    }

    func text(_ number: UInt64) -> String {
        switch outcomes[TaskSequence(number)]?.first {
        case .result(let result): String(decoding: result, as: UTF8.self)
        case .refused(let reason): "- \(reason)"
        case nil: "nothing"
        }
    }

    private func took(_ task: Digest, _ outcome: ExecutionOutcome) {
        outcomes[TaskSequence(UInt64(task.number)), default: []].append(outcome)
        for (tasks, promise) in waiting where outcomes.count >= tasks { promise.succeed() }
        waiting.removeAll { outcomes.count >= $0.tasks }
    }

    /// Looks until no process runs there any more. Nothing tells of their end: they are the program's children, not ours.
    static func untilNobodyIsLeft(in scratch: Scratch) async throws {
        while !processes(in: scratch).isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    }

    private static func processes(in scratch: Scratch) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int32.init).filter { identifier in
            let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(identifier)/cwd")
            return place == scratch.path.string
        }
    }
}

extension Digest {
    /// A task's digest, from which its number can be told.
    fileprivate static func numbered(_ number: UInt64) -> Digest {
        Digest(FixedBytes32([UInt8](repeating: 0, count: 24) + (0..<8).map { UInt8(number >> (56 - 8 * $0) & 0xff) })!)
    }

    fileprivate var number: UInt64 {
        Hexadecimal.decode("\(self)")!.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
