import Cryptography
import Messages
import Primitives

/// Every certificate, whoever holds it, has valid signatures of members whose stake in the pinned snapshot exceeds
/// the threshold; and the snapshots with which the run began are the stake of genesis.
func judgeWeight(of history: RunHistory) -> Finding {
    var check = IndependentCheck()
    var sound: Set<Certificate> = []
    var violations: [ViolationAccount] = history.faultsInOpeningSets()
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
            violations.append(
                ViolationAccount(
                    "\(held.holder)'s certificate for \(history.describe(statement.voteKey)): \(flaw)",
                    about: [statement.voteKey], exhibits: [history.exhibit(held)]))
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
    fileprivate func faultsInOpeningSets() -> [ViolationAccount] {
        let opening = operatorSets.values.filter { $0.epoch == Epoch(0) && $0.revision == Revision(0) }
        return opening.sorted { $0.service < $1.service }.compactMap { set in
            let place = openings.first { $0.set == set }?.place
            let exhibit = Exhibit(
                .operatorSet, "the first operator set of \(name(of: set.service))", digest: set.digest, at: place,
                bytes: set.borsh)
            guard set.service.number < genesis.services.count else {
                return ViolationAccount("an operator set of an unknown service", exhibits: [exhibit])
            }
            let service = genesis.services[Int(set.service.number)]
            let weights = genesis.openingWeights(of: set.service)
            let found = set.members.filter { $0.weight > .zero }
            let agrees =
                found.map(\.signer) == weights.keys.sorted() && set.threshold == service.threshold
                && set.network == network
                && found.allSatisfy { member in
                    UInt128(member.weight.number) == weights[member.signer]
                        && genesis.signers[Int(member.signer.number)].key == member.key
                }
            guard !agrees else { return nil }
            return ViolationAccount(
                "the first operator set of \(service.name) is not the stake of genesis", exhibits: [exhibit])
        }
    }
}

extension Genesis {
    /// What weighs in an AVS in epoch 0, worked out from the words of genesis alone: amount, rate, haircut, the AVS's
    /// weight of the asset, the part allocated to it; rounded down after each.
    fileprivate func openingWeights(of service: ServiceID) -> [OperatorIndex: UInt128] {
        guard parameters.release.services == Epoch(0) else { return [:] }
        let terms = services[Int(service.number)]
        var amounts: [OperatorIndex: [Int: UInt128]] = [:]
        for delegation in restakers.flatMap(\.delegations) {
            amounts[delegation.signer, default: [:]][delegation.asset.place, default: 0] += UInt128(
                delegation.amount.number)
        }
        var weights: [OperatorIndex: UInt128] = [:]
        for signer in terms.optedIn where Int(signer.number) < signers.count {
            guard ownStake(of: signer) >= UInt128(parameters.minimumSelfDelegation.number) else { continue }
            var weight: UInt128 = 0
            for (asset, amount) in amounts[signer, default: [:]] where asset < assets.count {
                var part = amount * UInt128(assets[asset].rate.number) / 1_000_000_000
                part = part * UInt128(assets[asset].weight.number) / 10_000
                let counting = asset < terms.assetWeights.count ? UInt128(terms.assetWeights[asset].number) : 10_000
                part = part * counting / 10_000
                if parameters.allocation != .shared {
                    let share = signers[Int(signer.number)].allocations.first { $0.service == service }
                    part = part * UInt128(share?.magnitude.number ?? 0) / 1_000_000_000_000_000_000
                }
                weight += part
            }
            if weight > 0 { weights[signer] = weight }
        }
        return weights
    }

    /// What the restaker of the operator's key has delegated to it of native SOL.
    private func ownStake(of signer: OperatorIndex) -> UInt128 {
        let key = signers[Int(signer.number)].key
        return restakers.filter { $0.key == key }.flatMap(\.delegations)
            .filter { $0.signer == signer && $0.asset == .native }.reduce(0) { $0 + UInt128($1.amount.number) }
    }
}
