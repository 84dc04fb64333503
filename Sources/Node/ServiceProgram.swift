import Attesting
import CLinux
import Glibc
import NIOCore
import Primitives
import Services
import SystemPackage

/// The program of one AVS, as one operator runs it: one long-lived process, asked one thing at a time.
///
/// 1. Tasks wait in their order, so many and no longer than their deadlines; each gets its outcome, whatever happens.
/// 2. A process that takes too long for an answer, needs too much memory, writes too long a line or anything that it was
///    not asked for is killed with its whole group.
/// 3. Whenever a process ends it is started again: at once, then, while none answers anything, after longer and longer
///    pauses, in which tasks are refused.
///
/// Confined to its event loop, and never holds it up.
final class ServiceProgram {
    private let terms: ProgramTerms
    private let service: String
    private let signer: String
    private let launcher: FilePath
    private let eventLoop: any EventLoop
    private let clock: () -> Instant
    private let answer: (Digest, ExecutionOutcome) -> Void
    private var log: NodeLog

    private var process: ProgramProcess?
    private var waiting = CircularBuffer<TaskExecution>()
    private var request: Request?
    private var isWatching = false
    /// Why the process is being killed.
    private var verdict: String?
    /// Processes that ended since one has answered.
    private var failures = 0
    /// Why the last one ended.
    private var lastFailure: String?
    /// The next one is not started yet.
    private var isResting = false
    private var isClosed = false
    /// Tasks that took too long, the latest last.
    private var slowTasks: [Digest] = []

    static let waitingLimit = 1_024
    /// A process that has just been started gets this long for its first answer: it may have much to load.
    static let startPatience = Duration.seconds(5)
    static let firstPause = Duration.milliseconds(100)
    static let longestPause = Duration.seconds(5)
    private static let watchInterval = TimeAmount.milliseconds(50)
    private static let slowTaskLimit = 64
    private static let busy = "the program was busy until after the deadline"

    /// What the process has been asked.
    private struct Request {
        let execution: TaskExecution
        /// The result that it is to confirm.
        var result: [UInt8]?
        /// The task has its outcome: the answer is waited for only to see that the process works.
        var isAbandoned = false
        var timer: Scheduled<Void>?
    }

    /// - Parameters:
    ///   - service: its name.
    ///   - signer: the operator's name.
    ///   - answer: called once for each task, never from within `execute`.
    init(
        _ terms: ProgramTerms, service: String, signer: String, launcher: FilePath, eventLoop: any EventLoop,
        log: NodeLog, clock: @escaping () -> Instant, answer: @escaping (Digest, ExecutionOutcome) -> Void
    ) {
        self.terms = terms
        self.service = service
        self.signer = signer
        self.launcher = launcher
        self.eventLoop = eventLoop
        self.clock = clock
        self.answer = answer
        self.log = log
        self.log.perSecond = .max
    }

    func start() {
        guard !isClosed, process == nil else { return }
        isResting = false
        verdict = nil
        do {
            process = try ProgramProcess(
                launcher, ProgramLauncher.arguments(signer: signer, terms), outputLimit: terms.outputLimit,
                delegate: self, eventLoop: eventLoop, clock: clock)
            askNext()
        } catch {
            failed("it cannot be started: \(error)")
        }
    }

    /// Kills the process and its group; nothing is answered any more.
    func close() {
        isClosed = true
        request?.timer?.cancel()
        process?.kill()
    }

    func execute(_ execution: TaskExecution) {
        guard !isClosed else { return }
        waiting.append(execution)
        eventLoop.assumeIsolated().execute { [self] in
            if waiting.count > Self.waitingLimit, let newest = waiting.popLast() {
                refuse(newest, "more than \(Self.waitingLimit) tasks wait for the program")
            }
            askNext()
        }
    }

    // MARK: Asking

    private func askNext() {
        guard !isClosed else { return }
        if isResting {
            while let execution = waiting.popFirst() {
                refuse(execution, reasonForNoAnswerYet)
            }
            return
        }
        guard request == nil, verdict == nil, let process else { return }
        dropExpired()
        while let execution = waiting.popFirst() {
            // What was too slow once is not given another chance to end a process when nobody can use the answer.
            if slowTasks.contains(execution.task), execution.deadline - clock() < terms.timeLimit {
                refuse(execution, "the program gave no answer within \(DurationText.of(terms.timeLimit))")
                continue
            }
            request = Request(execution: execution)
            return ask(process)
        }
    }

    private func ask(_ process: ProgramProcess) {
        guard let request else { return }
        process.write(
            ProgramRequest(execution: request.execution, service: service, result: request.result).line)
        var patience = terms.timeLimit
        if isStarting(process, with: request.execution) {
            patience = max(patience, min(request.execution.deadline - clock(), Self.startPatience - age(of: process)))
        }
        wait(patience)
        watch()
    }

    /// A task that took too long before is no sign that the process is still starting.
    private func isStarting(_ process: ProgramProcess, with execution: TaskExecution) -> Bool {
        !process.hasAnswered && age(of: process) < Self.startPatience && !slowTasks.contains(execution.task)
    }

    private func age(of process: ProgramProcess) -> Duration { clock() - process.startedAt }

    private func wait(_ time: Duration) {
        request?.timer?.cancel()
        request?.timer = eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(time.nanoseconds)) { [weak self] in
            self?.timedOut()
        }
    }

    private func dropExpired() {
        let now = clock()
        while let first = waiting.first, first.deadline < now {
            waiting.removeFirst()
            refuse(first, process?.hasAnswered == true ? Self.busy : reasonForNoAnswerYet)
        }
    }

    private func refuse(_ execution: TaskExecution, _ reason: String) {
        answer(execution.task, .refused(reason: reason))
    }

    private var reasonForNoAnswerYet: String {
        guard failures > 0, let lastFailure else {
            return process.flatMap(unfinishedLine).map { "the program \($0) when the deadline passed" }
                ?? "the program had not answered anything yet when the deadline passed"
        }
        return "the program is being started again: \(lastFailure)"
    }

    /// Whoever leaves out the newline has answered, and is not heard.
    private func unfinishedLine(of process: ProgramProcess) -> String? {
        process.unfinished.number > 0 ? "wrote \(process.unfinished) and no end of the line" : nil
    }

    private func conclude(_ outcome: ExecutionOutcome) {
        guard let request else { return }
        request.timer?.cancel()
        self.request = nil
        failures = 0
        if !request.isAbandoned { answer(request.execution.task, outcome) }
        askNext()
    }

    // MARK: Watching

    private func timedOut() {
        guard let current = request, let process else { return }
        if !current.isAbandoned, isStarting(process, with: current.execution),
            current.execution.deadline <= clock()
        {
            request?.isAbandoned = true
            refuse(current.execution, reasonForNoAnswerYet)
            wait(Self.startPatience - age(of: process))
        } else {
            let isLate = process.hasAnswered || slowTasks.contains(current.execution.task)
            let time =
                isLate ? DurationText.of(terms.timeLimit) : "\(DurationText.of(Self.startPatience)) of its start"
            condemn("\(unfinishedLine(of: process) ?? "gave no answer") within \(time)")
        }
        slowTasks.append(current.execution.task)
        if slowTasks.count > Self.slowTaskLimit { slowTasks.removeFirst() }
    }

    /// As long as something is asked.
    private func watch() {
        guard !isWatching else { return }
        isWatching = true
        eventLoop.assumeIsolated().scheduleTask(in: Self.watchInterval) { [weak self] in
            guard let self else { return }
            isWatching = false
            guard request != nil, !isClosed else { return }
            dropExpired()
            if let used = process?.residentBytes(), used > terms.memoryLimit {
                condemn("used more than \(terms.memoryLimit) of memory")
            }
            watch()
        }
    }

    /// Kills the process. Whatever it was asked has its outcome now, and the next task waits for the next process.
    ///
    /// - Parameter account: what is said of it once, where that is longer.
    private func condemn(_ misdeed: String, account: String? = nil) {
        guard verdict == nil else { return }
        verdict = misdeed
        log(.warning, "\(service): the program \(account ?? misdeed)")
        giveUpRequest("the program \(account ?? misdeed)")
        process?.kill()
    }

    private func giveUpRequest(_ reason: String) {
        guard let request else { return }
        request.timer?.cancel()
        self.request = nil
        if !request.isAbandoned { refuse(request.execution, reason) }
    }

    // MARK: Starting again

    private func failed(_ reason: String) {
        guard !isClosed else { return }
        log(.info, "\(service): it is started again: \(reason)")
        lastFailure = reason
        failures += 1
        guard failures > 1 else { return start() }
        isResting = true
        askNext()
        let pause = min(Self.firstPause * (1 << min(failures - 2, 10)), Self.longestPause)
        eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(pause.nanoseconds)) { [weak self] in self?.start() }
    }
}

extension ServiceProgram: ProgramProcessDelegate {
    func heard(_ line: [UInt8]) {
        guard verdict == nil else { return }
        do throws(ProgramMistake) {
            let heard = try ProgramAnswer(line: line)
            if case .notLaunched(let reason) = heard { return condemn("cannot be run: \(reason)") }
            guard let request else { throw ProgramMistake("wrote without being asked", line) }
            let asked = request.execution.sequence
            guard let task = heard.task, task == asked else {
                throw ProgramMistake("answered for another task than \(asked)", line)
            }
            process?.hasAnswered = true
            switch (heard, request.result) {
            case (.error(_, let reason), _): conclude(.refused(reason: "the program says: \(reason)"))
            case (.result(_, let result), nil):
                guard terms.validates, !request.isAbandoned else { return conclude(.result(result)) }
                self.request?.result = result
                process.map(ask)
            case (.validity(_, let isValid, let reason), let result?):
                let doubt = reason.isEmpty ? "" : ": \(reason)"
                conclude(
                    isValid ? .result(result) : .refused(reason: "the program does not confirm its own result\(doubt)"))
            case (.result, _): throw ProgramMistake("answered with a result where it was asked to confirm one")
            default: throw ProgramMistake("answered whether a result is valid where it was asked for one")
            }
        } catch {
            condemn(error.misdeed, account: error.description)
        }
    }

    func outgrewLine() { condemn("wrote a line of more than \(terms.outputLimit)") }

    func complained(_ line: String) { log(.info, "\(service): \(line)") }

    func ended(_ ending: ProgramEnding) {
        process = nil
        let misdeed = verdict ?? ending.account
        giveUpRequest("the program \(misdeed)")
        failed("it \(misdeed)")
    }
}

extension ProgramEnding {
    /// To stand after `the program`.
    fileprivate var account: String {
        let signal = status & 0x7f
        let how =
            switch (signal, (status >> 8) & 0xff) {
            case (0, let status): "exited with status \(status)"
            // By whoever found its standard output closed.
            case (SIGKILL, _): "closed its standard output or was killed"
            default: "was ended by signal \(signal)"
            }
        return how + (lastComplaint.map { ": \($0)" } ?? "")
    }
}
