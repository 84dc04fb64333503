import Primitives
import Records
import Verdicts

/// A simulation in the words of all reports.
extension RunContext.Simulation {
    static let modelledWarning =
        "keyed hashes stand in for the signatures: what this run leaves as proof proves nothing outside it"

    var costsAccount: String { costs == "none" ? "work costs no time" : "costs \(costs)" }

    var coresAccount: String {
        cores == "per-node" ? "a core for each node" : "\(cores) \(cores == "1" ? "core" : "cores") for all nodes"
    }

    var signaturesAccount: String { isModelled ? "modelled signatures" : "real signatures" }

    /// What the seed decides.
    var accountLines: [String] {
        guard let account else { return [] }
        let figures = account.figures
        var lines = [
            "\(Self.seconds(figures.virtualTime)) of virtual time, \(figures.events.grouped) events, "
                + "\(figures.frames.grouped) frames with \(figures.bytes.grouped) bytes"
                + (figures.lost > 0 ? ", \(figures.lost.grouped) of them lost" : ""),
            "at most \(figures.deepestQueue.grouped) events waited at one node, "
                + "\(figures.fullestLink.grouped) bytes on one link, "
                + "\(figures.longestAgenda.grouped) things to come",
        ]
        if figures.overruns > 0 {
            lines.append(
                RunHistory.count(Int(clamping: figures.overruns), "connection")
                    + " given up, because the receiver did not read")
        }
        return lines + ["audit \(account.audit)"]
    }

    /// What the machine at hand decides.
    package var paceAccount: String? {
        guard let account, let pace = account.pace, let rate = account.eventsPerSecond else { return nil }
        return "took \(Self.seconds(account.elapsed)): \(DecimalText(pace, 1)) simulated seconds per second, "
            + "\(UInt64(rate).grouped) events/s"
    }

    private static func seconds(_ duration: Duration) -> String {
        "\(DecimalText(Double(duration.nanoseconds) / 1e9, 3)) s"
    }
}
