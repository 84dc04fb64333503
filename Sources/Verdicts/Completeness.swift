import Messages
import Primitives

/// Every equivocation of which both votes were sent to honest nodes inside the evidence window is slashed, and every
/// coordinator that showed honest nodes two tasks under one number is revoked; a fault that cannot be proven is not
/// punished. A punishment that was still under way when the run ended is not awaited.
func judgeCompleteness(of history: RunHistory) -> Finding {
    let faulty = history.faulty
    let slashed = Set(history.slashes.map(\.record.signer))
    let equivocations = history.equivocations
    let votes = PunishmentCount(
        equivocations, isDue: { history.isProvable($0, faulty: faulty) },
        isPunished: { slashed.contains($0.signer) },
        isUnderWay: { history.isUnderWay($0.voteKey) })
    let revoked = Set(history.revocations.map(\.record.service))
    let doubles = history.taskEquivocations
    let tasks = PunishmentCount(
        doubles, isDue: { history.isProvable($0, faulty: faulty) },
        isPunished: { revoked.contains($0.service) },
        isUnderWay: { history.isUnderWay($0.voteKey) })
    var absences = votes.missed.map { one in
        let results = one.votes.map { "result \($0.attestation.statement.result.short) to \($0.recipients.count)" }
        return "\(history.name(of: one.signer)) signed two results for \(history.describe(one.voteKey)) "
            + "(\(results.joined(separator: ", "))), but was not slashed"
    }
    absences += tasks.missed.map { one in
        "the coordinator signed two tasks as \(history.describe(one.voteKey)) "
            + "(to \(one.tasks.map { "\($0.recipients.count)" }.joined(separator: " and "))), but was not revoked"
    }
    let culprits = Set(equivocations.map(\.signer))
    for signer in history.faultySigners.subtracting(culprits).intersection(slashed).sorted() {
        let names = Set(history.injections.filter { $0.party == .signer(signer) }.map(\.injection.behaviour)).sorted()
        absences.append(
            "\(history.name(of: signer)) was slashed, though its fault (\(names.joined(separator: ", "))) is unprovable"
        )
    }
    let gaps = history.ledgerGaps + history.operatorGaps + history.coordinatorGaps
    guard !faulty.isEmpty else {
        return .conclude(
            .completeness, violations: [], gaps: gaps, otherwise: .notApplicable, "no fault was injected")
    }
    let provable = culprits.map { Party.signer($0) } + doubles.map { Party.coordinator($0.service) }
    let unprovable = faulty.subtracting(provable).count
    let (punished, underWay) = (votes.punished + tasks.punished, votes.underWay + tasks.underWay)
    let unseen = votes.unseen + tasks.unseen
    var accounts: [String] = []
    if punished > 0 { accounts.append("\(RunHistory.count(punished, "provable equivocation")) punished") }
    if underWay > 0 { accounts.append("\(underWay) still on the way to a punishment when the run ended") }
    if unseen > 0 { accounts.append("\(unseen) beyond what honest nodes could see in time") }
    if unprovable > 0 { accounts.append("\(RunHistory.count(unprovable, "unprovable culprit")) not punished") }
    return .conclude(
        .completeness, violations: [], absences: absences, gaps: gaps, otherwise: .holds,
        accounts.isEmpty ? "nothing provable happened" : accounts.joined(separator: "; "))
}

/// What became of the offences that honest nodes could prove.
private struct PunishmentCount<Offence> {
    let punished: Int
    let underWay: Int
    let unseen: Int
    let missed: [Offence]

    init(
        _ all: [Offence], isDue: (Offence) -> Bool, isPunished: (Offence) -> Bool, isUnderWay: (Offence) -> Bool
    ) {
        let open = all.filter { !isPunished($0) }
        let due = open.filter(isDue)
        missed = due.filter { !isUnderWay($0) }
        underWay = due.count - missed.count
        punished = all.count - open.count
        unseen = open.count - due.count
    }
}

extension RunHistory {
    /// How long after the window's close whoever holds evidence may take to submit it: an operator first waits half a
    /// second for the coordinator to do so.
    private static let submissionPatience = Duration.milliseconds(500)

    /// What is sent so shortly before the window closes need not arrive, be compared and be asked for before it does.
    private static let exchange = Duration.milliseconds(500)

    /// Who is back may have to wait a second until it is dialled again; then it is told what it has missed.
    private static let reunion = Duration.seconds(1) + exchange

    /// Until when honest nodes listen for votes for its task; nil when that was never issued.
    private func windowClose(of key: VoteKey) -> Instant? {
        guard key.service.number < genesis.services.count, let task = task(of: key) else { return nil }
        return task.issued + genesis.services[Int(key.service.number)].evidenceWindow
    }

    private func task(of key: VoteKey) -> ServiceTask? {
        guard key.network == network else { return nil }
        return tasks.first { $0.task.service == key.service && Subject($0.task.sequence) == key.subject }?.task
    }

    /// Whether the coordinator stopped before evidence about this was due at the ledger.
    fileprivate func isUnderWay(_ key: VoteKey) -> Bool {
        guard let end = closings[key.service], let close = windowClose(of: key) else { return false }
        return close + Self.submissionPatience > end
    }

    /// Whether honest nodes were sent two of its votes while they were listening.
    fileprivate func isProvable(_ equivocation: InjectedEquivocation, faulty: Set<Party>) -> Bool {
        let service = equivocation.voteKey.service
        guard let close = windowClose(of: equivocation.voteKey), equivocation.at + Self.exchange <= close,
            !wasStopped(.signer(equivocation.signer), sending: equivocation.at)
        else { return false }
        let watch = Watch(service: service, from: equivocation.at, close: close, patience: Self.submissionPatience)
        let sender = Party.signer(equivocation.signer)
        let seers = equivocation.votes.map { vote in
            Set(
                vote.recipients.filter {
                    isHonest($0, in: service, faulty: faulty) && isAwake($0, during: watch)
                        && !isSeparated($0, from: sender, during: watch)
                        // What it has forgotten somebody must tell it again.
                        && (!wasAway($0, during: watch) || !wasStopped(sender, from: watch.from, to: watch.close))
                })
        }
        guard seers.count(where: { !$0.isEmpty }) >= 2 else { return false }
        // Whoever saw both needs nobody. Otherwise somebody has to compare: the coordinator, or, where they have noticed that
        // it is gone, the operators. That it is paused nobody can notice.
        let hasWitness = seers.enumerated().contains { place, some in
            seers[(place + 1)...].contains { !$0.isDisjoint(with: some) }
        }
        guard !hasWitness else { return true }
        guard !isPaused(.coordinator(service), during: watch) else { return false }
        return canCompare(seers, in: service, during: watch)
    }

    /// Whoever is awake is in touch with the coordinator. Where that is not there to compare what they have seen, two who
    /// have seen different things must be in touch with each other, and have time: they notice only after a while.
    private func canCompare(_ seers: [Set<Party>], in service: ServiceID, during watch: Watch) -> Bool {
        let coordinator = Party.coordinator(service)
        guard !isAwake(coordinator, during: watch) else { return true }
        let absences = faultIntervals.filter {
            $0.party == coordinator && $0.service == service && $0.touches(from: watch.from, to: watch.close)
        }
        guard absences.allSatisfy({ $0.start + Self.submissionPatience + Self.exchange <= watch.close }) else {
            return false
        }
        return seers.enumerated().contains { place, some in
            some.contains { one in
                seers[(place + 1)...].contains { $0.contains { !isSeparated(one, from: $0, during: watch) } }
            }
        }
    }

    /// Whether honest operators were sent both tasks, in time to vote on them. They vote, see each other's votes, and ask
    /// for the other task.
    fileprivate func isProvable(_ equivocation: InjectedTaskEquivocation, faulty: Set<Party>) -> Bool {
        let service = equivocation.service
        guard let close = windowClose(of: equivocation.voteKey), let task = task(of: equivocation.voteKey),
            max(equivocation.at + Self.exchange, closeOfStartup ?? equivocation.at) <= lastChance(of: task),
            !wasStopped(.coordinator(service), sending: equivocation.at)
        else { return false }
        let watch = Watch(service: service, from: equivocation.at, close: close, patience: Self.submissionPatience)
        let seers = equivocation.tasks.map { task in
            task.recipients.filter {
                $0.isSigner && isHonest($0, in: service, faulty: faulty) && isAwake($0, during: watch)
            }
        }
        return seers.first?.contains { one in
            seers.dropFirst().allSatisfy { $0.contains { !isSeparated(one, from: $0, during: watch) } }
        } ?? false
    }

    /// From an offence to when honest nodes have submitted evidence of it.
    private struct Watch {
        var service: ServiceID
        var from: Instant
        var close: Instant
        var patience: Duration
    }

    /// Whether nobody killed or paused a party, or cut it off, while it had to see and remember. A coordinator that is
    /// back before the window closes is told again.
    private func isAwake(_ party: Party, during watch: Watch) -> Bool {
        !faultIntervals.contains { interval in
            guard interval.party == party, interval.service == watch.service,
                interval.touches(from: watch.from, to: watch.close + watch.patience)
            else { return false }
            return !party.isCoordinator
                || (interval.back ?? interval.end).map { $0 + Self.reunion > watch.close } ?? true
        }
    }

    /// Whether a party was not there for a part of it.
    private func wasAway(_ party: Party, during watch: Watch) -> Bool {
        faultIntervals.contains {
            $0.party == party && $0.service == watch.service && $0.touches(from: watch.from, to: watch.close)
        }
    }

    /// Whether anything that one sent the other may have been lost.
    private func isSeparated(_ one: Party, from other: Party, during watch: Watch) -> Bool {
        separations.contains {
            $0.separates(one, from: other) && $0.touches(from: watch.from, to: watch.close + watch.patience)
        }
    }

    private func isPaused(_ party: Party, during watch: Watch) -> Bool {
        faultIntervals.contains {
            $0.party == party && $0.service == watch.service && $0.hasPaused
                && $0.touches(from: watch.from, to: watch.close + watch.patience)
        }
    }
}
