import Messages
import Primitives
import Records
import Verdicts

/// `results.json`: the machine-readable outcome. Lamports are strings, since they exceed what a double carries. The
/// seed is a number of up to 64 bits: a reader that keeps numbers as doubles takes it from `run.json`, where it is text.
extension RunSummary {
    package static let resultsSchemaVersion: Int64 = 1

    package var results: JSONValue {
        .object([
            ("schema_version", .integer(Self.resultsSchemaVersion)), ("name", .string(context.name)),
            ("seed", .unsigned(context.seed)), ("mode", .string(context.mode.name)),
            ("ending", .string(context.ending.rawValue)), ("host", host),
            ("simulation", context.simulation.map(json) ?? .null),
            ("network", .string("\(history.network)")),
            (
                "tasks",
                .object([
                    ("issued", .integer(Int64(tasks.issued))), ("certified", .integer(Int64(tasks.certified))),
                    ("expired", .integer(Int64(tasks.expired))), ("open", .integer(Int64(tasks.open))),
                    ("never_issued", .integer(Int64(unissued))),
                ])
            ),
            ("loads", .array(context.loads.map(json))),
            ("quorum_latency_ms", quorumLatency), ("resources", resources.json), ("restaking", restakingJSON),
            ("timeline", timelineJSON),
            ("slashes", .array(slashes.map(json))),
            ("revocations", .array(revocations.map(json))),
            ("conflicting_certificates", .array(conflicts.map(json))),
            ("refused_instructions", .object(refusals.map { ("\($0.outcome)", .integer(Int64($0.count))) })),
            ("absent_faults", .array(absentFaults.map(json))), ("injected_live", .array(injectedLive.map(json))),
            ("executions", executionsJSON), ("disagreements", disagreementsJSON),
            ("verdicts", .array(judgement.findings.map { $0.json(history) })),
            ("expectation_failures", .array(judgement.expectationFailures.map(JSONValue.string))),
            ("unjudged", .array(judgement.unjudged.map(JSONValue.string))),
            ("verdict", .string(judgement.verdict.rawValue)),
        ])
    }

    private var host: JSONValue {
        let host = context.host
        return .object([
            ("cores", .integer(Int64(host.cores))), ("kernel", .string(host.kernel)), ("os", .string(host.os)),
            ("architecture", .string(host.architecture)), ("build", .string(host.build)),
            ("guard", .string(host.guardMode)), ("transport", .string(host.transport)),
        ])
    }

    /// The same for every run with this seed: what it took in real time stands in `outcome.json`.
    private func json(_ simulation: RunContext.Simulation) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("costs", .string(simulation.costs)), ("cores", .string(simulation.cores)),
            ("signatures", .string(simulation.signatures)), ("inputs", .bool(simulation.keepsInputs)),
        ]
        if let account = simulation.account {
            let figures = account.figures
            members += [
                ("audit", .string("\(account.audit)")),
                ("virtual_time_ns", .integer(figures.virtualTime.nanoseconds)), ("events", .unsigned(figures.events)),
                ("frames", .unsigned(figures.frames)), ("bytes", .unsigned(figures.bytes)),
                ("lost", .unsigned(figures.lost)), ("work_ns", .integer(figures.work.nanoseconds)),
                ("deepest_queue", .integer(Int64(figures.deepestQueue))),
                ("fullest_link_bytes", .integer(Int64(figures.fullestLink))),
                ("guard_entries", .unsigned(figures.guardEntries)),
                ("longest_agenda", .integer(Int64(figures.longestAgenda))), ("overruns", .unsigned(figures.overruns)),
            ]
        }
        return .object(members)
    }

    /// `count` is all tasks but the open, the expired ones as infinite; a percentile that is null has its reason in `reasons`.
    private var quorumLatency: JSONValue {
        var members: [(key: String, value: JSONValue)] = [("count", .unsigned(latency.count))]
        var reasons: [(key: String, value: JSONValue)] = []
        for percentile in Percentile.allCases {
            if case .measured(let duration) = latency.reading(percentile) {
                members.append((percentile.rawValue, .milliseconds(duration)))
            } else {
                members.append((percentile.rawValue, .null))
                reasons.append((percentile.rawValue, .string(latency.reasonForNone(percentile) ?? "")))
            }
        }
        members.append(("negative", .integer(Int64(latency.negative.count))))
        members.append(("reasons", .object(reasons)))
        return .object(members)
    }

    /// In a closed loop the load waits for the network, so that its latencies leave queueing out.
    private func json(_ load: RunContext.Load) -> JSONValue {
        .object([
            ("service", .string(load.service)), ("loop", .string(load.inFlight == nil ? "open" : "closed")),
            ("in_flight", load.inFlight.map(JSONValue.unsigned) ?? .null), ("account", .string(load.account)),
        ])
    }

    private func json(_ slash: SlashAccount) -> JSONValue {
        let isTaken = slash.record.stage == .executed
        return .object([
            ("operator", .string(slash.signer)), ("service", .string(slash.service)),
            ("epoch", .unsigned(slash.record.epoch.number)),
            ("subject", .string("\(slash.record.voteKey.subject)")), ("offence", .string("\(slash.record.offence)")),
            ("kind", .string(slash.record.kind == .equivocation ? "equivocation" : "wrong-result")),
            ("stage", .string("\(slash.record.stage)")),
            ("booked_lamports", .string("\(slash.record.slashed.number)")),
            ("slashed_lamports", .string("\((isTaken ? slash.record.slashed : .zero).number)")),
            ("reward_lamports", .string("\((isTaken ? slash.record.reward : .zero).number)")),
            ("detected_ms", slash.detected.map(JSONValue.milliseconds) ?? .null),
            ("slashed_ms", slash.slashed.map(JSONValue.milliseconds) ?? .null),
            ("settled_ms", slash.settled.map(JSONValue.milliseconds) ?? .null),
            ("evidence", slash.evidence.map { .string($0.jsonPath) } ?? .null),
            ("proof", slash.evidence.map { .string($0.borshPath) } ?? .null),
            ("seats", .array(slash.seats.map(json))),
        ])
    }

    private func json(_ fault: RunExpectations.ScheduledFault) -> JSONValue {
        .object([
            ("party", .string(history.genesis.name(of: fault.party) ?? "?")), ("behaviour", .string(fault.behaviour)),
        ])
    }

    /// `quorum` is the least stake that certifies.
    private func json(_ seat: SeatLoss) -> JSONValue {
        func lamports(_ amount: Lamports) -> JSONValue { .string("\(amount.number)") }
        return .object([
            ("service", .string(seat.service)), ("epoch", .unsigned(seat.after.epoch.number)),
            ("revision_before", .unsigned(UInt64(seat.before.revision.number))),
            ("revision_after", .unsigned(UInt64(seat.after.revision.number))),
            ("total_before_lamports", lamports(seat.before.total)),
            ("total_after_lamports", lamports(seat.after.total)),
            ("quorum_before_lamports", lamports(SeatLoss.quorum(of: seat.before))),
            ("quorum_after_lamports", lamports(SeatLoss.quorum(of: seat.after))),
            ("coordinator_ms", seat.coordinator.map(JSONValue.milliseconds) ?? .null),
            ("last_operator_ms", seat.lastOperator.map(JSONValue.milliseconds) ?? .null),
        ])
    }

    private func json(_ revocation: RevocationAccount) -> JSONValue {
        .object([
            ("service", .string(revocation.service)),
            ("subject", .string("\(revocation.record.voteKey.subject)")),
            ("offence", .string("\(revocation.record.offence)")),
            ("detected_ms", revocation.detected.map(JSONValue.milliseconds) ?? .null),
            ("revoked_ms", revocation.revoked.map(JSONValue.milliseconds) ?? .null),
            ("evidence", revocation.evidence.map { .string($0.jsonPath) } ?? .null),
            ("proof", revocation.evidence.map { .string($0.borshPath) } ?? .null),
        ])
    }

    private func json(_ file: CertificateFile) -> JSONValue {
        let statement = file.certificate.statement
        return .object([
            ("service", .string(history.name(of: statement.service))),
            ("subject", .string("\(statement.voteKey.subject)")), ("task", .string("\(statement.task)")),
            ("result", .string("\(statement.result)")), ("proof", .string(file.path)),
        ])
    }

    /// A line for each issued task. What does not exist is empty; a certificate that came late is shown, and the task
    /// counts as expired all the same. A task whose deadline the run did not reach is open, whatever it has.
    /// Last come the operators without a result, and the reason of the first of them.
    package var latenciesCSV: String {
        var text = "service,sequence,epoch,issued_ns,certified_ns,quorum_latency_ns,outcome,"
        text += "without_result,first_reason\n"
        for issued in history.tasks {
            let task = issued.task
            let certified = issued.certified.map { "\($0.nanoseconds)" } ?? ""
            let latency = issued.quorumLatency.map { "\($0.nanoseconds)" } ?? ""
            let outcome = issued.isOpen ? "open" : issued.certifiedInTime ? "certified" : "expired"
            text += "\(Self.field(history.name(of: task.service))),\(task.sequence),\(task.epoch),"
            text += "\(task.issued.nanoseconds),\(certified),\(latency),\(outcome),"
            let reasons = history.reasonsForNoResult(of: task).sorted { $0.key < $1.key }.map(\.value)
            text += "\(reasons.count),\(Self.field(reasons.first ?? ""))\n"
        }
        return text
    }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        let doubled = text.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
        return "\"\(doubled)\""
    }
}
