import Cryptography
import Messages
import Primitives

/// The open ballots of a node, votes whose signatures are being checked, and votes that arrived before the operator
/// set they pin. Each is limited by signer or sender, so that nobody crowds out others.
package struct BallotBox: Sendable {
    /// Open vote keys; more are refused until some close.
    static let ballotLimit = 200_000
    /// Of these, opened by one signer. Another's vote opens what this one may not.
    static let ballotsPerSigner = 25_000
    /// Votes whose signatures are being checked.
    static let verifyingLimit = 100_000
    /// Votes waiting for their operator set, in all and from one sender.
    static let parkedLimit = 20_000
    static let parkedPerParty = 2_000
    /// For how many publications of other sets they wait.
    private static let parkedPublications = 16

    package enum Admission: Hashable, Sendable {
        /// Worth the cost of checking its signature.
        case verify
        /// Known, or of no use to anyone.
        case ignore
        /// The ledger has not published the operator set yet; it is kept until it does.
        case parked
        /// No honest peer sends this.
        case reject(reason: String)
    }

    package let network: Digest
    private var ballots: [VoteKey: Ballot] = [:]
    private var openedBy: [PublicKey: Int] = [:]
    private var verifying: Set<Attestation> = []
    private var parked: [Digest: Parked] = [:]
    private var parkedCount = 0
    private var parkedFrom: [Party: Int] = [:]
    private var setsPublished = 0
    private var latest: [LatestKey: Attestation] = [:]

    /// A vote and who handed it over.
    package struct Delivery: Hashable, Sendable {
        package let vote: Attestation
        package let party: Party
    }

    private struct Parked: Sendable {
        var deliveries: [Delivery] = []
        var votes: Set<Attestation> = []
        let since: Int
    }

    private struct LatestKey: Hashable { let signer: PublicKey; let service: ServiceID }

    package init(network: Digest) { self.network = network }

    package subscript(key: VoteKey) -> Ballot? { ballots[key] }

    package mutating func admit(_ attestation: Attestation, from party: Party, sets: OperatorSetBook) -> Admission {
        let statement = attestation.statement
        guard statement.voteKey.network == network else { return .reject(reason: "a vote of another network") }
        guard let set = sets.set(statement.operatorSet) else { return park(Delivery(vote: attestation, party: party)) }
        guard set.service == statement.service, set.epoch == statement.epoch else {
            return .reject(reason: "a vote that pins another service's or epoch's operator set")
        }
        guard set.index(of: attestation.signer) != nil else { return .reject(reason: "a vote of no member") }
        guard let ballot = ballots[statement.voteKey] else {
            return mayOpen(attestation.signer) ? .verify : .ignore
        }
        return ballot.wants(attestation) ? .verify : .ignore
    }

    /// - Returns: false when this very vote is being checked already, or too many are.
    package mutating func beginVerifying(_ attestation: Attestation) -> Bool {
        verifying.count < Self.verifyingLimit && verifying.insert(attestation).inserted
    }

    package mutating func endVerifying(_ attestation: Attestation) { verifying.remove(attestation) }

    /// Counts a vote whose signature is verified and whose operator set is known.
    ///
    /// - Parameter mayCertify: see `Ballot.count`.
    /// - Returns: the result, and whether this vote opened the ballot; nil when it can't be counted any more.
    package mutating func count(
        _ attestation: Attestation, sets: OperatorSetBook, mayCertify: Bool
    ) -> (Ballot.Result, opened: Bool)? {
        guard let set = sets.set(attestation.statement.operatorSet), let member = set.index(of: attestation.signer)
        else { return nil }
        let key = attestation.statement.voteKey
        let opened = ballots[key] == nil
        if opened {
            // It could be opened when it was admitted; others may have come in between.
            guard mayOpen(attestation.signer) else { return nil }
            openedBy[attestation.signer, default: 0] += 1
        }
        let result = ballots[key, default: Ballot()].count(attestation, by: member, in: set, mayCertify: mayCertify)
        let latestKey = LatestKey(signer: attestation.signer, service: key.service)
        if latest[latestKey].map({ $0.statement.voteKey.subject < key.subject }) ?? true {
            latest[latestKey] = attestation
        }
        return (result, opened)
    }

    /// The task has come after votes on it.
    package mutating func certify(_ task: ServiceTask, digest: Digest) -> Certificate? {
        ballots[task.voteKey]?.certify(task: digest, decidedBy: task.operatorSet)
    }

    package mutating func close(_ key: VoteKey) {
        guard let opener = ballots.removeValue(forKey: key)?.opener else { return }
        openedBy[opener]! -= 1
        if openedBy[opener] == 0 { openedBy[opener] = nil }
    }

    /// The votes that waited for this operator set. Votes for sets that do not come are dropped in time.
    package mutating func unpark(_ set: Digest) -> [Delivery] {
        setsPublished += 1
        let deliveries = parked.removeValue(forKey: set)?.deliveries ?? []
        parked = parked.filter { setsPublished - $0.value.since < Self.parkedPublications }
        parkedCount = 0
        parkedFrom = [:]
        for delivery in parked.values.lazy.flatMap(\.deliveries) {
            parkedCount += 1
            parkedFrom[delivery.party, default: 0] += 1
        }
        return deliveries
    }

    /// The latest vote held of this operator in each AVS, for a node that checks its own memory.
    package func latestVotes(of party: Party, in genesis: Genesis) -> [Attestation] {
        guard case .signer(let index) = party, Int(index.number) < genesis.signers.count else { return [] }
        let signer = genesis.signers[Int(index.number)].key
        let votes = genesis.services.indices.compactMap {
            latest[LatestKey(signer: signer, service: ServiceID(UInt32($0)))]
        }
        return Array(votes.prefix(Frame.ownVotesLimit))
    }

    /// Who has voted for what in the open ballots of an AVS, in the order of the vote keys.
    func holdings(of service: ServiceID) -> [VoteSummary.Entry] {
        ballots.keys.filter { $0.service == service }.sorted().flatMap { key in
            ballots[key]!.choices.map {
                VoteSummary.Entry(
                    voteKey: key, statement: $0.digest, operatorSet: $0.operatorSet.digest, signers: $0.signers)
            }
        }
    }

    /// The open vote keys, in no order.
    var voteKeys: some Sequence<VoteKey> { ballots.keys }

    func checkInvariants() {
        precondition(ballots.count <= Self.ballotLimit, "open ballots are limited")
        precondition(verifying.count <= Self.verifyingLimit, "checks under way are limited")
        precondition(parkedCount <= Self.parkedLimit, "parked votes are limited")
        precondition(parkedFrom.values.allSatisfy { $0 <= Self.parkedPerParty }, "parked votes are limited by sender")
        precondition(parkedCount == parked.values.reduce(0) { $0 + $1.deliveries.count }, "parked votes are counted")
        let openers = Dictionary(grouping: ballots.values, by: \.opener!).mapValues(\.count)
        precondition(openers == openedBy, "opened ballots are counted")
        for ballot in ballots.values { ballot.checkInvariants() }
    }

    private func mayOpen(_ signer: PublicKey) -> Bool {
        ballots.count < Self.ballotLimit && openedBy[signer, default: 0] < Self.ballotsPerSigner
    }

    private mutating func park(_ delivery: Delivery) -> Admission {
        guard parkedCount < Self.parkedLimit, parkedFrom[delivery.party, default: 0] < Self.parkedPerParty else {
            return .ignore
        }
        let key = delivery.vote.statement.operatorSet
        guard parked[key, default: Parked(since: setsPublished)].votes.insert(delivery.vote).inserted else {
            return .ignore
        }
        parked[key]!.deliveries.append(delivery)
        parkedCount += 1
        parkedFrom[delivery.party, default: 0] += 1
        return .parked
    }
}

extension ServiceTask {
    /// What is signed at most once for it.
    package var voteKey: VoteKey { VoteKey(network: network, service: service, subject: Subject(sequence)) }
}
