import Cryptography
import Messages
import Primitives

/// An AVS: its terms, its coordinator, who has opted in, and what it owes.
struct ServiceRecord: Hashable, Sendable {
    let terms: Genesis.Service
    /// By operator.
    private(set) var memberships: [Membership]
    /// Whom it lets opt in, by operator; nil: everyone.
    private(set) var admitted: [Bool]?
    /// Once its coordinator has signed two tasks under one number: for good.
    private(set) var revocation: Revocation?
    /// The first epoch in which it is no more.
    var defunct: Epoch?

    /// What it can still pay.
    var budget = Lamports.zero
    /// Settled in all.
    private(set) var tasksEver: UInt64 = 0
    /// Settled in the present epoch.
    private(set) var tasksSettled: UInt64 = 0
    /// By operator: the weights with which it took part in the tasks settled in the present epoch.
    private(set) var credits: [UInt128]

    var coordinator: PublicKey { terms.coordinator }

    /// In which epochs an operator counts: worked out from recorded epochs, so that nothing must remember to change.
    struct Membership: Hashable, Sendable {
        /// Nil: it has never opted in.
        var from: Epoch?
        /// The first epoch in which it no longer counts.
        var until: Epoch?
        /// Jailed: it counts in no epoch between.
        var jail: Jail?
        var attendance = Attendance()

        struct Jail: Hashable, Sendable {
            var from: Epoch
            /// The first epoch in which it may ask to be released.
            var termEnds: Epoch
            /// The first epoch in which it counts again, once it has been released.
            var until: Epoch?
        }

        func counts(in epoch: Epoch) -> Bool {
            guard let from, from <= epoch, until.map({ epoch < $0 }) ?? true else { return false }
            guard let jail, epoch >= jail.from else { return true }
            return jail.until.map { epoch >= $0 } ?? false
        }

        var isOptedIn: Bool { from != nil && until == nil }

        /// From the epoch in which it is known that the jail begins.
        var isJailed: Bool { jail != nil && jail?.until == nil }
    }

    init(_ terms: Genesis.Service, operators: Int) {
        self.terms = terms
        memberships = Array(repeating: Membership(), count: operators)
        credits = Array(repeating: 0, count: operators)
        for index in terms.optedIn { memberships[Int(index.number)].from = Epoch(0) }
        if case .list(let list) = terms.admission {
            var admitted = Array(repeating: false, count: operators)
            for index in list + terms.optedIn { admitted[Int(index.number)] = true }
            self.admitted = admitted
        }
    }

    // MARK: Members

    func membership(of index: OperatorIndex) -> Membership { memberships[Int(index.number)] }

    func isOptedIn(_ index: OperatorIndex) -> Bool { memberships[Int(index.number)].isOptedIn }

    func counts(_ index: OperatorIndex, in epoch: Epoch) -> Bool {
        (defunct.map { epoch < $0 } ?? true) && memberships[Int(index.number)].counts(in: epoch)
    }

    func admits(_ index: OperatorIndex) -> Bool { admitted?[Int(index.number)] ?? true }

    /// Whether it has a list of whom it admits.
    var hasList: Bool { admitted != nil }

    mutating func setAdmitted(_ isAdmitted: Bool, _ index: OperatorIndex) {
        admitted?[Int(index.number)] = isAdmitted
    }

    /// Counts from `epoch` on. Whoever was jailed still is.
    mutating func join(_ index: OperatorIndex, from epoch: Epoch) {
        memberships[Int(index.number)].from = epoch
        memberships[Int(index.number)].until = nil
        memberships[Int(index.number)].attendance = Attendance()
    }

    mutating func dismiss(_ index: OperatorIndex, from epoch: Epoch) {
        guard memberships[Int(index.number)].isOptedIn else { return }
        memberships[Int(index.number)].until = epoch
    }

    mutating func jail(_ index: OperatorIndex, from epoch: Epoch) {
        memberships[Int(index.number)].jail = Membership.Jail(
            from: epoch, termEnds: epoch.advanced(by: terms.jail.epochs))
    }

    mutating func release(_ index: OperatorIndex, from epoch: Epoch) {
        memberships[Int(index.number)].jail?.until = epoch
        memberships[Int(index.number)].attendance = Attendance()
    }

    mutating func revoke(_ revocation: Revocation) {
        precondition(self.revocation == nil, "a key is revoked once")
        self.revocation = revocation
    }

    // MARK: Tasks

    /// A task is settled: who of the members took part in it.
    ///
    /// - Returns: whom it is now to jail.
    mutating func settled(_ participation: SignerSet, in set: OperatorSet) -> [OperatorIndex] {
        let ordinal = tasksEver
        tasksEver += 1
        tasksSettled += 1
        var absentees: [OperatorIndex] = []
        for (place, member) in set.members.enumerated() {
            let index = Int(member.signer.number)
            let tookPart = participation.contains(MemberIndex(place))
            memberships[index].attendance.record(task: ordinal, tookPart: tookPart)
            if tookPart { credits[index] += UInt128(member.weight.number) }
            if !memberships[index].isJailed, memberships[index].attendance.isShort(of: terms.jail) {
                absentees.append(member.signer)
            }
        }
        return absentees
    }

    /// A vote that the participation of an earlier task left out.
    mutating func amend(_ member: OperatorSet.Member, task ordinal: UInt64) {
        credits[Int(member.signer.number)] += UInt128(member.weight.number)
        memberships[Int(member.signer.number)].attendance.amend(task: ordinal)
    }

    mutating func forfeit(_ index: OperatorIndex) { credits[Int(index.number)] = 0 }

    /// At the close of an epoch, after its rewards.
    mutating func clearCredits() {
        guard tasksSettled > 0 || credits.contains(where: { $0 > 0 }) else { return }
        tasksSettled = 0
        for place in credits.indices { credits[place] = 0 }
    }
}

extension ServiceRecord.Membership.Jail: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(from)
        encoder.encode(termEnds)
        encoder.encode(until)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        from = try decoder.decode()
        termEnds = try decoder.decode()
        until = try decoder.decodeOptional()
    }
}

extension ServiceRecord.Membership: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(from)
        encoder.encode(until)
        encoder.encode(jail)
        encoder.encode(attendance)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        from = try decoder.decodeOptional()
        until = try decoder.decodeOptional()
        jail = try decoder.decodeOptional()
        attendance = try decoder.decode()
    }
}

extension ServiceRecord: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(terms)
        encoder.encode(memberships)
        encoder.encode(admitted != nil)
        if let admitted {
            encoder.encode(UInt32(admitted.count))
            for isAdmitted in admitted { encoder.encode(isAdmitted) }
        }
        encoder.encode(revocation)
        encoder.encode(defunct)
        encoder.encode(budget)
        encoder.encode(tasksEver)
        encoder.encode(tasksSettled)
        for credit in credits { encoder.encode(credit) }
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        terms = try decoder.decode()
        memberships = try decoder.decodeList()
        admitted = nil
        if try decoder.decode(Bool.self) {
            let count: UInt32 = try decoder.decode()
            guard Int(count) == memberships.count else {
                throw .invalid(type: "ServiceRecord", reason: "a list of \(count) operators")
            }
            var flags: [Bool] = []
            for _ in memberships.indices { flags.append(try decoder.decode()) }
            admitted = flags
        }
        revocation = try decoder.decodeOptional()
        defunct = try decoder.decodeOptional()
        budget = try decoder.decode()
        tasksEver = try decoder.decode()
        tasksSettled = try decoder.decode()
        credits = []
        for _ in memberships.indices { credits.append(try decoder.decode()) }
    }
}
