import Messages
import Primitives

/// Certificates and participation: which tasks are settled, and who took part.
extension Ledger {
    /// The AVS's coordinator does, or whoever has opted in to the AVS: a dead or cheating coordinator keeps nothing from
    /// the ledger.
    func maySettle(_ certificate: Certificate, _ account: Account) -> Bool {
        let service = certificate.statement.service
        guard Int(service.number) < services.count else { return false }
        return account.coordinated == service
            || account.signer.map { services[Int(service.number)].isOptedIn($0) } ?? false
    }

    mutating func settle(
        _ certificate: Certificate, _ participation: SignerSet, by account: Account, isProven: Bool,
        changes: inout [Change]
    ) -> Outcome {
        let statement = certificate.statement
        guard account.coordinated == nil || services[Int(statement.service.number)].revocation == nil else {
            return .coordinatorRevoked
        }
        guard !isPastHorizon(statement.epoch), !settlementBook.isForgotten(statement.voteKey) else {
            return .pastHorizon
        }
        guard let set = archive.set(statement.operatorSet, of: statement.service, in: statement.epoch) else {
            return .unknownOperatorSet
        }
        if !isProven {
            do { try certificate.verify(against: set) } catch { return .badCertificate }
        }
        // Whoever it is that an operator would add can claim its part itself, with its signature.
        guard account.coordinated != nil || participation == certificate.signers,
            participation.isSuperset(of: certificate.signers)
        else { return .badParticipation }
        guard settlementBook.settlement(for: statement.voteKey) == nil else { return .alreadyCertified }
        let settlement = Settlement(
            voteKey: statement.voteKey, statement: statement.digest, operatorSet: set.digest,
            participation: participation)
        let service = Int(statement.service.number)
        settlementBook.settle(
            settlement, proven: certificate.signers, ordinal: services[service].tasksEver, in: statement.epoch)
        changes.append(.settled(settlement))
        for absentee in services[service].settled(participation, in: set)
        where !operators[Int(absentee.number)].isTombstoned {
            services[service].jail(absentee, from: epoch.next)
            changes.append(.event(.jailed(absentee, statement.service, from: epoch.next)))
        }
        return .applied
    }

    /// Counts an operator's vote for the certified statement that the coordinator left out.
    mutating func count(_ attestation: Attestation, of signer: OperatorIndex, changes: inout [Change]) -> Outcome {
        let statement = attestation.statement
        guard Int(statement.service.number) < services.count else { return .unknownService }
        guard !isPastHorizon(statement.epoch) else { return .pastHorizon }
        guard let set = archive.set(statement.operatorSet, of: statement.service, in: statement.epoch) else {
            return .unknownOperatorSet
        }
        guard let member = set.index(of: signer) else { return .notAMember }
        guard attestation.isValid else { return .badAttestation }
        guard let settlement = settlementBook.settlement(for: statement.voteKey),
            settlement.statement == statement.digest
        else { return .notCertified }
        guard let counted = settlementBook.count(member, for: statement.voteKey) else { return .alreadyCounted }
        let service = Int(statement.service.number)
        if !operators[Int(signer.number)].isTombstoned {
            services[service].amend(set.members[member.place], task: counted.ordinal)
        }
        changes.append(.settled(counted.settlement))
        return .applied
    }
}
