import Cryptography
import Messages
import Primitives

/// A challenge that operators vote on.
package struct Dispute: Sendable {
    package let id: DisputeID
    let voteKey: VoteKey
    let set: OperatorSet
    let opened: Epoch
    let challenger: Int
    var votes: [OperatorIndex: Bool] = [:]
}

/// Whether a certified result is right.
extension Model {
    mutating func dispute(_ task: ServiceTask, _ statement: Statement, by place: Int) -> Outcome {
        let service = Int(statement.service.number)
        guard service < services.count else { return .unknownService }
        guard !isPastHorizon(statement.epoch) else { return .pastHorizon }
        guard let set = set(of: statement) else { return .unknownOperatorSet }
        guard let restaker = people[place].restaker.map({ Int($0.number) }) else { return .notAuthorized }
        guard disputes.count < 256 else { return .full }
        let bond = Exact(parameters.disputes.bond)
        guard
            isEnough(
                available(.native, to: restaker), bond / price(of: .native), of: .native,
                slack: 1 + matured(.native, of: restaker).count, orElse: .insufficientStake)
        else { return .insufficientStake }
        guard let settled = settlements[statement.voteKey], settled.settlement.statement == statement.digest else {
            return .notCertified
        }
        guard services[service].terms.disputes != .none, task.digest == statement.task else { return .notDisputable }
        guard !settled.isDisputed else { return .alreadyDisputed }
        settlements[statement.voteKey]?.isDisputed = true
        post(bond, by: restaker)
        if services[service].terms.module == "squaring" {
            guard isRight(task, statement) else {
                uphold(statement.voteKey, set, challenger: place, slashes: true)
                return .applied
            }
            burnBond()
            return .challengeFailed
        }
        let id = DisputeID(nextDispute)
        nextDispute += 1
        disputes.append(
            Dispute(id: id, voteKey: statement.voteKey, set: set, opened: epoch, challenger: place))
        hear(.disputeOpened(id, statement.voteKey))
        return .applied
    }

    private mutating func post(_ bond: Exact, by restaker: Int) {
        guard .zero < bond else { return }
        gather(restaker)
        dust.round(.native, shares: 1)
        idle[restaker][0] -= min(bond / price(of: .native), idle[restaker][0])
        assets[0].balance -= bond
        assets[0].flows.bonds += bond
        sweep(.native)
    }

    private mutating func burnBond() {
        assets[0].flows.bonds -= Exact(parameters.disputes.bond)
        assets[0].flows.burned += Exact(parameters.disputes.bond)
    }

    /// Squaring once more: the payload is a number of 64 bits, the result one of 128, both with the lowest byte first.
    private func isRight(_ task: ServiceTask, _ statement: Statement) -> Bool {
        guard task.payload.count == 8 else { return false }
        let number = task.payload.reversed().reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        let square = (0..<16).map { UInt8(truncatingIfNeeded: (number * number) >> UInt128($0 * 8)) }
        return Domain.resultDigest.digest(square) == statement.result
    }

    private mutating func uphold(_ voteKey: VoteKey, _ set: OperatorSet, challenger place: Int, slashes: Bool) {
        assets[0].flows.bonds -= Exact(parameters.disputes.bond)
        earn(Exact(parameters.disputes.bond), of: .native, by: place)
        settlements[voteKey]?.isVoid = true
        hear(.resultVoided(voteKey))
        let terms = services[Int(voteKey.service.number)].terms.slash
        guard slashes, parameters.release.slashing <= set.epoch, .zero < terms.wrongResult,
            let signers = settlements[voteKey]?.proven
        else { return }
        for member in signers.members {
            let signer = set.members[member.place]
            var encoder = BorshEncoder()
            encoder.encode(signer.key)
            encoder.encode(voteKey)
            slash(
                Offence(
                    signer: signer.signer, epoch: set.epoch, voteKey: voteKey,
                    identity: Domain.wrongResultDigest.digest(encoder.bytes), kind: .wrongResult),
                reportedBy: place)
        }
    }

    mutating func vote(on id: DisputeID, voids: Bool, by signer: OperatorIndex) -> Outcome {
        guard let place = disputes.firstIndex(where: { $0.id == id }) else { return .unknownDispute }
        let set = disputes[place].set
        guard sets[Int(set.service.number)].contains(set) else { return .unknownOperatorSet }
        guard disputes[place].votes[signer] == nil else { return .alreadyVoted }
        guard set.index(of: signer) != nil else { return .notAMember }
        disputes[place].votes[signer] = voids
        // Counted against the whole set.
        let voiding = set.members.filter { disputes[place].votes[$0.signer] == true }
        let weight = voiding.reduce(Exact.zero) { $0 + Exact($1.weight) }
        guard Exact(set.total) * Exact(set.threshold) < weight else { return .applied }
        let dispute = disputes.remove(at: place)
        let slashes = services[Int(set.service.number)].terms.disputes == .slash
        uphold(dispute.voteKey, set, challenger: dispute.challenger, slashes: slashes)
        return .applied
    }

    /// What no quorum has upheld in time has lost its bond.
    mutating func closeDisputes(at opening: Epoch) {
        while let place = disputes.firstIndex(where: {
            opening > $0.opened.advanced(by: parameters.disputes.votingEpochs)
        }) {
            burnBond()
            hear(.disputeLost(disputes.remove(at: place).id))
        }
    }
}
