import Cryptography
import Messages
import Primitives

/// Evidence is judged by what it proves alone.
extension Model {
    mutating func submit(_ evidence: Evidence, by place: Int) -> Outcome {
        switch evidence {
        case .equivocation(let pair): accuse(pair, evidence, by: place)
        case .taskEquivocation(let pair): accuse(pair, evidence, by: place)
        }
    }

    private mutating func accuse(_ pair: Equivocation, _ evidence: Evidence, by place: Int) -> Outcome {
        let statements = [pair.first, pair.second]
        guard pair.first.voteKey.network == network, evidence.isValid, let accused = places[pair.accused],
            let signer = people[accused].signer,
            statements.allSatisfy({ isPastHorizon($0.epoch) || hasSeat(signer, $0) })
        else { return refuse(by: place) }
        let isPunished = operators[Int(signer.number)].tombstoned != nil
        if let reason = reasonToSpare(evidence, of: statements.map(\.epoch), isPunished) { return reason }
        if !isPunished { operators[Int(signer.number)].tombstoned = epoch }
        // With the rewards of this epoch.
        for service in services.indices { services[service].credits[Int(signer.number)] = 0 }
        slash(
            Offence(
                signer: signer, epoch: min(pair.first.epoch, pair.second.epoch), voteKey: pair.first.voteKey,
                identity: evidence.offence, kind: .equivocation),
            reportedBy: place)
        revokeSeats(of: signer)
        return .applied
    }

    private mutating func accuse(_ pair: TaskEquivocation, _ evidence: Evidence, by place: Int) -> Outcome {
        let service = Int(pair.voteKey.service.number)
        guard pair.voteKey.network == network, service < services.count,
            services[service].terms.coordinator == pair.accused, evidence.isValid
        else { return refuse(by: place) }
        if let reason = reasonToSpare(
            evidence, of: [pair.first.epoch, pair.second.epoch], services[service].revocation != nil)
        {
            return reason
        }
        services[service].revocation = evidence.offence
        let revocation = Revocation(
            offence: evidence.offence, accused: evidence.accused, service: pair.voteKey.service,
            voteKey: evidence.voteKey, reporter: people[place].key, slot: slot)
        _ = followed.hear("\(revocation)") { $0 == .revoked(revocation) ? true : nil }
        return .applied
    }

    private func hasSeat(_ signer: OperatorIndex, _ statement: Statement) -> Bool {
        set(of: statement)?.index(of: signer) != nil
    }

    /// The set that a statement names, if it is of its AVS and epoch, and within the horizon.
    func set(of statement: Statement) -> OperatorSet? {
        guard Int(statement.service.number) < sets.count else { return nil }
        return sets[Int(statement.service.number)].first {
            $0.epoch == statement.epoch && $0.digest == statement.operatorSet
        }
    }

    private mutating func refuse(by place: Int) -> Outcome {
        if let restaker = people[place].restaker { collect(parameters.badEvidenceFee, from: Int(restaker.number)) }
        return .badEvidence
    }

    private func reasonToSpare(_ evidence: Evidence, of epochs: [Epoch], _ isPunished: Bool) -> Outcome? {
        guard epochs.allSatisfy({ $0 >= parameters.release.slashing }) else { return .notReleased }
        guard !epochs.contains(where: isPastHorizon) else { return .pastHorizon }
        let known = closed.map(\.offence) + pending.map(\.record.offence) + services.compactMap(\.revocation)
        if known.contains(evidence.offence) { return .alreadySlashed }
        return isPunished ? .alreadyTombstoned : nil
    }
}
