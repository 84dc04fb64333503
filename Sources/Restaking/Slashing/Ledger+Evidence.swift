import Cryptography
import Messages
import Primitives

/// Evidence is judged by the ledger itself: nobody's word counts.
extension Ledger {
    mutating func punish(_ evidence: Evidence, reportedBy place: Int, changes: inout [Change]) -> Outcome {
        switch evidence {
        case .equivocation(let pair):
            guard let offence = offence(in: pair) else { return refuse(reportedBy: place) }
            if let reason = reasonToSpare(evidence, isPunished: operators[Int(offence.signer.number)].isTombstoned) {
                return reason
            }
            tombstone(offence.signer, changes: &changes)
            slash(offence, reportedBy: place, changes: &changes)
            revokeSeats(of: offence.signer, changes: &changes)
        case .taskEquivocation(let pair):
            guard let service = service(in: pair) else { return refuse(reportedBy: place) }
            if let reason = reasonToSpare(evidence, isPunished: services[Int(service.number)].revocation != nil) {
                return reason
            }
            revoke(service, evidence, reportedBy: place, changes: &changes)
        }
        return .applied
    }

    /// Evidence that proves nothing costs whoever submits it.
    private mutating func refuse(reportedBy place: Int) -> Outcome {
        if let restaker = accounts[place].restaker {
            vaults[0].burn(collect(parameters.badEvidenceFee, from: restaker))
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
    private func reasonToSpare(_ evidence: Evidence, isPunished: Bool) -> Outcome? {
        let epochs = evidence.epochs
        guard epochs.min()! >= parameters.release.slashing else { return .notReleased }
        guard !epochs.contains(where: isPastHorizon) else { return .pastHorizon }
        let identity = evidence.offence
        guard !isKnown(identity) else {
            #if DEBUG
                if PlantedBug.slashTwice.isOn, slashRecords.contains(where: { $0.offence == identity }) { return nil }
            #endif
            return .alreadySlashed
        }
        return isPunished ? .alreadyTombstoned : nil
    }

    private func isKnown(_ offence: Digest) -> Bool {
        slashRecords.contains { $0.offence == offence } || pendingSlashes.contains { $0.record.offence == offence }
            || services.contains { $0.revocation?.offence == offence }
    }

    // MARK: Operators

    /// - Returns: nil when the evidence proves nothing. What is past the horizon can no longer be held against its
    ///   operator set, and is for the caller to refuse.
    private func offence(in pair: Equivocation) -> Offence? {
        guard pair.first.voteKey.network == network, isProof(.equivocation(pair)),
            let place = places[pair.accused],
            let signer = accounts[place].signer
        else { return nil }
        for statement in [pair.first, pair.second] where !isPastHorizon(statement.epoch) {
            guard let set = archive.set(statement.operatorSet, of: statement.service, in: statement.epoch),
                set.index(of: pair.accused) != nil
            else { return nil }
        }
        return Offence(
            signer: signer, epoch: min(pair.first.epoch, pair.second.epoch), voteKey: pair.first.voteKey,
            identity: Evidence.equivocation(pair).offence, kind: .equivocation)
    }

    /// For good, and with the rewards of this epoch.
    private mutating func tombstone(_ signer: OperatorIndex, changes: inout [Change]) {
        if operators[Int(signer.number)].tombstoned == nil { operators[Int(signer.number)].tombstoned = epoch }
        for place in services.indices { services[place].forfeit(signer) }
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
}
