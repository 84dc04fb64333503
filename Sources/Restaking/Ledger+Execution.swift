import Messages
import Primitives

/// From an instruction to the module that carries it out, where its authority may ask for it.
extension Ledger {
    mutating func execute(
        _ instruction: Instruction, by place: Int, isProven: Bool, changes: inout [Change], witness: LedgerWitness?
    ) -> Outcome {
        let account = accounts[place]
        switch instruction {
        case .advance(let slot):
            return account.isClock ? advance(to: slot, changes: &changes, witness: witness) : .notAuthorized
        case .submitEvidence(let evidence):
            return punish(evidence, reportedBy: place, changes: &changes)
        case .cancelSlash(let offence):
            return cancelSlash(offence, by: account, changes: &changes)
        case .fund(let service, let amount): return fund(service, amount)
        case .claimRewards: return claimRewards(by: place)
        case .updateRate(let asset, let rate): return updateRate(rate, of: asset, by: account, changes: &changes)
        case .updateYield(let validator, let yield): return updateYield(yield, of: validator, by: account)
        case .propose(let terms):
            return account.restaker != nil || account.signer != nil ? propose(terms) : .notAuthorized
        case .approve(let motion): return approve(motion, by: account, changes: &changes)
        case .deposit, .withdraw, .vote, .delegate, .undelegate, .emergencyExit, .dispute:
            guard let restaker = account.restaker else { return .notAuthorized }
            return execute(instruction, byRestaker: restaker, at: place, changes: &changes)
        case .submitCertificate, .post, .admit, .expel, .consume:
            return executeForService(instruction, by: account, isProven: isProven, changes: &changes)
        case .registerEndpoint, .registerClient, .setCommission, .optIn, .optOut, .allocate, .unjail, .exit,
            .voteDispute, .claimParticipation:
            guard let signer = account.signer else { return .notAuthorized }
            return execute(instruction, byOperator: signer, changes: &changes)
        }
    }

    private mutating func execute(
        _ instruction: Instruction, byRestaker restaker: RestakerIndex, at place: Int, changes: inout [Change]
    ) -> Outcome {
        switch instruction {
        case .deposit(let asset, let amount): deposit(amount, of: asset, by: restaker)
        case .withdraw(let asset, let amount): withdraw(amount, of: asset, by: restaker)
        case .vote(let proposal, let accepts): vote(on: proposal, accepts: accepts, by: restaker)
        case .delegate(let asset, let amount, let signer): delegate(amount, of: asset, to: signer, by: restaker)
        case .undelegate(let asset, let amount, let signer): undelegate(amount, of: asset, from: signer, by: restaker)
        case .emergencyExit(let asset, let signer): emergencyExit(asset, from: signer, by: restaker)
        case .dispute(let task, let statement): dispute(task, statement, by: restaker, at: place, changes: &changes)
        default: .notAuthorized
        }
    }

    private mutating func execute(
        _ instruction: Instruction, byOperator signer: OperatorIndex, changes: inout [Change]
    ) -> Outcome {
        switch instruction {
        case .registerEndpoint(let endpoint):
            return endpoint.signer == signer ? register(endpoint, changes: &changes) : .notAuthorized
        case .registerClient(let client):
            operators[Int(signer.number)].client = client
            return .applied
        case .setCommission(let commission): return setCommission(commission, of: signer)
        case .optIn(let service): return optIn(signer, to: service)
        case .optOut(let service): return optOut(signer, of: service)
        case .allocate(let service, let asset, let magnitude):
            return allocate(magnitude, of: asset, to: service, by: signer)
        case .unjail(let service): return unjail(signer, in: service)
        case .exit: return exit(signer)
        case .voteDispute(let dispute, let voids): return vote(on: dispute, voids: voids, by: signer, changes: &changes)
        case .claimParticipation(let attestation):
            guard operators[Int(signer.number)].key == attestation.signer else { return .notAuthorized }
            return count(attestation, of: signer, changes: &changes)
        default: return .notAuthorized
        }
    }

    private mutating func executeForService(
        _ instruction: Instruction, by account: Account, isProven: Bool, changes: inout [Change]
    ) -> Outcome {
        switch instruction {
        case .submitCertificate(let certificate, let participation):
            guard maySettle(certificate, account) else { return .notAuthorized }
            return settle(certificate, participation, by: account, isProven: isProven, changes: &changes)
        case .post(let letter):
            guard maySettle(letter.certificate, account) else { return .notAuthorized }
            guard !isRevoked(account) else { return .coordinatorRevoked }
            return post(letter)
        case .admit, .expel, .consume:
            guard let service = account.coordinated else { return .notAuthorized }
            guard !isRevoked(account) else { return .coordinatorRevoked }
            switch instruction {
            case .admit(let signer): return admit(signer, to: service)
            case .expel(let signer): return expel(signer, from: service)
            case .consume(let number): return consume(number, by: service)
            default: return .notAuthorized
            }
        default: return .notAuthorized
        }
    }

    private func isRevoked(_ account: Account) -> Bool {
        account.coordinated.map { services[Int($0.number)].revocation != nil } ?? false
    }
}
