import Cryptography
import Messages
import Primitives
import Services

/// Whether a certified result is right: by executing the task again where the module lets the ledger, otherwise by a
/// vote of those who certified it.
extension Ledger {
    mutating func dispute(
        _ task: ServiceTask, _ statement: Statement, by index: RestakerIndex, at place: Int,
        changes: inout [Change]
    ) -> Outcome {
        guard Int(statement.service.number) < services.count else { return .unknownService }
        guard !isPastHorizon(statement.epoch) else { return .pastHorizon }
        guard let set = archive.set(statement.operatorSet, of: statement.service, in: statement.epoch) else {
            return .unknownOperatorSet
        }
        guard disputeBook.open.count < DisputeBook.openLimit else { return .full }
        let bond = Units(parameters.disputes.bond.number)
        let available = available(.native, to: index)
        guard let price = vaults[0].shares(worth: bond), price <= available else { return .insufficientStake }
        let terms = services[Int(statement.service.number)].terms
        guard let entry = settlementBook.entry(for: statement.voteKey),
            entry.settlement.statement == statement.digest
        else { return .notCertified }
        guard terms.disputes != .none, task.digest == statement.task else { return .notDisputable }
        guard !entry.isDisputed else { return .alreadyDisputed }
        settlementBook.dispute(statement.voteKey)
        postBond(bond, price, by: index)
        if case .inProcess(let execute) = ModuleCatalogue.module(named: terms.module)?.execution {
            return reexecute(execute, task, statement, set, bond, challengedBy: place, changes: &changes)
        }
        let id = disputeBook.open { id in
            DisputeBook.Dispute(
                id: id, voteKey: statement.voteKey, operatorSet: set.digest, statementEpoch: statement.epoch,
                opened: epoch, bond: bond, challenger: place, voters: SignerSet(size: set.members.count),
                voiding: SignerSet(size: set.members.count))
        }
        changes.append(.event(.disputeOpened(id, statement.voteKey)))
        return .applied
    }

    private mutating func postBond(_ bond: Units, _ price: VaultShares, by index: RestakerIndex) {
        guard bond > .zero else { return }
        gather(index)
        restakers[Int(index.number)].takeIdle(price, of: .native)
        vaults[0].idle -= price
        vaults[0].post(bond: vaults[0].take(price, paying: bond))
    }

    private mutating func reexecute(
        _ execute: ([UInt8]) -> ExecutionOutcome, _ task: ServiceTask, _ statement: Statement, _ set: OperatorSet,
        _ bond: Units, challengedBy place: Int, changes: inout [Change]
    ) -> Outcome {
        if case .result(let result) = execute(task.payload),
            Domain.resultDigest.digest(result) == statement.result
        {
            vaults[0].burn(bond: bond)
            return .challengeFailed
        }
        uphold(statement.voteKey, set, bond, challengedBy: place, slashes: true, changes: &changes)
        return .applied
    }

    /// The result is void, the challenger has its bond back, and whoever is proven to have signed may be slashed.
    private mutating func uphold(
        _ voteKey: VoteKey, _ set: OperatorSet, _ bond: Units, challengedBy place: Int, slashes: Bool,
        changes: inout [Change]
    ) {
        vaults[0].returnBond(bond)
        accounts[place].earn(bond, of: .native)
        let signers = settlementBook.void(voteKey)
        changes.append(.event(.resultVoided(voteKey)))
        guard slashes, set.epoch >= parameters.release.slashing,
            .zero < services[Int(voteKey.service.number)].terms.slash.wrongResult
        else { return }
        for member in signers.members {
            let signer = set.members[member.place]
            var encoder = BorshEncoder()
            encoder.encode(signer.key)
            encoder.encode(voteKey)
            let offence = Offence(
                signer: signer.signer, epoch: set.epoch, voteKey: voteKey,
                identity: Domain.wrongResultDigest.digest(encoder.bytes), kind: .wrongResult)
            slash(offence, reportedBy: place, changes: &changes)
        }
    }

    // MARK: Votes

    mutating func vote(
        on id: DisputeID, voids: Bool, by signer: OperatorIndex, changes: inout [Change]
    ) -> Outcome {
        guard let place = disputeBook.place(of: id) else { return .unknownDispute }
        let dispute = disputeBook.open[place]
        guard
            let set = archive.set(dispute.operatorSet, of: dispute.voteKey.service, in: dispute.statementEpoch)
        else { return .unknownOperatorSet }
        guard !dispute.voters.contains(set.index(of: signer) ?? MemberIndex(set.members.count)) else {
            return .alreadyVoted
        }
        guard let member = set.index(of: signer) else { return .notAMember }
        disputeBook.vote(member, voids: voids, at: place)
        let voiding = disputeBook.open[place].voiding
        // Counted against the whole set.
        guard set.isQuorum(set.weight(of: voiding)) else { return .applied }
        let decided = disputeBook.close(place)
        uphold(
            decided.voteKey, set, decided.bond, challengedBy: decided.challenger,
            slashes: services[Int(decided.voteKey.service.number)].terms.disputes == .slash, changes: &changes)
        return .applied
    }

    /// At the opening of an epoch: a challenge that no quorum has upheld in time has lost its bond.
    mutating func closeDisputes(at opening: Epoch, changes: inout [Change]) {
        while let place = disputeBook.open.firstIndex(where: {
            opening > $0.opened.advanced(by: parameters.disputes.votingEpochs)
        }) {
            let dispute = disputeBook.close(place)
            vaults[0].burn(bond: dispute.bond)
            changes.append(.event(.disputeLost(dispute.id)))
        }
    }
}
