import Cryptography
import Messages
import Primitives

/// Who may ask for what, and in which turn.
extension Model {
    /// - Parameters:
    ///   - outcome: the ledger's answer, and `told` what it has told, for where rounding decides.
    ///   - isVerified: the signature and the network have been found right.
    /// - Returns: what the outcome must be, and what else was not as it must be.
    mutating func apply(
        _ signed: SignedInstruction, isVerified: Bool, outcome: Outcome, told: [Told], emptied: Set<Spot>
    ) -> (outcome: Outcome, faults: [String]) {
        followed = Followed(outcome: outcome, told: told, emptied: emptied)
        let expected = apply(signed, isVerified: isVerified)
        followed.finish()
        return (expected, followed.faults)
    }

    private mutating func apply(_ signed: SignedInstruction, isVerified: Bool) -> Outcome {
        if !isVerified {
            guard signed.network == network else { return .wrongNetwork }
            guard signed.isSignatureValid else { return .badSignature }
        }
        guard let place = places[signed.authority] else { return .unknownAuthority }
        guard signed.nonce >= people[place].nonce else { return .nonceUsed }
        guard signed.nonce == people[place].nonce else { return .nonceAhead }
        people[place].nonce += 1
        return execute(signed.instruction, by: place)
    }

    package func restaker(of key: PublicKey) -> Int? {
        places[key].flatMap { people[$0].restaker }.map { Int($0.number) }
    }

    private mutating func execute(_ instruction: Instruction, by place: Int) -> Outcome {
        let person = people[place]
        switch instruction {
        case .advance(let slot): return person.isClock ? advance(to: slot) : .notAuthorized
        case .submitEvidence(let evidence): return submit(evidence, by: place)
        case .cancelSlash(let offence): return cancelSlash(offence, by: person)
        case .fund(let service, let amount): return fund(service, amount)
        case .claimRewards: return claimRewards(by: place)
        case .updateRate(let asset, let rate): return updateRate(rate, of: asset, by: person)
        case .updateYield(let validator, let yield): return updateYield(yield, of: validator, by: person)
        case .propose(let terms):
            return person.restaker != nil || person.signer != nil ? propose(terms) : .notAuthorized
        case .approve(let motion): return approve(motion, by: person)
        case .submitCertificate, .post, .admit, .expel, .consume: return executeForService(instruction, person)
        default:
            if let restaker = person.restaker,
                let outcome = execute(instruction, byRestaker: Int(restaker.number), at: place)
            {
                return outcome
            }
            if let signer = person.signer, let outcome = execute(instruction, bySigner: signer) { return outcome }
            return .notAuthorized
        }
    }

    private mutating func execute(
        _ instruction: Instruction, byRestaker restaker: Int, at place: Int
    ) -> Outcome? {
        switch instruction {
        case .deposit(let asset, let amount): deposit(amount, of: asset, by: restaker)
        case .withdraw(let asset, let amount): withdraw(amount, of: asset, by: restaker)
        case .vote(let proposal, let accepts): vote(on: proposal, accepts: accepts, by: restaker)
        case .delegate(let asset, let amount, let signer): delegate(amount, of: asset, to: signer, by: restaker)
        case .undelegate(let asset, let amount, let signer): undelegate(amount, of: asset, from: signer, by: restaker)
        case .emergencyExit(let asset, let signer): emergencyExit(asset, from: signer, by: restaker)
        case .dispute(let task, let statement): dispute(task, statement, by: place)
        default: nil
        }
    }

    private mutating func execute(_ instruction: Instruction, bySigner signer: OperatorIndex) -> Outcome? {
        switch instruction {
        case .registerEndpoint(let endpoint):
            guard endpoint.signer == signer else { return .notAuthorized }
            _ = followed.hear("\(endpoint)") { $0 == .endpointRegistered(endpoint) ? true : nil }
            return .applied
        case .registerClient: return .applied
        case .setCommission(let rate): return setCommission(rate, of: signer)
        case .optIn(let service): return optIn(signer, to: service)
        case .optOut(let service): return optOut(signer, of: service)
        case .allocate(let service, let asset, let magnitude):
            return allocate(magnitude, of: asset, to: service, by: signer)
        case .unjail(let service): return unjail(signer, in: service)
        case .exit: return exit(signer)
        case .voteDispute(let dispute, let voids): return vote(on: dispute, voids: voids, by: signer)
        case .claimParticipation(let attestation):
            return operators[Int(signer.number)].key == attestation.signer
                ? claim(attestation, by: signer) : .notAuthorized
        default: return nil
        }
    }

    private mutating func executeForService(_ instruction: Instruction, _ person: Person) -> Outcome {
        let isRevoked = person.coordinated.map { services[Int($0.number)].revocation != nil } ?? false
        switch instruction {
        case .submitCertificate(let certificate, let participation):
            guard maySettle(certificate.statement.service, person) else { return .notAuthorized }
            return settle(certificate, participation, by: person)
        case .post(let letter):
            guard maySettle(letter.sender, person) else { return .notAuthorized }
            return isRevoked ? .coordinatorRevoked : post(letter)
        default:
            guard let service = person.coordinated else { return .notAuthorized }
            if isRevoked { return .coordinatorRevoked }
            switch instruction {
            case .admit(let signer): return admit(signer, to: service)
            case .expel(let signer): return expel(signer, from: service)
            case .consume(let number): return consume(number, by: service)
            default: return .notAuthorized
            }
        }
    }
}
