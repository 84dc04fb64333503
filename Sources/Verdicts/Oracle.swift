/// A question that is asked about every run, and answered from its records alone.
package enum Oracle: String, CaseIterable, Hashable, Sendable {
    /// No two certificates for one subject with different statements.
    case agreement
    /// Where two certificates contradict each other, at least 2q - 1 of the stake is proven guilty.
    case accountability
    /// Nobody is slashed or revoked who did not equivocate.
    case innocence
    /// Whoever equivocated where honest nodes could see it is slashed; whoever cannot be proven guilty is not.
    case completeness
    /// One offence, one slash.
    case exactlyOnce = "exactly-once"
    /// No lamport appears or vanishes.
    case conservation
    /// Every certificate carries the stake that it claims.
    case weight
    /// What was certified is what the AVS's module makes of the task.
    case validity
    /// What was acknowledged, signed or issued once stands, whoever crashed.
    case durability
    /// Every task is certified in time while the honest hold the quorum.
    case liveness
    /// Memory, queues and files stay within their limits.
    case bounded

    package func judge(_ history: RunHistory) -> Finding {
        switch self {
        case .agreement: judgeAgreement(of: history)
        case .accountability: judgeAccountability(of: history)
        case .innocence: judgeInnocence(of: history)
        case .completeness: judgeCompleteness(of: history)
        case .exactlyOnce: judgeExactlyOnce(of: history)
        case .conservation: judgeConservation(of: history)
        case .weight: judgeWeight(of: history)
        case .validity: judgeValidity(of: history)
        case .durability: judgeDurability(of: history)
        case .liveness: judgeLiveness(of: history)
        case .bounded: judgeBounds(of: history)
        }
    }
}

package enum Verdict: String, CaseIterable, Hashable, Sendable {
    case holds
    case violated
    /// It could not be judged: something is missing. Not a pass.
    case unknown
    /// What it is about never occurred.
    case notApplicable = "not-applicable"
}

/// An oracle's answer, with the shortest account of it: how it was violated, what is missing, or what was looked at.
package struct Finding: Hashable, Sendable {
    package var oracle: Oracle
    package var verdict: Verdict
    package var account: String
    /// The first of what was found wrong, with what it can be seen by; none unless it is violated.
    package var violations: [ViolationAccount] = []
    /// All of what was found wrong.
    package var violationCount = 0

    /// So many are told in full.
    package static let violationLimit = 16

    package init(_ oracle: Oracle, _ verdict: Verdict, _ account: String) {
        self.oracle = oracle
        self.verdict = verdict
        self.account = account
    }

    package static func all(of history: RunHistory) -> [Finding] { Oracle.allCases.map { $0.judge(history) } }

    /// What was found wrong outweighs what is missing of the records; what is missing outweighs what was not found
    /// in them.
    ///
    /// - Parameters:
    ///   - violations: shown by what stands in the records.
    ///   - absences: violations by what does not stand in them, which it might, were they whole.
    ///   - stalled: what would be absences, had nobody been held up meanwhile.
    static func conclude(
        _ oracle: Oracle, violations: [ViolationAccount], absences: [ViolationAccount] = [], gaps: [RecordGap],
        stalled: [String] = [], otherwise verdict: Verdict, _ account: String
    ) -> Finding {
        if let finding = Finding(oracle, violatedBy: violations) { return finding }
        if let account = summary(gaps.map(\.account)) { return Finding(oracle, .unknown, account) }
        if let finding = Finding(oracle, violatedBy: absences) { return finding }
        if let account = summary(stalled) { return Finding(oracle, .unknown, account) }
        return Finding(oracle, verdict, account)
    }

    /// Nil where there are none.
    private init?(_ oracle: Oracle, violatedBy violations: [ViolationAccount]) {
        guard let account = Self.summary(violations.map(\.account)) else { return nil }
        self.init(oracle, .violated, account)
        self.violations = Array(violations.prefix(Self.violationLimit))
        violationCount = violations.count
    }

    private static func summary(_ accounts: [String]) -> String? {
        accounts.first.map { accounts.count > 1 ? "\($0) (and \(accounts.count - 1) more)" : $0 }
    }
}
