import Cryptography
import Messages
import Primitives

/// Evidence is judged by the ledger itself: nobody's word counts.
extension Ledger {
    mutating func punish(_ evidence: Evidence, reportedBy place: Int, changes: inout [Change]) -> Outcome {
        switch evidence {
        case .equivocation(let pair):
            guard let offence = offence(in: pair) else { return refuse(reportedBy: place) }
            if let reason = reasonToSpare(
                evidence, of: [pair.first.epoch, pair.second.epoch],
                isPunished: operators[Int(offence.signer.number)].isTombstoned)
            {
                return reason
            }
            slash(offence, evidence, reportedBy: place, changes: &changes)
        case .taskEquivocation(let pair):
            guard let service = service(in: pair) else { return refuse(reportedBy: place) }
            if let reason = reasonToSpare(
                evidence, of: [pair.first.epoch, pair.second.epoch],
                isPunished: services[Int(service.number)].revocation != nil)
            {
                return reason
            }
            revoke(service, evidence, reportedBy: place, changes: &changes)
        }
        return .applied
    }

    /// Evidence that proves nothing costs whoever submits it.
    private mutating func refuse(reportedBy place: Int) -> Outcome {
        if let restaker = accounts[place].restaker {
            vault.burned += collect(parameters.badEvidenceFee, from: restaker)
        }
        return .badEvidence
    }

    private func isProof(_ evidence: Evidence) -> Bool {
        #if DEBUG
            if PlantedBug.invertedEvidenceCheck.isOn { return !evidence.isValid }
        #endif
        return evidence.isValid
    }

    /// - Returns: why a proven offence is not punished; nil when it is.
    private func reasonToSpare(_ evidence: Evidence, of epochs: [Epoch], isPunished: Bool) -> Outcome? {
        guard !epochs.contains(where: isPastHorizon) else { return .pastHorizon }
        let identity = evidence.offence
        let known = slashRecords.map(\.offence) + revocations.map(\.offence)
        guard !known.contains(identity) else {
            #if DEBUG
                if PlantedBug.slashTwice.isOn, slashRecords.contains(where: { $0.offence == identity }) { return nil }
            #endif
            return .alreadySlashed
        }
        return isPunished ? .alreadyTombstoned : nil
    }

    // MARK: Coordinators

    /// - Returns: the AVS whose coordinator has signed both tasks; nil when the evidence proves nothing.
    private func service(in pair: TaskEquivocation) -> ServiceID? {
        let service = pair.voteKey.service
        guard pair.voteKey.network == network, Int(service.number) < services.count,
            services[Int(service.number)].coordinator == pair.accused, isProof(.taskEquivocation(pair))
        else { return nil }
        return service
    }

    /// A coordinator has no stake to lose. What it submits from here on is refused; its AVS's operators submit the
    /// certificates that they hold.
    private mutating func revoke(
        _ service: ServiceID, _ evidence: Evidence, reportedBy place: Int, changes: inout [Change]
    ) {
        let revocation = Revocation(
            offence: evidence.offence, accused: evidence.accused, service: service, voteKey: evidence.voteKey,
            reporter: accounts[place].key, slot: slot)
        services[Int(service.number)].revoke(revocation)
        changes.append(.revoked(revocation))
    }

    // MARK: Operators

    /// Who did it, when, and with how much stake.
    private struct Offence {
        var signer: OperatorIndex
        /// The epoch of the offence: of two, the earlier.
        var epoch: Epoch
        var weight: Lamports
    }

    /// - Returns: nil when the evidence proves nothing. What is past the horizon can no longer be held against its
    ///   operator set, and is for the caller to refuse.
    private func offence(in pair: Equivocation) -> Offence? {
        guard pair.first.voteKey.network == network, isProof(.equivocation(pair)),
            let place = places[pair.accused],
            let signer = accounts[place].signer
        else { return nil }
        var earliest = Offence(signer: signer, epoch: max(pair.first.epoch, pair.second.epoch), weight: .zero)
        for statement in [pair.first, pair.second] where !isPastHorizon(statement.epoch) {
            guard let set = archive.set(statement.operatorSet, of: statement.service, in: statement.epoch),
                let member = set.index(of: pair.accused)
            else { return nil }
            guard statement.epoch <= earliest.epoch else { continue }
            earliest.epoch = statement.epoch
            earliest.weight = set.members[member.place].weight
        }
        return earliest
    }

    /// The AVS's share of the stake that counted, rounded up, less what was slashed for that epoch already, and never
    /// more than is left.
    private func amount(of offence: Offence, terms: Fraction) -> Lamports {
        let stake = stakes[Int(offence.signer.number)]
        let share = Arithmetic.multiplyDivide(
            offence.weight.number, terms.numerator, by: terms.denominator, rounding: .up)
        let due = Lamports(share).subtracting(stake.slashed(for: offence.epoch)) ?? .zero
        return min(due, stake.slashable(since: offence.epoch))
    }

    private mutating func slash(
        _ offence: Offence, _ evidence: Evidence, reportedBy place: Int, changes: inout [Change]
    ) {
        let terms = services[Int(evidence.voteKey.service.number)].equivocationSlash
        let amount = amount(of: offence, terms: terms)
        stakes[Int(offence.signer.number)].slash(amount, for: offence.epoch)
        let reward = amount.scaled(
            by: parameters.reporterReward.numerator, over: parameters.reporterReward.denominator)
        accounts[place].reward += reward
        vault.rewarded += reward
        vault.burned += amount - reward
        operators[Int(offence.signer.number)].tombstoned = epoch
        let record = SlashRecord(
            offence: evidence.offence, accused: evidence.accused, signer: offence.signer, voteKey: evidence.voteKey,
            epoch: offence.epoch, slashed: amount, reward: reward, reporter: accounts[place].key, slot: slot)
        slashRecords.append(record)
        changes.append(.slashed(record))
        revokeSeats(of: offence.signer, changes: &changes)
    }
}
