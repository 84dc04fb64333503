import Messages
import Primitives
import Verdicts

/// Who was slashed, for what, and what it changed; whose coordinator was revoked.
extension ReportPage {
    private static let shownInFull = 12
    private static let shownSeats = 4
    private static let shownMembers = 40

    var slashes: ReportSection? {
        let slashes = Array(summary.slashes.enumerated())
        return ReportSection(
            "slashes", "Slashes",
            lead: "Who signed two different results for one task, by proof that anyone can check, and what it cost."
        ) {
            if slashes.isEmpty { element("p") { "Nobody was slashed." } }
            for (place, slash) in slashes.prefix(Self.shownInFull) { article(slash, place) }
            if slashes.count > Self.shownInFull {
                element("h3") { "\(slashes.count - Self.shownInFull) more" }
                Markup.table(
                    "More slashes", ["operator", "offence", "slashed", "slashed after", "proof"],
                    slashes.dropFirst(Self.shownInFull).map { row($1) })
            }
        }
    }

    private func row(_ slash: SlashAccount) -> [Markup] {
        [
            Markup(text: slash.signer), Markup(text: history.describe(slash.record.voteKey)),
            Markup(text: "\(slash.record.slashed)"), Markup(text: slash.slashed?.milliseconds ?? "–"),
            slash.evidence.map { Markup.code($0.borshPath) } ?? Markup(text: "–"),
        ]
    }

    private func article(_ slash: SlashAccount, _ place: Int) -> Markup {
        let record = slash.record
        let time = place < history.slashes.count ? timeline?.text(of: history.slashes[place].at) : nil
        return element("article") {
            element("h3") {
                slash.signer
                element("span", ["class": "what"]) {
                    "signed \(slash.offence) for \(history.describe(record.voteKey))"
                }
            }
            Markup.facts(facts(of: slash, at: time))
            seats(slash)
            if let file = slash.evidence { evidence(file) }
        }
    }

    /// - Parameter time: of the ledger's first word on it.
    private func facts(of slash: SlashAccount, at time: String?) -> [Markup.Fact?] {
        let record = slash.record
        let isTaken = record.stage == .executed
        var facts: [Markup.Fact?] = [
            ("stage", Markup(text: "\(record.stage)")), (isTaken ? "slashed" : "at stake", amount(of: slash)),
        ]
        if isTaken {
            let left = slash.isOfTerms ? slash.stake?.subtracting(record.slashed) : nil
            facts += [
                left.map { ("stake after it", Markup(text: "\($0)")) },
                ("to the reporter", Markup(text: "\(record.reward)")),
                (slash.destination, Markup(text: "\(record.slashed.subtracting(record.reward) ?? .zero)")),
            ]
        }
        facts += [
            time.map { ("\(slash.times.first?.words ?? "slashed") at", Markup(text: $0)) },
            slash.detected.map { ("detected after", Markup(text: $0.milliseconds)) },
        ]
        facts += slash.times.map { ("\($0.words) after", Markup(text: $0.after.milliseconds)) }
        return facts + [
            slash.evidence.flatMap { finder(of: $0.evidence) }.map { ("first found by", Markup(text: $0)) },
            ("submitted by", Markup(text: name(of: record.reporter))),
        ]
    }

    private func amount(of slash: SlashAccount) -> Markup {
        element("strong") { "\(slash.record.slashed)" }
            + Markup(text: slash.isOfTerms ? ", \(slash.terms.percentage) of \(slash.stake ?? .zero)" : "")
    }

    private func seats(_ slash: SlashAccount) -> Markup {
        guard !slash.seats.isEmpty else { return .nothing }
        return element("div", ["class": "seats"]) {
            element("h4") { "Stake before and after" }
            element("p") {
                "\(slash.signer) has no seat any more in "
                Markup.names(slash.seats.map(\.service))
                "."
            }
            for seat in slash.seats.prefix(Self.shownSeats) {
                element("div", ["class": "seat"]) {
                    element("h5") { seat.service }
                    StakeBars(seat: seat, culprit: slash.record.signer).drawing
                    element("p", ["class": "note"]) { Self.spread(of: seat) }
                    Markup.details("Who has which share of \(seat.service)") { members(of: seat) }
                }
            }
            if slash.seats.count > Self.shownSeats {
                Markup.details("\(slash.seats.count - Self.shownSeats) more services") {
                    Markup.figures(
                        "Stake before and after in more services",
                        ["service", "stake before", "after", "quorum before", "after"],
                        slash.seats.dropFirst(Self.shownSeats).map { seat in
                            [Markup(text: seat.service)]
                                + [
                                    seat.before.total, seat.after.total, SeatLoss.quorum(of: seat.before),
                                    SeatLoss.quorum(of: seat.after),
                                ].map { Markup(text: "\($0)") }
                        })
                }
            }
        }
    }

    private static func spread(of seat: SeatLoss) -> String {
        let times = [
            seat.coordinator.map { "by its coordinator after \($0.milliseconds)" },
            seat.lastOperator.map { "by all its operators after \($0.milliseconds)" },
        ].compactMap(\.self)
        let revisions = "Revision \(seat.after.revision) of epoch \(seat.after.epoch)"
        return times.isEmpty ? "\(revisions)." : "\(revisions), known \(times.joined(separator: ", "))."
    }

    private func members(of seat: SeatLoss) -> Markup {
        let ranked = seat.before.members.sorted { ($1.weight, $0.signer) < ($0.weight, $1.signer) }
        let after = Dictionary(
            seat.after.members.map { ($0.signer, $0.weight) }, uniquingKeysWith: { first, _ in first })
        let more = ranked.count - Self.shownMembers
        return Markup.figures(
            "Operators of \(seat.service)", ["operator", "before", "share", "after", "share"],
            ranked.prefix(Self.shownMembers).map { member in
                let now = after[member.signer]
                return [
                    Markup(text: history.name(of: member.signer)), Markup(text: "\(member.weight)"),
                    Markup(text: member.weight.percentage(of: seat.before.total)),
                    now.map { Markup(text: "\($0)") } ?? element("strong") { "no seat" },
                    Markup(text: now?.percentage(of: seat.after.total) ?? "–"),
                ]
            })
            + (more > 0 ? element("p", ["class": "note"]) { "and \(more) more with less" } : .nothing)
    }

    var revocations: ReportSection? {
        guard !summary.revocations.isEmpty else { return nil }
        return ReportSection(
            "revocations", "Revocations",
            lead: "Coordinators that signed two tasks under one number. Their keys are worth nothing any more."
        ) {
            for (revoked, account) in zip(history.revocations, summary.revocations).prefix(Self.shownInFull) {
                element("article") {
                    element("h3") {
                        "coordinator of \(account.service)"
                        element("span", ["class": "what"]) {
                            "signed two tasks under number \(account.record.voteKey.subject)"
                        }
                    }
                    Markup.facts([
                        timeline.map { ("revoked at", Markup(text: $0.text(of: revoked.at))) },
                        account.detected.map { ("detected after", Markup(text: $0.milliseconds)) },
                        account.revoked.map { ("revoked after", Markup(text: $0.milliseconds)) },
                        account.evidence.flatMap { finder(of: $0.evidence) }.map {
                            ("first found by", Markup(text: $0))
                        },
                        ("submitted by", Markup(text: name(of: account.record.reporter))),
                    ])
                    if let file = account.evidence { evidence(file) }
                }
            }
            if summary.revocations.count > Self.shownInFull {
                element("p") {
                    "And of "
                    Markup.names(summary.revocations.dropFirst(Self.shownInFull).map(\.service), limit: 64)
                    "."
                }
            }
        }
    }
}
