import Cryptography
import Messages
import Primitives

/// Every certificate, whoever holds it, has valid signatures of members whose stake in the pinned snapshot exceeds
/// the threshold; and the snapshots with which the run began are the stake of genesis.
func judgeWeight(of history: RunHistory) -> Finding {
    var check = IndependentCheck()
    var sound: Set<Certificate> = []
    var violations: [String] = history.faultsInOpeningSets()
    for held in history.certificates where !sound.contains(held.certificate) {
        let statement = held.certificate.statement
        let flaw: String?
        if let set = history.operatorSets[statement.operatorSet] {
            flaw = check.flaw(in: held.certificate, under: set)
        } else if history.ledgerGaps.isEmpty {
            flaw = "the ledger never opened its operator set \(statement.operatorSet.short)"
        } else {
            flaw = nil
        }
        if let flaw {
            violations.append("\(held.holder)'s certificate for \(history.describe(statement.voteKey)): \(flaw)")
        } else {
            sound.insert(held.certificate)
        }
    }
    let count = history.certificates.count
    return .conclude(
        .weight, violations: violations, gaps: history.gaps, otherwise: count == 0 ? .notApplicable : .holds,
        count == 0
            ? "no certificate was formed" : "\(RunHistory.count(count, "certificate")) checked against the snapshot")
}

extension RunHistory {
    /// Delegations of genesis count from epoch 0, so its sets can be worked out without asking the ledger.
    fileprivate func faultsInOpeningSets() -> [String] {
        var stake: [OperatorIndex: UInt128] = [:]
        for delegation in genesis.restakers.flatMap(\.delegations) {
            stake[delegation.signer, default: 0] += UInt128(delegation.amount.number)
        }
        let opening = operatorSets.values.filter { $0.epoch == Epoch(0) && $0.revision == Revision(0) }
        return opening.sorted { $0.service < $1.service }.compactMap { set in
            guard set.service.number < genesis.services.count else { return "an operator set of an unknown service" }
            let service = genesis.services[Int(set.service.number)]
            let expected = service.optedIn.filter { stake[$0, default: 0] > 0 }.sorted()
            let found = set.members.filter { $0.weight > .zero }
            let agrees =
                found.map(\.signer) == expected && set.threshold == service.threshold && set.network == network
                && found.allSatisfy { member in
                    UInt128(member.weight.number) == stake[member.signer, default: 0]
                        && genesis.signers[Int(member.signer.number)].key == member.key
                }
            return agrees ? nil : "the first operator set of \(service.name) is not the stake of genesis"
        }
    }
}
