import Messages
import Primitives

/// The outcome of a run: what the oracles found, and what of the expectations was not met.
package struct Judgement: Hashable, Sendable {
    package var findings: [Finding]
    /// One sentence for each expectation that was not met.
    package var expectationFailures: [String]
    /// One sentence for each oracle or expectation that the run cannot answer.
    package var unjudged: [String]
    package var verdict: Verdict

    /// 0: as expected; 1: not; 3: the only trouble is that something could not be judged.
    package var exitStatus: Int32 {
        switch verdict {
        case .holds, .notApplicable: 0
        case .violated: 1
        case .unknown: 3
        }
    }

    /// The verdict, for people.
    package var meaning: String {
        switch verdict {
        case .holds, .notApplicable: "everything is as expected"
        case .violated: "the run is not as expected"
        case .unknown: "the records do not suffice to judge the run"
        }
    }

    /// - Parameters:
    ///   - readings: what was measured of the percentiles that the expectations bound.
    ///   - isComplete: whether the run came to its end; if not, what has not happened might have.
    package init(
        of history: RunHistory, findings: [Finding], expectations: RunExpectations,
        readings: [Percentile: PercentileReading], isComplete: Bool = true
    ) {
        self.findings = findings
        let answers =
            findings.map { Self.check($0, expected: expectations.verdicts[$0.oracle]) }
            + Self.checkSlashes(of: history, expectations, isComplete: isComplete)
            + Self.checkRevocations(of: history, expectations, isComplete: isComplete)
            + Self.checkCertified(of: history, expectations, isComplete: isComplete)
            + expectations.quorumLatency.map { Self.check($0, readings[$0.percentile]) }
        expectationFailures = answers.compactMap { if case .failed(let account) = $0 { account } else { nil } }
        unjudged = answers.compactMap { if case .unjudged(let account) = $0 { account } else { nil } }
        if !isComplete { unjudged.append("the run did not come to its end") }
        verdict = !expectationFailures.isEmpty ? .violated : unjudged.isEmpty ? .holds : .unknown
    }

    private enum Answer {
        case met
        case failed(String)
        case unjudged(String)
    }

    private static func check(_ finding: Finding, expected: Verdict?) -> Answer {
        let (oracle, verdict) = (finding.oracle.rawValue, finding.verdict)
        if verdict == expected { return .met }
        if verdict == .unknown { return .unjudged("\(oracle): \(finding.account)") }
        if let expected {
            return .failed("\(oracle): expected \(expected.rawValue), found \(verdict.rawValue): \(finding.account)")
        }
        return verdict == .violated ? .failed("\(oracle) is violated: \(finding.account)") : .met
    }

    private static func checkSlashes(
        of history: RunHistory, _ expectations: RunExpectations, isComplete: Bool
    ) -> [Answer] {
        let slashed = history.slashedSigners
        let expected = Set(expectations.slashed)
        let missed = expected.subtracting(slashed).sorted().map { signer -> Answer in
            let account = "\(history.name(of: signer)) was expected to be slashed"
            if let gap = history.ledgerGaps.first { return .unjudged("\(account): \(gap)") }
            return isComplete ? .failed("\(account), but was not") : .unjudged("\(account), but was not by then")
        }
        let injected = Set(history.injectedLive(beside: expectations).map(\.party) + expectations.excused)
        let wrong = slashed.subtracting(expected).sorted().filter { !injected.contains(.signer($0)) }.map {
            signer -> Answer in
            .failed("\(history.name(of: signer)) was slashed, which was not expected")
        }
        return missed + wrong
    }

    private static func checkRevocations(
        of history: RunHistory, _ expectations: RunExpectations, isComplete: Bool
    ) -> [Answer] {
        let revoked = Set(history.revocations.map(\.record.service))
        let expected = Set(expectations.revoked)
        let missed = expected.subtracting(revoked).sorted().map { service -> Answer in
            let account = "the coordinator of \(history.name(of: service)) was expected to be revoked"
            if let gap = history.ledgerGaps.first { return .unjudged("\(account): \(gap)") }
            return isComplete ? .failed("\(account), but was not") : .unjudged("\(account), but was not by then")
        }
        let injected = Set(history.injectedLive(beside: expectations).map(\.party) + expectations.excused)
        return missed
            + revoked.subtracting(expected).sorted().filter { !injected.contains(.coordinator($0)) }.map { service in
                .failed("the coordinator of \(history.name(of: service)) was revoked, which was not expected")
            }
    }

    private static func checkCertified(
        of history: RunHistory, _ expectations: RunExpectations, isComplete: Bool
    ) -> [Answer] {
        guard expectations.certified != nil || expectations.certifiedAtMost != nil else { return [] }
        let least = expectations.certified ?? Fraction(0, over: 1)!
        let most = expectations.certifiedAtMost ?? .one
        return history.genesis.services.indices.map { index in
            let service = ServiceID(UInt32(index))
            let issued = history.tasks.filter { $0.task.service == service }
            let tasks = issued.filter { !$0.isOpen }
            let certified = tasks.count(where: \.certifiedInTime)
            let missing = isComplete ? history.unissued(of: service, expectations) : 0
            let count = tasks.count + missing
            func compared(_ share: Fraction) -> (UInt128, UInt128) {
                (UInt128(certified) * UInt128(share.denominator), UInt128(count) * UInt128(share.numerator))
            }
            let isEnough = compared(least).0 >= compared(least).1
            let isWithin = compared(most).0 <= compared(most).1
            let account =
                "\(history.name(of: service)): \(certified) of \(RunHistory.count(count, "task")) certified, "
                + (missing > 0 ? "\(missing) never issued, " : "")
                + (isEnough && (!isWithin || expectations.certified == nil)
                    ? "expected \(most.percentage) or less" : "expected \(least.percentage) or more")
            if let gap = history.gaps.first(where: { $0.party == .coordinator(service) }) {
                return .unjudged("\(account): \(gap)")
            }
            if tasks.isEmpty {
                let reason = issued.isEmpty ? "no task was issued" : "the run ended before the deadline of every task"
                return .unjudged("\(history.name(of: service)): \(reason)")
            }
            return isEnough && isWithin ? .met : .failed(account)
        }
    }

    private static func check(_ bound: RunExpectations.LatencyBound, _ reading: PercentileReading?) -> Answer {
        let name = "quorum latency \(bound.percentile.label)"
        switch reading {
        case .measured(let duration):
            guard duration > bound.atMost else { return .met }
            return .failed(
                "\(name) is \(duration.milliseconds), expected at most \(bound.atMost.milliseconds)")
        case .infinite: return .failed("\(name) is infinite: too many tasks had no certificate in time")
        case .notCarried(let samples):
            return .unjudged(
                "\(name): \(samples) samples do not carry it; it needs \(bound.percentile.samplesNeeded)")
        case nil: return .unjudged("\(name) was not measured")
        }
    }
}

extension RunHistory {
    /// Faults that the topology has not scheduled, in the order in which they first happened; none but in a live cluster.
    package func injectedLive(beside expectations: RunExpectations) -> [RunExpectations.ScheduledFault] {
        guard expectations.isLive else { return [] }
        var known = Set(expectations.faults)
        return injections.sorted { $0.at < $1.at }.map {
            RunExpectations.ScheduledFault(party: $0.party, behaviour: $0.injection.behaviour)
        }.filter { known.insert($0).inserted }
    }

    /// Tasks of an AVS's load that its coordinator never came to issue.
    package func unissued(of service: ServiceID, _ expectations: RunExpectations) -> Int {
        let issued = tasks.count { $0.task.service == service && !$0.isSubmitted }
        return max(0, Int(expectations.load[service] ?? 0) - issued)
    }
}

extension Fraction {
    /// `5%`; a fraction that is no whole number of hundredths of a percent stays one.
    package var percentage: String {
        let (product, overflow) = numerator.multipliedReportingOverflow(by: 10_000)
        guard !overflow, product.isMultiple(of: denominator) else { return description }
        let points = product / denominator
        guard !points.isMultiple(of: 100) else { return "\(points / 100)%" }
        let digits = points % 100
        return "\(points / 100).\(digits < 10 ? "0" : "")\(digits.isMultiple(of: 10) ? digits / 10 : digits)%"
    }
}

extension Duration {
    /// To the microsecond: `41.204 ms`.
    package var milliseconds: String {
        let micros = (nanoseconds.magnitude + 500) / 1000
        let fraction = String(micros % 1000)
        let zeros = String(repeating: "0", count: 3 - fraction.utf8.count)
        return "\(nanoseconds < 0 ? "-" : "")\(micros / 1000).\(zeros)\(fraction) ms"
    }
}
