import Cryptography
import Messages
import Primitives

/// Every certified result is the module's, while honest stake can decide: while those who cheat do not hold more than the
/// threshold themselves.
///
/// What the module makes of a task is worked out here a second time, where it is known here; of any other module it is what
/// the honest operators signed, where all of them signed the same. Of other certificates nothing can be told.
func judgeValidity(of history: RunHistory) -> Finding {
    var tasks: [Digest: RunHistory.IssuedTask] = [:]
    for issued in history.tasks { tasks[issued.task.digest] = issued }
    let cheats = RunHistory.signers(in: history.cheats)
    var answers: [Statement: CertifiedResult] = [:]
    var violations: [ViolationAccount] = []
    for held in history.certificates where answers[held.certificate.statement] == nil {
        let statement = held.certificate.statement
        let answer = CertifiedResult(of: statement, tasks[statement.task], in: history, cheats: cheats)
        answers[statement] = answer
        guard case .wrong(let reason, let votes) = answer, let issued = tasks[statement.task] else { continue }
        violations.append(
            ViolationAccount(
                "\(history.describe(statement.voteKey)) is certified with a result that is not its module's: \(reason)",
                about: [statement.voteKey],
                exhibits: [history.exhibit(held), history.exhibit(issued.task, at: issued.place)] + votes))
    }
    let computed = answers.values.count { $0 == .right(.computed) }
    let agreed = answers.values.count { $0 == .right(.agreed) }
    var parts: [String] = []
    if computed > 0 { parts.append("\(RunHistory.count(computed, "result")) worked out again") }
    if agreed > 0 { parts.append("\(RunHistory.count(agreed, "result")) as all honest operators signed it") }
    if parts.isEmpty {
        parts.append(
            answers.isEmpty
                ? "no certificate was formed" : "of no certificate could it be told what its module makes of the task")
    } else if computed + agreed < answers.count {
        parts.append("of \(answers.count - computed - agreed) more nothing can be told")
    }
    return .conclude(
        .validity, violations: violations, gaps: history.gaps,
        otherwise: computed + agreed == 0 ? .notApplicable : .holds, parts.joined(separator: "; "))
}

/// What is to be thought of the result of one certificate.
private enum CertifiedResult: Hashable {
    enum Source { case computed, agreed }
    case right(Source)
    case wrong(String, votes: [Exhibit])
    /// The task or its module's result is not known.
    case unknown
    /// Those who cheat could certify whatever they liked.
    case forced

    init(
        of statement: Statement, _ issued: RunHistory.IssuedTask?, in history: RunHistory, cheats: Set<OperatorIndex>
    ) {
        guard let task = issued?.task, task.service == statement.service,
            task.service.number < history.genesis.services.count
        else {
            self = .unknown
            return
        }
        let expected: Digest
        let reason: String
        var votes: [Exhibit] = []
        if let module = IndependentModule(named: history.genesis.services[Int(task.service.number)].module) {
            let result = module.result(of: task.payload)
            expected = result.map(Domain.resultDigest.digest) ?? .zero
            reason =
                result.map { "of the payload \(short(task.payload)) it makes \(short($0))" }
                ?? "it has none for the payload \(short(task.payload))"
        } else {
            let honest = (history.votes[statement.voteKey] ?? [:]).filter {
                !cheats.contains($0.key) && $0.value.task == statement.task
            }
            guard let result = honest.values.first?.result, honest.values.allSatisfy({ $0.result == result }) else {
                self = .unknown
                return
            }
            expected = result
            reason = "the honest operators signed result \(result.short)"
            votes = honest.keys.sorted().map { signer in
                Exhibit(
                    .vote, "the vote of \(history.name(of: signer)) for result \(result.short)", digest: result,
                    at: honest[signer]!.place)
            }
        }
        if statement.result == expected {
            self = .right(votes.isEmpty ? .computed : .agreed)
        } else {
            let isForced =
                history.operatorSets[statement.operatorSet].map { set in
                    IndependentCheck.suffices(members: set.members.filter { cheats.contains($0.signer) }, of: set)
                } ?? false
            self = isForced ? .forced : .wrong(reason, votes: votes)
        }
    }
}

/// What modules make of payloads, written here a second time.
private enum IndependentModule {
    case squaring

    init?(named name: String) {
        guard name == "squaring" else { return nil }
        self = .squaring
    }

    /// Nil where it has none. Squaring: 64 bits, little-endian, to 128; by the sum of the products of its halves.
    func result(of payload: [UInt8]) -> [UInt8]? {
        guard payload.count == 8 else { return nil }
        let number = payload.enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
        let (low, high) = (UInt128(number & 0xFFFF_FFFF), UInt128(number >> 32))
        let square = low * low + (low * high << 33) + (high * high << 64)
        return (0..<16).map { UInt8(truncatingIfNeeded: square >> UInt128(8 * $0)) }
    }
}

private func short(_ bytes: [UInt8]) -> String {
    let text = Hexadecimal.encode(Array(bytes.prefix(16)))
    return bytes.count > 16 ? "\(text)... (\(bytes.count) bytes)" : bytes.isEmpty ? "of no bytes" : text
}
