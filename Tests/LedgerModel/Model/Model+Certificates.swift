import Cryptography
import Messages
import Primitives

/// A certified task, within the horizon.
struct Settled: Sendable {
    var settlement: Settlement
    let epoch: Epoch
    /// Of its AVS's tasks the so manieth to be settled.
    let number: UInt64
    /// Whose signatures have been shown.
    var proven: SignerSet
    var isDisputed = false
    var isVoid = false
    var recipients: Set<ServiceID> = []
}

/// Subjects that are numbered in one line.
struct Line: Hashable, Sendable {
    let service: ServiceID
    let scope: UInt64
    let kind: VoteKind

    init(_ key: VoteKey) {
        service = key.service
        scope = key.subject.scope
        kind = key.kind
    }
}

/// Which tasks are certified, who took part, and what AVSs write to each other.
extension Model {
    /// An AVS's coordinator, or whoever has opted in to it.
    func maySettle(_ service: ServiceID, _ person: Person) -> Bool {
        guard Int(service.number) < services.count else { return false }
        if person.coordinated == service { return true }
        return person.signer.map { services[Int(service.number)].memberships[Int($0.number)].isOptedIn } ?? false
    }

    mutating func settle(_ certificate: Certificate, _ participation: SignerSet, by person: Person) -> Outcome {
        let statement = certificate.statement
        let service = Int(statement.service.number)
        let isCoordinator = person.coordinated != nil
        guard !isCoordinator || services[service].revocation == nil else { return .coordinatorRevoked }
        let key = statement.voteKey
        let isForgotten = settlements[key] == nil && forgotten[Line(key)].map { key.subject.number <= $0 } ?? false
        guard !isPastHorizon(statement.epoch), !isForgotten else { return .pastHorizon }
        guard let set = set(of: statement) else { return .unknownOperatorSet }
        do { try certificate.verify(against: set) } catch { return .badCertificate }
        guard participation.isSuperset(of: certificate.signers),
            isCoordinator || participation == certificate.signers
        else { return .badParticipation }
        guard settlements[key] == nil else { return .alreadyCertified }
        let settlement = Settlement(
            voteKey: key, statement: statement.digest, operatorSet: set.digest, participation: participation)
        let number = services[service].tasksEver
        settlements[key] = Settled(
            settlement: settlement, epoch: statement.epoch, number: number, proven: certificate.signers)
        services[service].tasksEver += 1
        services[service].tasksSettled += 1
        _ = followed.hear("\(settlement)") { $0 == .settled(settlement) ? true : nil }
        for (place, member) in set.members.enumerated() {
            attend(member, number, participation.contains(MemberIndex(place)), service)
        }
        return .applied
    }

    private mutating func attend(_ member: OperatorSet.Member, _ task: UInt64, _ tookPart: Bool, _ service: Int) {
        let index = Int(member.signer.number)
        if tookPart { services[service].credits[index] += UInt128(member.weight.number) }
        services[service].memberships[index].attendance[task] = tookPart
        let membership = services[service].memberships[index]
        let isJailed = membership.jail.map { $0.until == nil } ?? false
        guard !isJailed, services[service].isShort(membership.attendance), operators[index].tombstoned == nil else {
            return
        }
        let terms = services[service].terms.jail
        services[service].memberships[index].jail = (epoch.next, epoch.next.advanced(by: terms.epochs), nil)
        hear(.jailed(member.signer, ServiceID(UInt32(service)), from: epoch.next))
    }

    mutating func claim(_ attestation: Attestation, by signer: OperatorIndex) -> Outcome {
        let statement = attestation.statement
        let service = Int(statement.service.number)
        guard service < services.count else { return .unknownService }
        guard !isPastHorizon(statement.epoch) else { return .pastHorizon }
        guard let set = set(of: statement) else { return .unknownOperatorSet }
        guard let member = set.index(of: signer) else { return .notAMember }
        guard attestation.isValid else { return .badAttestation }
        guard let settled = settlements[statement.voteKey], settled.settlement.statement == statement.digest else {
            return .notCertified
        }
        settlements[statement.voteKey]?.proven.insert(member)
        guard !settled.settlement.participation.contains(member) else { return .alreadyCounted }
        settlements[statement.voteKey]?.settlement.participation.insert(member)
        if operators[Int(signer.number)].tombstoned == nil {
            services[service].credits[Int(signer.number)] += UInt128(set.members[member.place].weight.number)
            if services[service].memberships[Int(signer.number)].attendance[settled.number] != nil {
                services[service].memberships[Int(signer.number)].attendance[settled.number] = true
            }
        }
        let counted = settlements[statement.voteKey]!.settlement
        _ = followed.hear("\(counted)") { $0 == .settled(counted) ? true : nil }
        return .applied
    }

    // MARK: Letters

    mutating func post(_ letter: Letter) -> Outcome {
        let (statement, recipient) = (letter.certificate.statement, Int(letter.recipient.number))
        guard recipient < services.count else { return .unknownService }
        guard !isPastHorizon(statement.epoch) else { return .pastHorizon }
        guard let set = set(of: statement) else { return .unknownOperatorSet }
        guard services[recipient].defunct == nil else { return .defunct }
        guard inboxes[recipient].count < 1_024 else { return .full }
        do { try letter.certificate.verify(against: set) } catch { return .badCertificate }
        guard let settled = settlements[statement.voteKey], !settled.isVoid,
            settled.settlement.statement == statement.digest
        else { return .notCertified }
        guard Domain.resultDigest.digest(letter.body) == statement.result else { return .badLetter }
        guard !settled.recipients.contains(letter.recipient) else { return .alreadyPosted }
        settlements[statement.voteKey]?.recipients.insert(letter.recipient)
        inboxes[recipient].count += 1
        return .applied
    }

    mutating func consume(_ number: UInt64, by service: ServiceID) -> Outcome {
        let place = Int(service.number)
        guard inboxes[place].count > 0, inboxes[place].first == number else { return .outOfTurn }
        inboxes[place].first += 1
        inboxes[place].count -= 1
        return .applied
    }
}
