import Cluster
import Primitives

/// A cluster's status, for people.
struct StatusText {
    private let status: ClusterStatus

    init(_ status: ClusterStatus) { self.status = status }

    var lines: [String] {
        let ledger =
            status.ledger.answered ? "up" : status.ledger.state == "up" ? "does not answer" : status.ledger.state
        var lines = [
            "\(status.name): up for \(Self.span(status.uptimeMs)); "
                + "ledger \(ledger)\(Self.usage(status.ledger.residentBytes, status.ledger.cpuMs))",
            "run directory \(status.runDirectory)", "",
        ]
        lines += table(
            ["operator", "stake", "share", "state", "last vote", "ago", "latency", "memory", "cpu", ""],
            status.operators.map(row))
        lines.append("")
        lines += table(
            [
                "service", "state", "tasks", "certified", "expired", "seats", "revision", "a quorum needs", "margin",
                "memory", "cpu", "",
            ], status.services.map(row))
        let present = status.faults.filter { $0.stage == "waiting" || $0.stage == "on" }
        let faults = shown(present, isWaiting: { $0.stage == "waiting" })
        if !faults.isEmpty {
            lines.append("")
            lines += table(
                ["fault", "of", "at", "for", "from", "state"],
                faults.map { [$0.behaviour, $0.party, $0.begins, $0.lasts, $0.origin, $0.stage] })
        }
        let network = shown(status.network, isWaiting: { $0.beginsInMs != nil })
        if !network.isEmpty {
            lines.append("")
            lines += table(["", "network", "between", "terms", "from", "state"], network.map(row))
        }
        let hidden = present.count - faults.count + status.network.count - network.count
        if hidden > 0 { lines += ["", "\(hidden) more to come; quorate fault list"] }
        return lines
    }

    /// A chaos has thousands still to come.
    private static let mostWaiting = 12

    /// All that are on, and those still to come if they are not too many to read.
    private func shown<Fault>(_ faults: [Fault], isWaiting: (Fault) -> Bool) -> [Fault] {
        faults.count(where: isWaiting) <= Self.mostWaiting ? faults : faults.filter { !isWaiting($0) }
    }

    private func row(_ fault: ClusterStatus.LinkFault) -> [String] {
        let terms = ["latency", "jitter", "loss", "duplicate", "reorder", "bandwidth"].compactMap { key in
            fault.terms[key].map { "\(key) \($0)" }
        }
        let state =
            fault.beginsInMs.map { "begins in \(Self.span(max(0, $0)))" }
            ?? fault.endsInMs.map { "on, \(Self.span(max(0, $0))) left" } ?? "on"
        return ["\(fault.number)", fault.kind, fault.extent, terms.joined(separator: ", "), fault.origin, state]
    }

    private func table(_ header: [String], _ rows: [[String]]) -> [String] {
        TextTable(header, rows).text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private func row(_ member: ClusterStatus.Operator) -> [String] {
        [
            member.name, Self.amount(member.stakeLamports), Self.percent(member.sharePercent), member.state,
            member.lastVote.map { "\($0.service) \($0.sequence)" } ?? "-",
            member.lastVote.map { Self.span($0.agoMs) } ?? "-", member.lastVote.map { Self.span($0.delayMs) } ?? "-",
            Self.memory(member.residentBytes), Self.cpu(member.cpuMs), member.remarks.joined(separator: "; "),
        ]
    }

    private func row(_ service: ClusterStatus.Service) -> [String] {
        func number(_ value: (some BinaryInteger)?) -> String { value.map { "\($0)" } ?? "-" }
        let quorum = service.quorumLamports.map(Self.amount)
        return [
            service.name, service.state, number(service.issued), number(service.certified), number(service.expired),
            number(service.seats), number(service.revision),
            quorum.map { "\($0) of \(service.totalLamports.map(Self.amount) ?? "-")" } ?? "-", margin(of: service),
            Self.memory(service.residentBytes), Self.cpu(service.cpuMs), service.remarks.joined(separator: "; "),
        ]
    }

    /// `+283.333 SOL (33.3%)`
    private func margin(of service: ClusterStatus.Service) -> String {
        guard let margin = service.marginLamports, let percent = service.marginPercent else { return "-" }
        let isMissing = margin.hasPrefix("-")
        let amount = Self.amount(isMissing ? String(margin.dropFirst()) : margin)
        return "\(isMissing ? "-" : "+")\(amount) (\(isMissing ? "-" : "")\(Self.percent(abs(percent))))"
    }

    // MARK: Words

    private static func amount(_ lamports: String) -> String {
        UInt64(lamports).map { "\(Lamports($0))" } ?? lamports
    }

    /// To a tenth.
    private static func percent(_ value: Double) -> String { tenths(value) + "%" }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }

    /// `3.1 ms`, `12.0 s`, `2 h 5 min`
    static func span(_ milliseconds: Double) -> String {
        switch milliseconds {
        case ..<1_000: return tenths(milliseconds) + " ms"
        case ..<120_000: return tenths(milliseconds / 1_000) + " s"
        default:
            let minutes = Int(milliseconds / 60_000)
            return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
        }
    }

    private static func memory(_ bytes: UInt64?) -> String {
        bytes.map { tenths(Double($0) / 1_048_576) + " MiB" } ?? "-"
    }

    private static func cpu(_ milliseconds: Double?) -> String { milliseconds.map(span) ?? "-" }

    private static func usage(_ bytes: UInt64?, _ milliseconds: Double?) -> String {
        bytes == nil ? "" : ", \(memory(bytes)), cpu \(cpu(milliseconds))"
    }
}
