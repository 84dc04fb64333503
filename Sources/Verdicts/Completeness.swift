import Messages
import Primitives

/// Every equivocation of which both votes were sent to honest nodes inside the evidence window, with time to compare them,
/// is slashed, and every coordinator that showed honest nodes two tasks under one number is revoked; evidence that an honest
/// node found reaches the ledger; a fault that cannot be proven is not punished. A punishment that was still under way
/// when the run ended is not awaited; of one that did not come while a real process was held up nothing is known.
func judgeCompleteness(of history: RunHistory) -> Finding {
    let faulty = history.faulty
    let slashed = Set(history.slashes.map(\.record.signer))
    let equivocations = history.equivocations
    let cheats = history.cheats
    let votes = PunishmentCount(
        equivocations, isDue: { history.isProvable($0, cheats: cheats) },
        isPunished: { slashed.contains($0.signer) },
        isUnderWay: { history.isUnderWay($0.voteKey) })
    let revoked = Set(history.revocations.map(\.record.service))
    let doubles = history.taskEquivocations
    let tasks = PunishmentCount(
        doubles, isDue: { history.isProvable($0, cheats: cheats) },
        isPunished: { revoked.contains($0.service) },
        isUnderWay: { history.isUnderWay($0.voteKey) })
    var missed = MissedPunishments(history)
    for one in votes.missed { missed.add(one) }
    for one in tasks.missed { missed.add(one) }
    for found in history.unsubmitted(exceptAgainst: slashed, revoked) { missed.add(found) }
    let culprits = Set(equivocations.map(\.signer))
    // Who signed a wrong result that was certified may lose a dispute about it.
    let convicted = Set(history.slashes.map(\.record).filter { $0.kind == .equivocation }.map(\.signer))
    // Of what somebody signed who had forgotten, nobody need have noted that it was the second time.
    let unprovenCulprits = history.faultySigners.subtracting(culprits)
        .subtracting(RunHistory.signers(in: history.relapsed()))
    let absences =
        missed.absences + unprovenCulprits.intersection(convicted).sorted().map(history.unprovable)
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
    if unseen > 0 { accounts.append("\(unseen) beyond what honest nodes could see, or tell the ledger, in time") }
    if unprovable > 0 { accounts.append("\(RunHistory.count(unprovable, "unprovable culprit")) not punished") }
    return .conclude(
        .completeness, violations: [], absences: absences, gaps: gaps, stalled: missed.stalled, otherwise: .holds,
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
    /// Whom the ledger slashed although nothing of what it did can be proven.
    fileprivate func unprovable(_ signer: OperatorIndex) -> ViolationAccount {
        let own = injections.filter { $0.party == .signer(signer) }
        let names = Set(own.map(\.injection.behaviour)).sorted()
        let slashes = slashes.filter { $0.record.signer == signer }
        return ViolationAccount(
            "\(name(of: signer)) was slashed, though its fault (\(names.joined(separator: ", "))) is unprovable",
            about: slashes.map(\.record.voteKey), exhibits: slashes.map(exhibit))
    }

    /// When the last of those who saw two votes should have submitted them.
    func lastWord(on key: VoteKey) -> Instant? { windowClose(of: key).flatMap(submissionDue) }

    /// - Returns: nil where the ledger is not there any more.
    func submissionDue(after time: Instant) -> Instant? {
        ledgerOutages.due(time, within: Self.submissionPatience + Self.exchange)
    }

    /// How long after the window's close whoever holds evidence may take to submit it: an operator first waits half a
    /// second for the coordinator to do so.
    private static let submissionPatience = Duration.milliseconds(500)

    /// What is sent so shortly before the window closes need not arrive, be compared and be asked for before it does: a
    /// vote, word of it, a question and its answer, each on its way between continents.
    private static let exchange = Duration.milliseconds(750)

    /// A vote, word of it, a question and its answer, each so much later, are an exchange that is too late.
    static let leastStall = Duration.milliseconds(100)

    /// Who is back may have to wait a second until it is dialled again; then it is told what it has missed.
    private static let reunion = Duration.seconds(1) + exchange

    /// Evidence that an honest node found and had the time to submit, whatever the culprit says of itself.
    fileprivate func unsubmitted(
        exceptAgainst slashed: Set<OperatorIndex>, _ revoked: Set<ServiceID>
    ) -> [FoundEvidence] {
        let submitted = Set(
            applied.compactMap { instruction -> Digest? in
                if case .submitEvidence(let evidence) = instruction.signed.instruction { evidence.offence } else { nil }
            })
        let cheats = cheats
        var check = IndependentCheck()
        return findings.filter { found in
            let (service, accused) = (found.evidence.voteKey.service, found.evidence.accused)
            let due = submissionDue(after: found.at)
            guard let due, !submitted.contains(found.evidence.offence), !cheats.contains(found.finder),
                let end = closings[service], due <= end,
                intervals(of: found.finder, in: service, touching: found.at, due).isEmpty,
                // Of one culprit's offences an operator keeps a few: where the ledger takes none of them any more, no other.
                found.evidence.epochs.allSatisfy({ isPunishable($0, by: found.at) }),
                check.flaw(in: found.evidence, against: accused) == nil
            else { return false }
            let signer = genesis.signers.firstIndex { $0.key == accused }
            return signer.map { !slashed.contains(OperatorIndex(UInt32($0))) } ?? !revoked.contains(service)
        }
    }

    /// Whether the ledger takes evidence about an epoch until all that was seen by the close of a window has been submitted.
    ///
    /// Offences before slashing was released cost nothing. A window and the patience after it end before the evidence horizon,
    /// unless somebody moves the ledger's clock on: then what is on its way may come too late.
    private func isPunishable(_ epoch: Epoch, by close: Instant) -> Bool {
        guard epoch >= genesis.parameters.release.slashing else { return false }
        let last = epoch.advanced(by: genesis.parameters.unbondingEpochs)
        guard let end = opening(beyond: last) else { return true }
        let patience = Self.submissionPatience + (isHastened(end) ? Self.exchange : .zero)
        return ledgerOutages.due(close, within: patience).map { end.at > $0 } ?? false
    }

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
        return ledgerOutages.due(close, within: Self.submissionPatience).map { $0 > end } ?? true
    }

    /// Whether honest nodes were sent two of its votes while they were listening.
    fileprivate func isProvable(_ equivocation: InjectedEquivocation, cheats: Set<Party>) -> Bool {
        let service = equivocation.voteKey.service
        guard let close = windowClose(of: equivocation.voteKey), equivocation.at + Self.exchange <= close,
            !wasStopped(.signer(equivocation.signer), sending: equivocation.at),
            !isIntrusive(.signer(equivocation.signer), by: close),
            equivocation.votes.allSatisfy({
                isPunishable($0.attestation.statement.epoch, by: close)
            })
        else { return false }
        let watch = Watch(service: service, from: equivocation.at, close: close)
        let sender = Party.signer(equivocation.signer)
        // What a coordinator has ignored it is not told again.
        let isCensored = intervals(
            of: .coordinator(service), in: service,
            touching: task(of: equivocation.voteKey)?.issued ?? watch.from, watch.end
        ).contains(where: \.hasBeenSilent)
        let seers = equivocation.votes.map { vote in
            Set(
                vote.recipients.filter {
                    // The ledger takes certificates, and compares no votes.
                    $0 != .ledger && !($0.isCoordinator && isCensored) && isHonest($0, in: service, cheats: cheats)
                        && isAwake($0, during: watch)
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
        let coordinator = Party.coordinator(service)
        guard isAwake(coordinator, during: watch) || !isPaused(coordinator, during: watch), !isCensored else {
            return false
        }
        return canCompare(seers, in: service, during: watch)
    }

    /// Whether others had a reason to break off by then, and may have heard nothing of what it sent.
    private func isIntrusive(_ party: Party, by time: Instant) -> Bool {
        injections.contains {
            $0.party == party && $0.at <= time
                && FaultInterval.intrusiveBehaviours.contains($0.injection.behaviour)
        }
    }

    /// Whoever is awake is in touch with the coordinator. Where that is not there to compare what they have seen, two who
    /// have seen different things must be in touch with each other, and have time: they notice only after a while.
    private func canCompare(_ seers: [Set<Party>], in service: ServiceID, during watch: Watch) -> Bool {
        let coordinator = Party.coordinator(service)
        guard !isAwake(coordinator, during: watch) else { return true }
        // A coordinator that cheats is still there: until somebody has found it out they leave the comparing to it.
        guard !isTrusted(coordinator, though: watch) else { return false }
        let absences = intervals(of: coordinator, in: service, touching: watch.from, watch.close)
        guard absences.allSatisfy({ $0.start + Self.submissionPatience + Self.exchange <= watch.close }) else {
            return false
        }
        return seers.enumerated().contains { place, some in
            some.contains { one in
                seers[(place + 1)...].contains { $0.contains { !isSeparated(one, from: $0, during: watch) } }
            }
        }
    }

    /// Whether it cheats, and no honest operator could prove it in time to compare without it.
    private func isTrusted(_ coordinator: Party, though watch: Watch) -> Bool {
        let cheats = cheats
        guard cheats.contains(coordinator), let key = genesis.key(of: coordinator) else { return false }
        return !findings.contains { found in
            found.evidence.accused == key && found.finder.isSigner && !cheats.contains(found.finder)
                && found.at + Self.submissionPatience + Self.exchange <= watch.close
        }
    }

    /// Whether honest operators were sent both tasks, in time to vote on them. They vote, see each other's votes, and ask
    /// for the other task.
    fileprivate func isProvable(_ equivocation: InjectedTaskEquivocation, cheats: Set<Party>) -> Bool {
        let service = equivocation.service
        guard let close = windowClose(of: equivocation.voteKey), let task = task(of: equivocation.voteKey),
            max(equivocation.at + Self.exchange, closeOfStartup ?? equivocation.at) <= lastChance(of: task),
            !wasStopped(.coordinator(service), sending: equivocation.at),
            isPunishable(task.epoch, by: close)
        else { return false }
        let watch = Watch(service: service, from: equivocation.at, close: close)
        let warned = finders(ofOtherThan: equivocation, before: equivocation.at + Self.exchange)
        let seers = equivocation.tasks.map { task in
            task.recipients.filter {
                $0.isSigner && isHonest($0, in: service, cheats: cheats) && isAwake($0, during: watch)
                    && !warned.contains($0)
            }
        }
        return seers.first?.contains { one in
            seers.dropFirst().allSatisfy { $0.contains { !isSeparated(one, from: $0, during: watch) } }
        } ?? false
    }

    /// Who had proof against this coordinator already: they vote on none of its tasks, and so have nothing to compare. That
    /// they submit the proof is asked of them apart.
    private func finders(ofOtherThan equivocation: InjectedTaskEquivocation, before time: Instant) -> Set<Party> {
        let coordinator = genesis.services[Int(equivocation.service.number)].coordinator
        return Set(
            findings.filter {
                $0.evidence.accused == coordinator && $0.evidence.voteKey != equivocation.voteKey && $0.at < time
            }.map(\.finder))
    }

    /// From an offence to when honest nodes have submitted evidence of it.
    private struct Watch {
        var service: ServiceID
        var from: Instant
        var close: Instant

        var end: Instant { close + submissionPatience }
    }

    /// Whether nobody killed or paused a party, or cut it off, while it had to see and remember. A coordinator that is
    /// back before the window closes is told again.
    private func isAwake(_ party: Party, during watch: Watch) -> Bool {
        !intervals(of: party, in: watch.service, touching: watch.from, watch.end).contains { interval in
            !party.isCoordinator
                || (interval.back ?? interval.end).map { $0 + Self.reunion > watch.close } ?? true
        }
    }

    /// Whether a party was not there for a part of it.
    private func wasAway(_ party: Party, during watch: Watch) -> Bool {
        !intervals(of: party, in: watch.service, touching: watch.from, watch.close).isEmpty
    }

    /// Whether anything that one sent the other may have been lost, or waits until they have been connected again.
    private func isSeparated(_ one: Party, from other: Party, during watch: Watch) -> Bool {
        separations.contains {
            $0.separates(one, from: other) && $0.touches(from: watch.from + (.zero - Self.reunion), to: watch.end)
        }
    }

    private func isPaused(_ party: Party, during watch: Watch) -> Bool {
        intervals(of: party, in: watch.service, touching: watch.from, watch.end).contains(where: \.hasPaused)
    }

    private func intervals(
        of party: Party, in service: ServiceID, touching first: Instant, _ last: Instant
    ) -> [FaultInterval] {
        faultIntervals.filter { $0.party == party && $0.service == service && $0.touches(from: first, to: last) }
    }
}
