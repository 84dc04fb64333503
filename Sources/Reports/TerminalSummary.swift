import Messages
import Primitives
import SystemPackage
import Verdicts

/// What a run came to, for someone who has never seen one: at most 100 columns wide and, but for many failures,
/// under 40 lines.
package struct TerminalSummary: Sendable {
    package static let width = 100
    private static let labelWidth = 16
    private static let shownOperators = 8
    private static let shownSlashes = 3
    private static let shownConflicts = 3
    private static let shownFailures = 5
    private static let shownReasons = 4
    private static let shownExhibits = 2

    private let summary: RunSummary
    private let style: Style

    package init(_ summary: RunSummary, style: Style = .plain) {
        self.summary = summary
        self.style = style
    }

    /// Ends in a newline.
    package var text: String {
        let blocks = [
            headline, network, measurements, simulation, restaking, timeline,
            slashes + revocations + conflicts + injectedLive + absentFaults + refusals + executions,
            verdicts,
            outcome,
        ]
        return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private var genesis: Genesis { summary.history.genesis }

    private var headline: [String] {
        let host = summary.context.host
        guard let simulation = summary.context.simulation else {
            return labelled(
                summary.context.name,
                "seed \(summary.context.seed), \(RunHistory.count(host.cores, "core")), \(host.build) build, "
                    + "guard \(host.guardMode), \(host.transport)")
        }
        let what = [
            "seed \(summary.context.seed)", "simulated", "guard \(host.guardMode)", simulation.costsAccount,
            simulation.coresAccount, simulation.signaturesAccount,
        ]
        return labelled(summary.context.name, what.joined(separator: ", "))
            + (simulation.isModelled ? labelled("modelled", RunContext.Simulation.modelledWarning) : [])
    }

    private var simulation: [String] {
        guard let simulation = summary.context.simulation else { return [] }
        let lines = simulation.accountLines + [simulation.paceAccount].compactMap(\.self)
        return lines.enumerated().flatMap { labelled($0 == 0 ? "simulation" : "", $1) }
    }

    private var network: [String] {
        let stakes = genesis.stakes
        let total = stakes.reduce(Lamports.zero, +)
        let ranked = zip(genesis.signers, stakes).enumerated()
            .sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }.map(\.element)
        var shown = ranked.prefix(Self.shownOperators).map { "\($0.name) \($1.percentage(of: total))" }
        let others = ranked.dropFirst(Self.shownOperators)
        if !others.isEmpty {
            shown.append("\(others.count) more \(others.reduce(.zero) { $0 + $1.1 }.percentage(of: total))")
        }
        let operators =
            "\(RunHistory.count(ranked.count, "operator")), \(total) at stake: \(shown.joined(separator: ", "))"
        let services = genesis.services.prefix(3).map { service in
            labelled(
                service.name,
                "\(service.module) by \(RunHistory.count(service.optedIn.count, "operator")); more than "
                    + "\(service.threshold) of the stake certifies; votes go "
                    + (service.dissemination == .mesh ? "to everyone (mesh)" : "to the coordinator (star)")
                    + "; equivocation costs \(service.slash.equivocation.percentage)")
        }
        let more = genesis.services.count - services.count
        return labelled("network", operators) + services.flatMap(\.self)
            + (more > 0 ? labelled("", "and \(more) more") : [])
    }

    private var measurements: [String] {
        let (tasks, latency) = (summary.tasks, summary.latency)
        var lines = labelled(
            "tasks",
            "\(tasks.issued.grouped) issued, \(tasks.certified.grouped) certified in time, "
                + "\(tasks.expired.grouped) expired"
                + (summary.unissued > 0 ? ", \(summary.unissued.grouped) never issued" : "")
                + (tasks.open > 0 ? ", \(tasks.open.grouped) still open when the run ended" : ""))
        let measured = Percentile.allCases.compactMap { percentile -> String? in
            guard case .measured(let duration) = latency.reading(percentile) else { return nil }
            return "\(percentile.label) \(duration.milliseconds)"
        }
        let none = Percentile.allCases.compactMap { percentile in
            latency.reasonForNone(percentile).map { "\(percentile.label) -: \($0)" }
        }
        let negative =
            latency.negative.isEmpty ? [] : ["\(latency.negative.count) negative durations: the clocks disagree"]
        let closedLoops = summary.context.loads.filter { $0.inFlight != nil }.map { load in
            "\(load.service) is a closed loop (\(load.account)): it waits for the network, so what tasks would have "
                + "waited at a given rate is not in these figures"
        }
        let readings = (measured.isEmpty ? [] : [measured.joined(separator: "   ")]) + none + negative + closedLoops
        for (place, line) in readings.enumerated() {
            lines += labelled(place == 0 ? "quorum latency" : "", line)
        }
        if let resources = summary.resources.account { lines += labelled("resources", resources) }
        if summary.context.simulation != nil {
            lines += labelled("resources", "not measured: a simulation has no processes")
        }
        return lines
    }

    private var restaking: [String] {
        let sections = [
            ("security", summary.securityLines), ("native pool", summary.nativePoolLines),
            ("restakers", summary.holdingLines),
        ]
        return sections.flatMap { label, lines in
            lines.enumerated().flatMap { labelled($0 == 0 ? label : "", $1) }
        }
    }

    private var timeline: [String] {
        summary.timelineLines.enumerated().flatMap { labelled($0 == 0 ? "timeline" : "", $1) }
    }

    private var slashes: [String] {
        guard !summary.slashes.isEmpty else { return labelled("slashed", "nobody") }
        var lines: [String] = []
        for slash in summary.slashes.prefix(Self.shownSlashes) {
            lines += labelled("slashed", account(of: slash))
            for seat in slash.seats { lines += labelled("", account(of: seat, of: slash)) }
        }
        let more = summary.slashes.count - Self.shownSlashes
        if more > 0 { lines += labelled("", "and \(more) more, see \(RunSummary.resultsName)") }
        return lines
    }

    private var revocations: [String] {
        summary.revocations.flatMap { revocation in
            var text = "the coordinator of \(revocation.service) signed two tasks under number "
            text += "\(revocation.record.voteKey.subject); its key is worth nothing any more"
            if let detected = revocation.detected { text += "; detected after \(detected.milliseconds)" }
            if let revoked = revocation.revoked { text += ", revoked after \(revoked.milliseconds)" }
            if let evidence = revocation.evidence { text += "; proof: \(evidence.borshPath)" }
            return labelled("revoked", text)
        }
    }

    private var conflicts: [String] {
        let bySubject = Dictionary(grouping: summary.conflicts, by: \.certificate.statement.voteKey)
        let sorted = bySubject.sorted { $0.key < $1.key }
        var lines = sorted.prefix(Self.shownConflicts).flatMap { key, files in
            labelled(
                "conflict",
                "\(summary.history.describe(key)) has certificates for \(files.count) different statements; "
                    + "proof: \(files.map(\.path).joined(separator: ", "))")
        }
        let more = sorted.count - Self.shownConflicts
        if more > 0 { lines += labelled("", "and \(more) more, see \(RunSummary.resultsName)") }
        return lines
    }

    private var injectedLive: [String] {
        guard !summary.injectedLive.isEmpty else { return [] }
        let faults = summary.injectedLive.map { "\($0.behaviour) of \(genesis.name(of: $0.party) ?? "?")" }
        return labelled(
            "injected live",
            "\(faults.joined(separator: ", ")); whoever cheated provably by it is expected to be slashed or revoked, "
                + "beside whom the topology expects")
    }

    private var absentFaults: [String] {
        summary.absentFaults.flatMap { fault in
            labelled(
                "no fault",
                "\(fault.behaviour) of \(genesis.name(of: fault.party) ?? "?") is scheduled, and never happened")
        }
    }

    private var refusals: [String] {
        let remarkable = summary.refusals.filter(\.isRemarkable)
        guard !remarkable.isEmpty else { return [] }
        let counts = remarkable.map { "\($0.count.grouped) \($0.outcome)" }
        return labelled("refused", "instructions by the ledger: \(counts.joined(separator: ", "))")
    }

    private var executions: [String] {
        let reasons = summary.executionLines
        var lines = reasons.prefix(Self.shownReasons).flatMap { labelled("no result", $0) }
        let more = reasons.count - Self.shownReasons
        if more > 0 { lines += labelled("", "and \(more) more reasons, see \(RunSummary.resultsName)") }
        return lines + summary.disagreementLines.prefix(Self.shownReasons).flatMap { labelled("disagreement", $0) }
    }

    private func account(of slash: SlashAccount) -> String {
        var text = "\(slash.signer) signed \(slash.offence) for task \(slash.record.voteKey.subject) of "
        text += "\(slash.service); "
        if let stake = slash.stake, slash.isOfTerms {
            text += "\(slash.terms.percentage) of \(stake) = "
        }
        text += slash.money
        if let detected = slash.detected { text += "; detected after \(detected.milliseconds)" }
        for time in slash.times { text += ", \(time.words) after \(time.after.milliseconds)" }
        if let evidence = slash.evidence { text += "; proof: \(evidence.borshPath)" }
        return text
    }

    private func account(of seat: SeatLoss, of slash: SlashAccount) -> String {
        var text = "\(slash.signer) has no seat in \(seat.service) any more: a quorum is more than "
        text += "\(seat.after.threshold) of \(seat.after.total) instead of \(seat.before.total)"
        let times = [
            seat.coordinator.map { "by its coordinator after \($0.milliseconds)" },
            seat.lastOperator.map { "by all its operators after \($0.milliseconds)" },
        ].compactMap(\.self)
        if !times.isEmpty { text += "; known " + times.joined(separator: ", ") }
        return text
    }

    private var verdicts: [String] {
        summary.judgement.findings.flatMap { finding in
            let verdict = finding.verdict.rawValue
            let gap = String(repeating: " ", count: max(1, 16 - verdict.count))
            let lines = Self.wrap(finding.account, to: Self.width - 2 * Self.labelWidth)
            let margin = String(repeating: " ", count: 2 * Self.labelWidth)
            // Where the first of them can be looked at; `results.json` has all.
            let exhibits = (finding.violations.first?.exhibits ?? []).prefix(Self.shownExhibits)
            let seen = exhibits.flatMap { Self.wrap("see \($0.line)", to: Self.width - 2 * Self.labelWidth) }
            return (lines + seen).enumerated().map { place, line in
                place > 0
                    ? margin + line
                    : Self.padded(finding.oracle.rawValue) + style.paint(verdict, for: finding.verdict) + gap + line
            }
        }
    }

    private var outcome: [String] {
        let judgement = summary.judgement
        var lines: [String] = []
        for failure in judgement.expectationFailures.prefix(Self.shownFailures) {
            lines += labelled("not as expected", failure)
        }
        for account in judgement.unjudged.prefix(Self.shownFailures) { lines += labelled("not judged", account) }
        let verdict = style.paint(judgement.verdict.rawValue, for: judgement.verdict)
        // Of a run that was cut short, more than the judgement decides with what status the command ends.
        let status = summary.context.ending == .completed ? " (exit status \(judgement.exitStatus))" : ""
        lines.append(Self.padded("verdict") + "\(verdict): \(judgement.meaning)\(status)")
        lines.append(Self.padded("run directory") + "\(summary.context.runDirectory)")
        lines.append(Self.padded("report") + "\(summary.context.runDirectory.appending(RunSummary.pageName))")
        // A record that is not whole cannot be driven again.
        if judgement.exitStatus != 0, summary.context.simulation != nil || summary.history.gaps.isEmpty {
            lines.append(Self.padded("see it again") + again)
        }
        return lines
    }

    /// The one command: a simulation is repeated by its seed, a real run's races are only in its records.
    private var again: String {
        summary.context.simulation == nil
            ? ShellCommand("quorate", "replay", "\(summary.context.runDirectory)").text
            : ShellCommand(summary.context.repetition).text
    }

    /// A label at the margin, the text beside it, wrapped. A label that is too long stands above.
    private func labelled(_ label: String, _ text: String) -> [String] {
        let margin = String(repeating: " ", count: Self.labelWidth)
        var lines = Self.wrap(text, to: Self.width - Self.labelWidth).map { margin + $0 }
        if label.count < Self.labelWidth {
            lines[0] = style.paint(label, .bold) + lines[0].dropFirst(label.count)
        } else {
            lines.insert(style.paint(label, .bold), at: 0)
        }
        return lines
    }

    private static func padded(_ label: String) -> String {
        label + String(repeating: " ", count: max(1, labelWidth - label.count))
    }

    /// Breaks between words; a word that is longer than a line stands alone.
    private static func wrap(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
