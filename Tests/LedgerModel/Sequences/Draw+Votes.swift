import Cryptography
import Messages
import Primitives

/// Instructions that carry signatures of others: certificates, evidence, disputes, letters.
extension Draw {
    /// Of a present or an older operator set.
    private mutating func set() -> OperatorSet {
        let sets = model.sets[Int(below(UInt64(Cast.services)))]
        return oneIn(2) ? sets[sets.count - 1] : sets[Int(below(UInt64(sets.count)))]
    }

    // MARK: Tasks

    private mutating func deed(_ set: OperatorSet) -> Deed {
        Self.deed(set, set.epoch.number * 4 + below(4), isWrong: oneIn(2))
    }

    private static func deed(_ set: OperatorSet, _ subject: UInt64, isWrong: Bool) -> Deed {
        let payload = (0..<8).map { UInt8(truncatingIfNeeded: subject >> UInt64($0 * 8)) }
        let square = UInt128(subject) * UInt128(subject) + (isWrong ? 1 : 0)
        let body = (0..<16).map { UInt8(truncatingIfNeeded: square >> UInt128($0 * 8)) }
        let task = ServiceTask(
            network: set.network, service: set.service, sequence: TaskSequence(subject), epoch: set.epoch,
            operatorSet: set.digest, payload: payload, issued: Instant(nanoseconds: 0),
            deadline: Instant(nanoseconds: 1))
        return Deed(
            task: task, statement: Statement(for: task, digest: task.digest, result: body), body: body, set: set)
    }

    private func signature(_ statement: Statement, _ member: OperatorSet.Member) -> Signature {
        Cast.signer(Int(member.signer.number)).key.sign(statement.signedBytes)
    }

    mutating func certificate() -> (Instruction, Cast) {
        let set = set()
        let deed = deed(set)
        let certificate = certificate(for: deed, isFlawed: oneIn(20))
        var participation = certificate.signers
        if oneIn(3) {
            for member in set.members.indices where oneIn(2) { participation.insert(MemberIndex(member)) }
        }
        let who: Cast = oneIn(5) ? .signer(Int(below(4))) : .coordinator(Int(set.service.number))
        return (.submitCertificate(certificate, participation: participation), oneIn(40) ? key() : who)
    }

    private mutating func certificate(for deed: Deed, isFlawed: Bool) -> Certificate {
        var bits = SignerSet(size: deed.set.members.count)
        var signatures: [Signature] = []
        let absent = below(8)
        for (place, member) in deed.set.members.enumerated() where absent != UInt64(place) {
            bits.insert(MemberIndex(place))
            var statement = deed.statement
            if isFlawed, place == deed.set.members.count - 1 { statement.result = .zero }
            signatures.append(signature(statement, member))
        }
        return Certificate(statement: deed.statement, signers: bits, signatures: signatures)!
    }

    mutating func claim() -> (Instruction, Cast) {
        guard let deed = deeds.suffix(5).randomElement(using: &random), !deed.set.members.isEmpty else {
            return (.exit, .clock)
        }
        let member = deed.set.members[Int(below(UInt64(deed.set.members.count)))]
        var statement = deed.statement
        if oneIn(6) { statement.result = .zero }
        let vote = Attestation(
            statement: statement, signer: member.key,
            signature: oneIn(4) ? signature(deed.statement, deed.set.members[0]) : signature(statement, member))
        return (.claimParticipation(vote), oneIn(10) ? key() : .signer(Int(member.signer.number)))
    }

    mutating func dispute() -> (Instruction, Cast) {
        // Most are past the horizon: mostly of what can still be slashed for.
        let known = oneIn(4) ? deeds[...] : deeds.suffix(12)
        guard let deed = oneIn(10) ? deed(set()) : known.randomElement(using: &random) else { return (.exit, .clock) }
        var task = deed.task
        if oneIn(12) { task.payload.append(0) }
        return (.dispute(task, deed.statement), .restaker(Int(below(6))))
    }

    mutating func letter() -> (Instruction, Cast) {
        if oneIn(2) {
            let place = Int(below(2))
            return (.consume(model.inboxes[place].first + (oneIn(6) ? 1 : 0)), .coordinator(place))
        }
        guard let deed = deeds.suffix(3).randomElement(using: &random) else { return (.exit, .clock) }
        let letter = Letter(
            recipient: service(), body: oneIn(8) ? [] : deed.body,
            certificate: certificate(for: deed, isFlawed: oneIn(10)))
        return (.post(letter), oneIn(5) ? .signer(Int(below(4))) : .coordinator(Int(deed.set.service.number)))
    }

    // MARK: Evidence

    mutating func evidence() -> (Instruction, Cast) {
        let who: Cast = below(4) > 0 ? .restaker(Int(below(6))) : key()
        // Whoever is caught is out for good: most evidence is false, so that a network lasts.
        guard oneIn(8) else { return (.submitEvidence(falseEvidence()), who) }
        if oneIn(12) { return (.submitEvidence(twoTasks(isTrue: true)), who) }
        if oneIn(4), let known = knownOffence() { return (.submitEvidence(known), who) }
        let set = set()
        guard let member = set.members.randomElement(using: &random) else {
            return (.submitEvidence(falseEvidence()), who)
        }
        return (.submitEvidence(twoVotes(set, deed(set).statement, member)), who)
    }

    /// Of an offence that was reported before.
    private mutating func knownOffence() -> Evidence? {
        let records = (model.pending.map(\.record) + model.closed).filter { $0.kind == .equivocation }
        guard let record = records.randomElement(using: &random) else { return nil }
        let sets = model.sets[Int(record.voteKey.service.number)].filter { $0.epoch == record.epoch }
        guard let set = sets.first(where: { $0.index(of: record.signer) != nil }),
            let member = set.index(of: record.signer).map({ set.members[$0.place] })
        else { return nil }
        let deed = Self.deed(set, record.voteKey.subject.number, isWrong: oneIn(2))
        return twoVotes(set, deed.statement, member)
    }

    private mutating func twoVotes(
        _ set: OperatorSet, _ one: Statement, _ member: OperatorSet.Member, signedBy other: Int? = nil
    ) -> Evidence {
        var two = one
        two.result = .zero
        if oneIn(4) {
            // Of one subject under two operator sets.
            let sets = model.sets[Int(set.service.number)]
            let later = sets[Int(below(UInt64(sets.count)))]
            (two.epoch, two.operatorSet) = (later.epoch, later.digest)
        }
        let key = other.map { Cast.signer($0).key } ?? Cast.signer(Int(member.signer.number)).key
        return .equivocation(
            Equivocation(
                Attestation(statement: one, signer: member.key, signature: signature(one, member)),
                Attestation(statement: two, signer: member.key, signature: key.sign(two.signedBytes)))!)
    }

    private mutating func falseEvidence() -> Evidence {
        let set = set()
        var statement = deed(set).statement
        let place = Int(below(UInt64(Cast.signers)))
        let member =
            set.members.first { Int($0.signer.number) == place }
            ?? OperatorSet.Member(
                signer: OperatorIndex(UInt32(place)), key: Cast.signer(place).key.publicKey, weight: .zero)
        switch below(4) {
        case 0: statement.voteKey.network = Domain.resultDigest.digest([1])
        case 1: statement.operatorSet = .zero
        case 2: return twoTasks(isTrue: false)
        default: return twoVotes(set, statement, member, signedBy: (place + 1) % Cast.signers)
        }
        return twoVotes(set, statement, member)
    }

    private mutating func twoTasks(isTrue: Bool) -> Evidence {
        let set = set()
        let one = deed(set).task
        var two = one
        two.payload.append(1)
        let accused = Cast.coordinator(Int(set.service.number)).key
        let signer = isTrue ? accused : Cast.coordinator(1 - Int(set.service.number)).key
        return .taskEquivocation(
            TaskEquivocation(
                SignedTask(task: one, signature: accused.sign(one.signedBytes)),
                SignedTask(task: two, signature: signer.sign(two.signedBytes)), by: accused.publicKey)!)
    }
}

extension Draw {
    /// What a statement of this generator is about.
    static func deed(of statement: Statement, in model: Model) -> Deed? {
        guard let set = model.set(of: statement) else { return nil }
        let subject = statement.voteKey.subject.number
        return [false, true].map { deed(set, subject, isWrong: $0) }.first { $0.statement == statement }
    }
}
